/*
 * What was asked of the tenant: a line of JSON per request, and counts. Secrets never get into it: the Authorization
 * header, credentials in bodies, and app settings that are secrets are replaced by "***".
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/map.h"
#include "call.h"
#include "sim.h"

struct journal {
	char **lines; /* a ring of the latest; the line N is at (N - 1) % JOURNAL_KEPT_MAX */
	size_t allocated;
	uint64_t count, first; /* requests so far; the first whose line is kept */
	struct map counts;     /* "HOST VERB" -> (void *)(uintptr_t)count */
	uint64_t writes, unknown_routes, faults, throttled;
	void (*write)(void *userdata, const char *line);
	void *userdata;
};

enum { JOURNAL_KEPT_MAX = 100000 };

void journal_init(struct journal *journal);
void journal_done(struct journal *journal);

/* CALL with its RESPONSE, before delays are performed. */
void journal_add(struct journal *journal, const struct call *call, const struct sim_response *response);
/* Counts CALL (which has its status) as a write if it changed something: also each part of a $batch. */
void journal_count_write(struct journal *journal, const struct call *call);

/* All kept lines, as JSON lines; to be freed. */
char *journal_text(const struct journal *journal) _must_check_;
void journal_clear(struct journal *journal);
/* {"requests":{HOST:{VERB:n}},"total":n,"writes":n,...} without restarts, which the state counts; to be freed. */
cJSON *journal_counters(const struct journal *journal) _must_check_;
void journal_clear_counters(struct journal *journal);

/* Does CALL only ask, whatever its status? Some POSTs do. */
bool journal_is_read(const struct call *call);
