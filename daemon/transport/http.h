/*
 * HTTP over TLS on a libuv loop: libcurl's multi interface driven by uv's sockets and timer (after curl's
 * docs/examples/multi-uv.c). One request, one answer; knows nothing of tokens, retries or Azure. TLS 1.2 or newer,
 * certificates always verified, https only, no redirects, bodies at most 16 MiB, HTTPS_PROXY and NO_PROXY honoured
 * (product.md section 5). Never logs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attributes.h"
#include "transport/reply.h"
#include "world/request.h"

enum { HTTP_BODY_MAX = 16 * 1024 * 1024, HTTP_LOCAL_BODY_MAX = 1024 * 1024 };

struct http;
struct http_transfer;

struct http_options {
	const char *ca_file;       /* PEM; roots besides the system's; NULL: none */
	int64_t timeout_ms;        /* of one request, from the first packet to the last byte */
	unsigned connections;      /* kept open at most, per host and in all */
	bool is_read_only;         /* refuses everything that http_guard.h does not know to be harmless */
	const char *authority_url; /* of the token endpoint, which is a POST that the guard lets pass */
	const char *sites_url;     /* where requests to a site are sent, whatever host their URL names; NULL: there */
};

struct http_request {
	enum method method;
	const char *url;
	const char *body;           /* NULL: none */
	const char *content_type;   /* NULL: application/json */
	const char *token;          /* bearer token, NULL: none */
	const char *const *headers; /* further lines "Name: value", ended by NULL; or NULL */
	bool is_write;
	bool is_local; /* to the metadata service of this machine: http is allowed, no proxy is asked, at most 1 MiB */
	bool is_to_site; /* one of many hosts, which may be out of reach (private): the connection must come soon */
};

/* DURATION_MS from sending to the last byte. REPLY lives during the call only. Called exactly once, never from inside
 * http_send(). */
typedef void http_reply_fn(void *arg, const struct reply *reply, int64_t duration_ms);

/* 0 with *RET; or -ENOENT, -EACCES …: ca_file cannot be read; -EBADMSG: there is no certificate in it. */
int http_new(uv_loop_t *loop, const struct http_options *options, struct http **ret) _must_check_;
/* Begins REQUEST, of whose strings it takes copies. */
struct http_transfer *http_send(struct http *http, const struct http_request *request, http_reply_fn *on_reply,
				void *arg);
/* Ends a transfer without a call of its function. */
void http_cancel(struct http_transfer *transfer);
/*
 * Closes the connections that are kept, when no request is under way: until the next pass the other side would have
 * closed them long since, and each is 50 KiB and a descriptor. Not from inside of a callback of curl's.
 */
void http_rest(struct http *http);
/* Cancels everything, closes the handles, frees, then calls ON_CLOSED from the loop. */
void http_close(struct http *http, void (*on_closed)(void *arg), void *arg);
