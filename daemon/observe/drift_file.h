/*
 * The drift history of one tenant: its last 1,000 events (drift found and healed, blocked and unblocked), kept in
 * state_directory/drift/TENANT.jsonl over restarts, one line of JSON each. In memory are those that are shown. It is
 * for people and never read to decide anything: a file that cannot be written costs the history, not a pass. No secrets
 * are in it.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/map.h"
#include "observe/drift_save.h"

enum { DRIFT_EVENTS_HELD = 100 };

struct drift_file {
	char *folder, *name;
	char *text; /* the newest events, a line each: so many, and those that are not in the file yet */
	size_t length, count;
	size_t saving;  /* of these, the newest but for UNSAVED: given to a save that has not ended */
	size_t unsaved; /* the newest: not given to a save, or to one that failed */
	size_t lines_in_file;
	bool is_damaged;   /* the file has a last line without its end */
	struct map newest; /* as it was read: "INSTANCE NODE" -> name of the event */
	char *problem;     /* why the file is not what we know, or NULL */
};

/* Reads what is there; lines that are no JSON objects (a crash in the middle of one) are left out. */
void drift_file_init(struct drift_file *file, const char *state_directory, const char *tenant);
void drift_file_done(struct drift_file *file);
/* Adds EVENT, an object, in memory. */
void drift_file_add(struct drift_file *file, const cJSON *event);

/* Is there nothing to be saved? */
bool drift_file_is_saved(const struct drift_file *file);
/* One at a time: begun and ended by the loop, drift_save_write() on a thread between. What cannot be written costs no
 * event: it is still to be saved. */
void drift_file_begin_save(struct drift_file *file, struct drift_save *ret);
/* 0, or negative errno: then file->problem is a sentence. */
int drift_file_end_save(struct drift_file *file, struct drift_save *save) _must_check_;
/* Was EVENT, when the file was read, the newest that it told of NODE (NULL: the installation as a whole) of INSTANCE?
 * In the first pass after a restart the same things are news once more; the history need not say them twice. */
bool drift_file_said(const struct drift_file *file, const char *instance, const char *node, const char *event);
/* Frees what drift_file_said() knows: after that pass nobody asks. */
void drift_file_forget_said(struct drift_file *file);
/* The newest MAXIMUM events of those in memory, oldest first: an array of objects. */
cJSON *drift_file_json(const struct drift_file *file, size_t maximum) _must_check_;
