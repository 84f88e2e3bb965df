#include "service/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "service/endpoint_socket.h"

enum {
	ENDPOINT_CONNECTIONS_MAX = 64,
	ENDPOINT_IDLE_S = 30,
	ENDPOINT_CONNECTION_MEMORY = 16 << 10, /* for the head of a request */
};

struct endpoint {
	struct listen_address address;
	char *path; /* of a unix socket, our copy */
	uint16_t port;
	endpoint_answer_fn *answer;
	void *arg;
	struct MHD_Daemon *http;
	uv_poll_t poll;
	uv_timer_t timer;
	unsigned open_handles;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/* ---- answers ---- */

static enum MHD_Result endpoint_send(struct MHD_Connection *connection, const struct endpoint_page *page)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(page->length, page->body, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (!response)
		memory_exhausted();
	MHD_add_response_header(response, "Content-Type", page->content_type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	/* The page has a style of its own and nothing else; should a value ever get into it as markup, it does nothing.
	 */
	MHD_add_response_header(response, "Content-Security-Policy",
				"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
				"form-action 'none'; frame-ancestors 'none'");
	if (page->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	result = MHD_queue_response(connection, page->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result endpoint_say(struct MHD_Connection *connection, unsigned status, const char *sentence)
{
	struct endpoint_page page = {.status = status, .content_type = "text/plain; charset=utf-8"};
	int length = asprintf(&page.body, "%s\n", sentence);

	if (length < 0)
		memory_exhausted();
	page.length = (size_t)length;
	return endpoint_send(connection, &page);
}

/* ---- requests ---- */

/* The name or address of "HOST[:PORT]" in a Host header, without brackets. */
static void endpoint_host_name(const char *header, char *ret, size_t size)
{
	bool in_brackets = *header == '[';
	size_t length = strcspn(header + in_brackets, in_brackets ? "]" : ":");

	snprintf(ret, size, "%.*s", (int)(length < size ? length : size - 1), header + in_brackets);
}

/* Whoever can reach a loopback address is on this machine, or runs in a browser on it under a foreign name. */
static bool endpoint_is_asked_by_its_name(const struct endpoint *endpoint, struct MHD_Connection *connection)
{
	const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
	unsigned char address[sizeof(struct in6_addr)];
	char host[256];

	if (endpoint->address.kind != LISTEN_TCP || !endpoint->address.is_loopback || !header)
		return true;
	endpoint_host_name(header, host, sizeof(host));
	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1 ||
	       text_equal_fold(host, "localhost") || text_equal_fold(host, endpoint->address.host);
}

static enum MHD_Result endpoint_on_request(void *arg, struct MHD_Connection *connection, const char *path,
					   const char *method, const char *version _unused_,
					   const char *upload _unused_, size_t *upload_length, void **state)
{
	static char has_begun;
	struct endpoint *endpoint = arg;
	struct endpoint_page page = {.status = MHD_HTTP_OK, .content_type = "text/plain; charset=utf-8"};

	if (!text_equal(method, "GET") && !text_equal(method, "HEAD"))
		return endpoint_say(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				    "This endpoint only answers GET and HEAD.");
	/* The first call is for the head alone; a body, should one come, is read and forgotten. */
	if (!*state) {
		*state = &has_begun;
		return MHD_YES;
	}
	if (*upload_length) {
		*upload_length = 0;
		return MHD_YES;
	}
	if (!endpoint_is_asked_by_its_name(endpoint, connection))
		return endpoint_say(connection, MHD_HTTP_MISDIRECTED_REQUEST,
				    "Ask by an address or as localhost: this endpoint listens on a loopback address.");
	if (!endpoint->answer(endpoint->arg, path, &page))
		return endpoint_say(connection, MHD_HTTP_NOT_FOUND,
				    "There is /, /status, /metrics, /healthz and /readyz.");
	return endpoint_send(connection, &page);
}

/* ---- the loop ---- */

static void endpoint_advance(struct endpoint *endpoint);

static void endpoint_on_timer(uv_timer_t *timer)
{
	endpoint_advance(timer->data);
}

static void endpoint_on_poll(uv_poll_t *poll, int status _unused_, int events _unused_)
{
	endpoint_advance(poll->data);
}

/* Has it do what it can, and come back when it wants to. */
static void endpoint_advance(struct endpoint *endpoint)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	MHD_run(endpoint->http);
	if (MHD_get_timeout(endpoint->http, &wait_ms) == MHD_YES)
		uv_timer_start(&endpoint->timer, endpoint_on_timer, wait_ms, 0);
	else
		uv_timer_stop(&endpoint->timer);
}

/* ---- beginning and end ---- */

static struct MHD_Daemon *endpoint_start_http(struct endpoint *endpoint, int fd)
{
	return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, endpoint_on_request, endpoint, MHD_OPTION_LISTEN_SOCKET,
				fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)ENDPOINT_CONNECTIONS_MAX,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ENDPOINT_IDLE_S,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)ENDPOINT_CONNECTION_MEMORY, MHD_OPTION_END);
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
	endpoint->http = endpoint_start_http(endpoint, fd);
	if (!endpoint->http) {
		close(fd);
		free(endpoint->path);
		free(endpoint);
		*ret_problem = memory_copy_text("the HTTP endpoint could not be started: libmicrohttpd refused");
		return -EIO;
	}
	uv_timer_init(loop, &endpoint->timer);
	uv_poll_init(loop, &endpoint->poll, MHD_get_daemon_info(endpoint->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
	endpoint->timer.data = endpoint->poll.data = endpoint;
	endpoint->open_handles = 2;
	uv_poll_start(&endpoint->poll, UV_READABLE, endpoint_on_poll);
	*ret = endpoint;
	return 0;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
	return endpoint->port;
}

static void endpoint_on_handle_closed(uv_handle_t *handle)
{
	struct endpoint *endpoint = handle->data;

	if (--endpoint->open_handles)
		return;
	MHD_stop_daemon(endpoint->http);
	if (endpoint->path)
		(void)unlink(endpoint->path);
	free(endpoint->path);
	if (endpoint->on_closed)
		endpoint->on_closed(endpoint->closed_arg);
	free(endpoint);
}

void endpoint_close(struct endpoint *endpoint, void (*on_closed)(void *arg), void *arg)
{
	endpoint->on_closed = on_closed;
	endpoint->closed_arg = arg;
	uv_close((uv_handle_t *)&endpoint->poll, endpoint_on_handle_closed);
	uv_close((uv_handle_t *)&endpoint->timer, endpoint_on_handle_closed);
}
