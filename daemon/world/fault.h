/*
 * The cloud's refusals as values. A fault is never a return code: it is kept on the node that it concerns and ends as a
 * condition that a person can read. Our own failures are negative errno values and never faults.
 *
 * The classes follow domain.md 5.1 (last rule) and limits.md; the table from error codes to classes is fault.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

enum fault_class {
	FAULT_NONE,
	FAULT_NOT_FOUND,   /* 404: the addressed thing does not exist, as far as this answer can tell */
	FAULT_TRANSIENT,   /* 408, 5xx, "another operation is in progress", replication lag: again later */
	FAULT_THROTTLED,   /* 429, or 503 with Retry-After: not before retry_after_s */
	FAULT_DENIED,      /* 403: a right is missing */
	FAULT_CREDENTIAL,  /* no token could be had, or 401 after a renewed one */
	FAULT_CONFLICT,    /* 409, 412 that are not "it exists already" */
	FAULT_EXISTS,      /* the thing to be created exists already: for us a success */
	FAULT_REJECTED,    /* 400 and other 4xx: the request is wrong or impossible, again will not help */
	FAULT_UNREACHABLE, /* no connection: name resolution, TCP, TLS, proxy */
	FAULT_GARBLED, /* an answer that cannot be understood: truncated, not JSON, too large, too deep, missing parts
			*/
	FAULT_REFUSED, /* we did not send it: read-only mode, a foreign host, the write limit of a pass */
};

struct fault {
	enum fault_class class;
	int status;             /* HTTP status, 0: there was no answer */
	const char *code;       /* the cloud's error code ("AuthorizationFailed"), or ours; NULL: none */
	const char *message;    /* one sentence */
	const char *host;       /* who said it */
	const char *request_id; /* of the cloud, or NULL */
	int64_t retry_after_s;  /* 0: nothing said */
	bool is_ambiguous;      /* a write that may have taken effect: connection lost, 5xx, unreadable answer */
};

/* The class of an HTTP answer with STATUS >= 400 and the cloud's CODE and MESSAGE (either may be NULL). */
enum fault_class fault_classify(int status, const char *code, const char *message);
/* Graph's way to say that the role does not exist on the resource (domain.md 5.1): permanent for that role. */
bool fault_is_missing_role(const struct fault *fault);
/* The object was created moments ago and this replica has not heard of it (PrincipalNotFound, Request_ResourceNotFound
 * …). */
bool fault_is_replication(const struct fault *fault);
/* Is it the resource group that is not there, and not the thing itself? */
bool fault_is_missing_group(const struct fault *fault);
/* May the same thing succeed later without anybody's doing? */
bool fault_is_retryable(const struct fault *fault);
/* "denied", "throttled" …, for logs, metrics and JSON. */
const char *fault_class_name(enum fault_class class);
/* A copy of FAULT whose strings live in ARENA. */
struct fault fault_copy(struct arena *arena, const struct fault *fault);
