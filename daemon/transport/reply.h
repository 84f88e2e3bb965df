/*
 * What came of one attempt to send a request, as plain data: an HTTP answer, a loss, or a part of a batch. Only the
 * headers that somebody acts on are kept, so no other header can leak. Pure; knows neither curl nor uv.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/fault.h"

enum reply_type {
	REPLY_READY,  /* what was waited for is here: a token, or the time */
	REPLY_FAULT,  /* there is no token, or we must not send: FAULT says why */
	REPLY_LOST,   /* no answer: MESSAGE, WAS_SENT and IS_PERMANENT say why */
	REPLY_ANSWER, /* STATUS, HEADERS and BODY */
};

enum reply_header {
	REPLY_RETRY_AFTER,
	REPLY_RETRY_AFTER_MS,
	REPLY_LOCATION,
	REPLY_ASYNC_OPERATION,
	REPLY_CHALLENGE,
	REPLY_DATE,
	REPLY_REQUEST_ID,
	REPLY_GRAPH_REQUEST_ID,
	REPLY_REMAINING_SUBSCRIPTION_READS,
	REPLY_REMAINING_SUBSCRIPTION_WRITES,
	REPLY_REMAINING_TENANT_READS,
	REPLY_REMAINING_TENANT_WRITES,
	REPLY_QUOTA_REMAINING,
	REPLY_QUOTA_RESETS_AFTER,
	REPLY_HEADERS,
};

struct reply {
	enum reply_type type;

	int status;
	const char *headers[REPLY_HEADERS]; /* NULL: not sent */
	const char *body;                   /* zero-terminated; NULL: none */
	size_t body_length;
	const cJSON *json; /* instead of BODY, when it has been parsed already (a part of a batch) */

	struct fault fault;

	const char *message; /* one sentence that names the host and the remedy */
	bool was_sent;       /* LOST: the cloud may have received the request */
	bool is_permanent;   /* LOST: the same thing will happen again at once (a certificate, a body that is too large)
			      */
	bool is_garbled;     /* LOST: there was an answer, but it broke off or was too large */
};

/* The header whose name is the LENGTH bytes at NAME, or REPLY_HEADERS when nobody cares for it. */
enum reply_header reply_header_find(const char *name, size_t length) _pure_;

/* The moment of an HTTP-date in its preferred form ("Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110 5.6.7) in Unix seconds.
 */
bool reply_parse_date(const char *text, int64_t *ret_unix_s) _must_check_;
/* The cloud's clock when it answered, Unix seconds; 0: it did not say. */
int64_t reply_date_s(const struct reply *reply);
/* How long the cloud asks us to wait, in milliseconds, from Retry-After (seconds or a date) or its millisecond
 * siblings; -1: it does not ask. A date is taken relative to the Date header, and says nothing without one: our own
 * clock may be hours off. At most a day. */
int64_t reply_retry_after_ms(const struct reply *reply);
/* The id under which the cloud's support finds this request, or NULL. */
const char *reply_request_id(const struct reply *reply);
/* The claims that a 401 demands (WWW-Authenticate: Bearer … error="insufficient_claims", claims="BASE64"), decoded to
 * JSON, or NULL. Source: auth.md section 4. */
const char *reply_claims(const struct reply *reply, struct arena *arena);
