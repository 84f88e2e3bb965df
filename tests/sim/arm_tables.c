/*
 * Tables of a workspace. Custom ones end in _CL. Those of the old data collector ("Classic") can be migrated, and only
 * then changed here; the columns that a write gives replace the custom ones.
 */
#include <ctype.h>
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "routes.h"

#define TABLES "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.OperationalInsights/workspaces/{}/tables"

static cJSON *show(struct call *call, const cJSON *table)
{
	cJSON *shown = cJSON_Duplicate(table, true), *properties, *schema, *column;
	const char *name = arm_id_parse(call->arena, path_text(table, "id")).last_name;

	path_set_text(shown, "name", name);
	path_default(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_default_text(properties, "plan", "Analytics");
	path_default_text(properties, "provisioningState", "Succeeded");
	path_default(properties, "retentionInDays", cJSON_CreateNumber(30));
	path_default(properties, "totalRetentionInDays", cJSON_CreateNumber(30));
	path_default(properties, "archiveRetentionInDays", cJSON_CreateNumber(0));
	path_default(properties, "schema", cJSON_CreateObject());
	schema = path_get(properties, "schema");
	path_default_text(schema, "name", name);
	path_default_text(schema, "tableType", "CustomLog");
	path_default_text(schema, "tableSubType", "DataCollectionRuleBased");
	path_default(schema, "columns", cJSON_CreateArray());
	cJSON_ArrayForEach (column, path_get(schema, "columns")) {
		path_default(column, "isDefaultDisplay", cJSON_CreateFalse());
		path_default(column, "isHidden", cJSON_CreateFalse());
	}
	path_default(
		schema, "standardColumns",
		cJSON_Parse(
			"[{\"name\":\"TenantId\",\"type\":\"guid\",\"isDefaultDisplay\":false,\"isHidden\":false}]"));
	path_default(schema, "solutions", cJSON_Parse("[\"LogManagement\"]"));
	return shown;
}

static bool is_table(struct call *call, const cJSON *resource)
{
	(void)call;
	return text_has_suffix_fold(path_text(resource, "type"), "/tables");
}

static void list_tables(struct call *call)
{
	const char *workspace = arm_path_without(call, 1);

	if (arm_find(call, workspace))
		arm_answer_list(call, state_list_children(call->state, workspace), is_table, show);
}

static void get_table(struct call *call)
{
	const cJSON *table = arm_find(call, call->path);

	if (table)
		arm_answer_resource(call, 200, table, show);
}

static bool is_column_name(const char *name)
{
	if (!name || !isalpha((unsigned char)name[0]) || strlen(name) > 45)
		return false;
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	return true;
}

static bool answer_invalid(struct call *call, const char *what, const char *value)
{
	call_answer_error(call, 400, "InvalidParameter", "'%s' is not valid for %s of the table.", value ? value : "",
			  what);
	return false;
}

/* False: answered. */
static bool check_schema(struct call *call, const cJSON *schema, const char *table)
{
	static const char types[] = "string,int,long,real,boolean,dateTime,guid,dynamic";
	const cJSON *column, *columns = path_get(schema, "columns");
	bool has_time = false;

	if (!text_equal_fold(path_text(schema, "name"), table))
		return answer_invalid(call, "schema.name", path_text(schema, "name"));
	cJSON_ArrayForEach (column, columns) {
		const char *name = path_text(column, "name"), *type = path_text(column, "type");

		if (!is_column_name(name))
			return answer_invalid(call, "the name of a column", name);
		if (!type || !text_list_contains_fold(types, ',', type))
			return answer_invalid(call, "the type of a column", type);
		for (const cJSON *other = columns->child; other != column; other = other->next)
			if (text_equal_fold(path_text(other, "name"), name))
				return answer_invalid(call, "the name of a second column", name);
		has_time |= text_equal_fold(name, "TimeGenerated") && text_equal_fold(type, "datetime");
	}
	if (!has_time) {
		call_answer_error(call, 400, "InvalidParameter",
				  "The table schema must have a column 'TimeGenerated' of type 'datetime'.");
		return false;
	}
	return true;
}

/* Refuses members that a table does not have. False: answered. */
static bool knows_members(struct call *call)
{
	static const char known[] =
		"schema,retentionInDays,totalRetentionInDays,archiveRetentionInDays,plan,searchResults,"
		"restoredLogs,resultStatistics,lastPlanModifiedDate,provisioningState,"
		"retentionInDaysAsDefault,totalRetentionInDaysAsDefault";
	const cJSON *item;

	cJSON_ArrayForEach (item, path_get(call->body, "properties"))
		if (!text_list_contains_fold(known, ',', item->string))
			return answer_invalid(call, "a property", item->string);
	return true;
}

static void write_table(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *table = map_get(&call->state->resources, call->path);
	const cJSON *schema, *item;
	bool exists = table, is_patch = text_equal(call->request->method, "PATCH");

	if (!arm_find(call, id.parent) || !arm_body(call) || !knows_members(call))
		return;
	if (is_patch && !exists) {
		arm_answer_not_found(call, call->path);
		return;
	}
	schema = path_get(call->body, "properties.schema");
	if (!text_has_suffix_fold(id.last_name, "_CL")) {
		call_answer_error(call, 400, "InvalidParameter", "Custom table names must end with '_CL': '%s'.",
				  id.last_name);
		return;
	}
	if (((schema || !exists) && !check_schema(call, schema, id.last_name)))
		return;
	if (exists && schema && text_equal_fold(path_text(table, "properties.schema.tableSubType"), "Classic")) {
		call_answer_error(call, 400, "InvalidParameter",
				  "Table '%s' is of sub type Classic; migrate it before its schema is changed.",
				  id.last_name);
		return;
	}
	if (!exists) {
		table = arm_resource_new(call, &id, NULL);
		path_set_text(table, "properties.schema.tableType", "CustomLog");
		path_set_text(table, "properties.schema.tableSubType", "DataCollectionRuleBased");
	}
	if (schema) {
		path_set_text(table, "properties.schema.name", id.last_name);
		path_set(table, "properties.schema.columns", cJSON_Duplicate(path_get(schema, "columns"), true));
	}
	cJSON_ArrayForEach (item, path_get(call->body, "properties"))
		if (text_list_contains_fold("retentionInDays,totalRetentionInDays,plan", ',', item->string))
			path_set(path_get(table, "properties"), item->string, cJSON_Duplicate(item, true));
	state_put_resource(call->state, table);
	arm_note_activity(call);
	arm_answer_resource(call, 200, table, show);
}

static void migrate_table(struct call *call)
{
	cJSON *table = arm_find(call, arm_path_without(call, 1));

	if (!table)
		return;
	path_set_text(table, "properties.schema.tableSubType", "DataCollectionRuleBased");
	arm_note_activity(call);
	call_answer(call, 200, NULL);
}

static void delete_table(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

const struct sim_route arm_table_routes[] = {
	{"GET", TABLES, list_tables},
	{"GET", TABLES "/{}", get_table},
	{"PUT", TABLES "/{}", write_table},
	{"PATCH", TABLES "/{}", write_table},
	{"DELETE", TABLES "/{}", delete_table},
	{"POST", TABLES "/{}/migrate", migrate_table},
	{0},
};
