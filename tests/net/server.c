#include "server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

enum { LOG_MAX = 4096, BODY_MAX = 4 * 1024 * 1024 };

struct server {
	struct MHD_Daemon *daemon;
	pthread_mutex_t mutex;
	char *log[LOG_MAX];
	unsigned count, logins, connections, connections_max;
	int login_status;
	const char *login_body;
	char *last_login;
	struct MHD_Connection *hanging[64];
	unsigned hanging_count;
	server_handler_fn *handler;
	void *arg;
};

/* One request while it is being read. */
struct upload {
	struct buffer body;
	bool is_answered;
};

static void remember(struct server *server, const struct server_request *request)
{
	char *line;

	if (asprintf(&line, "%s %s", request->method, request->url) < 0)
		abort();
	if (server->count < LOG_MAX)
		server->log[server->count++] = line;
}

static void answer_login(struct server *server, const struct server_request *request, struct server_answer *answer)
{
	free(server->last_login);
	server->last_login = memory_copy_text(request->body);
	server->logins++;
	answer->status = server->login_status ? server->login_status : 200;
	if (server->login_body)
		answer->body = server->login_body;
	else if (asprintf(&answer->owned_body,
			  "{\"access_token\":\"token-%u\",\"expires_in\":3599,\"token_type\":\"Bearer\"}",
			  server->logins) < 0)
		abort();
}

struct half_body {
	char *bytes;
	size_t length;
};

static ssize_t read_half(void *arg, uint64_t position, char *to, size_t maximum)
{
	struct half_body *half = arg;
	size_t left = half->length / 2 > position ? half->length / 2 - position : 0;

	if (!left)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	left = left < maximum ? left : maximum;
	memcpy(to, half->bytes + position, left);
	return (ssize_t)left;
}

static void free_half(void *arg)
{
	struct half_body *half = arg;

	free(half->bytes);
	free(half);
}

static struct MHD_Response *make_response(const struct server_answer *answer)
{
	const char *body = answer->owned_body ? answer->owned_body : answer->body;
	size_t length = answer->body_length ? answer->body_length : body ? strlen(body) : 0;
	struct half_body *half;
	char *copy = memory_new(length + 1);

	memcpy(copy, body ? body : "", length);
	free(answer->owned_body);
	if (answer->fate != SERVER_TRUNCATE)
		return MHD_create_response_from_buffer(length, copy, MHD_RESPMEM_MUST_FREE);
	half = memory_new(sizeof(*half));
	*half = (struct half_body){.bytes = copy, .length = length};
	return MHD_create_response_from_callback(length, 256, read_half, half, free_half);
}

static enum MHD_Result send_answer(struct server *server, struct MHD_Connection *connection,
				   const struct server_answer *answer)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (answer->fate == SERVER_DROP)
		return MHD_NO;
	if (answer->fate == SERVER_HANG) {
		MHD_suspend_connection(connection);
		server->hanging[server->hanging_count++] = connection;
		return MHD_YES;
	}
	response = make_response(answer);
	for (size_t i = 0; i < ARRAY_SIZE(answer->headers) && answer->headers[i].name; i++)
		MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
	result = MHD_queue_response(connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result keep_query(void *arg, enum MHD_ValueKind kind _unused_, const char *name, const char *value)
{
	struct buffer *url = arg;

	buffer_printf(url, "%c%s%s%s", strchr(url->data, '?') ? '&' : '?', name, value ? "=" : "", value ? value : "");
	return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path, const char *method,
				  const char *version _unused_, const char *bytes, size_t *length, void **state)
{
	struct server *server = arg;
	struct server_request request = {.method = method};
	struct server_answer answer = {.status = 200};
	struct upload *upload = *state;
	enum MHD_Result result;
	struct buffer url;

	if (!upload) {
		upload = memory_new(sizeof(*upload));
		buffer_init(&upload->body, BODY_MAX);
		*state = upload;
		return MHD_YES;
	}
	if (*length) {
		buffer_append(&upload->body, bytes, *length);
		*length = 0;
		return MHD_YES;
	}
	buffer_init(&url, 64 * 1024);
	buffer_append_text(&url, path);
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, keep_query, &url);
	request.url = url.data;
	request.body = upload->body.data;
	request.authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
	request.content_type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
	request.prefer = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Prefer");
	request.priority = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "x-ms-throttle-priority");
	pthread_mutex_lock(&server->mutex);
	if (text_has_suffix_fold(path, "/oauth2/v2.0/token")) {
		answer_login(server, &request, &answer);
	} else {
		remember(server, &request);
		request.number = server->count;
		server->handler(server->arg, &request, &answer);
	}
	result = send_answer(server, connection, &answer);
	pthread_mutex_unlock(&server->mutex);
	buffer_done(&url);
	return result;
}

static void on_completed(void *arg _unused_, struct MHD_Connection *connection _unused_, void **state,
			 enum MHD_RequestTerminationCode code _unused_)
{
	struct upload *upload = *state;

	if (upload)
		buffer_done(&upload->body);
	free(upload);
}

static void on_connection(void *arg, struct MHD_Connection *connection _unused_, void **state _unused_,
			  enum MHD_ConnectionNotificationCode code)
{
	struct server *server = arg;

	pthread_mutex_lock(&server->mutex);
	if (code == MHD_CONNECTION_NOTIFY_STARTED && ++server->connections > server->connections_max)
		server->connections_max = server->connections;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		server->connections--;
	pthread_mutex_unlock(&server->mutex);
}

struct server *server_new(const struct certificate *certificate, server_handler_fn *handler, void *arg)
{
	struct server *server = memory_new(sizeof(*server));

	server->handler = handler;
	server->arg = arg;
	pthread_mutex_init(&server->mutex, NULL);
	server->daemon = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request,
		server, MHD_OPTION_HTTPS_MEM_KEY, certificate->key_pem, MHD_OPTION_HTTPS_MEM_CERT,
		certificate->chain_pem, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, server, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 * 1024, MHD_OPTION_END);
	if (!server->daemon)
		abort();
	return server;
}

void server_set_login(struct server *server, int status, const char *body)
{
	pthread_mutex_lock(&server->mutex);
	server->login_status = status;
	server->login_body = body;
	pthread_mutex_unlock(&server->mutex);
}

void server_free(struct server *server)
{
	for (unsigned i = 0; i < server->hanging_count; i++)
		MHD_resume_connection(server->hanging[i]);
	MHD_stop_daemon(server->daemon);
	for (unsigned i = 0; i < server->count; i++)
		free(server->log[i]);
	free(server->last_login);
	pthread_mutex_destroy(&server->mutex);
	free(server);
}

unsigned server_port(const struct server *server)
{
	return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

unsigned server_count(struct server *server, const char *text)
{
	unsigned count = 0;

	pthread_mutex_lock(&server->mutex);
	for (unsigned i = 0; i < server->count; i++)
		count += text_has_prefix(server->log[i], text);
	pthread_mutex_unlock(&server->mutex);
	return count;
}

unsigned server_logins(struct server *server)
{
	unsigned logins;

	pthread_mutex_lock(&server->mutex);
	logins = server->logins;
	pthread_mutex_unlock(&server->mutex);
	return logins;
}

unsigned server_connections_max(struct server *server)
{
	unsigned connections;

	pthread_mutex_lock(&server->mutex);
	connections = server->connections_max;
	pthread_mutex_unlock(&server->mutex);
	return connections;
}

const char *server_last_login(struct server *server)
{
	return server->last_login ? server->last_login : "";
}
