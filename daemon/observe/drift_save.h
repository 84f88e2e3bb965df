/*
 * How events of a drift history get into its file: on a thread of libuv's pool (observe/disk.h), since the disk may be
 * slow. The file is added to, and now and then written anew with what it has and what is new; memory need not hold the
 * whole history for that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum {
	DRIFT_EVENTS_MAX = 1000,
	DRIFT_LINE_SIZE_MAX = 4096,
	/* It may hold as many again before it is written anew. */
	DRIFT_LINES_IN_FILE_MAX = 2 * DRIFT_EVENTS_MAX,
	DRIFT_FILE_SIZE_MAX = DRIFT_LINES_IN_FILE_MAX * (DRIFT_LINE_SIZE_MAX + 1),
};

/* On its way to the disk: knows all that the thread needs. */
struct drift_save {
	const char *folder, *name; /* must outlive it */
	bool is_whole;             /* the file is to be written anew, as it may not be what we know */
	char *text;                /* the events that memory holds, a line each */
	const char *added;         /* in TEXT: from here on they are not in the file yet */
	size_t count;              /* of those lines */
	size_t lines_in_file;      /* before; after it was written: now */
	int result;
};

/* On the thread: sets RESULT, to 0 or negative errno; then all of ADDED is to be saved again. */
void drift_save_write(struct drift_save *save);

/* 0 with *RET, the text of the file, to be freed; or negative errno. */
int drift_text_read(const char *folder, const char *name, char **ret) _must_check_;
/* TEXT without its first COUNT lines. */
const char *drift_text_skip(const char *text, size_t count) _pure_;
size_t drift_text_count(const char *text) _pure_;
