/* Any request to the simulated Azure Resource Manager gets an answer: the first line is "METHOD TARGET", the rest is
 * the body. The tenant is a new one each time, so that an input means the same in every run. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sim.h"

#define NOW_MS INT64_C(1767225600000)

static char *authorization;

static struct sim *new_tenant(void)
{
	struct sim_options options = {.seed = 1, .base_url = "https://localhost:4430"};
	struct sim *sim = sim_new(&options);
	char *error;

	if (sim_load_scenario(sim, "slots", &error) < 0)
		abort();
	return sim;
}

static void log_in(void)
{
	static const char form[] =
		"grant_type=client_credentials&client_id=c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c&client_secret="
		"s3c~simulated-tenant-only-0001&scope=https://management.azure.com/.default";
	struct sim_request request = {
		.method = "POST", .host = "localhost:4430", .body = form, .body_length = sizeof(form) - 1};
	cJSON *token;
	struct sim_response response;
	struct sim *sim;

	sim = new_tenant();
	request.target = "/8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b/oauth2/v2.0/token";
	sim_handle(sim, &request, NOW_MS, &response);
	token = cJSON_Parse(response.body);
	if (response.status != 200 ||
	    asprintf(&authorization, "Bearer %s", cJSON_GetObjectItem(token, "access_token")->valuestring) < 0)
		abort();
	cJSON_Delete(token);
	sim_response_done(&response);
	sim_free(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_header headers[] = {{"Authorization", NULL},
				       {"Content-Type", "application/json"},
				       {"Prefer", "create-if-missing"},
				       {"ConsistencyLevel", "eventual"}};
	struct sim_request request = {.host = "localhost:4430", .headers = headers, .header_count = 4};
	char *text = memory_new(size + 1), *line_end, *target;
	struct sim_response response;
	struct sim *sim;

	if (!authorization)
		log_in();
	memcpy(text, data, size);
	line_end = strchr(text, '\n');
	target = strchr(text, ' ');
	if (line_end && target && target < line_end) {
		*line_end = *target = 0;
		request.method = text;
		request.target = target + 1;
		request.body = line_end + 1;
		request.body_length = size - (size_t)(line_end + 1 - text);
		headers[0].value = authorization;
		sim = new_tenant();
		sim_handle(sim, &request, NOW_MS, &response);
		if (response.status < 200 || response.status > 599)
			abort();
		sim_response_done(&response);
		sim_free(sim);
	}
	free(text);
	return 0;
}
