#include "arm_operation.h"

#include <stdlib.h>

#include "arm.h"
#include "base/memory.h"
#include "base/text.h"

void arm_operation_free_all(struct map *operations)
{
	for (size_t i = 0; i < operations->count; i++) {
		struct arm_operation *operation = operations->entries[i].value;

		if (operation)
			free(operation->resource_id);
		free(operation);
	}
	map_done(operations);
}

void arm_operation_start(struct call *call, const char *provider, const char *resource_id, cJSON *body)
{
	struct arm_operation *operation = memory_new(sizeof(*operation));
	struct arm_id id = arm_id_parse(call->arena, call->path);
	const char *location =
		resource_id ? path_text(map_get(&call->state->resources, resource_id), "location") : NULL;
	const char *url;
	char guid[37];

	state_guid(call->state, guid);
	operation->resource_id = memory_copy_text(resource_id);
	operation->ready_ms = call->now_ms + ARM_OPERATION_MS;
	map_put(&call->state->operations, guid, operation);
	url = arena_printf(call->arena, "%s/subscriptions/%s/providers/%s/locations/%s/", call_base_url(call),
			   id.subscription, provider, location ? location : "westeurope");
	call_add_header(call, "Location",
			arena_printf(call->arena, "%soperationResults/%s?monitor=true&api-version=%s", url, guid,
				     call->api_version));
	call_add_header(
		call, "Azure-AsyncOperation",
		arena_printf(call->arena, "%soperationStatuses/%s?api-version=%s", url, guid, call->api_version));
	call_add_header(call, "Retry-After", "1");
	call_answer(call, 202, body);
}

void arm_operation_settle(struct sim_state *state, int64_t now_ms)
{
	for (size_t i = 0; i < state->operations.count; i++) {
		struct arm_operation *operation = state->operations.entries[i].value;
		cJSON *resource;

		if (!operation || operation->is_settled || now_ms < operation->ready_ms)
			continue;
		operation->is_settled = true;
		resource = operation->resource_id ? map_get(&state->resources, operation->resource_id) : NULL;
		if (resource)
			path_set_text(resource, "properties.provisioningState", "Succeeded");
	}
}

static struct arm_operation *find(struct call *call)
{
	struct arm_operation *operation = map_get(&call->state->operations, call->arguments[3]);

	if (!operation)
		call_answer_error(call, 404, "OperationNotFound", "The operation '%s' was not found.",
				  call->arguments[3]);
	return operation;
}

/* Location: 202 until it is done, then the resource. */
static void get_result(struct call *call)
{
	struct arm_operation *operation = find(call);
	const cJSON *resource;

	if (!operation)
		return;
	if (!operation->is_settled) {
		call_add_header(call, "Location",
				arena_printf(call->arena, "%s%s", call_base_url(call), call->request->target));
		call_add_header(call, "Retry-After", "1");
		call_answer(call, 202, NULL);
		return;
	}
	resource = operation->resource_id ? map_get(&call->state->resources, operation->resource_id) : NULL;
	call_answer(call, 200, resource ? cJSON_Duplicate(resource, true) : NULL);
}

/* Azure-AsyncOperation: always 200, with the status in the body. */
static void get_status(struct call *call)
{
	struct arm_operation *operation = find(call);
	cJSON *body;

	if (!operation)
		return;
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "id", call->path);
	cJSON_AddStringToObject(body, "name", call->arguments[3]);
	cJSON_AddStringToObject(body, "status", operation->is_settled ? "Succeeded" : "InProgress");
	if (!operation->is_settled)
		call_add_header(call, "Retry-After", "1");
	call_answer(call, 200, body);
}

const struct sim_route arm_operation_routes[] = {
	{"GET", "/subscriptions/{}/providers/{}/locations/{}/operationResults/{}", get_result},
	{"GET", "/subscriptions/{}/providers/{}/locations/{}/operationStatuses/{}", get_status},
	{0},
};
