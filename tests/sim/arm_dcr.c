/* Microsoft.Insights: data collection rules and endpoints. A rule of kind Direct has its own ingestion endpoint. */
#include <string.h>

#include "arm.h"
#include "arm_versions.h"
#include "base/text.h"
#include "routes.h"

#define RULES     "/providers/Microsoft.Insights/dataCollectionRules"
#define ENDPOINTS "/providers/Microsoft.Insights/dataCollectionEndpoints"
#define GROUP     "/subscriptions/{}/resourceGroups/{}"

static cJSON *show(struct call *call, const cJSON *rule)
{
	cJSON *shown = cJSON_Duplicate(rule, true);

	path_default_text(shown, "properties.provisioningState", "Succeeded");
	/* Older versions do not know a rule's own endpoint (domain.md 1.7). */
	if (!arm_version_is_at_least(call, "2023-03-11"))
		path_remove(shown, "properties.endpoints");
	return shown;
}

static const char *list_type(struct call *call)
{
	return arena_printf(call->arena, "Microsoft.Insights/%s", call->segments[call->segment_count - 1]);
}

static void list_all(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), list_type(call)), NULL, show);
}

static void get_one(struct call *call)
{
	const cJSON *rule = arm_find(call, call->path);

	if (rule)
		arm_answer_resource(call, 200, rule, show);
}

static bool refuse(struct call *call, const char *code, const char *message, const char *target)
{
	cJSON *error = cJSON_CreateObject(), *detail = cJSON_CreateObject();

	cJSON_AddStringToObject(error, "code", "InvalidPayload");
	cJSON_AddStringToObject(error, "message", "Data collection rule is invalid");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(error, "details"), detail);
	cJSON_AddStringToObject(detail, "code", code);
	cJSON_AddStringToObject(detail, "message", message);
	cJSON_AddStringToObject(detail, "target", target);
	call_answer_error_object(call, 400, error);
	return false;
}

static const cJSON *find_destination(const cJSON *properties, const char *name)
{
	const cJSON *kind, *item;

	cJSON_ArrayForEach (kind, path_get(properties, "destinations"))
		cJSON_ArrayForEach (item, kind)
			if (text_equal(path_text(item, "name"), name))
				return item;
	return NULL;
}

/* Streams whose name begins with "Custom-" must be declared, destinations be stated, and output tables exist. */
static bool check_flow(struct call *call, const cJSON *properties, const cJSON *flow)
{
	const char *output = path_text(flow, "outputStream");
	const cJSON *item;

	cJSON_ArrayForEach (item, path_get(flow, "streams"))
		if (!cJSON_IsString(item) ||
		    (text_has_prefix_fold(item->valuestring, "Custom-") &&
		     !cJSON_GetObjectItemCaseSensitive(path_get(properties, "streamDeclarations"), item->valuestring)))
			return refuse(call, "InvalidStream", "The stream is not declared.", "properties.dataFlows[0]");
	cJSON_ArrayForEach (item, path_get(flow, "destinations")) {
		const cJSON *destination = find_destination(properties, cJSON_GetStringValue(item));
		const char *workspace = path_text(destination, "workspaceResourceId"), *table;

		if (!destination)
			return refuse(call, "InvalidDestination", "The destination is not stated.",
				      "properties.dataFlows[0]");
		if (!workspace || !output || !text_has_prefix_fold(output, "Custom-"))
			continue;
		table = arena_printf(call->arena, "%s/tables/%s", workspace, output + strlen("Custom-"));
		if (!map_get(&call->state->resources, table))
			return refuse(
				call, "InvalidOutputTable",
				arena_printf(call->arena,
					     "Table for output stream '%s' is not available for destination '%s'.",
					     output, path_text(destination, "name")),
				"properties.dataFlows[0]");
	}
	return true;
}

static bool check_destinations(struct call *call, const cJSON *properties, const char *location)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, path_get(properties, "destinations.logAnalytics")) {
		const char *id = path_text(item, "workspaceResourceId");
		const cJSON *workspace = id ? map_get(&call->state->resources, id) : NULL;

		if (!workspace)
			return refuse(call, "InvalidWorkspace", "The Log Analytics workspace was not found.",
				      "properties.destinations.logAnalytics[0]");
		if (!text_equal(arm_location(call->arena, path_text(workspace, "location")),
				arm_location(call->arena, location)))
			return refuse(call, "InvalidProperty",
				      "The data collection rule must be in the same location as its workspace.",
				      "location");
	}
	return true;
}

static bool check_columns(struct call *call, const cJSON *properties)
{
	static const char types[] = "string,int,long,real,boolean,datetime,dynamic";
	const cJSON *stream, *column;

	cJSON_ArrayForEach (stream, path_get(properties, "streamDeclarations")) {
		if (!text_has_prefix_fold(stream->string, "Custom-"))
			return refuse(call, "InvalidStreamDeclaration",
				      "Names of declared streams begin with 'Custom-'.",
				      "properties.streamDeclarations");
		cJSON_ArrayForEach (column, path_get(stream, "columns"))
			if (!path_text(column, "name") || !path_text(column, "type") ||
			    !text_list_contains_fold(types, ',', path_text(column, "type")))
				return refuse(call, "InvalidStreamDeclaration",
					      "A column needs a name and a known type.",
					      "properties.streamDeclarations");
	}
	return true;
}

