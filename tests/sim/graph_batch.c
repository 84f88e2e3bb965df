/* POST /$batch: up to 20 requests in one, each answered as if it had come alone, in the order in which they depend on
 * each other and otherwise as they stand. */
#include "graph_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "core.h"
#include "routes.h"

enum { PARTS_MAX = 20, PART_HEADERS_MAX = 24 };

struct part {
	const char *id, *method, *target;
	const cJSON *json;
	int status; /* 0: not done */
};

struct batch {
	struct part parts[PARTS_MAX];
	size_t count;
};

static bool fail(struct call *call, const char *message)
{
	call_answer_error(call, 400, "BadRequest", "%s", message);
	return false;
}

static struct part *find_part(struct batch *batch, const char *id)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (text_equal(batch->parts[i].id, id))
			return &batch->parts[i];
	}
	return NULL;
}

static bool has_content_type(const cJSON *headers)
{
	const cJSON *header;

	cJSON_ArrayForEach (header, headers) {
		if (text_equal_fold(header->string, "Content-Type"))
			return true;
	}
	return false;
}

static bool read_part(struct call *call, struct batch *batch, const cJSON *json)
{
	const char *id = directory_text(json, "id"), *method = directory_text(json, "method");
	const char *url = directory_text(json, "url");

	if (text_is_empty(id) || find_part(batch, id))
		return fail(call, "Invalid batch payload format.");
	if (text_is_empty(method) || text_is_empty(url))
		return fail(call, "Invalid batch payload format.");
	if (strstr(url, "://"))
		return fail(call, "Invalid batch request url: it must be relative.");
	if (cJSON_GetObjectItemCaseSensitive(json, "body") &&
	    !has_content_type(cJSON_GetObjectItemCaseSensitive(json, "headers")))
		return fail(call,
			    arena_printf(call->arena,
					 "Write request id : %s does not contain Content-Type header or body.", id));
	batch->parts[batch->count++] = (struct part){
		.id = id,
		.method = method,
		.target = arena_printf(call->arena, "/v1.0%s%s", url[0] == '/' ? "" : "/", url),
		.json = json,
	};
	return true;
}

/* dependsOn may only name parts that exist, so that an order can be found. */
static bool check_dependencies(struct call *call, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const cJSON *id;

		cJSON_ArrayForEach (id, cJSON_GetObjectItemCaseSensitive(batch->parts[i].json, "dependsOn")) {
			const struct part *other = find_part(batch, cJSON_GetStringValue(id));

			if (!other || other == &batch->parts[i])
				return fail(
					call,
					"Invalid batch payload format: dependsOn names a request that is not there.");
		}
	}
	return true;
}

static bool read_batch(struct call *call, struct batch *batch)
{
	const cJSON *requests = cJSON_GetObjectItemCaseSensitive(call->body, "requests"), *json;

	if (!cJSON_IsArray(requests) || !requests->child)
		return fail(call, "Invalid batch payload format.");
	if (cJSON_GetArraySize(requests) > PARTS_MAX)
		return fail(call, "Number of batch request steps exceeds the maximum value of 20.");
	cJSON_ArrayForEach (json, requests) {
		if (!read_part(call, batch, json))
			return false;
	}
	return check_dependencies(call, batch);
}

/* 0: all that PART waits for succeeded. 1: not all are done. -1: one failed. */
static int look_at_dependencies(struct batch *batch, const struct part *part)
{
	const cJSON *id;
	int result = 0;

	cJSON_ArrayForEach (id, cJSON_GetObjectItemCaseSensitive(part->json, "dependsOn")) {
		const struct part *other = find_part(batch, id->valuestring);

		if (other->status >= 400)
			return -1;
		if (other->status == 0)
			result = 1;
	}
	return result;
}

static cJSON *headers_json(const struct call *part)
{
	cJSON *headers = cJSON_CreateObject();

	for (size_t i = 0; i < part->header_count; i++)
		cJSON_AddStringToObject(headers, part->headers[i].name, part->headers[i].value);
	if (part->raw || part->answer)
		cJSON_AddStringToObject(headers, "Content-Type", part->raw ? part->raw_type : "application/json");
	return headers;
}

