#include "directory_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data.h"

#define NOW_MS INT64_C(1767225600000)

static char *authorization;

cJSON *directory_rig_state(void)
{
	cJSON *state = cJSON_Parse(data_directory);

	if (!state)
		abort();
	cJSON_AddStringToObject(state, "format_version", "1");
	return state;
}

struct sim *directory_rig_new(const cJSON *state)
{
	struct sim_options options = {.seed = 1, .base_url = "https://localhost:4430"};
	struct sim *sim = sim_new(&options);
	char *text = cJSON_PrintUnformatted(state), *error = NULL;

	if (!text)
		memory_exhausted();
	if (sim_load(sim, text, strlen(text), &error) < 0) {
		sim_free(sim);
		sim = NULL;
	}
	free(error);
	cJSON_free(text);
	return sim;
}

/* Signing takes a millisecond, so there is one token for all tenants: they are the same at the same time. */
static void log_in(void)
{
	static const char form[] =
		"grant_type=client_credentials&client_id=c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c&client_secret="
		"s3c~simulated-tenant-only-0001&scope=https://graph.microsoft.com/.default";
	struct sim_request request = {
		.method = "POST", .host = "localhost:4430", .body = form, .body_length = sizeof(form) - 1};
	struct sim_response response;
	cJSON *state = directory_rig_state(), *token;
	struct sim *sim = directory_rig_new(state);

	if (!sim)
		abort();
	request.target = "/8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b/oauth2/v2.0/token";
	sim_handle(sim, &request, NOW_MS, &response);
	token = cJSON_Parse(response.body);
	if (response.status != 200 ||
	    asprintf(&authorization, "Bearer %s", cJSON_GetObjectItem(token, "access_token")->valuestring) < 0)
		abort();
	cJSON_Delete(token);
	cJSON_Delete(state);
	sim_response_done(&response);
	sim_free(sim);
}

void directory_rig_send(struct sim *sim, const char *method, const char *target, const char *body, size_t length)
{
	struct sim_header headers[] = {{"Authorization", NULL},
				       {"Content-Type", "application/json"},
				       {"Prefer", "create-if-missing"},
				       {"ConsistencyLevel", "eventual"}};
	struct sim_request request = {.method = method, .host = "localhost:4430", .target = target, .body = body};
	struct sim_response response;

	if (!authorization)
		log_in();
	headers[0].value = authorization;
	request.headers = headers;
	request.header_count = sizeof(headers) / sizeof(headers[0]);
	request.body_length = length;
	sim_handle(sim, &request, NOW_MS, &response);
	if (response.status < 200 || response.status > 599)
		abort();
	sim_response_done(&response);
}
