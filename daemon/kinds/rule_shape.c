#include "kinds/rule_shape.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "kinds/log_schema.h"

/* ---- parse ---- */

static bool is_garbled(int r)
{
	return r < 0 && r != -ENOENT;
}

struct data_collection_rule *rule_parse(struct arena *arena, const cJSON *resource)
{
	struct data_collection_rule *rule = arena_new(arena, struct data_collection_rule);

	if (json_get_arm_id(resource, "id", arena, &rule->id) < 0 ||
	    json_get_text(resource, "name", arena, &rule->name) < 0 ||
	    is_garbled(json_get_text(resource, "properties/immutableId", arena, &rule->immutable_id)) ||
	    is_garbled(json_get_text(resource, "properties/endpoints/logsIngestion", arena, &rule->logs_ingestion)))
		return NULL;
	rule->body = json_print(resource, arena);
	return rule;
}

/* ---- compare ---- */

static bool json_text_equal_fold(const cJSON *object, const char *path, const char *value)
{
	const cJSON *member = json_get(object, path);

	return cJSON_IsString(member) && text_equal_fold(member->valuestring, value);
}

static bool json_list_has(const cJSON *object, const char *name, const char *value)
{
	const cJSON *item, *list = json_get(object, name);

	cJSON_ArrayForEach (item, list)
		if (cJSON_IsString(item) && text_equal_fold(item->valuestring, value))
			return true;
	return false;
}

static const cJSON *rule_destination(const cJSON *resource, const char *name)
{
	const cJSON *item, *list = json_get(resource, "properties/destinations/logAnalytics");

	cJSON_ArrayForEach (item, list)
		if (json_text_equal_fold(item, "name", name))
			return item;
	return NULL;
}

static const cJSON *rule_stream_columns(const cJSON *resource)
{
	return json_get(resource, "properties/streamDeclarations/" LOG_STREAM "/columns");
}

static bool rule_has_flow(const cJSON *resource)
{
	const cJSON *flow, *flows = json_get(resource, "properties/dataFlows");

	cJSON_ArrayForEach (flow, flows)
		if (json_list_has(flow, "streams", LOG_STREAM) &&
		    json_list_has(flow, "destinations", LOG_DESTINATION) &&
		    json_text_equal_fold(flow, "outputStream", LOG_OUTPUT))
			return true;
	return false;
}

struct rule_drift rule_compare(struct arena *arena, const cJSON *resource, const char *workspace_id)
{
	const cJSON *destination = rule_destination(resource, LOG_DESTINATION);
	const cJSON *columns = rule_stream_columns(resource);
	struct rule_drift drift = {.destination = !destination, .flow = !rule_has_flow(resource)};

	if (destination && !json_text_equal_fold(destination, "workspaceResourceId", workspace_id)) {
		drift.workspace = "none";
		if (json_get_text(destination, "workspaceResourceId", arena, &drift.workspace) < 0)
			drift.workspace = "none";
	}
	for (size_t i = 0; i < LOG_COLUMN_COUNT; i++)
		if (!log_column_is_in(columns, log_columns[i].name))
			drift.columns = drift.columns
						? arena_printf(arena, "%s, %s", drift.columns, log_columns[i].name)
						: log_columns[i].name;
	return drift;
}

/* Does FLOW lead into a workspace that the rule knows? */
static bool rule_flow_arrives(const cJSON *resource, const cJSON *flow)
{
	const cJSON *name, *names = json_get(flow, "destinations");

	cJSON_ArrayForEach (name, names)
		if (cJSON_IsString(name) && rule_destination(resource, name->valuestring))
			return true;
	return false;
}

const char *rule_find_fault(const cJSON *resource)
{
	const cJSON *flow, *flows = json_get(resource, "properties/dataFlows");
	const char *fault = "no data flow takes the stream " LOG_STREAM;

	if (!json_get(resource, "properties/streamDeclarations/" LOG_STREAM))
		return "it does not declare the stream " LOG_STREAM;
	cJSON_ArrayForEach (flow, flows) {
		if (!json_list_has(flow, "streams", LOG_STREAM))
			continue;
		if (!json_text_equal_fold(flow, "outputStream", LOG_OUTPUT))
			fault = "its data flow does not lead into " LOG_OUTPUT;
		else if (!rule_flow_arrives(resource, flow))
			fault = "its data flow names no Log Analytics workspace among the rule's destinations";
		else
			return NULL;
	}
	return fault;
}

