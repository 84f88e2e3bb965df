/* Federated identity credentials of applications: whose tokens are as good as a secret. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

enum { CREDENTIALS_MAX = 20 };

static const struct graph_type *credential_type(void)
{
	return graph_find_type("federatedIdentityCredential");
}

static const char *collection_of(struct call *call, const cJSON *application)
{
	return arena_printf(call->arena, "applications('%s')/federatedIdentityCredentials",
			    directory_text(application, "id"));
}

static cJSON *list_of(cJSON *application)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(application, "federatedIdentityCredentials");

	return list ? list : cJSON_AddArrayToObject(application, "federatedIdentityCredentials");
}

/* By id, or by "(name='…')", or by the name alone; NULL: answered. */
static cJSON *find_credential(struct call *call, const cJSON *application, const char *key)
{
	const char *name = key;
	cJSON *item;

	if (!graph_is_alternate_key(call, key, "name", &name))
		name = key;
	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(application, "federatedIdentityCredentials")) {
		if (text_equal_fold(directory_text(item, "id"), name) ||
		    text_equal_fold(directory_text(item, "name"), name))
			return item;
	}
	graph_answer_not_found(call, name);
	return NULL;
}

static void list_credentials(struct call *call)
{
	const struct graph_type *type;
	struct graph_list list;
	const cJSON *application;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]);
	if (!application)
		return;
	list = graph_follow(call, graph_type_of_set(DIRECTORY_APPLICATIONS), application,
			    "federatedIdentityCredentials", &type);
	graph_answer_list(call, type, collection_of(call, application), &list);
}

static void get_credential(struct call *call)
{
	const cJSON *application, *credential;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]);
	credential = application ? find_credential(call, application, call->arguments[1]) : NULL;
	if (credential)
		graph_answer_entity(call, 200, credential_type(), collection_of(call, application), credential);
}

/* Name, and the pair of issuer and subject, are unique in an application; it trusts in exactly one audience. */
static bool check_credential(struct call *call, const cJSON *list, const cJSON *candidate)
{
	const cJSON *item, *audiences = cJSON_GetObjectItemCaseSensitive(candidate, "audiences");

	if (cJSON_GetArraySize(audiences) != 1) {
		graph_answer_bad_request(call, "Federated Identity Credential must have exactly one audience.");
		return false;
	}
	if (!text_has_prefix_fold(directory_text(candidate, "issuer"), "https://")) {
		graph_answer_bad_request(call,
					 "The issuer of a federated identity credential must be a URL with https.");
		return false;
	}
	cJSON_ArrayForEach (item, list) {
		if (text_equal_fold(directory_text(item, "id"), directory_text(candidate, "id")))
			continue;
		if (text_equal_fold(directory_text(item, "name"), directory_text(candidate, "name"))) {
			call_answer_error(call, 409, "Request_MultipleObjectsWithSameKeyValue",
					  "FederatedIdentityCredential with name %s already exists.",
					  directory_text(candidate, "name"));
			return false;
		}
		if (text_equal(directory_text(item, "issuer"), directory_text(candidate, "issuer")) &&
		    text_equal(directory_text(item, "subject"), directory_text(candidate, "subject"))) {
			call_answer_error(
				call, 409, "Request_MultipleObjectsWithSameKeyValue",
				"FederatedIdentityCredential with issuer and subject already exists on resource.");
			return false;
		}
	}
	return true;
}

static void post_credential(struct call *call)
{
	cJSON *application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]), *credential;
	char guid[37];

	if (!application || !graph_permit_write(call, application) || !graph_check_body(call, credential_type(), true))
		return;
	if (cJSON_GetArraySize(list_of(application)) >= CREDENTIALS_MAX) {
		graph_answer_bad_request(call, "Too many federated identity credentials: an application may have %d.",
					 CREDENTIALS_MAX);
		return;
	}
	credential = cJSON_CreateObject();
	state_guid(call->state, guid);
	cJSON_AddStringToObject(credential, "id", guid);
	graph_merge(credential_type(), credential, call->body);
	if (!check_credential(call, list_of(application), credential)) {
		cJSON_Delete(credential);
		return;
	}
	cJSON_AddItemToArray(list_of(application), credential);
	state_put_object(call->state, DIRECTORY_APPLICATIONS, application);
	graph_answer_entity(call, 201, credential_type(), collection_of(call, application), credential);
}

static void patch_credential(struct call *call)
{
	cJSON *application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]), *credential, *candidate;

	if (!application || !graph_permit_write(call, application))
		return;
	credential = find_credential(call, application, call->arguments[1]);
	if (!credential || !graph_check_body(call, credential_type(), false))
		return;
	candidate = cJSON_Duplicate(credential, true);
	graph_merge(credential_type(), candidate, call->body);
	if (!check_credential(call, list_of(application), candidate)) {
		cJSON_Delete(candidate);
		return;
	}
	cJSON_ReplaceItemViaPointer(list_of(application), credential, candidate);
	state_put_object(call->state, DIRECTORY_APPLICATIONS, application);
	call_answer(call, 204, NULL);
}

static void delete_credential(struct call *call)
{
	cJSON *application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]), *credential;

	if (!application || !graph_permit_write(call, application))
		return;
	credential = find_credential(call, application, call->arguments[1]);
	if (!credential)
		return;
	cJSON_Delete(cJSON_DetachItemViaPointer(list_of(application), credential));
	state_put_object(call->state, DIRECTORY_APPLICATIONS, application);
	call_answer(call, 204, NULL);
}

const struct sim_route graph_federated_routes[] = {
	{"GET", "/v1.0/applications/{}/federatedIdentityCredentials", list_credentials},
	{"POST", "/v1.0/applications/{}/federatedIdentityCredentials", post_credential},
	{"GET", "/v1.0/applications/{}/federatedIdentityCredentials/{}", get_credential},
	{"PATCH", "/v1.0/applications/{}/federatedIdentityCredentials/{}", patch_credential},
	{"DELETE", "/v1.0/applications/{}/federatedIdentityCredentials/{}", delete_credential},
	{0},
};
