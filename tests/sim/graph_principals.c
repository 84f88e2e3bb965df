#include "graph_internal.h"

#include "base/text.h"
#include "graph_microsoft.h"
#include "routes.h"

static const struct graph_type *principal_type(void)
{
	return graph_find_type("servicePrincipal");
}

static void list_principals(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	list = graph_list_all(call, DIRECTORY_SERVICE_PRINCIPALS);
	graph_answer_list(call, principal_type(), "servicePrincipals", &list);
}

static void count_principals(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	list = graph_list_all(call, DIRECTORY_SERVICE_PRINCIPALS);
	graph_answer_count(call, principal_type(), &list);
}

static void get_principal(struct call *call)
{
	const cJSON *principal;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	principal = graph_find(call, DIRECTORY_SERVICE_PRINCIPALS, call->arguments[0]);
	if (principal)
		graph_answer_entity(call, 200, principal_type(), "servicePrincipals", principal);
}

/* Is there an application, here or at Microsoft, that APP_ID can be the local presence of, and is the name free? */
static bool check_backing(struct call *call, const char *app_id)
{
	if (directory_principal(call->state, app_id)) {
		call_answer_error(
			call, 409, "Request_MultipleObjectsWithSameKeyValue",
			"The service principal cannot be created, updated, or restored because the service principal "
			"name %s is already in use.",
			app_id);
		return false;
	}
	if (!directory_application(call->state, app_id) && !graph_is_microsoft_application(app_id)) {
		call_answer_error(
			call, 400, "NoBackingApplicationObject",
			"The appId '%s' of the service principal does not reference a valid application object.",
			app_id);
		return false;
	}
	return true;
}

static void create_principal(struct call *call, const char *app_id)
{
	const cJSON *application;
	char guid[37];
	cJSON *principal, *owners;

	if (!graph_check_body(call, principal_type(), true) || !check_backing(call, app_id))
		return;
	application = directory_application(call->state, app_id);
	principal = application ? cJSON_CreateObject() : graph_make_microsoft_principal(app_id);
	state_guid(call->state, guid);
	graph_set_text(principal, "id", guid);
	graph_set_text(principal, "appId", app_id);
	cJSON_AddStringToObject(principal, "servicePrincipalType", "Application");
	if (application) {
		const cJSON *tags = cJSON_GetObjectItemCaseSensitive(application, "tags");

		graph_copy_application(call, application, principal);
		if (tags)
			cJSON_AddItemToObject(principal, "tags", cJSON_Duplicate(tags, true));
	}
	graph_merge(principal_type(), principal, call->body);
	owners = cJSON_AddArrayToObject(principal, "owners");
	cJSON_AddItemToArray(owners, cJSON_CreateString(call->identity.object_id));
	state_put_object(call->state, DIRECTORY_SERVICE_PRINCIPALS, principal);
	graph_audit(call, "Add service principal", "Add", principal, NULL);
	graph_answer_entity(call, 201, principal_type(), "servicePrincipals", principal);
}

static void post_principal(struct call *call)
{
	const char *app_id = directory_text(call->body, "appId");
	const cJSON *application = app_id ? directory_application(call->state, app_id) : NULL;

	/* With OwnedBy only for an application of one's own. */
	if (graph_permit_write(call, application))
		create_principal(call, app_id ? app_id : "");
}

static void update_principal(struct call *call, cJSON *principal)
{
	if (!graph_permit_write(call, principal) || !graph_check_body(call, principal_type(), false))
		return;
	graph_audit(call, "Update service principal", "Update", principal, principal);
	graph_merge(principal_type(), principal, call->body);
	state_put_object(call->state, DIRECTORY_SERVICE_PRINCIPALS, principal);
	call_answer(call, 204, NULL);
}

static void upsert_principal(struct call *call, const char *app_id)
{
	if (!graph_permit_write(call, directory_application(call->state, app_id)))
		return;
	if (cJSON_IsObject(call->body))
		graph_set_text(call->body, "appId", app_id);
	create_principal(call, app_id);
}

static void patch_principal(struct call *call)
{
	const char *key = call->arguments[0], *app_id;
	cJSON *principal;

	if (graph_is_upsert(call) && graph_is_alternate_key(call, key, "appId", &app_id) &&
	    !directory_principal(call->state, app_id)) {
		upsert_principal(call, app_id);
		return;
	}
	principal = graph_find(call, DIRECTORY_SERVICE_PRINCIPALS, key);
	if (principal)
		update_principal(call, principal);
}

static void delete_principal(struct call *call)
{
	const cJSON *principal = graph_find(call, DIRECTORY_SERVICE_PRINCIPALS, call->arguments[0]);

	if (!principal || !graph_permit_write(call, principal))
		return;
	graph_audit(call, "Remove service principal", "Delete", principal, NULL);
	graph_soft_delete(call, DIRECTORY_SERVICE_PRINCIPALS, directory_text(principal, "id"));
	call_answer(call, 204, NULL);
}

const struct sim_route graph_principal_routes[] = {
	{"GET", "/v1.0/servicePrincipals", list_principals},
	{"GET", "/v1.0/servicePrincipals/$count", count_principals},
	{"POST", "/v1.0/servicePrincipals", post_principal},
	{"GET", "/v1.0/servicePrincipals/{}", get_principal},
	{"PATCH", "/v1.0/servicePrincipals/{}", patch_principal},
	{"DELETE", "/v1.0/servicePrincipals/{}", delete_principal},
	{0},
};
