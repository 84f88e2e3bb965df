/*
 * One connection to the endpoint: reads the head of one request, has it answered, sends the answer and ends. Every
 * answer closes its connection: who asks does so every few seconds, and from this machine. Knows nothing of paths.
 */
#pragma once

#include <uv.h>

#include "base/attributes.h"
#include "service/endpoint.h"
#include "service/endpoint_request.h"

struct endpoint_connection;

struct endpoint_connection_owner {
	/* Fills RET with the answer to REQUEST. */
	void (*answer)(void *arg, const struct endpoint_request *request, struct endpoint_page *ret);
	/* CONNECTION is no more when this returns. */
	void (*closed)(void *arg, struct endpoint_connection *connection);
	void *arg;
};

/* Takes the connection that waits at SERVER, a uv_tcp_t or uv_pipe_t. One that is gone already is closed from the loop.
 * OWNER must outlive it. */
struct endpoint_connection *endpoint_connection_accept(uv_stream_t *server,
						       const struct endpoint_connection_owner *owner);
/* Ends it without more words; closed() is called from the loop. Twice is once. */
void endpoint_connection_close(struct endpoint_connection *connection);
