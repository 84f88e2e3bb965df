/* Resources of any type: the lists of a subscription or a group with $filter, and what providers there are. */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "routes.h"

/* The conditions of a filter; NULL: none. */
struct filter {
	const char *type, *group, *name, *name_part, *location, *tag_name, *tag_value;
};

/* Reads "NAME eq 'text'" at *P for one of the names. */
static bool read_equal(struct call *call, const char **p, struct filter *ret)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = {
		{"resourceType", &ret->type}, {"resourceGroup", &ret->group}, {"name", &ret->name},
		{"location", &ret->location}, {"tagName", &ret->tag_name},    {"tagValue", &ret->tag_value},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t length = strlen(known[i].name);
		const char *start, *end;

		if (!text_has_prefix_fold(*p, known[i].name) || !text_has_prefix_fold(*p + length, " eq '"))
			continue;
		start = *p + length + strlen(" eq '");
		end = strchr(start, '\'');
		if (!end)
			return false;
		*known[i].value = arena_copy_bytes(call->arena, start, (size_t)(end - start));
		*p = end + 1;
		return true;
	}
	return false;
}

/* Reads "substringof('text', name)". */
static bool read_substring(struct call *call, const char **p, struct filter *ret)
{
	static const char before[] = "substringof('";
	const char *end, *close;

	if (!text_has_prefix_fold(*p, before))
		return false;
	end = strchr(*p + strlen(before), '\'');
	close = end ? strchr(end, ')') : NULL;
	if (!close)
		return false;
	ret->name_part = arena_copy_bytes(call->arena, *p + strlen(before), (size_t)(end - *p - (long)strlen(before)));
	*p = close + 1;
	return true;
}

static bool filter_read(struct call *call, const char *text, struct filter *ret)
{
	const char *p = text;

	while (*p) {
		p += strspn(p, " ");
		if (!read_equal(call, &p, ret) && !read_substring(call, &p, ret))
			return false;
		p += strspn(p, " ");
		if (!*p)
			return true;
		if (!text_has_prefix_fold(p, "and "))
			return false;
		p += strlen("and ");
	}
	return true;
}

/* Only what stands in a resource group by itself is in these lists: no role assignments, configs or subnets. */
static bool is_tracked(struct call *call, const cJSON *resource)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(resource, "id"));

	return !text_has_prefix_fold(id.type, "Microsoft.Authorization/") &&
	       (!id.is_child || text_equal_fold(id.type, "Microsoft.Web/sites/slots"));
}

static bool keep(struct call *call, const cJSON *resource)
{
	struct filter filter = {0};
	const char *text = call_query(call, "$filter"), *tag;
	struct arm_id id;

	if (!is_tracked(call, resource))
		return false;
	if (!text || !filter_read(call, text, &filter))
		return true;
	id = arm_id_parse(call->arena, path_text(resource, "id"));
	if (filter.tag_name) {
		tag = cJSON_GetStringValue(cJSON_GetObjectItem(path_get(resource, "tags"), filter.tag_name));
		if (!tag || (filter.tag_value && !text_equal(tag, filter.tag_value)))
			return false;
	}
	return (!filter.type || text_equal_fold(filter.type, id.type)) &&
	       (!filter.group || text_equal_fold(filter.group, id.group)) &&
	       (!filter.name || text_equal_fold(filter.name, id.name)) &&
	       (!filter.name_part || text_contains_fold(id.name, filter.name_part)) &&
	       (!filter.location || text_equal_fold(filter.location, path_text(resource, "location")));
}

/* These lists show no properties. */
static cJSON *show(struct call *call, const cJSON *resource)
{
	static const char *const members[] = {"kind", "managedBy", "sku", "identity", "tags"};
	const char *expand = call_query(call, "$expand");
	struct arm_id id = arm_id_parse(call->arena, path_text(resource, "id"));
	cJSON *shown = cJSON_CreateObject();

	cJSON_AddStringToObject(shown, "id", id.text);
	cJSON_AddStringToObject(shown, "name", id.name);
	cJSON_AddStringToObject(shown, "type", id.type);
	if (path_text(resource, "location"))
		cJSON_AddStringToObject(shown, "location", path_text(resource, "location"));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (path_get(resource, members[i]))
			cJSON_AddItemToObject(shown, members[i], cJSON_Duplicate(path_get(resource, members[i]), true));
	if (expand && text_contains_fold(expand, "provisioningState"))
		cJSON_AddStringToObject(shown, "provisioningState", "Succeeded");
	if (expand && text_contains_fold(expand, "createdTime"))
		cJSON_AddStringToObject(shown, "createdTime", "2026-01-12T09:00:00.0000000Z");
	if (expand && text_contains_fold(expand, "changedTime"))
		cJSON_AddStringToObject(shown, "changedTime", "2026-01-12T09:10:00.0000000Z");
	return shown;
}

