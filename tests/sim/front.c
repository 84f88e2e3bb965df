#include "front.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "exchange.h"
#include "timer.h"

enum { THREADS = 2, CONNECTION_MEMORY = 32 * 1024, CONNECTIONS_MAX = 1000 };

struct front_shared {
	struct sim *sim;
	pthread_mutex_t lock; /* around the core, which knows no threads */
	int64_t clock_skew_ms, last_ms;
	struct timer *timer;
	atomic_bool ends;
};

struct front {
	struct front_shared *shared;
	struct MHD_Daemon *daemon;
	bool is_plain;
};

struct front_shared *front_shared_new(struct sim *sim, int64_t clock_skew_s)
{
	struct front_shared *shared = memory_new(sizeof(*shared));

	shared->sim = sim;
	shared->clock_skew_ms = clock_skew_s * 1000;
	shared->timer = timer_new();
	pthread_mutex_init(&shared->lock, NULL);
	return shared;
}

void front_shared_hurry(struct front_shared *shared)
{
	atomic_store(&shared->ends, true);
	timer_free(shared->timer);
	shared->timer = NULL;
}

void front_shared_free(struct front_shared *shared)
{
	if (!shared)
		return;
	timer_free(shared->timer);
	pthread_mutex_destroy(&shared->lock);
	free(shared);
}

static bool is_loopback(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;

	if (!address)
		return false;
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return address->sa_family == AF_INET &&
	       ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
}

static void call_core(struct front_shared *shared, struct exchange *exchange, const struct sim_request *request)
{
	int64_t now_ms;

	pthread_mutex_lock(&shared->lock);
	now_ms = clock_unix_ms() + shared->clock_skew_ms;
	/* The core's time never runs backwards, the machine's may. */
	shared->last_ms = now_ms > shared->last_ms ? now_ms : shared->last_ms;
	sim_handle(shared->sim, request, shared->last_ms, &exchange->response);
	pthread_mutex_unlock(&shared->lock);
	exchange->has_response = true;
}

static void resume(void *connection)
{
	MHD_resume_connection(connection);
}

static bool is_control(const char *target)
{
	return text_has_prefix(target, "/_sim/") || text_equal(target, "/_sim");
}

/* The request is complete: asks the core, and holds the answer back for as long as it should. */
static enum MHD_Result answer(struct front *front, struct exchange *exchange, struct MHD_Connection *connection,
			      const char *method)
{
	struct front_shared *shared = front->shared;
	struct sim_request request;
	int64_t delay_ms;

	if (exchange->body.overflowed)
		return exchange_send_error(connection, MHD_HTTP_CONTENT_TOO_LARGE, "RequestContentTooLarge",
					   "The request content size exceeds the maximum size of 16 MB.");
	if (is_control(exchange->target) && !is_loopback(connection))
		return exchange_send_error(connection, MHD_HTTP_FORBIDDEN, "Forbidden",
					   "The control interface is for this machine only.");
	if (front->is_plain && !text_has_prefix_fold(exchange->target, "/metadata/") &&
	    !text_has_prefix_fold(exchange->target, "/msi/"))
		return exchange_send_error(connection, MHD_HTTP_NOT_FOUND, "NotFound",
					   "Only the instance metadata service speaks plain HTTP.");
	exchange_request(exchange, connection, method, &request);
	call_core(shared, exchange, &request);
	delay_ms = exchange->response.delay_ms;
	if (delay_ms <= 0)
		return exchange_send(exchange, connection);
	if (atomic_load(&shared->ends))
		return MHD_NO;
	MHD_suspend_connection(connection);
	timer_add(shared->timer, delay_ms, resume, connection);
	return MHD_YES;
}

static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection, const char *url _unused_,
				  const char *method, const char *version _unused_, const char *upload,
				  size_t *upload_size, void **state)
{
	struct exchange *exchange = *state;

	if (!exchange->has_begun) {
		exchange->has_begun = true;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		buffer_append(&exchange->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	/* Called again after it was held back. */
	if (exchange->has_response)
		return exchange_send(exchange, connection);
	return answer(userdata, exchange, connection, method);
}

/* The only place where the library tells the target as it was sent. */
static void *on_target(void *userdata _unused_, const char *target, struct MHD_Connection *connection _unused_)
{
	return exchange_new(target);
}

static void on_completed(void *userdata _unused_, struct MHD_Connection *connection _unused_, void **state,
			 enum MHD_RequestTerminationCode how _unused_)
{
	exchange_free(*state);
	*state = NULL;
}

/* A client that goes away is not worth a line. */
static void on_log(void *userdata _unused_, const char *format _unused_, va_list ap _unused_)
{
}

struct front *front_new(struct front_shared *shared, int listener, const struct tls_identity *identity)
{
	struct front *front = memory_new(sizeof(*front));
	unsigned int flags =
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	const struct MHD_OptionItem with_tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, identity ? identity->certificate_pem : NULL},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, identity ? identity->key_pem : NULL},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (char[]){"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"}},
		{MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem without_tls[] = {{MHD_OPTION_END, 0, NULL}};

	front->shared = shared;
	front->is_plain = !identity;
	front->daemon = MHD_start_daemon(
		identity ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, on_request, front, MHD_OPTION_EXTERNAL_LOGGER,
		on_log, NULL, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listener, MHD_OPTION_URI_LOG_CALLBACK, on_target,
		NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_THREAD_POOL_SIZE,
		(unsigned int)THREADS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_ARRAY, identity ? with_tls : without_tls, MHD_OPTION_END);
	if (front->daemon)
		return front;
	close(listener);
	free(front);
	return NULL;
}

void front_free(struct front *front)
{
	if (!front)
		return;
	/* Closes the listening socket, too. */
	MHD_stop_daemon(front->daemon);
	free(front);
}
