/*
 * POST /batch: several requests to Azure Resource Manager in one. Undocumented, but used by the portal and by
 * administrators' scripts (limits.md 3.2): {"requests":[{"name","httpMethod","url","content"}]}, at most 20; each part
 * has its own status.
 */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "core.h"
#include "routes.h"

enum { PARTS_MAX = 20 };

/* The target of a part: its url with or without the host. */
static const char *target_of(const char *url)
{
	const char *host = strstr(url, "://");

	if (url[0] == '/')
		return url;
	return host ? strchr(host + 3, '/') : NULL;
}

static void run_part(struct call *call, const cJSON *part, cJSON *responses)
{
	const char *method = path_text(part, "httpMethod"), *url = path_text(part, "url");
	struct sim_header type = {.name = "Content-Type", .value = "application/json"};
	struct sim_request request = {.method = method ? method : "GET", .host = call->request->host, .headers = &type};
	cJSON *response = cJSON_CreateObject(), *headers;
	struct call inner;

	request.header_count = 1;
	request.target = url ? target_of(url) : NULL;
	if (!request.target)
		request.target = "";
	if (call_init(&inner, call->sim, &call->sim->state, call->arena, &request, call->now_ms)) {
		inner.service = SERVICE_ARM;
		inner.identity = call->identity;
		inner.is_batch_part = true;
		inner.body = cJSON_Duplicate(path_get(part, "content"), true);
		core_dispatch(&inner);
	}
	if (inner.fate != SIM_ANSWER)
		call->fate = inner.fate;
	if (inner.delay_ms > call->delay_ms)
		call->delay_ms = inner.delay_ms;
	call->is_unknown_route = call->is_unknown_route || inner.is_unknown_route;
	if (path_text(part, "name"))
		cJSON_AddStringToObject(response, "name", path_text(part, "name"));
	cJSON_AddNumberToObject(response, "httpStatusCode", inner.status);
	headers = cJSON_AddObjectToObject(response, "headers");
	for (size_t i = 0; i < inner.header_count; i++)
		cJSON_AddStringToObject(headers, inner.headers[i].name, inner.headers[i].value);
	if (inner.answer)
		cJSON_AddItemToObject(response, "content", inner.answer);
	inner.answer = NULL;
	call_done(&inner);
	cJSON_AddItemToArray(responses, response);
}

static void post_batch(struct call *call)
{
	const cJSON *requests = path_get(call->body, "requests"), *part;
	cJSON *body, *responses;

	if (call->is_batch_part || !cJSON_IsArray(requests) || cJSON_GetArraySize(requests) > PARTS_MAX) {
		call_answer_error(call, 400, "InvalidBatchRequest",
				  "The batch request is not valid: between 1 and %d requests are expected.", PARTS_MAX);
		return;
	}
	body = cJSON_CreateObject();
	responses = cJSON_AddArrayToObject(body, "responses");
	cJSON_ArrayForEach (part, requests)
		run_part(call, part, responses);
	call_answer(call, 200, body);
}

const struct sim_route arm_batch_routes[] = {
	{"POST", "/batch", post_batch},
	{0},
};
