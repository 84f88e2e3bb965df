/* The activity log: each write leaves an event; GET .../eventtypes/management/values lists them by time. */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "core.h"
#include "routes.h"

enum { EVENTS_MAX = 2000 };

static void add_localizable(cJSON *event, const char *name, const char *value)
{
	cJSON *item = cJSON_AddObjectToObject(event, name);

	cJSON_AddStringToObject(item, "value", value);
	cJSON_AddStringToObject(item, "localizedValue", value);
}

void arm_note_activity(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	const char *method = call->request->method;
	const char *verb = text_equal(method, "DELETE") ? "delete" : text_equal(method, "POST") ? "action" : "write";
	const char *operation = arena_printf(call->arena, "%s/%s", id.type, verb);
	cJSON *event = cJSON_CreateObject();
	char guid[37];

	state_guid_from(&call->sim->request_random, guid);
	cJSON_AddStringToObject(event, "eventDataId", guid);
	cJSON_AddStringToObject(
		event, "id",
		arena_printf(call->arena, "%s/events/%s/ticks/%lld", id.text, guid, (long long)call->now_ms));
	cJSON_AddStringToObject(event, "caller", call->identity.object_id);
	cJSON_AddStringToObject(event, "correlationId", guid);
	cJSON_AddStringToObject(event, "operationId", guid);
	cJSON_AddStringToObject(event, "level", "Informational");
	cJSON_AddStringToObject(event, "resourceId", id.text);
	cJSON_AddStringToObject(event, "resourceGroupName", id.group ? id.group : "");
	cJSON_AddStringToObject(event, "subscriptionId", id.subscription ? id.subscription : "");
	cJSON_AddStringToObject(event, "tenantId", path_text(call->state->tenant, "tenantId"));
	cJSON_AddStringToObject(event, "eventTimestamp", arm_now(call));
	cJSON_AddStringToObject(event, "submissionTimestamp", arm_now(call));
	add_localizable(event, "operationName", operation);
	add_localizable(event, "category", "Administrative");
	add_localizable(event, "status", "Succeeded");
	add_localizable(event, "eventName", "EndRequest");
	cJSON_AddItemToArray(call->state->activity, event);
	if (cJSON_GetArraySize(call->state->activity) > EVENTS_MAX)
		cJSON_DeleteItemFromArray(call->state->activity, 0);
}

/* Value of "NAME OPERATOR 'value'" in FILTER, or NULL. */
static const char *filter_value(struct call *call, const char *filter, const char *name)
{
	const char *p = strcasestr(filter, name), *end;

	p = p ? strchr(p, '\'') : NULL;
	end = p ? strchr(p + 1, '\'') : NULL;
	if (!end)
		return NULL;
	/* a time without its "Z" compares well with one that has more digits */
	return arena_copy_bytes(call->arena, p + 1, (size_t)(end - p - 1) - (end[-1] == 'Z' && end > p + 1));
}

static bool is_wanted(struct call *call, const char *filter, const cJSON *event)
{
	const char *since = filter_value(call, filter, "eventTimestamp ge"),
		   *until = filter_value(call, filter, "eventTimestamp le");
	const char *group = filter_value(call, filter, "resourceGroupName"),
		   *id = filter_value(call, filter, "resourceUri");
	const char *time = path_text(event, "eventTimestamp");

	return text_equal_fold(path_text(event, "subscriptionId"), call->arguments[0]) &&
	       (!since || strcmp(time, since) >= 0) && (!until || strcmp(time, until) <= 0) &&
	       (!group || text_equal_fold(path_text(event, "resourceGroupName"), group)) &&
	       (!id || text_has_prefix_fold(path_text(event, "resourceId"), id));
}

static void list_events(struct call *call)
{
	const char *filter = call_query(call, "$filter");
	cJSON *body, *value;
	const cJSON *event;

	if (!filter || !filter_value(call, filter, "eventTimestamp ge")) {
		call_answer_error(call, 400, "BadRequest",
				  "The $filter is missing or does not contain a start time: 'eventTimestamp ge'.");
		return;
	}
	body = cJSON_CreateObject();
	value = cJSON_AddArrayToObject(body, "value");
	cJSON_ArrayForEach (event, call->state->activity)
		if (is_wanted(call, filter, event))
			cJSON_InsertItemInArray(value, 0, cJSON_Duplicate(event, true));
	call_answer(call, 200, body);
}

const struct sim_route arm_activity_routes[] = {
	{"GET", "/subscriptions/{}/providers/Microsoft.Insights/eventtypes/management/values", list_events},
	{0},
};