/* All resources of the groups that the caller may look into. A filter by type asks the list of that type instead. */
static void list_of_subscription(struct call *call)
{
	const char *scope = arena_printf(call->arena, "/subscriptions/%s", call->arguments[0]);
	const char *text = call_query(call, "$filter");
	struct state_list all = {0};
	struct filter filter = {0};

	if (text && !filter_read(call, text, &filter)) {
		call_answer_error(call, 400, "InvalidFilterInQueryString",
				  "Invalid $filter '%s' specified in the query string.", text);
		return;
	}
	if (filter.type) {
		arm_answer_list(call, state_list_type(call->state, scope, filter.type), keep, show);
		return;
	}
	all.items = arena_new_array(call->arena, call->state->resources.live + 1, cJSON *);
	for (size_t i = 0; i < call->state->resources.count; i++) {
		cJSON *resource = call->state->resources.entries[i].value;

		if (resource && text_has_prefix_fold(call->state->resources.entries[i].name, scope))
			all.items[all.count++] = resource;
	}
	arm_answer_list(call, &all, keep, show);
}

static void list_of_group(struct call *call)
{
	const char *group = arm_path_without(call, 1), *text = call_query(call, "$filter");
	struct filter filter = {0};

	if (text && !filter_read(call, text, &filter))
		call_answer_error(call, 400, "InvalidFilterInQueryString",
				  "Invalid $filter '%s' specified in the query string.", text);
	else
		arm_answer_list(call, state_list_children(call->state, group), keep, show);
}

/* Providers and the newest version of each type, for clients that look before they ask (az resource show). */
static cJSON *show_provider(struct call *call, const char *name)
{
	static const struct {
		const char *provider, *type, *version;
	} types[] = {
		{"Microsoft.Web", "sites", "2025-05-01"},
		{"Microsoft.Web", "sites/slots", "2025-05-01"},
		{"Microsoft.Web", "sites/config", "2025-05-01"},
		{"Microsoft.Web", "serverFarms", "2025-05-01"},
		{"Microsoft.Storage", "storageAccounts", "2025-08-01"},
		{"Microsoft.KeyVault", "vaults", "2026-02-01"},
		{"Microsoft.Authorization", "roleAssignments", "2022-04-01"},
		{"Microsoft.Authorization", "roleDefinitions", "2022-04-01"},
		{"Microsoft.OperationalInsights", "workspaces", "2025-07-01"},
		{"Microsoft.OperationalInsights", "workspaces/tables", "2025-07-01"},
		{"Microsoft.Insights", "dataCollectionRules", "2024-03-11"},
		{"Microsoft.Insights", "dataCollectionEndpoints", "2024-03-11"},
		{"Microsoft.ManagedIdentity", "userAssignedIdentities", "2024-11-30"},
		{"Microsoft.Network", "virtualNetworks", "2025-01-01"},
		{"Microsoft.ResourceGraph", "resources", "2024-04-01"},
	};
	cJSON *provider = cJSON_CreateObject(), *list = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		cJSON *type;

		if (!text_equal_fold(types[i].provider, name))
			continue;
		if (!list) {
			cJSON_AddStringToObject(provider, "id",
						arena_printf(call->arena, "/subscriptions/%s/providers/%s",
							     call->arguments[0], types[i].provider));
			cJSON_AddStringToObject(provider, "namespace", types[i].provider);
			list = cJSON_AddArrayToObject(provider, "resourceTypes");
		}
		type = cJSON_CreateObject();
		cJSON_AddStringToObject(type, "resourceType", types[i].type);
		cJSON_AddItemToObject(type, "apiVersions", cJSON_CreateStringArray(&types[i].version, 1));
		cJSON_AddStringToObject(type, "defaultApiVersion", types[i].version);
		cJSON_AddItemToObject(type, "locations", cJSON_Parse("[\"West Europe\",\"North Europe\",\"East US\"]"));
		cJSON_AddItemToArray(list, type);
	}
	cJSON_AddStringToObject(provider, "registrationState", "Registered");
	if (list)
		return provider;
	cJSON_Delete(provider);
	return NULL;
}

static void get_provider(struct call *call)
{
	cJSON *provider = show_provider(call, call->arguments[1]);

	if (provider)
		call_answer(call, 200, provider);
	else
		call_answer_error(call, 404, "InvalidResourceNamespace", "The resource namespace '%s' is invalid.",
				  call->arguments[1]);
}

static void list_providers(struct call *call)
{
	static const char *const names[] = {"Microsoft.Web",
					    "Microsoft.Storage",
					    "Microsoft.KeyVault",
					    "Microsoft.Authorization",
					    "Microsoft.Insights",
					    "Microsoft.Network",
					    "Microsoft.OperationalInsights",
					    "Microsoft.ManagedIdentity",
					    "Microsoft.ResourceGraph"};
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cJSON_AddItemToArray(value, show_provider(call, names[i]));
	call_answer(call, 200, body);
}

static void register_provider(struct call *call)
{
	get_provider(call);
}

const struct sim_route arm_resource_routes[] = {
	{"GET", "/subscriptions/{}/resources", list_of_subscription},
	{"GET", "/subscriptions/{}/resourceGroups/{}/resources", list_of_group},
	{"GET", "/subscriptions/{}/providers", list_providers},
	{"GET", "/subscriptions/{}/providers/{}", get_provider},
	{"POST", "/subscriptions/{}/providers/{}/register", register_provider},
	{0},
};
