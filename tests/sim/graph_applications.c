#include "graph_internal.h"

#include "base/text.h"
#include "routes.h"

static const struct graph_type *application_type(void)
{
	return graph_find_type("application");
}

/* The addresses are shown twice: by themselves, and as settings with an index. */
static void align_redirect_settings(cJSON *application)
{
	cJSON *web = cJSON_GetObjectItemCaseSensitive(application, "web"), *settings;
	const cJSON *uri;

	if (!web)
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(web, "redirectUriSettings");
	settings = cJSON_AddArrayToObject(web, "redirectUriSettings");
	cJSON_ArrayForEach (uri, cJSON_GetObjectItemCaseSensitive(web, "redirectUris")) {
		cJSON *setting = cJSON_CreateObject();

		cJSON_AddStringToObject(setting, "uri", uri->valuestring);
		cJSON_AddNullToObject(setting, "index");
		cJSON_AddItemToArray(settings, setting);
	}
}

static void list_applications(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	list = graph_list_all(call, DIRECTORY_APPLICATIONS);
	graph_answer_list(call, application_type(), "applications", &list);
}

static void count_applications(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	list = graph_list_all(call, DIRECTORY_APPLICATIONS);
	graph_answer_count(call, application_type(), &list);
}

static void get_application(struct call *call)
{
	const cJSON *application;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]);
	if (application)
		graph_answer_entity(call, 200, application_type(), "applications", application);
}

/* An application of the body, with UNIQUE_NAME when it comes with the key of an upsert. */
static void create_application(struct call *call, const char *unique_name)
{
	char guid[37];
	cJSON *application, *owners;

	if (!graph_check_body(call, application_type(), true))
		return;
	application = cJSON_CreateObject();
	state_guid(call->state, guid);
	cJSON_AddStringToObject(application, "id", guid);
	state_guid(call->state, guid);
	cJSON_AddStringToObject(application, "appId", guid);
	cJSON_AddStringToObject(application, "createdDateTime", graph_time(call, call->now_ms));
	cJSON_AddStringToObject(application, "publisherDomain", directory_default_domain(call->state));
	graph_merge(application_type(), application, call->body);
	if (unique_name)
		graph_set_text(application, "uniqueName", unique_name);
	align_redirect_settings(application);
	if (!graph_check_application(call, NULL, application)) {
		cJSON_Delete(application);
		return;
	}
	owners = cJSON_AddArrayToObject(application, "owners");
	cJSON_AddItemToArray(owners, cJSON_CreateString(call->identity.object_id));
	state_put_object(call->state, DIRECTORY_APPLICATIONS, application);
	graph_audit(call, "Add application", "Add", application, NULL);
	graph_answer_entity(call, 201, application_type(), "applications", application);
	call_add_header(call, "Location",
			arena_printf(call->arena, "%s/v1.0/directoryObjects/%s/Microsoft.DirectoryServices.Application",
				     call_base_url(call), directory_text(application, "id")));
}

static void post_application(struct call *call)
{
	if (graph_permit_write(call, NULL))
		create_application(call, NULL);
}

static void update_application(struct call *call, cJSON *application)
{
	cJSON *candidate;

	if (!graph_permit_write(call, application) || !graph_check_body(call, application_type(), false))
		return;
	candidate = cJSON_Duplicate(application, true);
	graph_merge(application_type(), candidate, call->body);
	align_redirect_settings(candidate);
	if (!graph_check_application(call, application, candidate)) {
		cJSON_Delete(candidate);
		return;
	}
	graph_audit(call, "Update application", "Update", application, application);
	state_put_object(call->state, DIRECTORY_APPLICATIONS, candidate);
	graph_follow_application(call, candidate);
	call_answer(call, 204, NULL);
}

static void patch_application(struct call *call)
{
	const char *key = call->arguments[0], *unique_name;
	cJSON *application;

	if (graph_is_upsert(call) && graph_is_alternate_key(call, key, "uniqueName", &unique_name) &&
	    !directory_find(call->state, DIRECTORY_APPLICATIONS, "uniqueName", unique_name)) {
		if (graph_permit_write(call, NULL))
			create_application(call, unique_name);
		return;
	}
	application = graph_find(call, DIRECTORY_APPLICATIONS, key);
	if (application)
		update_application(call, application);
}

static void delete_application(struct call *call)
{
	cJSON *application = graph_find(call, DIRECTORY_APPLICATIONS, call->arguments[0]);
	const cJSON *principal;

	if (!application || !graph_permit_write(call, application))
		return;
	graph_audit(call, "Delete application", "Delete", application, NULL);
	principal = directory_principal(call->state, directory_text(application, "appId"));
	if (principal)
		graph_soft_delete(call, DIRECTORY_SERVICE_PRINCIPALS, directory_text(principal, "id"));
	graph_soft_delete(call, DIRECTORY_APPLICATIONS, directory_text(application, "id"));
	call_answer(call, 204, NULL);
}

const struct sim_route graph_application_routes[] = {
	{"GET", "/v1.0/applications", list_applications},
	{"GET", "/v1.0/applications/$count", count_applications},
	{"POST", "/v1.0/applications", post_application},
	{"GET", "/v1.0/applications/{}", get_application},
	{"PATCH", "/v1.0/applications/{}", patch_application},
	{"DELETE", "/v1.0/applications/{}", delete_application},
	{0},
};
