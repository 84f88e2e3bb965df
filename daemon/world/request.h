/*
 * What the planner asks of the cloud and what it is told: the border between the pure core and the transport.
 * There is no DELETE: nothing in this program can express the removal of an object (promise 1 of product.md).
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "world/fault.h"

/* Where a request goes; the transport knows the host and the token audience of each. */
enum service {
	SERVICE_RESOURCE_MANAGER,
	SERVICE_GRAPH,
	SERVICE_SITE, /* a web app's own host, anonymously: GET /probe */
};

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH };

struct request {
	enum service service;
	enum method method;
	const char *host; /* SERVICE_SITE only: "app-scepman.azurewebsites.net" */
	const char
		*path; /* with query, percent-encoded, after the service's base URL: "/subscriptions/…?api-version=…" */
	const char *body; /* JSON text, or NULL */
	/* Graph's create-if-missing (limits.md 3.5): sent as "Prefer: create-if-missing". */
	bool create_if_missing;
	/* The answer is a collection: all pages are fetched and given as one {"value": [...]}. */
	bool is_collection;
	/* Sent no sooner than this after now. */
	int64_t delay_ms;
};

/* Does it change anything in the cloud? Judged by method and path, not by who asks: the transport refuses such
 * requests in plan mode (promise 3). GET never does; of the POSTs only the known queries do not. */
bool request_is_mutating(const struct request *request);
const char *method_name(enum method method);

struct response {
	int status;         /* HTTP status; 0: there was no answer */
	struct fault fault; /* class FAULT_NONE when the request succeeded */
	cJSON *body; /* parsed; NULL: empty. Owned by whoever delivers the response, valid only during the call */
	int64_t date_unix_s;    /* the cloud's clock (Date header), 0: not said */
	const char *request_id; /* the cloud's name for this request, or NULL; as long as BODY */
};
