#include "resource_graph_tables.h"

#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"

enum column {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_TENANT,
	COLUMN_KIND,
	COLUMN_LOCATION,
	COLUMN_GROUP,
	COLUMN_SUBSCRIPTION,
	COLUMN_MANAGED_BY,
	COLUMN_SKU,
	COLUMN_PLAN,
	COLUMN_PROPERTIES,
	COLUMN_TAGS,
	COLUMN_IDENTITY,
	COLUMN_ZONES,
	COLUMN_EXTENDED_LOCATION,
	COLUMNS,
};

/* As Resource Graph spells them. */
static const char *const column_names[COLUMNS] = {
	"id",        "name", "type", "tenantId",   "kind", "location", "resourceGroup", "subscriptionId",
	"managedBy", "sku",  "plan", "properties", "tags", "identity", "zones",         "extendedLocation",
};

/* What is under a resource and not in the index: settings and the like. */
static const char *const hidden_types[] = {
	"/config",         "/hostNameBindings", "/accessPolicies", "/tables",
	"/blobServices",   "/tableServices",    "/savedSearches",  "/basicPublishingCredentialsPolicies",
	"/sourcecontrols",
};

static struct kql_value lower(struct arena *arena, const char *text)
{
	struct kql_value value = {.type = KQL_TEXT, .text = ""};
	char *copy = arena_copy_text(arena, text);

	for (char *p = copy; p && *p; p++)
		*p = text_lower(*p);
	if (copy)
		value.text = copy;
	return value;
}

static struct kql_value text(const char *text)
{
	return (struct kql_value){.type = KQL_TEXT, .text = text ? text : ""};
}

/* How the value of a column is made from the member of its name. */
enum form { FORM_TEXT, FORM_LOWER, FORM_AS_IS, FORM_NONE };

static const enum form column_forms[COLUMNS] = {
	[COLUMN_ID] = FORM_TEXT,         [COLUMN_NAME] = FORM_TEXT,
	[COLUMN_TYPE] = FORM_LOWER,      [COLUMN_TENANT] = FORM_NONE,
	[COLUMN_KIND] = FORM_LOWER,      [COLUMN_LOCATION] = FORM_LOWER,
	[COLUMN_GROUP] = FORM_NONE,      [COLUMN_SUBSCRIPTION] = FORM_NONE,
	[COLUMN_MANAGED_BY] = FORM_TEXT, [COLUMN_SKU] = FORM_AS_IS,
	[COLUMN_PLAN] = FORM_AS_IS,      [COLUMN_PROPERTIES] = FORM_AS_IS,
	[COLUMN_TAGS] = FORM_AS_IS,      [COLUMN_IDENTITY] = FORM_AS_IS,
	[COLUMN_ZONES] = FORM_AS_IS,     [COLUMN_EXTENDED_LOCATION] = FORM_AS_IS,
};

static void fill_column(struct arena *arena, const cJSON *member, struct kql_value *row)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		if (column_forms[i] == FORM_NONE || text_lower(column_names[i][0]) != text_lower(member->string[0]) ||
		    !text_equal_fold(column_names[i], member->string))
			continue;
		if (column_forms[i] == FORM_AS_IS)
			row[i] = kql_from_json(member);
		else if (column_forms[i] == FORM_LOWER)
			row[i] = lower(arena, cJSON_GetStringValue(member));
		else
			row[i] = text(cJSON_GetStringValue(member));
		return;
	}
}

/* Texts that are absent are empty in the index, objects are null. One walk over the members: a tenant has many
 * resources. */
static void fill_common(const struct resource_graph *graph, struct arena *arena, const cJSON *resource,
			struct kql_value *row)
{
	const cJSON *member;

	for (size_t i = 0; i < COLUMNS; i++)
		if (column_forms[i] == FORM_TEXT || column_forms[i] == FORM_LOWER)
			row[i] = text(NULL);
	row[COLUMN_TENANT] = text(graph->tenant_id);
	cJSON_ArrayForEach (member, resource)
		fill_column(arena, member, row);
}

/* The segment of ID behind "/NAME/", without regard to case; NULL: none. */
static const char *segment_after(struct arena *arena, const char *id, const char *name)
{
	const char *place = id ? strcasestr(id, name) : NULL;

	if (!place)
		return NULL;
	place += strlen(name);
	return arena_copy_bytes(arena, place, strcspn(place, "/"));
}

static void fill_place(struct arena *arena, const char *id, struct kql_value *row)
{
	const char *group = segment_after(arena, id, "/resourceGroups/");

	row[COLUMN_SUBSCRIPTION] = text(segment_after(arena, id, "/subscriptions/"));
	row[COLUMN_GROUP] = lower(arena, group);
}

