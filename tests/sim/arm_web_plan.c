/* App Service plans (serverfarms). The plan decides between Windows and Linux. */
#include <string.h>

#include "arm_web.h"
#include "base/text.h"

#define PLANS "/providers/Microsoft.Web/serverfarms"
#define TYPE  "Microsoft.Web/serverfarms"

/* "S1" -> "Standard", "P0v3" -> "PremiumV3". */
static const char *tier_of(const char *sku)
{
	static const struct {
		const char *prefix, *suffix, *tier;
	} tiers[] = {
		{"F", "", "Free"},        {"D", "", "Shared"},      {"B", "", "Basic"},
		{"S", "", "Standard"},    {"P", "V4", "PremiumV4"}, {"P", "V3", "PremiumV3"},
		{"P", "V2", "PremiumV2"}, {"P", "", "Premium"},     {"I", "V2", "IsolatedV2"},
		{"I", "", "Isolated"},    {"Y", "", "Dynamic"},     {"EP", "", "ElasticPremium"},
	};

	for (size_t i = 0; sku && i < ARRAY_SIZE(tiers); i++)
		if (text_has_prefix_fold(sku, tiers[i].prefix) && text_has_suffix_fold(sku, tiers[i].suffix))
			return tiers[i].tier;
	return NULL;
}

static void settle_sku(cJSON *plan)
{
	const char *name = path_text(plan, "sku.name");
	char family[8];

	if (!tier_of(name))
		return;
	path_set_text(plan, "sku.tier", tier_of(name));
	path_default_text(plan, "sku.size", name);
	family[0] = name[0];
	family[1] = 0;
	if (strlen(tier_of(name)) > 7 && text_has_prefix_fold(tier_of(name), "Premium"))
		strncat(family, tier_of(name) + 7, sizeof(family) - 2);
	path_default_text(plan, "sku.family", family);
	path_default(plan, "sku.capacity", cJSON_CreateNumber(1));
}

static int count_sites(struct call *call, const cJSON *plan)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(plan, "id"));
	const struct state_list *sites = state_list_type(call->state, id.group_id, "Microsoft.Web/sites");
	int count = 0;

	for (size_t i = 0; i < sites->count; i++)
		count += text_equal_fold(path_text(sites->items[i], "properties.serverFarmId"), id.text);
	return count;
}

static cJSON *show(struct call *call, const cJSON *plan)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(plan, "id"));
	cJSON *shown = cJSON_Duplicate(plan, true), *properties;
	bool is_linux = path_is_true(plan, "properties.reserved");

	settle_sku(shown);
	path_set_text(shown, "location", arm_web_location(call->arena, path_text(plan, "location")));
	path_default_text(shown, "kind", is_linux ? "linux" : "app");
	path_default(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_default(properties, "reserved", cJSON_CreateFalse());
	path_default_text(properties, "status", "Ready");
	path_default_text(properties, "name", id.name);
	path_default_text(properties, "resourceGroup", id.group);
	path_default_text(properties, "subscription", id.subscription);
	path_default_text(properties, "geoRegion", path_text(shown, "location"));
	path_default_text(properties, "provisioningState", "Succeeded");
	path_default(properties, "numberOfSites", cJSON_CreateNumber(count_sites(call, plan)));
	path_default(properties, "maximumNumberOfWorkers", cJSON_CreateNumber(10));
	path_default(properties, "numberOfWorkers", cJSON_CreateNumber(1));
	path_default(properties, "perSiteScaling", cJSON_CreateFalse());
	path_default(properties, "isXenon", cJSON_CreateFalse());
	path_default(properties, "hyperV", cJSON_CreateFalse());
	path_default(properties, "zoneRedundant", cJSON_CreateFalse());
	return shown;
}

static void list_plans(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), TYPE), NULL, show);
}

static void get_plan(struct call *call)
{
	const cJSON *plan = arm_find(call, call->path);

	if (plan)
		arm_answer_resource(call, 200, plan, show);
}

static void put_plan(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *plan = map_get(&call->state->resources, call->path);
	const char *location;
	bool exists = plan;

	if (!arm_body(call) || !(location = arm_body_location(call)) || !arm_check_name(call, id.name, 1, 60, "-"))
		return;
	if (!exists && !tier_of(path_text(call->body, "sku.name"))) {
		arm_web_answer_error(call, 400, "BadRequest", "The parameter SKU.Name has an invalid value.");
		return;
	}
	if (!exists)
		plan = arm_resource_new(call, &id, location);
	arm_resource_take(plan, call->body, "tags,sku,kind");
	arm_merge(path_get(plan, "properties"), path_get(call->body, "properties"));
	settle_sku(plan);
	state_put_resource(call->state, plan);
	arm_note_activity(call);
	arm_answer_resource(call, 200, plan, show);
}

static void patch_plan(struct call *call)
{
	cJSON *plan = arm_find(call, call->path);

	if (!plan || !arm_body(call))
		return;
	arm_resource_take(plan, call->body, "tags,kind");
	arm_merge(path_get(plan, "properties"), path_get(call->body, "properties"));
	arm_note_activity(call);
	arm_answer_resource(call, 200, plan, show);
}

static void delete_plan(struct call *call)
{
	const cJSON *plan = map_get(&call->state->resources, call->path);

	if (plan && count_sites(call, plan)) {
		arm_web_answer_error(call, 409, "Conflict",
				     "Server farm '%s' cannot be deleted because it has web app(s) assigned to it.",
				     path_text(plan, "name"));
		return;
	}
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

static bool is_on_plan(struct call *call, const cJSON *site)
{
	return text_equal_fold(path_text(site, "properties.serverFarmId"), arm_path_without(call, 1));
}

static void list_sites(struct call *call)
{
	const char *group = arm_path_without(call, 5);

	if (arm_find(call, arm_path_without(call, 1)))
		arm_answer_list(call, state_list_type(call->state, group, "Microsoft.Web/sites"), is_on_plan,
				arm_web_show_site);
}

const struct sim_route arm_web_plan_routes[] = {
	{"GET", "/subscriptions/{}" PLANS, list_plans},
	{"GET", "/subscriptions/{}/resourceGroups/{}" PLANS, list_plans},
	{"GET", "/subscriptions/{}/resourceGroups/{}" PLANS "/{}", get_plan},
	{"PUT", "/subscriptions/{}/resourceGroups/{}" PLANS "/{}", put_plan},
	{"PATCH", "/subscriptions/{}/resourceGroups/{}" PLANS "/{}", patch_plan},
	{"DELETE", "/subscriptions/{}/resourceGroups/{}" PLANS "/{}", delete_plan},
	{"GET", "/subscriptions/{}/resourceGroups/{}" PLANS "/{}/sites", list_sites},
	{0},
};
