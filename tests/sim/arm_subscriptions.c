/* Subscriptions, tenants and locations. */
#include "arm.h"
#include "base/text.h"
#include "routes.h"

static cJSON *show_subscription(struct call *call, const cJSON *subscription)
{
	cJSON *shown = cJSON_Duplicate(subscription, true);
	const char *id = path_text(subscription, "subscriptionId");

	path_default_text(shown, "id", arena_printf(call->arena, "/subscriptions/%s", id));
	path_default_text(shown, "authorizationSource", "RoleBased");
	path_default(shown, "managedByTenants", cJSON_CreateArray());
	path_default_text(shown, "tenantId", path_text(call->state->tenant, "tenantId"));
	path_default_text(shown, "displayName", id);
	path_default_text(shown, "state", "Enabled");
	path_default_text(shown, "subscriptionPolicies.locationPlacementId", "Public_2014-09-01");
	path_default_text(shown, "subscriptionPolicies.quotaId", "PayAsYouGo_2014-09-01");
	path_default_text(shown, "subscriptionPolicies.spendingLimit", "Off");
	return shown;
}

/* A subscription is seen by whoever has a role assignment anywhere in it. */
static bool sees(struct call *call, const char *subscription)
{
	const char *id = arena_printf(call->arena, "/subscriptions/%s", subscription);
	const struct state_list *own = state_list_principal(call->state, call->identity.object_id);

	if (arm_may(call, "Microsoft.Resources/subscriptions/read", id))
		return true;
	for (size_t i = 0; i < own->count; i++)
		if (text_has_prefix_fold(path_text(own->items[i], "id"), id))
			return true;
	return false;
}

static void list_subscriptions(struct call *call)
{
	const struct map *map = &call->state->subscriptions;
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].value && sees(call, map->entries[i].name))
			cJSON_AddItemToArray(value, show_subscription(call, map->entries[i].value));
	path_set_text(body, "count.type", "Total");
	path_set(body, "count.value", cJSON_CreateNumber(cJSON_GetArraySize(value)));
	call_answer(call, 200, body);
}

static void get_subscription(struct call *call)
{
	arm_answer_resource(call, 200, map_get(&call->state->subscriptions, call->arguments[0]), show_subscription);
}

static void list_tenants(struct call *call)
{
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");
	cJSON *tenant = cJSON_CreateObject();
	const char *id = path_text(call->state->tenant, "tenantId");

	cJSON_AddStringToObject(tenant, "id", arena_printf(call->arena, "/tenants/%s", id));
	cJSON_AddStringToObject(tenant, "tenantId", id);
	cJSON_AddStringToObject(tenant, "tenantCategory", "Home");
	cJSON_AddItemToArray(value, tenant);
	call_answer(call, 200, body);
}

static void list_locations(struct call *call)
{
	static const struct {
		const char *name, *display, *geography;
	} locations[] = {
		{"westeurope", "West Europe", "Europe"},
		{"northeurope", "North Europe", "Europe"},
		{"germanywestcentral", "Germany West Central", "Germany"},
		{"eastus", "East US", "United States"},
		{"westus2", "West US 2", "United States"},
	};
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

	for (size_t i = 0; i < ARRAY_SIZE(locations); i++) {
		cJSON *location = cJSON_CreateObject();

		cJSON_AddStringToObject(location, "id",
					arena_printf(call->arena, "/subscriptions/%s/locations/%s", call->arguments[0],
						     locations[i].name));
		cJSON_AddStringToObject(location, "name", locations[i].name);
		cJSON_AddStringToObject(location, "type", "Region");
		cJSON_AddStringToObject(location, "displayName", locations[i].display);
		cJSON_AddStringToObject(location, "regionalDisplayName", locations[i].display);
		path_set_text(location, "metadata.regionType", "Physical");
		path_set_text(location, "metadata.geography", locations[i].geography);
		path_set_text(location, "metadata.geographyGroup",
			      text_equal(locations[i].geography, "United States") ? "US" : "Europe");
		cJSON_AddItemToArray(value, location);
	}
	call_answer(call, 200, body);
}

const struct sim_route arm_subscription_routes[] = {
	{"GET", "/subscriptions", list_subscriptions},
	{"GET", "/subscriptions/{}", get_subscription},
	{"GET", "/subscriptions/{}/locations", list_locations},
	{"GET", "/tenants", list_tenants},
	{0},
};