/* Is the subscription that ID lies in among those asked for? */
static bool is_asked_for(const struct resource_graph *graph, const char *id)
{
	const cJSON *item;

	if (!graph->subscriptions || !text_has_prefix_fold(id, "/subscriptions/"))
		return true;
	cJSON_ArrayForEach (item, graph->subscriptions) {
		size_t length = cJSON_IsString(item) ? strlen(item->valuestring) : 0;
		const char *place = id + strlen("/subscriptions/");

		if (length && strncasecmp(place, item->valuestring, length) == 0 &&
		    (!place[length] || place[length] == '/'))
			return true;
	}
	return false;
}

static bool may_read(const struct resource_graph *graph, const cJSON *resource)
{
	const char *action = arena_printf(graph->call->arena, "%s/read", path_text(resource, "type"));

	return arm_may(graph->call, action, path_text(resource, "id"));
}

/* Most callers may read a whole subscription, which is asked once; the others are asked for each resource. */
static bool may_read_all(const struct resource_graph *graph)
{
	const struct map *subscriptions = &graph->call->state->subscriptions;

	for (size_t i = 0; i < subscriptions->count; i++)
		if (subscriptions->entries[i].value &&
		    !arm_may(graph->call, "*/read",
			     arena_printf(graph->call->arena, "/subscriptions/%s", subscriptions->entries[i].name)))
			return false;
	return true;
}

