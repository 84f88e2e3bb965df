/*
 * What `apply` shows while it works: one line per write on standard error, and on a terminal a live line below them.
 * Never shows a value of a setting, nor any body.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/attributes.h"
#include "observe/watcher.h"

struct progress {
	FILE *stream;
	bool is_quiet, is_verbose, is_terminal;
	bool has_live_line;
	unsigned answers, writes;
};

void progress_init(struct progress *progress, FILE *stream, bool is_quiet, bool is_verbose);
/* What shows the writes, the answers, and with --verbose each request. PROGRESS must outlive it. */
struct watcher progress_watcher(struct progress *progress);
/* A line for people; not with --quiet. */
void progress_say(struct progress *progress, const char *format, ...) _printf_(2, 3);
/* The same only with --verbose. */
void progress_detail(struct progress *progress, const char *format, ...) _printf_(2, 3);
/* Takes the live line away. */
void progress_done(struct progress *progress);
