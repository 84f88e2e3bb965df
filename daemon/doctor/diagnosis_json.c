#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "doctor/diagnosis.h"
#include "doctor/graph_permission.h"
#include "world/json.h"

static void add_time(cJSON *object, const char *name, int64_t unix_s)
{
	char text[CLOCK_RFC3339_SIZE];

	if (unix_s)
		clock_format_rfc3339(unix_s * 1000, text);
	json_add_text(object, name, unix_s ? text : NULL);
}

static void add_list(cJSON *object, const char *name, const char *const *list)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (; list && *list; list++)
		cJSON_AddItemToArray(array, cJSON_CreateString(*list));
}

static cJSON *json_of_identity(const struct claims *claims)
{
	cJSON *json;

	if (!claims)
		return cJSON_CreateNull();
	json = cJSON_CreateObject();
	json_add_text(json, "type", identity_type_name(claims->type));
	json_add_text(json, "object_id", claims->object_id);
	json_add_text(json, "app_id", claims->app_id);
	json_add_text(json, "tenant_id", claims->tenant_id);
	json_add_text(json, "user_name", claims->user_name);
	json_add_text(json, "resource_id", claims->resource_id);
	return json;
}

static cJSON *json_of_token(const struct diagnosis_token *token)
{
	cJSON *json = cJSON_CreateObject();

	json_add_text(json, "audience", token->url);
	cJSON_AddBoolToObject(json, "ok", !token->problem);
	json_add_text(json, "problem", token->problem);
	add_time(json, "expires", token->is_readable ? token->claims.expires_s : 0);
	return json;
}

static cJSON *json_of_demand(const struct demand *demand)
{
	cJSON *json = cJSON_CreateObject();
	const char *permission[] = {demand->permission ? demand->permission->name : NULL, NULL};

	json_add_text(json, "authority", demand->authority == AUTHORITY_GRAPH ? "graph" : "azure");
	json_add_text(json, "instance", demand->instance);
	json_add_text(json, "purpose", demand->purpose);
	json_add_text(json, "scope", demand->scope);
	add_list(json, "rights", demand->authority == AUTHORITY_GRAPH ? permission : demand->actions);
	json_add_text(json, "finding", finding_name(demand->finding));
	add_list(json, "missing", demand->missing);
	json_add_text(json, "remark", demand->remark);
	return json;
}

static cJSON *json_of_advice(const struct advice *advice)
{
	cJSON *json = cJSON_CreateObject(), *request;

	json_add_text(json, "purpose", advice->purpose);
	json_add_text(json, "command", advice->command.text);
	if (!advice->command.url) {
		cJSON_AddNullToObject(json, "request");
		return json;
	}
	request = cJSON_AddObjectToObject(json, "request");
	json_add_text(request, "method", advice->command.method);
	json_add_text(request, "url", advice->command.url);
	cJSON_AddItemToObject(request, "body", cJSON_Parse(advice->command.body));
	return json;
}

static void add_notes(cJSON *object, const char *name, const struct notes *notes)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (const struct note *note = notes->first; note; note = note->next) {
		cJSON *json = cJSON_CreateObject();

		cJSON_AddBoolToObject(json, "trouble", note->is_trouble);
		json_add_text(json, "message", note->text);
		cJSON_AddItemToArray(array, json);
	}
}

static cJSON *json_of_diagnosis(const struct diagnosis *diagnosis)
{
	cJSON *json = cJSON_CreateObject(), *list;

	json_add_text(json, "name", diagnosis->tenant->name);
	json_add_text(json, "tenant_id", diagnosis->tenant->tenant_id);
	cJSON_AddItemToObject(json, "identity", json_of_identity(diagnosis_identity(diagnosis)));
	list = cJSON_AddArrayToObject(json, "tokens");
	for (size_t i = 0; i < AUDIENCES; i++)
		cJSON_AddItemToArray(list, json_of_token(&diagnosis->tokens[i]));
	add_notes(json, "notes", &diagnosis->notes);
	list = cJSON_AddArrayToObject(json, "rights");
	for (const struct demand *demand = diagnosis->demands.first; demand; demand = demand->next)
		cJSON_AddItemToArray(list, json_of_demand(demand));
	add_list(json, "not_needed", diagnosis->to_spare);
	list = cJSON_AddArrayToObject(json, "commands");
	for (const struct advice *advice = diagnosis->advice; advice; advice = advice->next)
		cJSON_AddItemToArray(list, json_of_advice(advice));
	return json;
}

void diagnosis_json(const struct diagnosis *const *diagnoses, size_t count, const struct notes *local,
		    struct buffer *ret)
{
	cJSON *json = cJSON_CreateObject(), *tenants, *summary;
	size_t has = 0, lacks = 0, unknown = 0;
	char *text;

	json_add_text(json, "format_version", "1");
	add_notes(json, "local", local);
	tenants = cJSON_AddArrayToObject(json, "tenants");
	for (size_t i = 0; i < count; i++) {
		cJSON_AddItemToArray(tenants, json_of_diagnosis(diagnoses[i]));
		has += diagnosis_count(diagnoses[i], FINDING_HAS);
		lacks += diagnosis_count(diagnoses[i], FINDING_LACKS);
		unknown += diagnosis_count(diagnoses[i], FINDING_UNKNOWN);
	}
	summary = cJSON_AddObjectToObject(json, "summary");
	cJSON_AddNumberToObject(summary, "has", (double)has);
	cJSON_AddNumberToObject(summary, "lacks", (double)lacks);
	cJSON_AddNumberToObject(summary, "unknown", (double)unknown);
	text = cJSON_Print(json);
	if (!text)
		memory_exhausted();
	buffer_append_text(ret, text);
	buffer_append_char(ret, '\n');
	free(text);
	cJSON_Delete(json);
}