/* ---- write ---- */

/* Takes NAME out of OBJECT, in every spelling. */
static void json_remove(cJSON *object, const char *name)
{
	cJSON *next;

	for (cJSON *member = object->child; member; member = next) {
		next = member->next;
		if (text_equal_fold(member->string, name))
			cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
	}
}

/* The object, or the array, under NAME of OBJECT; made if it is not there. */
static cJSON *json_member(cJSON *object, const char *name, bool is_array)
{
	cJSON *member = (cJSON *)json_get(object, name);

	if (member && (is_array ? cJSON_IsArray(member) : cJSON_IsObject(member)))
		return member;
	json_remove(object, name);
	return is_array ? cJSON_AddArrayToObject(object, name) : cJSON_AddObjectToObject(object, name);
}

static void json_set_text(cJSON *object, const char *name, const char *value)
{
	json_remove(object, name);
	cJSON_AddStringToObject(object, name, value);
}

static void rule_correct_destination(cJSON *resource, cJSON *properties, const char *workspace_id)
{
	cJSON *list = json_member(json_member(properties, "destinations", false), "logAnalytics", true);
	cJSON *destination = (cJSON *)rule_destination(resource, LOG_DESTINATION);

	if (!destination) {
		destination = cJSON_CreateObject();
		cJSON_AddStringToObject(destination, "name", LOG_DESTINATION);
		cJSON_AddItemToArray(list, destination);
	}
	if (json_text_equal_fold(destination, "workspaceResourceId", workspace_id))
		return;
	json_set_text(destination, "workspaceResourceId", workspace_id);
	json_remove(destination, "workspaceId"); /* read-only, and of the other workspace */
}

/* A flow of our stream alone that leads elsewhere is put right; one that it shares with others is theirs. */
static void rule_correct_flow(cJSON *resource, cJSON *properties)
{
	cJSON *flow, *flows = json_member(properties, "dataFlows", true);

	if (rule_has_flow(resource))
		return;
	cJSON_ArrayForEach (flow, flows)
		if (json_list_has(flow, "streams", LOG_STREAM) && cJSON_GetArraySize(json_get(flow, "streams")) == 1)
			break;
	if (!flow) {
		flow = cJSON_CreateObject();
		cJSON_AddItemToArray(json_member(flow, "streams", true), cJSON_CreateString(LOG_STREAM));
		cJSON_AddItemToArray(flows, flow);
	}
	if (!json_list_has(flow, "destinations", LOG_DESTINATION))
		cJSON_AddItemToArray(json_member(flow, "destinations", true), cJSON_CreateString(LOG_DESTINATION));
	json_set_text(flow, "outputStream", LOG_OUTPUT);
}

static cJSON *rule_new(const char *location)
{
	cJSON *rule = cJSON_CreateObject();

	cJSON_AddStringToObject(rule, "location", location);
	cJSON_AddStringToObject(rule, "kind", "Direct");
	cJSON_AddStringToObject(cJSON_AddObjectToObject(rule, "properties"), "description",
				"Data Collection Rule for SCEPman logs");
	return rule;
}

/* What the service assigns is not sent back. */
static void rule_strip(cJSON *rule, cJSON *properties)
{
	static const char *const of_rule[] = {"id", "name", "type", "etag", "systemData"};
	static const char *const of_properties[] = {"immutableId", "endpoints", "metadata", "ingestionQuotas",
						    "provisioningState"};

	for (size_t i = 0; i < ARRAY_SIZE(of_rule); i++)
		json_remove(rule, of_rule[i]);
	for (size_t i = 0; i < ARRAY_SIZE(of_properties); i++)
		json_remove(properties, of_properties[i]);
}

const char *rule_write(struct arena *arena, const char *body, const char *location, const char *workspace_id)
{
	cJSON *rule = body ? json_parse(body, strlen(body)) : NULL, *properties, *stream;
	const char *text;

	if (!rule)
		rule = rule_new(location);
	properties = json_member(rule, "properties", false);
	rule_strip(rule, properties);
	rule_correct_destination(rule, properties, workspace_id);
	stream = json_member(json_member(properties, "streamDeclarations", false), LOG_STREAM, false);
	log_columns_add_missing(json_member(stream, "columns", true));
	rule_correct_flow(rule, properties);
	text = json_print(rule, arena);
	cJSON_Delete(rule);
	return text;
}
