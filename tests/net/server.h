/*
 * A TLS server in a thread of the test: answers as the test's handler says, or misbehaves in the ways that servers do.
 * It issues tokens by itself ("token-1", "token-2" …) and remembers every other request.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "certificate.h"

enum server_fate {
	SERVER_ANSWER,
	SERVER_DROP,     /* take the request, close without a byte */
	SERVER_TRUNCATE, /* promise the whole body, send half, close */
	SERVER_HANG,     /* never answer */
};

struct server_request {
	const char *method;
	const char *url; /* path and query */
	const char *body;
	const char *authorization; /* or NULL */
	const char *content_type;
	const char *prefer;
	const char *priority; /* x-ms-throttle-priority */
	unsigned number;      /* from 1, logins not counted */
};

struct server_header {
	const char *name, *value;
};

struct server_answer {
	enum server_fate fate;
	int status;
	const char *body;   /* NULL: none; a literal, or memory that outlives the server */
	size_t body_length; /* 0: strlen */
	struct server_header headers[6];
	char *owned_body; /* instead of BODY: freed by the server */
};

typedef void server_handler_fn(void *arg, const struct server_request *request, struct server_answer *answer);

struct server;

struct server *server_new(const struct certificate *certificate, server_handler_fn *handler, void *arg);
/* What logins get instead of a token; NULL: a token again. STATUS and BODY. */
void server_set_login(struct server *server, int status, const char *body);
void server_free(struct server *server);
unsigned server_port(const struct server *server);
/* How many requests began with TEXT ("PUT /thing"); "" counts all but logins. */
unsigned server_count(struct server *server, const char *text);
unsigned server_logins(struct server *server);
/* The most connections that were open at the same time. */
unsigned server_connections_max(struct server *server);
/* The form of the last login; valid until the next one. */
const char *server_last_login(struct server *server);
