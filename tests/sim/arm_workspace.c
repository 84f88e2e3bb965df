/* Microsoft.OperationalInsights: workspaces and their tables. */
#include <ctype.h>
#include <string.h>

#include "arm.h"
#include "arm_operation.h"
#include "base/text.h"
#include "routes.h"

#define WORKSPACES "/providers/Microsoft.OperationalInsights/workspaces"
#define WORKSPACE  "/subscriptions/{}/resourceGroups/{}" WORKSPACES "/{}"
#define TYPE       "Microsoft.OperationalInsights/workspaces"

static cJSON *show(struct call *call, const cJSON *workspace)
{
	cJSON *shown = cJSON_Duplicate(workspace, true), *properties;

	(void)call;
	path_default(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_default_text(properties, "source", "Azure");
	path_default_text(properties, "provisioningState", "Succeeded");
	path_default_text(properties, "sku.name", "pergb2018");
	path_default(properties, "retentionInDays", cJSON_CreateNumber(30));
	path_default_text(properties, "publicNetworkAccessForIngestion", "Enabled");
	path_default_text(properties, "publicNetworkAccessForQuery", "Enabled");
	path_default(properties, "workspaceCapping.dailyQuotaGb", cJSON_CreateNumber(-1));
	path_default(properties, "features.enableLogAccessUsingOnlyResourcePermissions", cJSON_CreateTrue());
	path_default_text(properties, "createdDate", "2026-01-12T09:00:00.0000000Z");
	path_default_text(properties, "modifiedDate", "2026-01-12T09:00:00.0000000Z");
	return shown;
}

static void list_workspaces(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), TYPE), NULL, show);
}

static void get_workspace(struct call *call)
{
	const cJSON *workspace = arm_find(call, call->path);

	if (workspace)
		arm_answer_resource(call, 200, workspace, show);
}

/* 4 to 63 letters, digits and hyphens. */
static bool is_workspace_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-')
			return false;
	return length >= 4 && length <= 63 && name[0] != '-' && name[length - 1] != '-';
}

static void put_workspace(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *workspace = map_get(&call->state->resources, call->path);
	bool exists = workspace;
	const char *location;
	char guid[37];

	if (!arm_body(call) || !(location = arm_body_location(call)))
		return;
	if (!is_workspace_name(id.name)) {
		call_answer_error(call, 400, "InvalidParameter",
				  "The workspace name '%s' is not valid: 4 to 63 letters, digits and '-'.", id.name);
		return;
	}
	if (!exists) {
		workspace = arm_resource_new(call, &id, location);
		state_guid(call->state, guid);
		path_set_text(workspace, "properties.customerId", guid);
		path_set_text(workspace, "properties.createdDate", arm_now(call));
	}
	arm_resource_take(workspace, call->body, "tags");
	arm_merge(path_get(workspace, "properties"), path_get(call->body, "properties"));
	state_put_resource(call->state, workspace);
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, workspace, show);
}

static void patch_workspace(struct call *call)
{
	cJSON *workspace = arm_find(call, call->path);

	if (!workspace || !arm_body(call))
		return;
	arm_resource_take(workspace, call->body, "tags");
	arm_merge(path_get(workspace, "properties"), path_get(call->body, "properties"));
	arm_note_activity(call);
	arm_answer_resource(call, 200, workspace, show);
}

static void delete_workspace(struct call *call)
{
	if (!map_get(&call->state->resources, call->path)) {
		call_answer(call, 204, NULL);
		return;
	}
	state_remove_resource(call->state, call->path);
	arm_note_activity(call);
	arm_operation_start(call, "Microsoft.OperationalInsights", NULL, NULL);
}

static void list_shared_keys(struct call *call)
{
	cJSON *body;

	if (!arm_find(call, arm_path_without(call, 1)))
		return;
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "primarySharedKey",
				"c2NlcG1hbi1zaW11bGF0ZWQtd29ya3NwYWNlLXNoYXJlZC1rZXktY2FuYXJ5LTAwMDE=");
	cJSON_AddStringToObject(body, "secondarySharedKey",
				"c2NlcG1hbi1zaW11bGF0ZWQtd29ya3NwYWNlLXNoYXJlZC1rZXktY2FuYXJ5LTAwMDI=");
	call_answer(call, 200, body);
}

const struct sim_route arm_workspace_routes[] = {
	{"GET", "/subscriptions/{}" WORKSPACES, list_workspaces},
	{"GET", "/subscriptions/{}/resourceGroups/{}" WORKSPACES, list_workspaces},
	{"GET", WORKSPACE, get_workspace},
	{"PUT", WORKSPACE, put_workspace},
	{"PATCH", WORKSPACE, patch_workspace},
	{"DELETE", WORKSPACE, delete_workspace},
	{"POST", WORKSPACE "/sharedKeys", list_shared_keys},
	{0},
};
