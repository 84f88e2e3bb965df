/*
 * Rules that make requests fail, for tests and rehearsals. A rule says which calls it is for and what becomes of them:
 *
 *   {"name":"...",                   for the reader
 *    "method":"PUT",                 absent: any; several: "PUT|PATCH"
 *    "path":"*appsettings",          a glob over the decoded path, without regard to case; a star also matches slashes
 *    "service":"arm",                arm, graph, login, metadata, site; absent: any
 *    "nth":3 | "every":2,            only the third, only each second of the calls that match
 *    "times":1,                      how often it acts at most; 1 with nth, otherwise without end when absent
 *    "chance":0.1,                   acts with this probability, by the seed
 *                                    and what becomes of the call:
 *    "status":503, "headers":{}, "body":...
 *                                    answered so
 *    "throttle":true | {"retry_after_s":2}
 *                                    429, without or with Retry-After
 *    "drop":true                     the connection ends without an answer
 *    "damage":"truncate" | "garbage" | "empty"
 *                                    the answer is cut in the middle, is no JSON, has no body
 *    "takes_effect":true             status, throttle and drop come after the request was carried out, not instead
 *    "delay_ms":250                  the answer is held back
 *    "lag":{"ms":N} | {"reads":N}    reads of the same collection do not see this write for so long
 *    "stale":{"ms":N}                this read is answered as N ms ago
 *    "edit":EDIT, "edit_when":"before" | "after"
 *                                    another writer's change (edit.h), just before (the default) or just after the call
 *   }
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "call.h"

struct fault_rule {
	cJSON *json; /* as it was given */
	uint64_t nth, every, times;
	double chance;
	bool takes_effect, edit_after;
	uint64_t matched, acted;
};

struct faults {
	struct fault_rule *rules;
	size_t count, allocated;
	uint64_t random;
	int64_t longest_stale_ms; /* over all rules: how far back someone may ask */
};

void faults_init(struct faults *faults, uint64_t seed);
/* Takes all rules back. */
void faults_clear(struct faults *faults);
void faults_done(struct faults *faults);

/* Adds a rule or an array of them. NULL, or a sentence that starts with the path of the offending value, to be freed;
 * then none is added. */
char *faults_add(struct faults *faults, const cJSON *rules) _must_check_;
/* {"value":[rule with "matched" and "acted"]}; to be freed. */
cJSON *faults_list(const struct faults *faults) _must_check_;

/* The next rule after *POSITION (start with 0) that acts on CALL now, counting what it sees; NULL: no more. */
const struct fault_rule *faults_next(struct faults *faults, const struct call *call, size_t *position) _must_check_;
/* Answers CALL as RULE says: status, throttle or drop. False: the rule does none of these. */
bool faults_answer(const struct fault_rule *rule, struct call *call);
/* Damages the answer of CALL as RULE says. */
void faults_damage(const struct fault_rule *rule, struct call *call);
