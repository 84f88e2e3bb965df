/*
 * What `apply` shows while it works: one line per write on standard error, and on a terminal a live line below them.
 * Never shows a value of a setting, nor any body.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/attributes.h"
#include "world/transport.h"
#include "world/world.h"

struct progress {
	FILE *stream;
	bool is_quiet, is_verbose, is_terminal;
	bool has_live_line;
	unsigned answers, writes;
};

void progress_init(struct progress *progress, FILE *stream, bool is_quiet, bool is_verbose);
/* A write is about to be sent, or was answered. */
void progress_write_begins(struct progress *progress, const struct world *world, const struct node *node);
void progress_write_ends(struct progress *progress, const struct world *world, const struct node *node,
			 const struct response *response);
/* Any answer came in. */
void progress_answer(struct progress *progress, const struct world *world, const struct node *node);
/* A line for people; not with --quiet. */
void progress_say(struct progress *progress, const char *format, ...) _printf_(2, 3);
/* The same only with --verbose. */
void progress_detail(struct progress *progress, const char *format, ...) _printf_(2, 3);
/* Takes the live line away. */
void progress_done(struct progress *progress);
