#include "transport/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "transport/http_guard.h"
#include "transport/http_transfer.h"
#include "transport/http_trust.h"

/* How long answers are worked on in one turn of the loop. */
enum { HTTP_TURN_MAX_MS = 5 };

struct http {
	uv_loop_t *loop;
	struct arena arena;
	struct http_options options;
	X509_STORE *trust;
	CURLM *multi;
	uv_timer_t timer;   /* curl's own */
	uv_timer_t refusal; /* tells those whom the guard refused, from the loop */
	struct http_transfer *transfers;
	unsigned open_handles;
	bool is_closing;
	void (*on_closed)(void *arg);
	void *arg;
};

/* A socket that curl wants watched. */
struct http_socket {
	uv_poll_t poll;
	struct http *http;
	curl_socket_t fd;
};

static void unlink_transfer(struct http_transfer *transfer)
{
	if (transfer->next)
		transfer->next->previous = transfer->previous;
	if (transfer->previous)
		transfer->previous->next = transfer->next;
	else
		transfer->http->transfers = transfer->next;
}

static void deliver(struct http_transfer *transfer, const struct reply *reply)
{
	unlink_transfer(transfer);
	transfer->on_reply(transfer->arg, reply, clock_monotonic_ms() - transfer->began_ms);
	http_transfer_free(transfer);
}

static void deliver_finished(struct http *http)
{
	CURLMsg *message;
	int left;

	/* A reply may close us, so the handle is looked at anew each time. */
	while (!http->is_closing && (message = curl_multi_info_read(http->multi, &left))) {
		struct http_transfer *transfer;
		CURLcode code = message->data.result;
		CURL *easy = message->easy_handle;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
		curl_multi_remove_handle(http->multi, easy);
		deliver(transfer, http_transfer_finish(transfer, code, &http->options));
	}
}

/* Sockets are watched by level: what is left for the next turn is said again there, and others get theirs between. */
static bool has_turn_passed(const struct http *http)
{
	return uv_hrtime() / 1000000 > uv_now(http->loop) + HTTP_TURN_MAX_MS;
}

static void on_socket_ready(uv_poll_t *poll, int status, int events)
{
	struct http_socket *socket = poll->data;
	struct http *http = socket->http;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;

	if (has_turn_passed(http))
		return;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(http->multi, socket->fd, flags, &running);
	deliver_finished(http);
}

static void on_socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static int want_socket(CURL *easy _unused_, curl_socket_t fd, int action, void *arg, void *assigned)
{
	struct http *http = arg;
	struct http_socket *socket = assigned;
	int events = 0;

	if (action == CURL_POLL_REMOVE) {
		if (socket) {
			uv_poll_stop(&socket->poll);
			uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
			curl_multi_assign(http->multi, fd, NULL);
		}
		return 0;
	}
	if (!socket) {
		socket = memory_new(sizeof(*socket));
		socket->http = http;
		socket->fd = fd;
		socket->poll.data = socket;
		if (uv_poll_init_socket(http->loop, &socket->poll, fd) < 0) {
			free(socket);
			return -1;
		}
		curl_multi_assign(http->multi, fd, socket);
	}
	if (action != CURL_POLL_OUT)
		events |= UV_READABLE;
	if (action != CURL_POLL_IN)
		events |= UV_WRITABLE;
	uv_poll_start(&socket->poll, events, on_socket_ready);
	return 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct http *http = timer->data;
	int running;

	curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	deliver_finished(http);
}

static int want_timer(CURLM *multi _unused_, long timeout_ms, void *arg)
{
	struct http *http = arg;

	if (timeout_ms < 0)
		uv_timer_stop(&http->timer);
	else if (!http->is_closing)
		uv_timer_start(&http->timer, on_timer, (uint64_t)timeout_ms, 0);
	return 0;
}

static void on_refusal(uv_timer_t *timer)
{
	struct http *http = timer->data;
	struct reply reply = {
		.type = REPLY_FAULT,
		.fault = {.class = FAULT_REFUSED,
			  .message = "a request that would change something was not sent, since this is a plan"},
	};

	for (struct http_transfer *transfer = http->transfers; transfer && !http->is_closing;) {
		if (!transfer->is_refused) {
			transfer = transfer->next;
			continue;
		}
		reply.fault.host = transfer->host;
		deliver(transfer, &reply);
		/* Whoever was told may have changed the list. */
		transfer = http->transfers;
	}
}

static void open_multi(struct http *http)
{
	http->multi = curl_multi_init();
	if (!http->multi)
		memory_exhausted();
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)(http->options.connections + 4));
}

int http_new(uv_loop_t *loop, const struct http_options *options, struct http **ret)
{
	struct http *http;
	X509_STORE *trust;
	int r;

	r = http_trust_load(options->ca_file, &trust);
	if (r < 0)
		return r;
	http = memory_new(sizeof(*http));
	http->loop = loop;
	http->trust = trust;
	http->options = *options;
	http->options.authority_url = arena_copy_text(&http->arena, options->authority_url);
	http->options.sites_url = arena_copy_text(&http->arena, options->sites_url);
	open_multi(http);
	uv_timer_init(loop, &http->timer);
	uv_timer_init(loop, &http->refusal);
	http->timer.data = http->refusal.data = http;
	*ret = http;
	return 0;
}

struct http_transfer *http_send(struct http *http, const struct http_request *request, http_reply_fn *on_reply,
				void *arg)
{
	struct http_transfer *transfer = http_transfer_new(request, &http->options, http->trust);

	transfer->http = http;
	transfer->on_reply = on_reply;
	transfer->arg = arg;
	transfer->next = http->transfers;
	if (transfer->next)
		transfer->next->previous = transfer;
	http->transfers = transfer;
	transfer->is_refused =
		http->options.is_read_only && !http_guard_is_harmless(request, http->options.authority_url);
	if (transfer->is_refused)
		uv_timer_start(&http->refusal, on_refusal, 0, 0);
	else if (curl_multi_add_handle(http->multi, transfer->easy) != CURLM_OK)
		memory_exhausted();
	return transfer;
}

void http_cancel(struct http_transfer *transfer)
{
	if (!transfer->is_refused)
		curl_multi_remove_handle(transfer->http->multi, transfer->easy);
	unlink_transfer(transfer);
	http_transfer_free(transfer);
}

void http_rest(struct http *http)
{
	if (http->transfers || http->is_closing)
		return;
	/* curl has no function that closes what it keeps, but the end of all. */
	curl_multi_cleanup(http->multi);
	open_multi(http);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct http *http = handle->data;

	if (--http->open_handles)
		return;
	if (http->on_closed)
		http->on_closed(http->arg);
	arena_done(&http->arena);
	free(http);
}

void http_close(struct http *http, void (*on_closed)(void *arg), void *arg)
{
	http->is_closing = true;
	http->on_closed = on_closed;
	http->arg = arg;
	while (http->transfers)
		http_cancel(http->transfers);
	/* Closes the kept connections, and with each its watcher. */
	curl_multi_cleanup(http->multi);
	X509_STORE_free(http->trust);
	http->open_handles = 2;
	uv_close((uv_handle_t *)&http->timer, on_handle_closed);
	uv_close((uv_handle_t *)&http->refusal, on_handle_closed);
}
