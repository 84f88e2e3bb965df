/*
 * One request on its way through the simulated tenant: what was asked, by whom, and the answer under construction.
 * A file per resource provider exports a table of routes; router.c matches them and does what all have in common
 * (decoding, authentication, api-version, JSON). Handlers read a call and end with exactly one call_answer_*().
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "sim.h"

struct sim_state;

enum { CALL_SEGMENTS_MAX = 40, CALL_QUERY_MAX = 40 };

/* Which of the simulated services a request is for. They may share one host: the router tells them apart by path. */
enum sim_service { SERVICE_CONTROL, SERVICE_LOGIN, SERVICE_METADATA, SERVICE_ARM, SERVICE_GRAPH, SERVICE_SITE };

/* Who calls, from the bearer token. */
struct sim_identity {
	const char *app_id;
	const char *object_id; /* of the service principal */
	const char *audience;
};

struct call {
	struct sim *sim;
	struct sim_state *state;
	int64_t now_ms;
	struct arena *arena; /* lives as long as the call */

	enum sim_service service;
	const struct sim_request *request;
	const char *path;                        /* decoded, without query */
	const char *segments[CALL_SEGMENTS_MAX]; /* decoded path segments */
	size_t segment_count;
	struct sim_header query[CALL_QUERY_MAX]; /* decoded, in order */
	size_t query_count;
	const char *arguments[CALL_SEGMENTS_MAX]; /* what the {placeholders} of the route matched, in order */
	size_t argument_count;
	const struct sim_route *route; /* NULL: none matched */
	const char *api_version;       /* ARM; NULL elsewhere */
	struct sim_identity identity;
	cJSON *body; /* parsed JSON body or NULL */

	/* The answer. */
	int status;           /* 0: not answered yet */
	cJSON *answer;        /* owned by the call; NULL: no body */
	const char *raw;      /* instead of ANSWER: a body that is not JSON, in the arena */
	const char *raw_type; /* its Content-Type */
	struct sim_header headers[16];
	size_t header_count;

	/* What becomes of it besides; see interference.h. */
	enum sim_fate fate;
	int64_t delay_ms;
	bool is_unknown_route; /* set by the router: nothing simulates this path */
	bool is_batch_part;    /* set by whoever takes a $batch apart */
	struct interference_orders *orders;
};

struct sim_route {
	const char *method;  /* "GET" */
	const char *pattern; /* "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"; literal parts
				match without regard to case, {} takes one segment or what is between the rest of one
				("users('{}')"), a leading
				"{*}" takes one or more (a scope) */
	void (*handle)(struct call *call);
};

/* Makes CALL ready for REQUEST: decodes path and query into the arena. False: it has been answered with 400. Used by
 * sim.c and by whoever takes a $batch apart. */
bool call_init(struct call *call, struct sim *sim, struct sim_state *state, struct arena *arena,
	       const struct sim_request *request, int64_t now_ms) _must_check_;
/* Frees what the arena does not hold: body and answer. */
void call_done(struct call *call);

/* Query parameter NAME (OData's "$filter" with the dollar), or NULL. Names are compared without regard to case. */
const char *call_query(const struct call *call, const char *name);
/* Request header, or NULL. */
const char *call_header(const struct call *call, const char *name);

/* "https://host:port" under which the caller reached us, for links (nextLink, Location); in the arena or longer-lived.
 */
const char *call_base_url(const struct call *call);
/* STATUS with BODY (taken over; NULL: empty). */
void call_answer(struct call *call, int status, cJSON *body);
/* Azure's error body: {"error":{"code":CODE,"message":...}}, for ARM and Graph (Graph adds innerError by itself). */
void call_answer_error(struct call *call, int status, const char *code, const char *message, ...) _printf_(4, 5);
void call_answer_raw(struct call *call, int status, const char *content_type, const char *body);
/* NAME is not copied (a literal), VALUE is. */
void call_add_header(struct call *call, const char *name, const char *value);
/* For errors with more members than code and message: the inner object, taken over. */
void call_answer_error_object(struct call *call, int status, cJSON *error);
