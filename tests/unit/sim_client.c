#include "sim_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "data.h"

struct client client;
static struct arena arena;

static void forget_response(void)
{
	sim_response_done(&client.response);
	cJSON_Delete(client.body);
	client.body = NULL;
}

void client_start(void)
{
	struct sim_options options = {.seed = 1, .base_url = "https://localhost:4430"};
	cJSON *state = cJSON_Parse(data_directory);
	char *text, *error = NULL;

	arena_init(&arena);
	client = (struct client){.sim = sim_new(&options), .now_ms = INT64_C(1767225600000)};
	cJSON_AddStringToObject(state, "format_version", "1");
	text = cJSON_PrintUnformatted(state);
	ck_assert_msg(sim_load(client.sim, text, strlen(text), &error) == 0, "%s", error);
	free(text);
	cJSON_Delete(state);
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default");
}

void client_stop(void)
{
	forget_response();
	free(client.token);
	sim_free(client.sim);
	arena_done(&arena);
}

int client_send_with(const char *method, const char *target, const char *body, const char *name, const char *value)
{
	struct sim_header headers[3];
	struct sim_request request = {.method = method, .host = "localhost:4430", .target = target, .headers = headers};

	if (client.token)
		headers[request.header_count++] =
			(struct sim_header){"Authorization", client_printf("Bearer %s", client.token)};
	if (body) {
		request.body = body;
		request.body_length = strlen(body);
		headers[request.header_count++] = (struct sim_header){
			"Content-Type",
			strchr("{[", body[0]) ? "application/json" : "application/x-www-form-urlencoded",
		};
	}
	if (name)
		headers[request.header_count++] = (struct sim_header){name, value};
	forget_response();
	sim_handle(client.sim, &request, client.now_ms, &client.response);
	client.body = cJSON_Parse(client.response.body);
	return client.response.status;
}

int client_send(const char *method, const char *target, const char *body)
{
	return client_send_with(method, target, body, NULL, NULL);
}

void client_log_in(const char *client_id, const char *secret, const char *scope)
{
	free(client.token);
	client.token = NULL;
	ck_assert_int_eq(
		client_send("POST", "/" TENANT_ID "/oauth2/v2.0/token",
			    client_printf("grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s",
					  client_id, secret, scope)),
		200);
	client.token = memory_copy_text(client_text("access_token"));
}

const char *client_header(const char *name)
{
	for (size_t i = 0; i < client.response.header_count; i++) {
		if (text_equal_fold(client.response.headers[i].name, name))
			return client.response.headers[i].value;
	}
	return NULL;
}

const cJSON *client_item(const char *path)
{
	const cJSON *item = client.body;

	while (item && *path) {
		size_t length = strcspn(path, ".[");

		if (length > 0)
			item = cJSON_GetObjectItemCaseSensitive(item, arena_copy_bytes(&arena, path, length));
		path += length;
		if (*path == '[') {
			item = cJSON_GetArrayItem(item, (int)strtol(path + 1, NULL, 10));
			path = strchr(path, ']') + 1;
		}
		path += *path == '.';
	}
	return item;
}

const char *client_text(const char *path)
{
	return cJSON_GetStringValue(client_item(path));
}

int client_count(const char *path)
{
	const cJSON *item = client_item(path);

	return cJSON_IsArray(item) ? cJSON_GetArraySize(item) : -1;
}

const char *client_printf(const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(&arena, format, ap);
	va_end(ap);
	return text;
}
