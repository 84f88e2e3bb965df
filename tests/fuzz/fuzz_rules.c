/*
 * Any rules, writers, edits and lags are taken or refused, and whatever was taken breaks no request. The first line of
 * an input is the part of the control interface ("faults"), the rest its body.
 */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data.h"
#include "sim.h"

#define NOW_MS INT64_C(1767225600000)

static const char form[] = "grant_type=client_credentials&client_id=c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c&client_secret="
			   "s3c~simulated-tenant-only-0001&scope=https://graph.microsoft.com/.default";

static void handle(struct sim *sim, const struct sim_request *request, int64_t now_ms, char **ret_body)
{
	struct sim_response response;

	sim_handle(sim, request, now_ms, &response);
	if (response.status < 200 || response.status > 599 || response.body[response.body_length])
		abort();
	if (ret_body)
		*ret_body = memory_copy_text(response.body);
	sim_response_done(&response);
}

static struct sim *new_tenant(void)
{
	struct sim_options options = {.seed = 1, .base_url = "https://localhost:4430"};
	struct sim *sim = sim_new(&options);
	cJSON *json = cJSON_Parse(data_directory);
	char *error, *text;

	cJSON_AddStringToObject(json, "format_version", "1");
	text = cJSON_PrintUnformatted(json);
	if (sim_load(sim, text, strlen(text), &error) < 0)
		abort();
	free(text);
	cJSON_Delete(json);
	return sim;
}

/* A token, a write and two reads, a second apart. */
static void use(struct sim *sim)
{
	struct sim_header headers[] = {{"Authorization", ""}, {"Content-Type", "application/json"}};
	struct sim_request request = {.method = "POST",
				      .host = "localhost:4430",
				      .target = "/8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b/oauth2/v2.0/token",
				      .headers = headers,
				      .header_count = 2,
				      .body = form,
				      .body_length = sizeof(form) - 1};
	const char *token;
	char *body, *authorization = NULL;
	cJSON *json;

	handle(sim, &request, NOW_MS, &body);
	json = cJSON_Parse(body);
	token = cJSON_GetStringValue(cJSON_GetObjectItem(json, "access_token"));
	if (asprintf(&authorization, "Bearer %s", token ? token : "") < 0)
		abort();
	headers[0].value = authorization;
	request.target = "/v1.0/applications";
	request.body = "{\"displayName\":\"x\"}";
	request.body_length = strlen(request.body);
	handle(sim, &request, NOW_MS, NULL);
	request.method = "GET";
	request.body_length = 0;
	handle(sim, &request, NOW_MS + 1000, NULL);
	request.target = "/v1.0/applications?$filter=displayName%20eq%20'x'";
	handle(sim, &request, NOW_MS + 2000, NULL);
	free(authorization);
	free(body);
	cJSON_Delete(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const parts[] = {"faults", "writers", "edit", "lag", "throttle"};
	char *text = memory_new(size + 1), *line_end, *target = NULL;
	struct sim_request request = {.host = "localhost"};
	struct sim *sim = new_tenant();

	memcpy(text, data, size);
	line_end = strchr(text, '\n');
	if (line_end)
		*line_end = '\0';
	for (size_t i = 0; line_end && i < ARRAY_SIZE(parts); i++) {
		if (strcmp(text, parts[i]) != 0)
			continue;
		request.method = i < 3 ? "POST" : "PUT";
		if (asprintf(&target, "/_sim/%s", parts[i]) < 0)
			abort();
		request.target = target;
		request.body = line_end + 1;
		request.body_length = size - (size_t)(line_end + 1 - text);
		handle(sim, &request, NOW_MS, NULL);
		use(sim);
		request.method = "GET";
		request.body_length = 0;
		handle(sim, &request, NOW_MS + 3000, NULL);
		free(target);
	}
	sim_free(sim);
	free(text);
	return 0;
}
