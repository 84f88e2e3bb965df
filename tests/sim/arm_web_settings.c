/*
 * Dictionaries of a site: app settings, connection strings, and their like. Read by POST …/list because they hold
 * secrets; PUT replaces all; there is no ETag. A write restarts the site, also one that changes nothing.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arm_web.h"
#include "base/text.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

/* Which dictionary the call is about: the segment behind "config". */
static const char *dictionary(const struct call *call)
{
	static const char *const names[] = {"appsettings", "connectionstrings", "metadata", "azurestorageaccounts"};

	for (size_t i = 8; i < call->segment_count; i++)
		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			if (text_equal_fold(call->segments[i], names[n]))
				return names[n];
	return names[0];
}

static void answer(struct call *call, const cJSON *site, const char *name)
{
	const cJSON *stored = path_get(arm_web_config(call->state, site, name), "properties");
	struct arm_id id = arm_id_parse(call->arena, path_text(site, "id"));
	cJSON *shown = cJSON_CreateObject();

	cJSON_AddStringToObject(shown, "id", arena_printf(call->arena, "%s/config/%s", path_text(site, "id"), name));
	cJSON_AddStringToObject(shown, "name", name);
	cJSON_AddStringToObject(shown, "type", arena_printf(call->arena, "%s/config", id.type));
	cJSON_AddStringToObject(shown, "location", arm_web_location(call->arena, path_text(site, "location")));
	cJSON_AddItemToObject(shown, "properties", stored ? cJSON_Duplicate(stored, true) : cJSON_CreateObject());
	call_answer(call, 200, shown);
}

static void list_settings(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);

	if (site)
		answer(call, site, dictionary(call));
}

/* On Linux settings become environment variables: letters, digits, dots and underscores; colons are let through, as
 * older installations have them (domain.md 1.11). */
static bool is_setting_name(const char *name, bool is_linux)
{
	if (!*name || strchr(name, '='))
		return false;
	for (const char *p = name; is_linux && *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._", *p))
			return false;
	return true;
}

/* The texts of PROPERTIES. A number or truth value is taken as its text, as the service's reader does (the vendor's
 * template relies on it); anything else is refused. NULL: answered. */
static cJSON *read_texts(struct call *call, const cJSON *properties, const cJSON *stored, bool is_linux)
{
	cJSON *fresh = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach (item, properties) {
		char *text = NULL;

		/* what is there already stays: it came before the rule did (domain.md 1.11) */
		if (!is_setting_name(item->string, is_linux) && !cJSON_GetObjectItem(stored, item->string)) {
			arm_web_answer_template(call, 400, "BadRequest", "04072",
						"AppSetting with name '{0}' is not allowed.", item->string, NULL);
			cJSON_Delete(fresh);
			return NULL;
		}
		if (path_get(fresh, item->string) && !strchr(item->string, '.')) {
			arm_web_answer_error(call, 400, "BadRequest",
					     "The parameter AppSettings has an invalid value: '%s' is there twice.",
					     item->string);
			cJSON_Delete(fresh);
			return NULL;
		}
		if (cJSON_IsNumber(item) || cJSON_IsBool(item))
			text = cJSON_PrintUnformatted(item);
		if (!text && !cJSON_IsString(item)) {
			call_answer_error(
				call, 400, "BadRequest",
				"The request content was invalid and could not be deserialized: 'Error reading string. "
				"Unexpected token. Path 'properties.%s'.'.",
				item->string);
			cJSON_Delete(fresh);
			return NULL;
		}
		cJSON_AddStringToObject(fresh, item->string, text ? text : item->valuestring);
		free(text);
	}
	return fresh;
}

static void put_settings(struct call *call)
{
	const cJSON *site = arm_web_find_site(call), *properties;
	const char *name = dictionary(call);
	cJSON *fresh;

	if (!site || !arm_body(call))
		return;
	properties = path_get(call->body, "properties");
	if (!cJSON_IsObject(properties)) {
		arm_web_answer_error(call, 400, "BadRequest", "The parameter properties has an invalid value.");
		return;
	}
	fresh = text_equal(name, "appsettings")
			? read_texts(call, properties, path_get(arm_web_config(call->state, site, name), "properties"),
				     arm_web_is_linux(call->state, site))
			: cJSON_Duplicate(properties, true);
	if (!fresh)
		return;
	path_set(arm_web_config_make(call, site, name), "properties", fresh);
	arm_web_count_restart(call, site);
	arm_note_activity(call);
	answer(call, site, name);
}

#define BOTH(name)                                                                                                     \
	{"POST", SITE "/config/" name "/list", list_settings}, {"PUT", SITE "/config/" name, put_settings},            \
		{"POST", SITE "/slots/{}/config/" name "/list", list_settings},                                        \
	{                                                                                                              \
		"PUT", SITE "/slots/{}/config/" name, put_settings                                                     \
	}

const struct sim_route arm_web_settings_routes[] = {
	BOTH("appsettings"), BOTH("connectionstrings"), BOTH("metadata"), BOTH("azurestorageaccounts"), {0},
};
