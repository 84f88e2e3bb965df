#include "graph_internal.h"

#include "base/text.h"

static void replace(cJSON *object, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	cJSON_AddItemToObject(object, name, value);
}

static void copy(cJSON *to, const char *to_name, const cJSON *from, const char *from_name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(from, from_name);

	if (value)
		replace(to, to_name, cJSON_Duplicate(value, true));
}

static void append_texts(cJSON *to, const cJSON *array)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, array)
		cJSON_AddItemToArray(to, cJSON_Duplicate(item, true));
}

void graph_copy_application(struct call *call, const cJSON *application, cJSON *principal)
{
	static const char *const platforms[] = {"web", "spa", "publicClient"};
	const cJSON *web = cJSON_GetObjectItemCaseSensitive(application, "web");
	const cJSON *api = cJSON_GetObjectItemCaseSensitive(application, "api");
	cJSON *names = cJSON_CreateArray(), *replies = cJSON_CreateArray();

	append_texts(names, cJSON_GetObjectItemCaseSensitive(application, "identifierUris"));
	cJSON_AddItemToArray(names, cJSON_CreateString(directory_text(application, "appId")));
	replace(principal, "servicePrincipalNames", names);
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		append_texts(replies,
			     cJSON_GetObjectItemCaseSensitive(
				     cJSON_GetObjectItemCaseSensitive(application, platforms[i]), "redirectUris"));
	replace(principal, "replyUrls", replies);
	copy(principal, "displayName", application, "displayName");
	copy(principal, "appDisplayName", application, "displayName");
	copy(principal, "appDescription", application, "description");
	copy(principal, "appRoles", application, "appRoles");
	copy(principal, "signInAudience", application, "signInAudience");
	copy(principal, "info", application, "info");
	copy(principal, "oauth2PermissionScopes", api, "oauth2PermissionScopes");
	copy(principal, "homepage", web, "homePageUrl");
	copy(principal, "logoutUrl", web, "logoutUrl");
	graph_set_text(principal, "appOwnerOrganizationId", directory_tenant_id(call->state));
}

/* A role that is gone takes its assignments with it. */
static void remove_orphans(struct call *call, const cJSON *principal)
{
	struct graph_list list =
		graph_list_set(call, DIRECTORY_APP_ROLE_ASSIGNMENTS, "resourceId", directory_text(principal, "id"));

	for (size_t i = 0; i < list.count; i++) {
		const char *role = directory_text(list.items[i], "appRoleId");

		if (!text_equal(role, "00000000-0000-0000-0000-000000000000") && !directory_app_role(principal, role))
			cJSON_Delete(state_take_object(call->state, DIRECTORY_APP_ROLE_ASSIGNMENTS,
						       directory_text(list.items[i], "id")));
	}
}

void graph_follow_application(struct call *call, const cJSON *application)
{
	cJSON *principal = directory_principal(call->state, directory_text(application, "appId"));

	if (!principal)
		return;
	graph_copy_application(call, application, principal);
	state_put_object(call->state, DIRECTORY_SERVICE_PRINCIPALS, principal);
	remove_orphans(call, principal);
}

static void remove_all(struct call *call, enum directory_set set, const char *property, const char *id)
{
	struct graph_list list = graph_list_set(call, set, property, id);

	for (size_t i = 0; i < list.count; i++)
		cJSON_Delete(state_take_object(call->state, set, directory_text(list.items[i], "id")));
}

void graph_remove_relations(struct call *call, const char *id)
{
	remove_all(call, DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId", id);
	remove_all(call, DIRECTORY_APP_ROLE_ASSIGNMENTS, "resourceId", id);
	remove_all(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, "clientId", id);
	remove_all(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, "resourceId", id);
	remove_all(call, DIRECTORY_OAUTH2_PERMISSION_GRANTS, "principalId", id);
}

void graph_soft_delete(struct call *call, enum directory_set set, const char *id)
{
	cJSON *object;

	id = arena_copy_text(call->arena, id); /* it may belong to the object */
	object = state_take_object(call->state, set, id);
	if (!object)
		return;
	graph_remove_relations(call, id);
	graph_set_text(object, "deletedDateTime", graph_time(call, call->now_ms));
	graph_set_text(object, "@odata.type",
		       arena_printf(call->arena, "#microsoft.graph.%s", graph_type_of_set(set)->name));
	state_put_object(call->state, DIRECTORY_DELETED_ITEMS, object);
}

static struct graph_list owners_of(struct call *call, const cJSON *object)
{
	struct graph_list list = {0};
	const cJSON *owner;

	cJSON_ArrayForEach (owner, cJSON_GetObjectItemCaseSensitive(object, "owners")) {
		const cJSON *found =
			cJSON_IsString(owner) ? directory_assignee(call->state, owner->valuestring, NULL) : NULL;

		if (found)
			graph_list_add(call, &list, found);
	}
	return list;
}

static struct graph_list credentials_of(struct call *call, const cJSON *object)
{
	struct graph_list list = {0};
	const cJSON *item;

	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(object, "federatedIdentityCredentials"))
		graph_list_add(call, &list, item);
	return list;
}

struct graph_list graph_follow(struct call *call, const struct graph_type *type, const cJSON *object,
			       const char *relation, const struct graph_type **ret_type)
{
	static const struct {
		const char *relation, *property;
		enum directory_set set;
		bool of_principals_only;
	} references[] = {
		{"appRoleAssignments", "principalId", DIRECTORY_APP_ROLE_ASSIGNMENTS, false},
		{"appRoleAssignedTo", "resourceId", DIRECTORY_APP_ROLE_ASSIGNMENTS, true},
		{"oauth2PermissionGrants", "clientId", DIRECTORY_OAUTH2_PERMISSION_GRANTS, true},
	};
	bool is_application = text_equal(type->name, "application"),
	     is_principal = text_equal(type->name, "servicePrincipal");

	*ret_type = NULL;
	if ((is_application || is_principal) && text_equal_fold(relation, "owners")) {
		*ret_type = graph_find_type("directoryObject");
		return object ? owners_of(call, object) : (struct graph_list){0};
	}
	if ((is_application || is_principal) && text_equal_fold(relation, "federatedIdentityCredentials")) {
		*ret_type = graph_find_type("federatedIdentityCredential");
		return object ? credentials_of(call, object) : (struct graph_list){0};
	}
	for (size_t i = 0; i < ARRAY_SIZE(references) && !is_application; i++) {
		if (!text_equal_fold(relation, references[i].relation) ||
		    (references[i].of_principals_only && !is_principal))
			continue;
		*ret_type = graph_type_of_set(references[i].set);
		return object ? graph_list_set(call, references[i].set, references[i].property,
					       directory_text(object, "id"))
			      : (struct graph_list){0};
	}
	return (struct graph_list){0};
}