static void add_response(cJSON *responses, struct part *part, int status, cJSON *headers, cJSON *body)
{
	cJSON *response = cJSON_CreateObject();

	cJSON_AddStringToObject(response, "id", part->id);
	cJSON_AddNumberToObject(response, "status", status);
	if (headers)
		cJSON_AddItemToObject(response, "headers", headers);
	if (body)
		cJSON_AddItemToObject(response, "body", body);
	cJSON_AddItemToArray(responses, response);
	part->status = status;
}

/* The request of a part: its own headers, and the bearer token of the batch. */
static void build_request(struct call *call, const struct part *part, struct sim_header *headers,
			  struct sim_request *ret)
{
	const cJSON *header;
	char *text;

	*ret = (struct sim_request){.method = part->method, .host = call->request->host, .target = part->target};
	ret->headers = headers;
	headers[ret->header_count++] = (struct sim_header){"Authorization", call_header(call, "Authorization")};
	cJSON_ArrayForEach (header, cJSON_GetObjectItemCaseSensitive(part->json, "headers")) {
		if (cJSON_IsString(header) && ret->header_count < PART_HEADERS_MAX)
			headers[ret->header_count++] = (struct sim_header){header->string, header->valuestring};
	}
	if (!cJSON_GetObjectItemCaseSensitive(part->json, "body"))
		return;
	text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(part->json, "body"));
	if (!text)
		memory_exhausted();
	ret->body = arena_copy_text(call->arena, text);
	ret->body_length = strlen(text);
	cJSON_free(text);
}

static void run_part(struct call *call, struct part *part, cJSON *responses)
{
	struct sim_header headers[PART_HEADERS_MAX];
	struct sim_request request;
	struct call inner;
	char id[37];
	cJSON *body, *shown;

	build_request(call, part, headers, &request);
	if (call_init(&inner, call->sim, &call->sim->state, call->arena, &request, call->now_ms)) {
		inner.service = SERVICE_GRAPH;
		inner.identity = call->identity;
		inner.is_batch_part = true;
		core_dispatch(&inner);
	}
	state_guid_from(&call->sim->request_random, id);
	graph_finish(&inner, id);
	/* What breaks the connection of one part breaks the whole. */
	if (inner.fate != SIM_ANSWER)
		call->fate = inner.fate;
	if (inner.delay_ms > call->delay_ms)
		call->delay_ms = inner.delay_ms;
	shown = headers_json(&inner);
	body = inner.raw ? cJSON_CreateString(inner.raw) : inner.answer;
	inner.answer = inner.raw ? inner.answer : NULL;
	call->is_unknown_route = call->is_unknown_route || inner.is_unknown_route;
	add_response(responses, part, inner.status, shown, body);
	call_done(&inner);
}

static cJSON *failed_dependency(void)
{
	cJSON *body = cJSON_CreateObject(), *error = cJSON_AddObjectToObject(body, "error");

	cJSON_AddStringToObject(error, "code", "FailedDependency");
	cJSON_AddStringToObject(error, "message",
				"The request is failed because one of the requests that it depends on failed.");
	return body;
}

/* One round over the parts that are not done; false: nothing could be done, for they wait for each other in a circle.
 */
static bool run_round(struct call *call, struct batch *batch, cJSON *responses)
{
	bool progress = false;

	for (size_t i = 0; i < batch->count; i++) {
		struct part *part = &batch->parts[i];
		int dependencies = part->status ? 1 : look_at_dependencies(batch, part);

		if (dependencies > 0)
			continue;
		if (dependencies < 0)
			add_response(responses, part, 424, NULL, failed_dependency());
		else
			run_part(call, part, responses);
		progress = true;
	}
	return progress;
}

static void post_batch(struct call *call)
{
	struct batch batch = {0};
	cJSON *body, *responses;

	if (call->is_batch_part) {
		fail(call, "Invalid batch payload format: a batch cannot contain a batch.");
		return;
	}
	if (!read_batch(call, &batch))
		return;
	body = cJSON_CreateObject();
	responses = cJSON_AddArrayToObject(body, "responses");
	while (run_round(call, &batch, responses))
		;
	if (cJSON_GetArraySize(responses) < (int)batch.count) {
		cJSON_Delete(body);
		fail(call, "Invalid batch payload format: requests depend on each other in a circle.");
		return;
	}
	call_answer(call, 200, body);
}

const struct sim_route graph_batch_routes[] = {
	{"POST", "/v1.0/$batch", post_batch},
	{0},
};