static bool check_rule(struct call *call, const cJSON *properties, const char *location)
{
	static const char known[] =
		"description,dataCollectionEndpointId,metadata,streamDeclarations,dataSources,destinations,"
		"dataFlows,agentSettings,references,directDataSources,immutableId,endpoints,provisioningState,"
		"ingestionQuotas";
	const cJSON *item;

	cJSON_ArrayForEach (item, properties)
		if (!text_list_contains_fold(known, ',', item->string))
			return refuse(call, "InvalidProperty", "The property is not known.",
				      arena_printf(call->arena, "properties.%s", item->string));
	if (!check_columns(call, properties) || !check_destinations(call, properties, location))
		return false;
	cJSON_ArrayForEach (item, path_get(properties, "dataFlows"))
		if (!check_flow(call, properties, item))
			return false;
	return true;
}

/* What the cloud assigns: an immutable id and, to a Direct rule, where logs go. */
static void complete_rule(struct call *call, cJSON *rule, const struct arm_id *id)
{
	const char *plain = "";
	char guid[37];

	state_guid(call->state, guid);
	for (const char *p = guid; *p; p++)
		if (*p != '-')
			plain = arena_printf(call->arena, "%s%c", plain, *p);
	path_default_text(rule, "properties.immutableId", arena_printf(call->arena, "dcr-%s", plain));
	if (!text_equal_fold(path_text(rule, "kind"), "Direct"))
		return;
	path_default_text(rule, "properties.endpoints.logsIngestion",
			  arena_printf(call->arena, "https://%s-%.4s-%s.logs.z1.ingest.monitor.azure.com", id->name,
				       plain, path_text(rule, "location")));
	path_default_text(rule, "properties.endpoints.metricsIngestion",
			  arena_printf(call->arena, "https://%s-%.4s-%s.metrics.z1.ingest.monitor.azure.com", id->name,
				       plain, path_text(rule, "location")));
}

static void put_rule(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *rule = map_get(&call->state->resources, call->path), *properties;
	const char *location, *kind = path_text(call->body, "kind");
	bool exists = rule;

	if (!arm_body(call) || !(location = arm_body_location(call)))
		return;
	if (exists && !text_equal_fold(path_text(rule, "kind"), kind)) {
		refuse(call, "InvalidProperty", "The kind of a data collection rule cannot be changed.", "kind");
		return;
	}
	if (!arm_check_name(call, id.name, 3, 64, "-._") ||
	    !check_rule(call, path_get(call->body, "properties"), location))
		return;
	if (!exists)
		rule = arm_resource_new(call, &id, location);
	properties = cJSON_Duplicate(path_get(call->body, "properties"), true);
	if (!properties)
		properties = cJSON_CreateObject();
	for (size_t i = 0; i < 2; i++) { /* these are the cloud's, whatever the caller sends */
		const char *name = i ? "endpoints" : "immutableId";
		const cJSON *own = path_get(path_get(rule, "properties"), name);

		path_remove(properties, name);
		if (own)
			path_set(properties, name, cJSON_Duplicate(own, true));
	}
	path_set(rule, "properties", properties);
	arm_resource_take(rule, call->body, "tags,kind,identity");
	complete_rule(call, rule, &id);
	state_put_resource(call->state, rule);
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, rule, show);
}

static void patch_rule(struct call *call)
{
	cJSON *rule = arm_find(call, call->path);

	if (!rule || !arm_body(call))
		return;
	arm_resource_take(rule, call->body, "tags");
	arm_note_activity(call);
	arm_answer_resource(call, 200, rule, show);
}

static void put_endpoint(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *endpoint = map_get(&call->state->resources, call->path);
	const char *location;
	bool exists = endpoint;

	if (!arm_body(call) || !(location = arm_body_location(call)))
		return;
	if (!exists)
		endpoint = arm_resource_new(call, &id, location);
	arm_resource_take(endpoint, call->body, "tags,kind");
	arm_merge(path_get(endpoint, "properties"), path_get(call->body, "properties"));
	path_default_text(endpoint, "properties.logsIngestion.endpoint",
			  arena_printf(call->arena, "https://%s.%s-1.ingest.monitor.azure.com", id.name, location));
	state_put_resource(call->state, endpoint);
	arm_note_activity(call);
	call_answer(call, exists ? 200 : 201, cJSON_Duplicate(endpoint, true));
}

static void delete_one(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

const struct sim_route arm_dcr_routes[] = {
	{"GET", "/subscriptions/{}" RULES, list_all},
	{"GET", GROUP RULES, list_all},
	{"GET", GROUP RULES "/{}", get_one},
	{"PUT", GROUP RULES "/{}", put_rule},
	{"PATCH", GROUP RULES "/{}", patch_rule},
	{"DELETE", GROUP RULES "/{}", delete_one},
	{"GET", "/subscriptions/{}" ENDPOINTS, list_all},
	{"GET", GROUP ENDPOINTS, list_all},
	{"GET", GROUP ENDPOINTS "/{}", get_one},
	{"PUT", GROUP ENDPOINTS "/{}", put_endpoint},
	{"DELETE", GROUP ENDPOINTS "/{}", delete_one},
	{0},
};
