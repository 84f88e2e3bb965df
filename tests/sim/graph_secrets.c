/* addPassword and removePassword, of applications and of service principals. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

/* Two years, as the service gives a secret whose end nobody names. */
static const int64_t lifetime_ms = INT64_C(730) * 24 * 3600 * 1000;

/* A secret as the service makes them: 40 characters, the third to fifth of which tell scanners what it is. */
static const char *new_secret(struct call *call)
{
	char first[37], second[37];

	state_guid(call->state, first);
	state_guid(call->state, second);
	return arena_printf(call->arena, "%.3s8Q~%.4s%.4s.%.4s%.12s%.8s-", first, first + 4, first + 9, first + 14,
			    first + 24, second);
}

static const char *text_or(const cJSON *object, const char *name, const char *fallback)
{
	const char *text = directory_text(object, name);

	return text ? text : fallback;
}

static bool check_credential(struct call *call, const cJSON *credential)
{
	const cJSON *member;

	if (credential && !cJSON_IsObject(credential) && !cJSON_IsNull(credential)) {
		graph_answer_bad_request(call, "Invalid value specified for property 'passwordCredential'.");
		return false;
	}
	cJSON_ArrayForEach (member, credential) {
		if (graph_find_property(graph_find_type("passwordCredential"), member->string))
			continue;
		graph_answer_bad_request(call, "Invalid property '%s'.", member->string);
		return false;
	}
	return true;
}

static cJSON *password_list(cJSON *object)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "passwordCredentials");

	return list ? list : cJSON_AddArrayToObject(object, "passwordCredentials");
}

static void add_password(struct call *call, enum directory_set set)
{
	const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(call->body, "passwordCredential");
	cJSON *object = graph_find(call, set, call->arguments[0]), *password, *credential, *answer;
	const char *secret;
	char key_id[37];

	if (!object || !graph_permit_write(call, object) || !check_credential(call, wanted))
		return;
	secret = new_secret(call);
	state_guid(call->state, key_id);
	password = cJSON_CreateObject();
	cJSON_AddNullToObject(password, "customKeyIdentifier");
	graph_set_text(password, "displayName", directory_text(wanted, "displayName"));
	graph_set_text(password, "endDateTime",
		       text_or(wanted, "endDateTime", graph_time(call, call->now_ms + lifetime_ms)));
	cJSON_AddStringToObject(password, "hint", arena_printf(call->arena, "%.3s", secret));
	cJSON_AddStringToObject(password, "keyId", key_id);
	cJSON_AddNullToObject(password, "secretText");
	graph_set_text(password, "startDateTime", text_or(wanted, "startDateTime", graph_time(call, call->now_ms)));
	answer = cJSON_Duplicate(password, true);
	cJSON_AddItemToArray(password_list(object), password);
	credential = cJSON_CreateObject();
	cJSON_AddStringToObject(credential, "appId", directory_text(object, "appId"));
	cJSON_AddStringToObject(credential, "secret", secret);
	cJSON_AddStringToObject(credential, "keyId", key_id);
	cJSON_AddItemToArray(call->state->credentials, credential);
	state_put_object(call->state, set, object);
	graph_audit(call, "Update application - Certificates and secrets management", "Update", object, NULL);
	graph_set_text(answer, "secretText", secret); /* this once */
	cJSON_AddStringToObject(
		answer, "@odata.context",
		arena_printf(call->arena, "%s/v1.0/$metadata#microsoft.graph.passwordCredential", call_base_url(call)));
	call_answer(call, 200, answer);
}

static void remove_by_key(cJSON *list, const char *key_id)
{
	cJSON *item, *next;

	for (item = list ? list->child : NULL; item; item = next) {
		next = item->next;
		if (text_equal_fold(directory_text(item, "keyId"), key_id))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
	}
}

static void remove_password(struct call *call, enum directory_set set)
{
	const char *key_id = directory_text(call->body, "keyId");
	cJSON *object = graph_find(call, set, call->arguments[0]), *list;
	int count;

	if (!object || !graph_permit_write(call, object))
		return;
	list = password_list(object);
	count = cJSON_GetArraySize(list);
	if (key_id)
		remove_by_key(list, key_id);
	if (cJSON_GetArraySize(list) == count) {
		graph_answer_bad_request(call, "No password credential found with keyId '%s'.", key_id ? key_id : "");
		return;
	}
	remove_by_key(call->state->credentials, key_id);
	state_put_object(call->state, set, object);
	graph_audit(call, "Update application - Certificates and secrets management", "Update", object, NULL);
	call_answer(call, 204, NULL);
}

static void add_application_password(struct call *call)
{
	add_password(call, DIRECTORY_APPLICATIONS);
}

static void remove_application_password(struct call *call)
{
	remove_password(call, DIRECTORY_APPLICATIONS);
}

static void add_principal_password(struct call *call)
{
	add_password(call, DIRECTORY_SERVICE_PRINCIPALS);
}

static void remove_principal_password(struct call *call)
{
	remove_password(call, DIRECTORY_SERVICE_PRINCIPALS);
}

const struct sim_route graph_secret_routes[] = {
	{"POST", "/v1.0/applications/{}/addPassword", add_application_password},
	{"POST", "/v1.0/applications/{}/removePassword", remove_application_password},
	{"POST", "/v1.0/servicePrincipals/{}/addPassword", add_principal_password},
	{"POST", "/v1.0/servicePrincipals/{}/removePassword", remove_principal_password},
	{0},
};
