/*
 * Other writers: changes to the tenant on a schedule, as another team, the vendor's cmdlet or Terraform would make
 * them.
 *
 *   {"name":"...", "after_ms":N, "every_ms":N, "times":N, "edit":EDIT}    once after_ms from now, or each every_ms, at
 * most times
 *
 * Time is the tenant's: with a virtual clock a writer works when that clock passes its hour.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/attributes.h"
#include "state.h"

struct writer {
	cJSON *json;
	int64_t next_ms, every_ms; /* every_ms 0: once */
	uint64_t left, done;
};

struct writers {
	struct writer *writers;
	size_t count, allocated;
};

void writers_init(struct writers *writers);
void writers_clear(struct writers *writers);
void writers_done(struct writers *writers);
/* Adds a writer or an array of them, from NOW_MS on. NULL or a sentence, as faults_add(). */
char *writers_add(struct writers *writers, const cJSON *json, int64_t now_ms) _must_check_;
cJSON *writers_list(const struct writers *writers) _must_check_;
/* The hour of the next change, INT64_MAX when there is none. */
int64_t writers_next_ms(const struct writers *writers) _pure_;
/* Makes all changes that are due at NOW_MS. */
void writers_run(struct writers *writers, struct sim_state *state, int64_t now_ms);
