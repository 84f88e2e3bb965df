/* Role definitions: lists by name or type, and single ones; custom ones can be made. */
#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"

/* Definitions are shown under the subscription of SCOPE, wherever they were asked for. */
static cJSON *show(struct call *call, const char *scope, const cJSON *definition)
{
	struct arm_id id = arm_id_parse(call->arena, scope);
	cJSON *shown = cJSON_Duplicate(definition, true);
	const char *subscription =
		id.subscription ? arena_printf(call->arena, "/subscriptions/%s", id.subscription) : "";

	path_set_text(shown, "id",
		      arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleDefinitions/%s", subscription,
				   path_text(definition, "name")));
	path_set_text(shown, "type", "Microsoft.Authorization/roleDefinitions");
	path_default_text(shown, "properties.createdOn", "2015-02-02T21:55:09.8806423Z");
	path_default_text(shown, "properties.updatedOn", "2024-01-02T16:11:25.3906170Z");
	path_default(shown, "properties.createdBy", cJSON_CreateNull());
	path_default(shown, "properties.updatedBy", cJSON_CreateNull());
	return shown;
}

/* The text between quotes of FILTER if it is "NAME eq 'text'"; NULL otherwise. */
static const char *filter_value(struct call *call, const char *filter, const char *name)
{
	const char *p = filter, *end;

	while (*p == ' ')
		p++;
	if (!text_has_prefix_fold(p, name))
		return NULL;
	p += strlen(name);
	if (!text_has_prefix_fold(p, " eq '"))
		return NULL;
	p += strlen(" eq '");
	end = strrchr(p, '\'');
	return end ? arena_copy_bytes(call->arena, p, (size_t)(end - p)) : NULL;
}

static bool is_listed(const cJSON *definition, const char *name, const char *type)
{
	if (name && !text_equal_fold(path_text(definition, "properties.roleName"), name))
		return false;
	return !type || text_equal_fold(path_text(definition, "properties.type"), type);
}

static void list_at(struct call *call, const char *scope)
{
	const char *filter = call_query(call, "$filter"), *name = NULL, *type = NULL;
	const struct map *subscriptions = &call->state->subscriptions;
	cJSON *body, *value;
	const cJSON *definition;

	if (filter && !text_is_empty(filter)) {
		name = filter_value(call, filter, "roleName");
		type = filter_value(call, filter, "type");
		if (!name && !type && !text_has_prefix_fold(filter, "atScope")) {
			call_answer_error(
				call, 400, "UnsupportedQuery",
				"The filter '%s' is not supported. Supported filters are either 'atScopeAndBelow()' "
				"or 'roleName eq '{value}'' or 'type eq '{value}''.",
				filter);
			return;
		}
	}
	body = cJSON_CreateObject();
	value = cJSON_AddArrayToObject(body, "value");
	cJSON_ArrayForEach (definition, arm_roles_built_in())
		if (is_listed(definition, name, type))
			cJSON_AddItemToArray(value, show(call, scope, definition));
	for (size_t s = 0; s < subscriptions->count; s++) {
		const char *id = arena_printf(call->arena, "/subscriptions/%s", subscriptions->entries[s].name);
		const struct state_list *list =
			state_list_type(call->state, id, "Microsoft.Authorization/roleDefinitions");

		for (size_t i = 0; i < list->count; i++)
			if (is_listed(list->items[i], name, type) && (!*scope || text_has_prefix_fold(scope, id)))
				cJSON_AddItemToArray(value, show(call, scope, list->items[i]));
	}
	call_answer(call, 200, body);
}

static void list_definitions(struct call *call)
{
	list_at(call, call->arguments[0]);
}

static void list_definitions_at_root(struct call *call)
{
	list_at(call, "");
}

static void get_at(struct call *call, const char *scope, const char *name)
{
	const cJSON *definition = arm_role_find(call->state, name);

	if (definition)
		call_answer(call, 200, show(call, scope, definition));
	else
		call_answer_error(call, 404, "RoleDefinitionDoesNotExist",
				  "The specified role definition with ID '%s' does not exist.", name);
}

static void get_definition(struct call *call)
{
	get_at(call, call->arguments[0], call->arguments[1]);
}

static void get_definition_at_root(struct call *call)
{
	get_at(call, "", call->arguments[0]);
}

static void put_definition(struct call *call)
{
	const char *name = call->arguments[1], *role_name = path_text(call->body, "properties.roleName");
	const char *id = arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleDefinitions/%s",
				      call->arguments[0], name);
	cJSON *definition;

	if (!text_is_guid(name) || text_is_empty(role_name) || !path_get(call->body, "properties.permissions")) {
		call_answer_error(call, 400, "BadRequestFormat", "The request was incorrectly formatted.");
		return;
	}
	if (arm_role_find(call->state, name) && !map_get(&call->state->resources, id)) {
		call_answer_error(
			call, 409, "RoleDefinitionWithSameNameExists",
			"A custom role with the same name already exists in this directory. Use a different name");
		return;
	}
	definition = cJSON_CreateObject();
	cJSON_AddStringToObject(definition, "id", id);
	cJSON_AddStringToObject(definition, "type", "Microsoft.Authorization/roleDefinitions");
	cJSON_AddStringToObject(definition, "name", name);
	cJSON_AddItemToObject(definition, "properties", cJSON_Duplicate(path_get(call->body, "properties"), true));
	path_set_text(definition, "properties.type", "CustomRole");
	path_set_text(definition, "properties.createdOn", arm_now(call));
	path_set_text(definition, "properties.updatedOn", arm_now(call));
	definition = state_put_resource(call->state, definition);
	call_answer(call, 201, show(call, call->arguments[0], definition));
}

static void delete_definition(struct call *call)
{
	const char *id = arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleDefinitions/%s",
				      call->arguments[0], call->arguments[1]);
	cJSON *definition = map_get(&call->state->resources, id);

	if (!definition) {
		call_answer(call, 204, NULL);
		return;
	}
	call_answer(call, 200, show(call, call->arguments[0], definition));
	state_remove_resource(call->state, id);
}

const struct sim_route arm_role_definition_routes[] = {
	{"GET", "/providers/Microsoft.Authorization/roleDefinitions", list_definitions_at_root},
	{"GET", "/providers/Microsoft.Authorization/roleDefinitions/{}", get_definition_at_root},
	{"GET", "{*}/providers/Microsoft.Authorization/roleDefinitions", list_definitions},
	{"GET", "{*}/providers/Microsoft.Authorization/roleDefinitions/{}", get_definition},
	{"PUT", "{*}/providers/Microsoft.Authorization/roleDefinitions/{}", put_definition},
	{"DELETE", "{*}/providers/Microsoft.Authorization/roleDefinitions/{}", delete_definition},
	{0},
};