static bool is_in_index(const cJSON *resource)
{
	const char *type = path_text(resource, "type");

	if (!type || text_has_prefix_fold(type, "Microsoft.Authorization/"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(hidden_types); i++)
		if (text_has_suffix_fold(type, hidden_types[i]))
			return false;
	return true;
}

/* Looks at the type and the name only: what queries ask for. */
static bool is_wanted(const struct resource_graph *graph, const cJSON *resource)
{
	for (size_t i = 0; i < graph->hints->count; i++) {
		const struct kql_hint *hint = &graph->hints->hints[i];
		const char *value;

		if (!text_equal(hint->column, "type") && !text_equal(hint->column, "name"))
			continue;
		value = path_text(resource, hint->column);
		if (!text_equal_fold(value ? value : "", hint->text))
			return false;
	}
	return true;
}

static void fill_resources(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const struct map *resources = &graph->call->state->resources;
	bool all = may_read_all(graph);

	for (size_t i = 0; i < resources->count; i++) {
		const cJSON *resource = resources->entries[i].value;
		struct kql_value *row;

		if (!resource || !is_wanted(graph, resource) || !is_in_index(resource) ||
		    !is_asked_for(graph, resources->entries[i].name) || (!all && !may_read(graph, resource)))
			continue;
		row = kql_table_add(table, arena);
		fill_common(graph, arena, resource, row);
		fill_place(arena, resources->entries[i].name, row);
	}
}

static void fill_subscriptions(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const struct map *subscriptions = &graph->call->state->subscriptions;

	for (size_t i = 0; i < subscriptions->count; i++) {
		const struct map_entry *entry = &subscriptions->entries[i];
		const char *id = arena_printf(arena, "/subscriptions/%s", entry->name);
		cJSON *properties;
		struct kql_value *row;

		if (!entry->value || !is_asked_for(graph, id) ||
		    !arm_may(graph->call, "Microsoft.Resources/subscriptions/read", id))
			continue;
		properties = cJSON_CreateObject();
		cJSON_AddStringToObject(properties, "state", "Enabled");
		cJSON_AddItemToArray(graph->made, properties);
		row = kql_table_add(table, arena);
		fill_common(graph, arena, entry->value, row);
		row[COLUMN_ID] = text(id);
		row[COLUMN_NAME] = text(path_text(entry->value, "displayName"));
		row[COLUMN_TYPE] = text("microsoft.resources/subscriptions");
		row[COLUMN_PROPERTIES] = kql_from_json(properties);
		fill_place(arena, id, row);
	}
}

static void fill_groups(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const struct map *groups = &graph->call->state->resource_groups;

	for (size_t i = 0; i < groups->count; i++) {
		const struct map_entry *entry = &groups->entries[i];
		struct kql_value *row;

		if (!entry->value || !is_asked_for(graph, entry->name) ||
		    !arm_may(graph->call, "Microsoft.Resources/subscriptions/resourceGroups/read", entry->name))
			continue;
		row = kql_table_add(table, arena);
		fill_common(graph, arena, entry->value, row);
		row[COLUMN_TYPE] = text("microsoft.resources/subscriptions/resourcegroups");
		fill_place(arena, entry->name, row);
	}
}

static void fill_containers(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	fill_subscriptions(graph, arena, table);
	fill_groups(graph, arena, table);
}

/* In the index an assignment names its role as the role names itself, without a subscription. */
static const cJSON *assignment_properties(struct resource_graph *graph, const cJSON *assignment)
{
	cJSON *properties = cJSON_Duplicate(path_get(assignment, "properties"), true);
	const char *role = path_text(properties, "roleDefinitionId"), *name = role ? strrchr(role, '/') : NULL;

	if (name)
		path_set_text(
			properties, "roleDefinitionId",
			arena_printf(graph->call->arena, "/providers/Microsoft.Authorization/RoleDefinitions%s", name));
	cJSON_AddItemToArray(graph->made, properties);
	return properties;
}

static void fill_definitions(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const cJSON *role;

	cJSON_ArrayForEach (role, arm_roles_built_in()) {
		struct kql_value *row = kql_table_add(table, arena);

		fill_common(graph, arena, role, row);
		row[COLUMN_ID] = text(arena_printf(arena, "/providers/Microsoft.Authorization/RoleDefinitions/%s",
						   path_text(role, "name")));
		row[COLUMN_TYPE] = text("microsoft.authorization/roledefinitions");
		fill_place(arena, "", row);
	}
}

static void fill_authorization(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const struct map *resources = &graph->call->state->resources;

	fill_definitions(graph, arena, table);
	for (size_t i = 0; i < resources->count; i++) {
		const cJSON *resource = resources->entries[i].value;
		struct kql_value *row;

		if (!resource ||
		    !text_equal_fold(path_text(resource, "type"), "Microsoft.Authorization/roleAssignments") ||
		    !is_wanted(graph, resource) || !is_asked_for(graph, resources->entries[i].name) ||
		    !may_read(graph, resource))
			continue;
		row = kql_table_add(table, arena);
		fill_common(graph, arena, resource, row);
		row[COLUMN_PROPERTIES] = kql_from_json(assignment_properties(graph, resource));
		fill_place(arena, resources->entries[i].name, row);
	}
}

/* What the activity log knows of a write, as a change. */
static const cJSON *change_properties(struct resource_graph *graph, const cJSON *event, const char *id)
{
	cJSON *properties = cJSON_CreateObject();
	const char *operation = path_text(event, "operationName.value");
	bool deletes = operation && text_has_suffix_fold(operation, "/delete");

	path_set_text(properties, "targetResourceId", id);
	path_set_text(properties, "targetResourceType",
		      operation ? arena_copy_bytes(graph->call->arena, operation,
						   (size_t)(strrchr(operation, '/') - operation))
				: "");
	path_set_text(properties, "changeType", deletes ? "Delete" : "Update");
	path_set_text(properties, "changeAttributes.timestamp", path_text(event, "eventTimestamp"));
	path_set_text(properties, "changeAttributes.changedBy", path_text(event, "caller"));
	path_set_text(properties, "changeAttributes.changedByType", "Application");
	path_set_text(properties, "changeAttributes.operation", operation);
	path_set_text(properties, "changeAttributes.correlationId", path_text(event, "correlationId"));
	path_set(properties, "changes", cJSON_CreateObject());
	cJSON_AddItemToArray(graph->made, properties);
	return properties;
}

static void fill_changes(struct resource_graph *graph, struct arena *arena, struct kql_table *table)
{
	const cJSON *event;

	cJSON_ArrayForEach (event, graph->call->state->activity) {
		const char *id = path_text(event, "resourceId"), *name = path_text(event, "eventDataId");
		struct kql_value *row;

		if (!id || !is_asked_for(graph, id) || !arm_may(graph->call, "Microsoft.Resources/changes/read", id))
			continue;
		row = kql_table_add(table, arena);
		fill_common(graph, arena, NULL, row);
		row[COLUMN_ID] = text(arena_printf(arena, "%s/providers/Microsoft.Resources/changes/%s", id, name));
		row[COLUMN_NAME] = text(name);
		row[COLUMN_TYPE] = text("microsoft.resources/changes");
		row[COLUMN_PROPERTIES] = kql_from_json(change_properties(graph, event, id));
		fill_place(arena, id, row);
	}
}

static const struct {
	const char *name;
	void (*fill)(struct resource_graph *graph, struct arena *arena, struct kql_table *table);
} tables[] = {
	{"Resources", fill_resources},
	{"ResourceContainers", fill_containers},
	{"AuthorizationResources", fill_authorization},
	{"ResourceChanges", fill_changes},
};

bool resource_graph_open(void *userdata, const char *name, const struct kql_hints *hints, struct arena *arena,
			 struct kql_table *ret)
{
	struct resource_graph *graph = userdata;
	const char **columns = arena_new_array(arena, COLUMNS, const char *);

	memcpy(columns, column_names, sizeof(column_names));
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!text_equal_fold(tables[i].name, name))
			continue;
		kql_table_init(ret, columns, COLUMNS);
		graph->hints = hints;
		tables[i].fill(graph, arena, ret);
		return true;
	}
	return false;
}
