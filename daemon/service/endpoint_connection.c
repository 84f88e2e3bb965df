#include "service/endpoint_connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"

enum { CONNECTION_PATIENCE_MS = 30 * 1000, CONNECTION_HEAD_MAX = 16 << 10, CONNECTION_LINES_MAX = 4 << 10 };

struct endpoint_connection {
	const struct endpoint_connection_owner *owner;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t local;
	} peer;
	uv_timer_t timer;
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct buffer lines; /* the answer's head */
	struct endpoint_page page;
	size_t unsent, open_handles;
	bool is_answered; /* what still comes is read and forgotten */
	bool is_shut;     /* we have said all */
	bool has_ended;   /* they have */
	size_t length;    /* of the head that has come so far */
	char head[CONNECTION_HEAD_MAX + 1];
};

/* ---- the end ---- */

static void connection_on_closed(uv_handle_t *handle)
{
	struct endpoint_connection *connection = handle->data;

	if (--connection->open_handles)
		return;
	connection->owner->closed(connection->owner->arg, connection);
	buffer_done(&connection->lines);
	free(connection->page.body);
	free(connection);
}

void endpoint_connection_close(struct endpoint_connection *connection)
{
	if (uv_is_closing(&connection->peer.handle))
		return;
	uv_close(&connection->peer.handle, connection_on_closed);
	uv_close((uv_handle_t *)&connection->timer, connection_on_closed);
}

/* Somebody who says nothing, or who does not read what we say. */
static void connection_on_timer(uv_timer_t *timer)
{
	struct endpoint_connection *connection = timer->data;
	size_t unsent = uv_stream_get_write_queue_size(&connection->peer.stream);

	if (unsent && unsent != connection->unsent) {
		connection->unsent = unsent;
		uv_timer_again(timer);
	} else {
		endpoint_connection_close(connection);
	}
}

/* ---- the answer ---- */

static const char *reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{400, "Bad Request"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{421, "Misdirected Request"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"},
		{505, "HTTP Version Not Supported"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

/* It ends when they end: closed now, with words of theirs unread, the kernel would throw away what they have not read
 * of ours. */
static void connection_on_shutdown(uv_shutdown_t *shutdown, int status)
{
	struct endpoint_connection *connection = shutdown->data;

	connection->is_shut = true;
	if (status < 0 || connection->has_ended)
		endpoint_connection_close(connection);
}

static void connection_on_written(uv_write_t *write, int status)
{
	struct endpoint_connection *connection = write->data;

	if (status < 0 || uv_shutdown(&connection->shutdown, &connection->peer.stream, connection_on_shutdown) < 0)
		endpoint_connection_close(connection);
}

static void connection_print_head(struct buffer *lines, const struct endpoint_page *page)
{
	char date[CLOCK_HTTP_DATE_SIZE];

	clock_format_http_date(clock_unix_ms(), date);
	buffer_printf(lines, "HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n", page->status, reason(page->status),
		      date);
	buffer_printf(lines, "Content-Type: %s\r\nContent-Length: %zu\r\n", page->content_type, page->length);
	buffer_append_text(lines, "Cache-Control: no-store\r\n"
				  "X-Content-Type-Options: nosniff\r\n"
				  "Referrer-Policy: no-referrer\r\n");
	/* The page has a style of its own and nothing else; should a value ever get into it as markup, it does nothing.
	 */
	buffer_append_text(lines, "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
				  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n");
	if (page->status == 405)
		buffer_append_text(lines, "Allow: GET, HEAD\r\n");
	buffer_append_text(lines, "\r\n");
}

/* Sends the page that CONNECTION has. */
static void connection_send(struct endpoint_connection *connection, bool is_head)
{
	uv_buf_t parts[2];

	connection->is_answered = true;
	connection_print_head(&connection->lines, &connection->page);
	parts[0] = uv_buf_init(connection->lines.data, (unsigned)connection->lines.length);
	parts[1] = uv_buf_init(connection->page.body, (unsigned)connection->page.length);
	uv_timer_again(&connection->timer);
	if (uv_write(&connection->write, &connection->peer.stream, parts, is_head ? 1 : 2, connection_on_written) < 0)
		endpoint_connection_close(connection);
}

static void connection_refuse(struct endpoint_connection *connection, unsigned status, const char *sentence)
{
	connection->page = (struct endpoint_page){
		.status = status,
		.content_type = "text/plain; charset=utf-8",
		.body = memory_copy_text(sentence),
		.length = strlen(sentence),
	};
	connection_send(connection, false);
}

/* ---- the request ---- */

static void connection_look(struct endpoint_connection *connection)
{
	struct endpoint_request request;
	int r = endpoint_request_parse(connection->head, connection->length, &request);

	if (r == -EAGAIN && connection->length < CONNECTION_HEAD_MAX)
		return;
	if (r == -EAGAIN) {
		connection_refuse(connection, 431, "The head of a request can have 16 KiB.\n");
	} else if (r == -EPROTONOSUPPORT) {
		connection_refuse(connection, 505, "This endpoint speaks HTTP/1.1.\n");
	} else if (r < 0) {
		connection_refuse(connection, 400, "This is no request of HTTP/1.1.\n");
	} else {
		connection->owner->answer(connection->owner->arg, &request, &connection->page);
		connection_send(connection, request.method == ENDPOINT_HEAD);
	}
}

static void connection_on_room(uv_handle_t *handle, size_t suggested _unused_, uv_buf_t *ret)
{
	struct endpoint_connection *connection = handle->data;
	size_t used = connection->is_answered ? 0 : connection->length;

	*ret = uv_buf_init(connection->head + used, (unsigned)(CONNECTION_HEAD_MAX - used));
}

static void connection_on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *room _unused_)
{
	struct endpoint_connection *connection = stream->data;

	if (count == UV_EOF && connection->is_answered && !connection->is_shut) {
		/* Who has said all may still listen. */
		connection->has_ended = true;
		uv_read_stop(stream);
	} else if (count < 0) {
		endpoint_connection_close(connection);
	}
	if (count <= 0 || connection->is_answered)
		return;
	connection->length += (size_t)count;
	connection->head[connection->length] = 0;
	connection_look(connection);
}

struct endpoint_connection *endpoint_connection_accept(uv_stream_t *server,
						       const struct endpoint_connection_owner *owner)
{
	struct endpoint_connection *connection = memory_new(sizeof(*connection));

	connection->owner = owner;
	buffer_init(&connection->lines, CONNECTION_LINES_MAX);
	if (server->type == UV_TCP)
		uv_tcp_init(server->loop, &connection->peer.tcp);
	else
		uv_pipe_init(server->loop, &connection->peer.local, 0);
	uv_timer_init(server->loop, &connection->timer);
	connection->peer.handle.data = connection->timer.data = connection;
	connection->write.data = connection->shutdown.data = connection;
	connection->open_handles = 2;
	uv_timer_start(&connection->timer, connection_on_timer, CONNECTION_PATIENCE_MS, CONNECTION_PATIENCE_MS);
	if (uv_accept(server, &connection->peer.stream) < 0 ||
	    uv_read_start(&connection->peer.stream, connection_on_room, connection_on_read) < 0)
		endpoint_connection_close(connection);
	return connection;
}
