/*
 * ONE exchange with the cloud, as a pure state machine: retries, Retry-After, long-running operations, pages, a refused
 * token. It is told what happened and the time, and says what to do next; whoever drives it (call.c) obeys. It never
 * does I/O, never reads a clock, never logs, and never names a URL to send to that is not on the configured host.
 *
 * The rule of retries is a rule of safety (product.md promise 1, architecture.md 5.1): a read is repeated a few times;
 * a write only when the cloud certainly did not process it: 429, 401 (with a new token), and a connection that never
 * came about. All else that goes wrong with a write ends it at once with is_ambiguous set, and the next pass looks what
 * became of it.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "transport/refusal.h"
#include "transport/reply.h"
#include "transport/url.h"
#include "world/request.h"

enum {
	EXCHANGE_TRIES = 4,        /* of one step that fails: 408, 5xx, a lost connection, a garbled body */
	EXCHANGE_THROTTLES = 8,    /* 429s in a row, each waited for */
	EXCHANGE_BACKOFF_MS = 500, /* doubled with each failure; half of it is jitter */
	EXCHANGE_RETRY_AFTER_MAX_MS = 300 * 1000, /* longer waits, in all, are given back as FAULT_THROTTLED */
	EXCHANGE_POLL_MS = 2000,                  /* between looks at an operation that names no interval */
	EXCHANGE_POLL_MIN_MS = 1000,
	EXCHANGE_OPERATION_MAX_MS = 15 * 60 * 1000,
	EXCHANGE_PAGES_MAX = 1000,
	EXCHANGE_PAGES_BYTES_MAX = 64 * 1024 * 1024, /* of all pages of one collection */
};

struct exchange_request {
	enum service service;
	enum method method;
	const char *base_url;  /* of the service, without a slash at the end */
	const char *path;      /* behind it, with the query */
	const char *body;      /* or NULL */
	const char *client_id; /* who asks, as far as it is known yet, for the sentences; or NULL */
	bool is_write;         /* request_is_mutating() */
	bool is_collection;
	bool is_anonymous;  /* no token */
	bool accepts_text;  /* a body that is not JSON is given as a JSON string */
	bool is_tried_once; /* whatever goes wrong is the answer: nothing is asked again */
};

enum exchange_move_type {
	MOVE_TOKEN, /* see that there is a token, then absorb REPLY_READY, or REPLY_FAULT */
	MOVE_SEND,  /* send METHOD URL BODY, then absorb what came of it */
	MOVE_SLEEP, /* after DELAY_MS absorb REPLY_READY */
	MOVE_DONE,  /* the response is there */
};

struct exchange_move {
	enum exchange_move_type type;
	bool renew;         /* TOKEN: the last one was refused */
	const char *claims; /* TOKEN: what the challenge demands, JSON, or NULL */
	enum method method; /* SEND */
	const char *url;    /* SEND: always on the origin of base_url */
	const char *body;   /* SEND, or NULL */
	bool may_share;     /* SEND: the first try of a plain read, so it may travel in a batch */
	int64_t delay_ms;   /* SLEEP */
};

enum exchange_stage {
	STAGE_REQUEST, /* the request itself, or a further page of it */
	STAGE_POLL,    /* is the operation over? */
	STAGE_RESULT,  /* what did it make? */
};

enum exchange_poll {
	POLL_STATUS,   /* Azure-AsyncOperation: a document with "status" */
	POLL_LOCATION, /* Location: 202 until it is over */
	POLL_RESOURCE, /* the resource itself and its provisioningState */
};

enum exchange_await { AWAIT_TOKEN, AWAIT_ANSWER, AWAIT_TIME };

/* Plain data, but private to exchange*.c. */
struct exchange {
	struct arena arena;
	struct exchange_request request;
	struct refusal_context context;
	struct url base;
	uint64_t random;

	enum exchange_stage stage;
	enum exchange_poll poll;
	enum exchange_await await;
	bool was_renewed;  /* for the request at hand */
	unsigned failures; /* of the request at hand */
	unsigned throttles;
	int64_t waited_ms; /* for another try of the request at hand */
	unsigned pages;
	size_t bytes; /* of all pages so far */
	int64_t operation_since_ms;
	const char *target; /* path on the origin that is sent next */
	const char *result; /* path of what an operation makes, or NULL */
	const char *body;   /* of the next page of a Resource Graph query, or the request's */
	const char *claims; /* for the token, from the last challenge */
	cJSON *items;       /* of the pages so far, or NULL */

	bool is_done;
	struct response response;
};

/* Takes copies of REQUEST's strings. SEED: of the jitter. */
void exchange_init(struct exchange *exchange, const struct exchange_request *request, uint64_t seed);
/* Who asks, as the token says, for the sentences; before the request is sent. */
void exchange_identify(struct exchange *exchange, const char *client_id, bool is_managed_identity);
void exchange_done(struct exchange *exchange);

/* The first move. */
struct exchange_move exchange_begin(struct exchange *exchange);
/* What to do after REPLY; NOW_MS is the monotonic clock's. Strings of the move live as long as the exchange. */
struct exchange_move exchange_absorb(struct exchange *exchange, const struct reply *reply, int64_t now_ms);
/* Ends it from outside (the program stops) with FAULT; ambiguous when it is a write and IS_ON_WIRE, or its operation
 * has begun. */
struct exchange_move exchange_abort(struct exchange *exchange, const struct fault *fault, bool is_on_wire);
/* After MOVE_DONE: the response, owned by the exchange. */
const struct response *exchange_response(const struct exchange *exchange);
