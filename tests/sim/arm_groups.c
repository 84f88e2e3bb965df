/* Resource groups, and the list of whatever is in them. */
#include <string.h>

#include "arm.h"
#include "arm_operation.h"
#include "base/text.h"
#include "routes.h"

static const char *group_id(struct call *call)
{
	return arena_printf(call->arena, "/subscriptions/%s/resourceGroups/%s", call->arguments[0], call->arguments[1]);
}

static cJSON *show_group(struct call *call, const cJSON *group)
{
	cJSON *shown = cJSON_Duplicate(group, true);

	(void)call;
	path_default_text(shown, "type", "Microsoft.Resources/resourceGroups");
	path_default_text(shown, "properties.provisioningState", "Succeeded");
	return shown;
}

static cJSON *find_group(struct call *call)
{
	cJSON *group = map_get(&call->state->resource_groups, group_id(call));

	if (!group)
		call_answer_error(call, 404, "ResourceGroupNotFound", "Resource group '%s' could not be found.",
				  call->arguments[1]);
	return group;
}

static void get_group(struct call *call)
{
	cJSON *group = find_group(call);

	if (group)
		arm_answer_resource(call, 200, group, show_group);
}

static void head_group(struct call *call)
{
	call_answer(call, map_get(&call->state->resource_groups, group_id(call)) ? 204 : 404, NULL);
}

static void list_groups(struct call *call)
{
	const struct map *map = &call->state->resource_groups;
	const char *prefix = arena_printf(call->arena, "/subscriptions/%s/", call->arguments[0]);
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].value && text_has_prefix_fold(map->entries[i].name, prefix) &&
		    arm_may(call, "Microsoft.Resources/subscriptions/resourceGroups/read", map->entries[i].name))
			cJSON_AddItemToArray(value, show_group(call, map->entries[i].value));
	call_answer(call, 200, body);
}

/* Letters, digits, "_-.()"; at most 90; no dot at the end. */
static bool is_group_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *p = name; *p; p++)
		if (!strchr("_-.()", *p) && !((unsigned char)*p >= 0x80) && !(*p >= '0' && *p <= '9') &&
		    !(text_lower(*p) >= 'a' && text_lower(*p) <= 'z'))
			return false;
	return length <= 90 && name[length - 1] != '.';
}

static void put_group(struct call *call)
{
	const char *id = group_id(call), *location;
	cJSON *group = map_get(&call->state->resource_groups, id);
	bool exists = group;

	if (!arm_body(call))
		return;
	if (!is_group_name(call->arguments[1])) {
		call_answer_error(
			call, 400, "InvalidResourceGroup",
			"The provided resource group name '%s' has these invalid characters, or ends with a dot, or "
			"is longer than 90 characters. The name can only be a letter, digit, '-', '.', '(', ')' or "
			"'_'.",
			call->arguments[1]);
		return;
	}
	location = arm_body_location(call);
	if (!location)
		return;
	location = arm_location(call->arena, location);
	if (exists && !text_equal_fold(path_text(group, "location"), location)) {
		call_answer_error(
			call, 409, "InvalidResourceGroupLocation",
			"Invalid resource group location '%s'. The Resource group already exists in location '%s'.",
			location, path_text(group, "location"));
		return;
	}
	if (!exists) {
		group = cJSON_CreateObject();
		cJSON_AddStringToObject(group, "id", id);
		cJSON_AddStringToObject(group, "name", call->arguments[1]);
		cJSON_AddStringToObject(group, "type", "Microsoft.Resources/resourceGroups");
		cJSON_AddStringToObject(group, "location", location);
		map_put(&call->state->resource_groups, id, group);
	}
	arm_resource_take(group, call->body, "tags");
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, group, show_group);
}

static void patch_group(struct call *call)
{
	cJSON *group = find_group(call);

	if (!group || !arm_body(call))
		return;
	arm_resource_take(group, call->body, "tags");
	arm_note_activity(call);
	arm_answer_resource(call, 200, group, show_group);
}

static void delete_group(struct call *call)
{
	const struct state_list *children;
	const char *id = group_id(call);
	cJSON *group = find_group(call);

	if (!group)
		return;
	while ((children = state_list_children(call->state, id))->count)
		state_remove_resource(call->state, path_text(children->items[children->count - 1], "id"));
	cJSON_Delete(map_remove(&call->state->resource_groups, id));
	arm_note_activity(call);
	arm_operation_start(call, "Microsoft.Resources", NULL, NULL);
}

const struct sim_route arm_group_routes[] = {
	{"GET", "/subscriptions/{}/resourceGroups", list_groups},
	{"GET", "/subscriptions/{}/resourceGroups/{}", get_group},
	{"HEAD", "/subscriptions/{}/resourceGroups/{}", head_group},
	{"PUT", "/subscriptions/{}/resourceGroups/{}", put_group},
	{"PATCH", "/subscriptions/{}/resourceGroups/{}", patch_group},
	{"DELETE", "/subscriptions/{}/resourceGroups/{}", delete_group},
	{0},
};
