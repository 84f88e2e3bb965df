#include "arm_web.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

void arm_web_answer_error(struct call *call, int status, const char *code, const char *message, ...)
{
	cJSON *body = cJSON_CreateObject(), *details, *detail, *entity;
	const char *text;
	va_list ap;

	va_start(ap, message);
	text = arena_vprintf(call->arena, message, ap);
	va_end(ap);
	cJSON_AddStringToObject(body, "Code", code);
	cJSON_AddStringToObject(body, "Message", text);
	cJSON_AddNullToObject(body, "Target");
	details = cJSON_AddArrayToObject(body, "Details");
	detail = cJSON_CreateObject();
	cJSON_AddStringToObject(detail, "Message", text);
	cJSON_AddItemToArray(details, detail);
	detail = cJSON_CreateObject();
	cJSON_AddStringToObject(detail, "Code", code);
	cJSON_AddItemToArray(details, detail);
	detail = cJSON_CreateObject();
	entity = cJSON_AddObjectToObject(detail, "ErrorEntity");
	cJSON_AddStringToObject(entity, "Code", code);
	cJSON_AddStringToObject(entity, "Message", text);
	cJSON_AddItemToArray(details, detail);
	cJSON_AddNullToObject(body, "Innererror");
	call_answer(call, status, body);
}

void arm_web_answer_template(struct call *call, int status, const char *code, const char *extended_code,
			     const char *message_template, const char *first, const char *second)
{
	const char *text = "";
	cJSON *entity, *parameters;

	for (const char *p = message_template; *p; p++) {
		bool is_hole = p[0] == '{' && (p[1] == '0' || p[1] == '1') && p[2] == '}';

		text = is_hole ? arena_printf(call->arena, "%s%s", text, p[1] == '0' ? first : second)
			       : arena_printf(call->arena, "%s%c", text, *p);
		if (is_hole)
			p += 2;
	}
	arm_web_answer_error(call, status, code, "%s", text);
	entity = path_get(cJSON_GetArrayItem(path_get(call->answer, "Details"), 2), "ErrorEntity");
	cJSON_AddStringToObject(entity, "ExtendedCode", extended_code);
	cJSON_AddStringToObject(entity, "MessageTemplate", message_template);
	parameters = cJSON_AddArrayToObject(entity, "Parameters");
	cJSON_AddItemToArray(parameters, cJSON_CreateString(first));
	if (second)
		cJSON_AddItemToArray(parameters, cJSON_CreateString(second));
}

cJSON *arm_web_find_site(struct call *call)
{
	size_t length = 8; /* subscriptions S resourceGroups G providers Microsoft.Web sites a */
	const char *id;

	if (call->segment_count >= 10 && text_equal_fold(call->segments[8], "slots"))
		length = 10;
	id = arm_path_without(call, call->segment_count - length);
	return arm_find(call, id);
}

cJSON *arm_web_plan(const struct sim_state *state, const cJSON *site)
{
	const char *id = path_text(site, "properties.serverFarmId");

	return id ? map_get(&state->resources, id) : NULL;
}

bool arm_web_is_linux(const struct sim_state *state, const cJSON *site)
{
	const cJSON *plan = arm_web_plan(state, site);

	if (plan)
		return path_is_true(plan, "properties.reserved");
	return text_contains_fold(path_text(site, "kind") ? path_text(site, "kind") : "", "linux");
}

const char *arm_web_location(struct arena *arena, const char *location)
{
	static const char *const names[] = {"West Europe", "North Europe", "Germany West Central", "East US",
					    "West US 2"};

	for (size_t i = 0; location && i < ARRAY_SIZE(names); i++)
		if (text_equal(arm_location(arena, names[i]), arm_location(arena, location)))
			return names[i];
	return location;
}

static const char *config_id(struct arena *arena, const cJSON *site, const char *name)
{
	return arena_printf(arena, "%s/config/%s", path_text(site, "id"), name);
}

cJSON *arm_web_config(const struct sim_state *state, const cJSON *site, const char *name)
{
	struct arena arena;
	cJSON *config;

	arena_init(&arena);
	config = map_get(&state->resources, config_id(&arena, site, name));
	arena_done(&arena);
	return config;
}

cJSON *arm_web_config_make(struct call *call, const cJSON *site, const char *name)
{
	cJSON *config = arm_web_config(call->state, site, name);
	struct arm_id id;

	if (!config) {
		id = arm_id_parse(call->arena, config_id(call->arena, site, name));
		config = state_put_resource(call->state, arm_resource_new(call, &id, path_text(site, "location")));
	}
	if (!cJSON_IsObject(path_get(config, "properties")))
		path_set(config, "properties", cJSON_CreateObject());
	return config;
}

void arm_web_take_config(struct call *call, const cJSON *site, const cJSON *config)
{
	const cJSON *item, *settings = path_get(config, "appSettings"), *setting;
	cJSON *stored;

	if (!cJSON_IsObject(config))
		return;
	stored = path_get(arm_web_config_make(call, site, "web"), "properties");
	cJSON_ArrayForEach (item, config)
		if (!cJSON_IsNull(item) && !text_equal_fold(item->string, "appSettings") &&
		    !text_equal_fold(item->string, "connectionStrings"))
			path_set(stored, item->string, cJSON_Duplicate(item, true));
	if (!cJSON_IsArray(settings))
		return;
	stored = arm_web_config_make(call, site, "appsettings");
	path_set(stored, "properties", cJSON_CreateObject());
	stored = path_get(stored, "properties");
	cJSON_ArrayForEach (setting, settings)
		if (path_text(setting, "name") && path_text(setting, "value"))
			cJSON_AddStringToObject(stored, path_text(setting, "name"), path_text(setting, "value"));
}

void arm_web_count_restart(struct call *call, const cJSON *site)
{
	const char *id = path_text(site, "id");
	uintptr_t count = (uintptr_t)map_get(&call->state->restarts, id);

	map_put(&call->state->restarts, id, (void *)(count + 1));
}
