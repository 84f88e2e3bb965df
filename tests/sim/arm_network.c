/* Microsoft.Network, as far as web apps, slots, vaults and accounts refer to it: kept as written, subnets under their
 * network. */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "routes.h"

#define GROUP "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/"

static cJSON *show_plain(struct call *call, const cJSON *resource)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(resource, "id"));
	cJSON *shown = cJSON_Duplicate(resource, true);

	path_set_text(shown, "name", id.last_name);
	path_default_text(shown, "properties.provisioningState", "Succeeded");
	return shown;
}

static bool is_subnet(const cJSON *resource)
{
	return text_has_suffix_fold(path_text(resource, "type"), "/subnets");
}

/* A network shows its subnets. */
static cJSON *show(struct call *call, const cJSON *resource)
{
	const struct state_list *children = state_list_children(call->state, path_text(resource, "id"));
	cJSON *shown = show_plain(call, resource), *subnets;

	if (!text_has_suffix_fold(path_text(resource, "type"), "/virtualNetworks"))
		return shown;
	subnets = cJSON_CreateArray();
	for (size_t i = 0; i < children->count; i++)
		if (is_subnet(children->items[i]))
			cJSON_AddItemToArray(subnets, show_plain(call, children->items[i]));
	path_set(shown, "properties.subnets", subnets);
	return shown;
}

static const char *list_type(struct call *call)
{
	return arena_printf(call->arena, "Microsoft.Network/%s", call->segments[call->segment_count - 1]);
}

static void list_all(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), list_type(call)), NULL, show);
}

static bool keep_subnet(struct call *call, const cJSON *resource)
{
	(void)call;
	return is_subnet(resource);
}

static void list_subnets(struct call *call)
{
	const char *network = arm_path_without(call, 1);

	if (arm_find(call, network))
		arm_answer_list(call, state_list_children(call->state, network), keep_subnet, show_plain);
}

static void get_one(struct call *call)
{
	const cJSON *resource = arm_find(call, call->path);

	if (resource)
		arm_answer_resource(call, 200, resource, show);
}

/* Subnets that stand in the body of a network become resources of their own. */
static void take_subnets(struct call *call, const char *network_id, const cJSON *subnets)
{
	const cJSON *subnet;

	cJSON_ArrayForEach (subnet, subnets) {
		const char *name = path_text(subnet, "name");
		struct arm_id id;
		cJSON *resource;

		if (text_is_empty(name) || strchr(name, '/'))
			continue;
		id = arm_id_parse(call->arena, arena_printf(call->arena, "%s/subnets/%s", network_id, name));
		resource = arm_resource_new(call, &id, NULL);
		arm_merge(path_get(resource, "properties"), path_get(subnet, "properties"));
		state_put_resource(call->state, resource);
	}
}

static void put_one(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *resource = map_get(&call->state->resources, call->path);
	const char *location = NULL;
	bool exists = resource;

	if (!arm_body(call) || (id.is_child && !arm_find(call, id.parent)) ||
	    (!id.is_child && !(location = arm_body_location(call))) ||
	    !arm_check_name(call, id.last_name, 1, 80, "-._"))
		return;
	if (!exists)
		resource = arm_resource_new(call, &id, location);
	arm_resource_take(resource, call->body, "tags,sku,kind");
	arm_merge(path_get(resource, "properties"), path_get(call->body, "properties"));
	path_remove(resource, "properties.subnets");
	resource = state_put_resource(call->state, resource);
	take_subnets(call, id.text, path_get(call->body, "properties.subnets"));
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, resource, show);
}

static void delete_one(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

#define KIND(name)                                                                                                     \
	{"GET", "/subscriptions/{}/providers/Microsoft.Network/" name, list_all}, {"GET", GROUP name, list_all},       \
		{"GET", GROUP name "/{}", get_one}, {"PUT", GROUP name "/{}", put_one},                                \
	{                                                                                                              \
		"DELETE", GROUP name "/{}", delete_one                                                                 \
	}

const struct sim_route arm_network_routes[] = {
	KIND("virtualNetworks"),
	KIND("privateEndpoints"),
	KIND("privateDnsZones"),
	KIND("networkSecurityGroups"),
	{"GET", GROUP "virtualNetworks/{}/subnets", list_subnets},
	{"GET", GROUP "virtualNetworks/{}/subnets/{}", get_one},
	{"PUT", GROUP "virtualNetworks/{}/subnets/{}", put_one},
	{"DELETE", GROUP "virtualNetworks/{}/subnets/{}", delete_one},
	{0},
};
