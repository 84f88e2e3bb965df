/* Slot swap: content, stack and settings change places; what is sticky, the identity and the host names stay. */
#include "arm_operation.h"
#include "arm_web.h"
#include "base/text.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

static bool is_sticky(const cJSON *names, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, names)
		if (cJSON_IsString(item) && text_equal_fold(item->valuestring, name))
			return true;
	return false;
}

/* The settings that a slot has after the swap: its own sticky ones, and of COMING those that are not sticky. */
static cJSON *settings_after(const cJSON *own, const cJSON *coming, const cJSON *sticky)
{
	cJSON *settings = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach (item, own)
		if (is_sticky(sticky, item->string))
			cJSON_AddItemToObject(settings, item->string, cJSON_Duplicate(item, true));
	cJSON_ArrayForEach (item, coming)
		if (!is_sticky(sticky, item->string))
			cJSON_AddItemToObject(settings, item->string, cJSON_Duplicate(item, true));
	return settings;
}

static void swap_config(struct call *call, const cJSON *a, const cJSON *b, const char *name, const cJSON *sticky)
{
	cJSON *of_a = arm_web_config_make(call, a, name), *of_b = arm_web_config_make(call, b, name);
	cJSON *new_a = settings_after(path_get(of_a, "properties"), path_get(of_b, "properties"), sticky);
	cJSON *new_b = settings_after(path_get(of_b, "properties"), path_get(of_a, "properties"), sticky);

	path_set(of_a, "properties", new_a);
	path_set(of_b, "properties", new_b);
}

static void swap(struct call *call)
{
	const cJSON *source = arm_web_find_site(call), *target, *site, *names;
	const char *site_id = arm_path_without(call, call->segment_count - 8), *slot;

	if (!source)
		return;
	slot = path_text(call->body, "targetSlot");
	if (text_is_empty(slot)) {
		arm_web_answer_error(call, 400, "BadRequest", "The parameter targetSlot has an invalid value.");
		return;
	}
	site = map_get(&call->state->resources, site_id);
	target = text_equal_fold(slot, "production")
			 ? site
			 : arm_find(call, arena_printf(call->arena, "%s/slots/%s", site_id, slot));
	if (!target)
		return;
	if (target == source) {
		arm_web_answer_error(call, 409, "Conflict", "Cannot swap a slot with itself.");
		return;
	}
	names = path_get(arm_web_config(call->state, site, "slotConfigNames"), "properties");
	swap_config(call, source, target, "appsettings", path_get(names, "appSettingNames"));
	swap_config(call, source, target, "connectionstrings", path_get(names, "connectionStringNames"));
	swap_config(call, source, target, "web", NULL);
	arm_web_count_restart(call, source);
	arm_note_activity(call);
	arm_operation_start(call, "Microsoft.Web", NULL, NULL);
}

const struct sim_route arm_web_swap_routes[] = {
	{"POST", SITE "/slotsswap", swap},
	{"POST", SITE "/slots/{}/slotsswap", swap},
	{0},
};
