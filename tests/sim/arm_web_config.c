/* config/web (stack and switches of a site) and config/slotConfigNames. */
#include "arm_web.h"
#include "base/text.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

/* Azure names a config after its site, and says where that is. */
static cJSON *wrap(struct call *call, const cJSON *site, const char *name, cJSON *properties)
{
	cJSON *shown = cJSON_CreateObject();

	cJSON_AddStringToObject(shown, "id", arena_printf(call->arena, "%s/config/%s", path_text(site, "id"), name));
	cJSON_AddStringToObject(shown, "name", arm_id_parse(call->arena, path_text(site, "id")).last_name);
	cJSON_AddStringToObject(
		shown, "type",
		arena_printf(call->arena, "%s/config", arm_id_parse(call->arena, path_text(site, "id")).type));
	cJSON_AddStringToObject(shown, "location", arm_web_location(call->arena, path_text(site, "location")));
	cJSON_AddItemToObject(shown, "properties", properties);
	return shown;
}

static void answer_web(struct call *call, const cJSON *site)
{
	call_answer(call, 200, wrap(call, site, "web", arm_web_show_config(call, site)));
}

static void get_web(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);

	if (site)
		answer_web(call, site);
}

static void write_web(struct call *call)
{
	const cJSON *site = arm_web_find_site(call), *properties;

	if (!site || !arm_body(call))
		return;
	properties = path_get(call->body, "properties");
	if (!cJSON_IsObject(properties)) {
		arm_web_answer_error(call, 400, "BadRequest", "The parameter properties has an invalid value.");
		return;
	}
	if (text_equal(call->request->method, "PUT"))
		path_set(arm_web_config_make(call, site, "web"), "properties", cJSON_CreateObject());
	arm_web_take_config(call, site, properties);
	arm_web_count_restart(call, site);
	arm_note_activity(call);
	answer_web(call, site);
}

static const char *const sticky_lists[] = {"appSettingNames", "connectionStringNames", "azureStorageConfigNames"};

static void answer_sticky(struct call *call, const cJSON *site)
{
	cJSON *properties = cJSON_CreateObject(), *shown;
	const cJSON *stored = arm_web_config(call->state, site, "slotConfigNames");

	for (size_t i = 0; i < ARRAY_SIZE(sticky_lists); i++) {
		const cJSON *list = path_get(path_get(stored, "properties"), sticky_lists[i]);

		cJSON_AddItemToObject(properties, sticky_lists[i],
				      cJSON_IsArray(list) ? cJSON_Duplicate(list, true) : cJSON_CreateNull());
	}
	shown = wrap(call, site, "slotConfigNames", properties);
	path_set_text(shown, "name", arm_id_parse(call->arena, path_text(site, "id")).last_name);
	call_answer(call, 200, shown);
}

static void get_sticky(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);

	if (site)
		answer_sticky(call, site);
}

/* Replaces the lists that are given; a list that is missing is emptied, as Azure's PUT does. */
static void put_sticky(struct call *call)
{
	const cJSON *site = arm_web_find_site(call), *properties;
	cJSON *fresh;

	if (!site || !arm_body(call))
		return;
	properties = path_get(call->body, "properties");
	fresh = cJSON_CreateObject();
	for (size_t i = 0; i < ARRAY_SIZE(sticky_lists); i++) {
		const cJSON *list = path_get(properties, sticky_lists[i]), *item;

		cJSON_ArrayForEach (item, list) {
			if (cJSON_IsString(item))
				continue;
			cJSON_Delete(fresh);
			arm_web_answer_error(call, 400, "BadRequest", "The parameter %s has an invalid value.",
					     sticky_lists[i]);
			return;
		}
		if (cJSON_IsArray(list))
			cJSON_AddItemToObject(fresh, sticky_lists[i], cJSON_Duplicate(list, true));
	}
	path_set(arm_web_config_make(call, site, "slotConfigNames"), "properties", fresh);
	arm_note_activity(call);
	answer_sticky(call, site);
}

/* The list of a site's configs holds config/web alone. */
static void list_configs(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);
	cJSON *body;

	if (!site)
		return;
	body = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "value"),
			     wrap(call, site, "web", arm_web_show_config(call, site)));
	call_answer(call, 200, body);
}

const struct sim_route arm_web_config_routes[] = {
	{"GET", SITE "/config", list_configs},
	{"GET", SITE "/config/web", get_web},
	{"PUT", SITE "/config/web", write_web},
	{"PATCH", SITE "/config/web", write_web},
	{"GET", SITE "/slots/{}/config", list_configs},
	{"GET", SITE "/slots/{}/config/web", get_web},
	{"PUT", SITE "/slots/{}/config/web", write_web},
	{"PATCH", SITE "/slots/{}/config/web", write_web},
	{"GET", SITE "/config/slotConfigNames", get_sticky},
	{"PUT", SITE "/config/slotConfigNames", put_sticky},
	{0},
};
