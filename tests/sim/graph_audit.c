/* The directory's audit log: one record per change, newest first when it is read. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "core.h"
#include "routes.h"

enum { AUDITS_MAX = 10000 };

/* Graph names kinds in the log by the directory's own words. */
static const char *kind_of(const struct sim_state *state, const cJSON *object)
{
	const char *name = graph_type_of_object(state, object)->name;

	if (text_equal(name, "application"))
		return "Application";
	return text_equal(name, "servicePrincipal") ? "ServicePrincipal" : "Other";
}

static void add_json_text(cJSON *to, const char *name, const cJSON *value)
{
	char *text = value && !cJSON_IsNull(value) ? cJSON_PrintUnformatted(value) : NULL;

	graph_set_text(to, name, text);
	cJSON_free(text);
}

static cJSON *make_changes(const struct call *call, const cJSON *before)
{
	cJSON *changes = cJSON_CreateArray();
	const cJSON *member;

	cJSON_ArrayForEach (member, call->body) {
		cJSON *change;

		if (!cJSON_IsObject(call->body) || strchr(member->string, '@'))
			continue;
		change = cJSON_CreateObject();
		cJSON_AddStringToObject(change, "displayName", member->string);
		add_json_text(change, "oldValue", cJSON_GetObjectItemCaseSensitive(before, member->string));
		add_json_text(change, "newValue", member);
		cJSON_AddItemToArray(changes, change);
	}
	return changes;
}

static cJSON *make_initiator(const struct call *call)
{
	const cJSON *principal =
		map_get(&call->state->directory[DIRECTORY_SERVICE_PRINCIPALS], call->identity.object_id);
	cJSON *initiator = cJSON_CreateObject(), *app = cJSON_AddObjectToObject(initiator, "app");

	cJSON_AddNullToObject(initiator, "user");
	graph_set_text(app, "appId", call->identity.app_id);
	graph_set_text(app, "displayName", directory_text(principal, "displayName"));
	graph_set_text(app, "servicePrincipalId", call->identity.object_id);
	graph_set_text(app, "servicePrincipalName", NULL);
	return initiator;
}

static cJSON *make_target(const struct call *call, const cJSON *object, const cJSON *before)
{
	cJSON *target = cJSON_CreateObject();

	graph_set_text(target, "id", directory_text(object, "id"));
	graph_set_text(target, "displayName", directory_text(object, "displayName"));
	cJSON_AddStringToObject(target, "type", kind_of(call->state, object));
	cJSON_AddItemToObject(target, "modifiedProperties", make_changes(call, before));
	return target;
}

void graph_audit(struct call *call, const char *activity, const char *operation, const cJSON *object,
		 const cJSON *before)
{
	cJSON *record = cJSON_CreateObject();
	char guid[37];

	state_guid_from(&call->sim->request_random, guid);
	cJSON_AddStringToObject(record, "id", arena_printf(call->arena, "Directory_%s", guid));
	cJSON_AddStringToObject(record, "category", "ApplicationManagement");
	cJSON_AddStringToObject(record, "correlationId", guid);
	cJSON_AddStringToObject(record, "result", "success");
	cJSON_AddStringToObject(record, "resultReason", "");
	cJSON_AddStringToObject(record, "activityDisplayName", activity);
	cJSON_AddStringToObject(record, "activityDateTime", graph_time(call, call->now_ms));
	cJSON_AddStringToObject(record, "loggedByService", "Core Directory");
	cJSON_AddStringToObject(record, "operationType", operation);
	cJSON_AddItemToObject(record, "initiatedBy", make_initiator(call));
	cJSON_AddItemToArray(cJSON_AddArrayToObject(record, "targetResources"), make_target(call, object, before));
	if (call_header(call, "User-Agent")) {
		cJSON *detail = cJSON_CreateObject();

		cJSON_AddStringToObject(detail, "key", "User-Agent");
		cJSON_AddStringToObject(detail, "value", call_header(call, "User-Agent"));
		cJSON_AddItemToArray(cJSON_AddArrayToObject(record, "additionalDetails"), detail);
	}
	cJSON_AddItemToArray(call->state->audits, record);
	if (++call->state->audit_count > AUDITS_MAX) {
		cJSON_Delete(cJSON_DetachItemViaPointer(call->state->audits, call->state->audits->child));
		call->state->audit_count--;
	}
}

static void list_audits(struct call *call)
{
	struct graph_list list = {0};
	const cJSON *record;

	if (!graph_permit(call, "AuditLog.Read.All"))
		return;
	cJSON_ArrayForEach (record, call->state->audits)
		graph_list_add(call, &list, record);
	for (size_t i = 0; i < list.count / 2; i++) {
		record = list.items[i];
		list.items[i] = list.items[list.count - 1 - i];
		list.items[list.count - 1 - i] = record;
	}
	graph_answer_list(call, graph_find_type("directoryAudit"), "auditLogs/directoryAudits", &list);
}

static void get_audit(struct call *call)
{
	const cJSON *record;

	if (!graph_permit(call, "AuditLog.Read.All"))
		return;
	cJSON_ArrayForEach (record, call->state->audits) {
		if (!text_equal_fold(directory_text(record, "id"), call->arguments[0]))
			continue;
		graph_answer_entity(call, 200, graph_find_type("directoryAudit"), "auditLogs/directoryAudits", record);
		return;
	}
	graph_answer_not_found(call, call->arguments[0]);
}

const struct sim_route graph_audit_routes[] = {
	{"GET", "/v1.0/auditLogs/directoryAudits", list_audits},
	{"GET", "/v1.0/auditLogs/directoryAudits/{}", get_audit},
	{0},
};
