/*
 * The cloud of a golden case: a transport that gives scripted answers. It believes what it is told: after a write was
 * answered with success, later reads show it, unless the case says what they show. It is not the simulated tenant and
 * checks nothing: a case can have it say anything.
 *
 * Requests are named as cases name them: "GET /v1.0/applications?$filter=displayName eq 'SCEPman-api'", decoded,
 * without api-version and $select.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/map.h"
#include "world/transport.h"

/* In which order answers come back. */
enum golden_order { GOLDEN_OLDEST_FIRST, GOLDEN_NEWEST_FIRST, GOLDEN_ANY_ORDER, GOLDEN_ORDERS };

struct golden_call;

struct golden_cloud {
	struct transport transport; /* first: a pass sees only this */
	struct arena arena;
	const cJSON *answers; /* of the case */
	cJSON *learned;       /* request -> body, from writes */
	struct map counts;    /* request -> how often, plus one */
	cJSON *writes;        /* [{"request", "body", "before"}]: BEFORE is what was last read there, or null */
	cJSON *requests;      /* all of them, by name */
	int64_t now_s;        /* the Date of its answers */
	enum golden_order order;
	bool is_lenient; /* a read without an answer is 404, and no mistake of the case */
	uint64_t random;
	unsigned ids; /* assigned so far */
	struct golden_call *first, **last;
	struct buffer problems; /* a line each */
};

void golden_cloud_init(struct golden_cloud *cloud, const cJSON *answers, enum golden_order order);
void golden_cloud_done(struct golden_cloud *cloud);
/* Answers until nobody asks any more. */
void golden_cloud_run(struct golden_cloud *cloud);
