/* Users, the organization, and objects of the directory of whatever kind. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

#define READ_ANY GRAPH_READ_APPLICATIONS "|" GRAPH_READ_GROUPS "|" GRAPH_READ_USERS

enum { IDS_MAX = 1000 };

static void list_users(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_USERS))
		return;
	list = graph_list_all(call, DIRECTORY_USERS);
	graph_answer_list(call, graph_type_of_set(DIRECTORY_USERS), "users", &list);
}

static void get_user(struct call *call)
{
	const cJSON *user;

	if (!graph_permit(call, GRAPH_READ_USERS))
		return;
	user = graph_find(call, DIRECTORY_USERS, call->arguments[0]);
	if (user)
		graph_answer_entity(call, 200, graph_type_of_set(DIRECTORY_USERS), "users", user);
}

/* Only tokens of an application come here, and an application is nobody's "me". */
static void get_me(struct call *call)
{
	call_answer_error(call, 400, "BadRequest", "/me request is only valid with delegated authentication flow.");
}

static cJSON *make_organization(const struct call *call)
{
	const cJSON *domains = cJSON_GetObjectItemCaseSensitive(call->state->tenant, "verifiedDomains"), *domain;
	cJSON *organization = cJSON_CreateObject(), *verified;

	cJSON_AddStringToObject(organization, "id", directory_tenant_id(call->state));
	graph_set_text(organization, "displayName", directory_text(call->state->tenant, "displayName"));
	verified = cJSON_AddArrayToObject(organization, "verifiedDomains");
	cJSON_ArrayForEach (domain, domains) {
		cJSON *item = cJSON_IsObject(domain) ? cJSON_Duplicate(domain, true) : cJSON_CreateObject();

		if (cJSON_IsString(domain)) {
			cJSON_AddStringToObject(item, "name", domain->valuestring);
			cJSON_AddStringToObject(item, "type", "Managed");
			cJSON_AddBoolToObject(item, "isDefault", domain == domains->child);
			cJSON_AddBoolToObject(item, "isInitial",
					      text_has_suffix_fold(domain->valuestring, ".onmicrosoft.com"));
		}
		cJSON_AddItemToArray(verified, item);
	}
	return organization;
}

static void list_organization(struct call *call)
{
	struct graph_list list = {0};
	cJSON *organization;

	if (!graph_permit(call, GRAPH_READ_ORGANIZATION))
		return;
	organization = make_organization(call);
	graph_list_add(call, &list, organization);
	graph_answer_list(call, graph_find_type("organization"), "organization", &list);
	cJSON_Delete(organization);
}

static void get_organization(struct call *call)
{
	cJSON *organization;

	if (!graph_permit(call, GRAPH_READ_ORGANIZATION))
		return;
	if (!text_equal_fold(call->arguments[0], directory_tenant_id(call->state))) {
		graph_answer_not_found(call, call->arguments[0]);
		return;
	}
	organization = make_organization(call);
	graph_answer_entity(call, 200, graph_find_type("organization"), "organization", organization);
	cJSON_Delete(organization);
}

static const cJSON *find_any(const struct call *call, const char *id)
{
	static const enum directory_set sets[] = {DIRECTORY_APPLICATIONS, DIRECTORY_SERVICE_PRINCIPALS,
						  DIRECTORY_GROUPS, DIRECTORY_USERS};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const cJSON *object = map_get(&call->state->directory[sets[i]], id);

		if (object)
			return object;
	}
	return NULL;
}

static void get_object(struct call *call)
{
	const cJSON *object;

	if (!graph_permit(call, READ_ANY))
		return;
	object = find_any(call, call->arguments[0]);
	if (object)
		graph_answer_entity(call, 200, graph_find_type("directoryObject"), "directoryObjects", object);
	else
		graph_answer_not_found(call, call->arguments[0]);
}

static bool is_wanted(const struct call *call, const cJSON *object, const cJSON *types)
{
	const char *name = graph_type_of_object(call->state, object)->name;
	const cJSON *type;

	cJSON_ArrayForEach (type, types) {
		if (text_equal_fold(cJSON_GetStringValue(type), name) ||
		    text_equal_fold(cJSON_GetStringValue(type), "directoryObject"))
			return true;
	}
	return !cJSON_IsArray(types) || !types->child;
}

/* Ids that lead nowhere are left out of the answer without a word. */
static void post_get_by_ids(struct call *call)
{
	const cJSON *ids = cJSON_GetObjectItemCaseSensitive(call->body, "ids"), *id;
	const cJSON *types = cJSON_GetObjectItemCaseSensitive(call->body, "types");
	struct graph_list list = {0};

	if (!graph_permit(call, READ_ANY))
		return;
	if (!cJSON_IsArray(ids) || !ids->child || cJSON_GetArraySize(ids) > IDS_MAX) {
		graph_answer_bad_request(call, "Invalid value specified for property 'ids'.");
		return;
	}
	cJSON_ArrayForEach (id, ids) {
		const cJSON *object;

		if (!cJSON_IsString(id) || !text_is_guid(id->valuestring)) {
			graph_answer_bad_request(call, "Invalid GUID:%s", cJSON_IsString(id) ? id->valuestring : "");
			return;
		}
		object = find_any(call, id->valuestring);
		if (object && is_wanted(call, object, types))
			graph_list_add(call, &list, object);
	}
	graph_answer_list(call, graph_find_type("directoryObject"), "directoryObjects", &list);
}

const struct sim_route graph_directory_routes[] = {
	{"GET", "/v1.0/users", list_users},
	{"GET", "/v1.0/users/{}", get_user},
	{"GET", "/v1.0/me", get_me},
	{"GET", "/v1.0/me/{}", get_me},
	{"GET", "/v1.0/organization", list_organization},
	{"GET", "/v1.0/organization/{}", get_organization},
	{"GET", "/v1.0/directoryObjects/{}", get_object},
	{"POST", "/v1.0/directoryObjects/getByIds", post_get_by_ids},
	{0},
};
