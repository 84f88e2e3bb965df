#include "service/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "service/endpoint_connection.h"
#include "service/endpoint_socket.h"

enum { ENDPOINT_BACKLOG = 64, ENDPOINT_CONNECTIONS_MAX = 64 };

struct endpoint {
	struct listen_address address;
	char *path; /* of a unix socket, our copy */
	uint16_t port;
	endpoint_answer_fn *answer;
	void *arg;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t local;
	} server;
	struct endpoint_connection_owner owner;
	struct endpoint_connection *connections[ENDPOINT_CONNECTIONS_MAX]; /* oldest first */
	size_t connection_count;
	bool has_waiting; /* a connection that there is no room for yet */
	bool is_closed;   /* the server is */
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/* ---- answers ---- */

static void endpoint_say(struct endpoint_page *ret, unsigned status, const char *sentence)
{
	ret->status = status;
	ret->body = memory_copy_text(sentence);
	ret->length = strlen(sentence);
}

/* Whoever can reach a loopback address is on this machine, or runs in a browser on it under a foreign name. */
static bool endpoint_is_asked_by_its_name(const struct endpoint *endpoint, const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (endpoint->address.kind != LISTEN_TCP || !endpoint->address.is_loopback || !host)
		return true;
	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1 ||
	       text_equal_fold(host, "localhost");
}

static void endpoint_answer(void *arg, const struct endpoint_request *request, struct endpoint_page *ret)
{
	struct endpoint *endpoint = arg;

	*ret = (struct endpoint_page){.status = 200, .content_type = "text/plain; charset=utf-8"};
	if (request->method == ENDPOINT_OTHER)
		endpoint_say(ret, 405, "This endpoint only answers GET and HEAD.\n");
	else if (!endpoint_is_asked_by_its_name(endpoint, request->host))
		endpoint_say(ret, 421,
			     "Ask by an address or as localhost: this endpoint listens on a loopback address.\n");
	else if (!endpoint->answer(endpoint->arg, request->path, ret))
		endpoint_say(ret, 404, "There is /, /status, /metrics, /healthz and /readyz.\n");
}

/* ---- connections ---- */

static void endpoint_end(struct endpoint *endpoint)
{
	if (!endpoint->is_closed || endpoint->connection_count)
		return;
	if (endpoint->path)
		(void)unlink(endpoint->path);
	free(endpoint->path);
	if (endpoint->on_closed)
		endpoint->on_closed(endpoint->closed_arg);
	free(endpoint);
}

static void endpoint_accept(struct endpoint *endpoint)
{
	endpoint->has_waiting = false;
	endpoint->connections[endpoint->connection_count++] =
		endpoint_connection_accept(&endpoint->server.stream, &endpoint->owner);
}

static void endpoint_on_connection_closed(void *arg, struct endpoint_connection *connection)
{
	struct endpoint *endpoint = arg;
	size_t i = 0;

	while (endpoint->connections[i] != connection)
		i++;
	memmove(&endpoint->connections[i], &endpoint->connections[i + 1],
		(--endpoint->connection_count - i) * sizeof(struct endpoint_connection *));
	if (endpoint->has_waiting && !uv_is_closing(&endpoint->server.handle))
		endpoint_accept(endpoint);
	endpoint_end(endpoint);
}

/* Who opens connections and says nothing must not keep the others out: the oldest makes room, and who waits is let in
 * when it has gone. Until then libuv listens to nobody else. */
static void endpoint_on_connection(uv_stream_t *server, int status)
{
	struct endpoint *endpoint = server->data;

	if (status < 0)
		return;
	if (endpoint->connection_count < ENDPOINT_CONNECTIONS_MAX) {
		endpoint_accept(endpoint);
	} else {
		endpoint->has_waiting = true;
		endpoint_connection_close(endpoint->connections[0]);
	}
}

/* ---- beginning and end ---- */

static int endpoint_serve(struct endpoint *endpoint, uv_loop_t *loop, int fd)
{
	int r;

	endpoint->server.handle.data = endpoint;
	if (endpoint->address.kind == LISTEN_TCP) {
		uv_tcp_init(loop, &endpoint->server.tcp);
		r = uv_tcp_open(&endpoint->server.tcp, fd);
	} else {
		uv_pipe_init(loop, &endpoint->server.local, 0);
		r = uv_pipe_open(&endpoint->server.local, fd);
	}
	if (r < 0)
		close(fd);
	return r < 0 ? r : uv_listen(&endpoint->server.stream, ENDPOINT_BACKLOG, endpoint_on_connection);
}

int endpoint_start(uv_loop_t *loop, const struct listen_address *address, endpoint_answer_fn *answer, void *arg,
		   struct endpoint **ret, char **ret_problem)
{
	struct endpoint *endpoint;
	uint16_t port;
	int fd, r;

	r = endpoint_socket_open(address, &fd, &port, ret_problem);
	if (r < 0)
		return r;
	endpoint = memory_new(sizeof(*endpoint));
	*endpoint = (struct endpoint){.address = *address, .port = port, .answer = answer, .arg = arg};
	endpoint->path = memory_copy_text(address->kind == LISTEN_UNIX ? address->path : NULL);
	endpoint->owner = (struct endpoint_connection_owner){
		.answer = endpoint_answer, .closed = endpoint_on_connection_closed, .arg = endpoint};
	r = endpoint_serve(endpoint, loop, fd);
	if (r < 0) {
		if (asprintf(ret_problem, "the HTTP endpoint could not be started: %s", uv_strerror(r)) < 0)
			memory_exhausted();
		endpoint_close(endpoint, NULL, NULL);
		return r;
	}
	*ret = endpoint;
	return 0;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
	return endpoint->port;
}

static void endpoint_on_server_closed(uv_handle_t *handle)
{
	struct endpoint *endpoint = handle->data;

	endpoint->is_closed = true;
	endpoint_end(endpoint);
}

void endpoint_close(struct endpoint *endpoint, void (*on_closed)(void *arg), void *arg)
{
	endpoint->on_closed = on_closed;
	endpoint->closed_arg = arg;
	for (size_t i = 0; i < endpoint->connection_count; i++)
		endpoint_connection_close(endpoint->connections[i]);
	uv_close(&endpoint->server.handle, endpoint_on_server_closed);
}
