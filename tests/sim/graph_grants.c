/* Delegated permissions that were consented to. az spells the collection oAuth2PermissionGrants; routes do not mind. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

static const struct graph_type *grant_type(void)
{
	return graph_find_type("oAuth2PermissionGrant");
}

static void list_grants(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_GRANTS))
		return;
	list = graph_list_all(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS);
	graph_answer_list(call, grant_type(), "oauth2PermissionGrants", &list);
}

static void list_grants_of_principal(struct call *call)
{
	const cJSON *principal;
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_GRANTS))
		return;
	principal = graph_find(call, DIRECTORY_SERVICE_PRINCIPALS, call->arguments[0]);
	if (!principal)
		return;
	list = graph_list_set(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, "clientId", directory_text(principal, "id"));
	graph_answer_list(call, grant_type(), "oauth2PermissionGrants", &list);
}

static void get_grant(struct call *call)
{
	const cJSON *grant;

	if (!graph_permit(call, GRAPH_READ_GRANTS))
		return;
	grant = graph_find(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, call->arguments[0]);
	if (grant)
		graph_answer_entity(call, 200, grant_type(), "oauth2PermissionGrants", grant);
}

/* AllPrincipals without a principal, or Principal with one. */
static bool check_consent(struct call *call, const char *consent, const char *principal_id)
{
	bool is_all = text_equal(consent, "AllPrincipals"), is_one = text_equal(consent, "Principal");

	if ((is_all && !principal_id) || (is_one && principal_id))
		return true;
	graph_answer_bad_request(call, is_all || is_one
					       ? "Invalid value specified for property 'principalId' of resource "
						 "'OAuth2PermissionGrant'."
					       : "Invalid value specified for property 'consentType' of resource "
						 "'OAuth2PermissionGrant'.");
	return false;
}

static bool check_exists(struct call *call, enum directory_set set, const char *id)
{
	if (!id || map_get(&call->state->directory[set], id))
		return true;
	graph_answer_not_found(call, id);
	return false;
}

static bool check_new(struct call *call, const char *client_id, const char *resource_id, const char *principal_id)
{
	struct graph_list list = graph_list_set(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, "clientId", client_id);

	for (size_t i = 0; i < list.count; i++) {
		const char *principal = directory_text(list.items[i], "principalId");

		if (!text_equal_fold(directory_text(list.items[i], "resourceId"), resource_id) ||
		    !text_equal_fold(principal, principal_id))
			continue;
		call_answer_error(call, 409, "Request_MultipleObjectsWithSameKeyValue",
				  "Permission entry already exists.");
		return false;
	}
	return true;
}

static void post_grant(struct call *call)
{
	const char *client_id, *resource_id, *principal_id;
	char guid[37];
	cJSON *grant;

	if (!graph_permit(call, GRAPH_WRITE_GRANTS) || !graph_check_body(call, grant_type(), true))
		return;
	client_id = directory_text(call->body, "clientId");
	resource_id = directory_text(call->body, "resourceId");
	principal_id = directory_text(call->body, "principalId");
	if (!check_consent(call, directory_text(call->body, "consentType"), principal_id) ||
	    !check_exists(call, DIRECTORY_SERVICE_PRINCIPALS, client_id) ||
	    !check_exists(call, DIRECTORY_SERVICE_PRINCIPALS, resource_id) ||
	    !check_exists(call, DIRECTORY_USERS, principal_id) ||
	    !check_new(call, client_id, resource_id, principal_id))
		return;
	grant = cJSON_CreateObject();
	state_guid(call->state, guid);
	cJSON_AddStringToObject(grant, "id", guid);
	graph_merge(grant_type(), grant, call->body);
	state_put_object(call->state, DIRECTORY_OAUTH2_PERMISSION_GRANTS, grant);
	graph_audit(call, "Add delegated permission grant", "Assign", grant, NULL);
	graph_answer_entity(call, 201, grant_type(), "oauth2PermissionGrants", grant);
}

static void patch_grant(struct call *call)
{
	cJSON *grant;

	if (!graph_permit(call, GRAPH_WRITE_GRANTS))
		return;
	grant = graph_find(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, call->arguments[0]);
	if (!grant || !graph_check_body(call, grant_type(), false))
		return;
	graph_audit(call, "Update delegated permission grant", "Update", grant, grant);
	graph_merge(grant_type(), grant, call->body);
	call_answer(call, 204, NULL);
}

static void delete_grant(struct call *call)
{
	const cJSON *grant;

	if (!graph_permit(call, GRAPH_WRITE_GRANTS))
		return;
	grant = graph_find(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, call->arguments[0]);
	if (!grant)
		return;
	graph_audit(call, "Remove delegated permission grant", "Unassign", grant, NULL);
	cJSON_Delete(state_take_object(call->state, DIRECTORY_OAUTH2_PERMISSION_GRANTS, directory_text(grant, "id")));
	call_answer(call, 204, NULL);
}

const struct sim_route graph_grant_routes[] = {
	{"GET", "/v1.0/oauth2PermissionGrants", list_grants},
	{"POST", "/v1.0/oauth2PermissionGrants", post_grant},
	{"GET", "/v1.0/oauth2PermissionGrants/{}", get_grant},
	{"PATCH", "/v1.0/oauth2PermissionGrants/{}", patch_grant},
	{"DELETE", "/v1.0/oauth2PermissionGrants/{}", delete_grant},
	{"GET", "/v1.0/servicePrincipals/{}/oauth2PermissionGrants", list_grants_of_principal},
	{0},
};
