/*
 * Managed identities: those of a resource (system-assigned, a service principal that lives and dies with it) and those
 * that are resources (Microsoft.ManagedIdentity/userAssignedIdentities).
 */
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "arm_web.h"
#include "base/text.h"
#include "directory.h"
#include "routes.h"

/* Entra names the identity of a slot "app/slots/slot". */
static const char *display_name(struct call *call, const cJSON *resource)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(resource, "id"));
	const char *slash = id.is_child ? strchr(id.name, '/') : NULL;

	return slash ? arena_printf(call->arena, "%.*s/slots/%s", (int)(slash - id.name), id.name, slash + 1) : id.name;
}

/* Makes the service principal of a managed identity and returns its object id; *RET_APP_ID gets its appId. */
static const char *make_principal(struct call *call, const cJSON *resource, bool is_explicit, const char **ret_app_id)
{
	cJSON *object = cJSON_CreateObject(), *names;
	const char *name = display_name(call, resource);
	char id[37], app_id[37];

	state_guid(call->state, id);
	state_guid(call->state, app_id);
	cJSON_AddStringToObject(object, "id", id);
	cJSON_AddStringToObject(object, "appId", app_id);
	cJSON_AddStringToObject(object, "displayName", name);
	cJSON_AddStringToObject(object, "appDisplayName", name);
	cJSON_AddStringToObject(object, "servicePrincipalType", "ManagedIdentity");
	cJSON_AddTrueToObject(object, "accountEnabled");
	cJSON_AddFalseToObject(object, "appRoleAssignmentRequired");
	cJSON_AddNullToObject(object, "appOwnerOrganizationId");
	cJSON_AddStringToObject(object, "createdDateTime", arm_now(call));
	names = cJSON_AddArrayToObject(object, "servicePrincipalNames");
	cJSON_AddItemToArray(names, cJSON_CreateString(app_id));
	cJSON_AddItemToArray(names,
			     cJSON_CreateString(arena_printf(call->arena, "https://identity.azure.net/%s", app_id)));
	names = cJSON_AddArrayToObject(object, "alternativeNames");
	cJSON_AddItemToArray(names, cJSON_CreateString(is_explicit ? "isExplicit=True" : "isExplicit=False"));
	cJSON_AddItemToArray(names, cJSON_CreateString(path_text(resource, "id")));
	cJSON_AddArrayToObject(object, "appRoles");
	cJSON_AddArrayToObject(object, "oauth2PermissionScopes");
	cJSON_AddArrayToObject(object, "tags");
	state_put_object(call->state, DIRECTORY_SERVICE_PRINCIPALS, object);
	*ret_app_id = arena_copy_text(call->arena, app_id);
	return arena_copy_text(call->arena, id);
}

/* Removes the objects of SET whose member NAME is PRINCIPAL. */
static void drop_all(struct sim_state *state, enum directory_set set, const char *name, const char *principal)
{
	struct map *map = &state->directory[set];

	for (size_t i = 0; i < map->count; i++) {
		const cJSON *object = map->entries[i].value;

		if (object && text_equal_fold(path_text(object, name), principal))
			cJSON_Delete(state_take_object(state, set, map->entries[i].name));
	}
}

static void drop_principal(struct call *call, const char *principal)
{
	cJSON *object = principal ? state_take_object(call->state, DIRECTORY_SERVICE_PRINCIPALS, principal) : NULL;

	if (!object)
		return;
	drop_all(call->state, DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId", principal);
	cJSON_Delete(object);
}

void arm_identity_drop(struct call *call, const cJSON *resource)
{
	drop_principal(call, path_text(resource, "identity.principalId"));
}

/* Fills {id: {principalId, clientId}} for the identities that BODY names. False: answered. */
static bool take_user_assigned(struct call *call, cJSON *identity, const cJSON *wanted)
{
	cJSON *map = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach (item, wanted) {
		const cJSON *resource = map_get(&call->state->resources, item->string);
		cJSON *entry;

		if (cJSON_IsNull(item))
			continue;
		if (!resource) {
			cJSON_Delete(map);
			call_answer_error(
				call, 400, "FailedIdentityOperation",
				"Identity operation for resource '%s' failed with error 'Failed to perform resource "
				"identity operation. Status: 'NotFound'. Response: 'The Resource '%s' was not found.'.",
				call->path, item->string);
			return false;
		}
		if (!arm_may_link(call, "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
				  item->string)) {
			cJSON_Delete(map);
			return false;
		}
		entry = cJSON_AddObjectToObject(map, item->string);
		cJSON_AddStringToObject(entry, "principalId", path_text(resource, "properties.principalId"));
		cJSON_AddStringToObject(entry, "clientId", path_text(resource, "properties.clientId"));
	}
	path_set(identity, "userAssignedIdentities", map);
	return true;
}

bool arm_identity_take(struct call *call, cJSON *resource, const cJSON *body)
{
	const cJSON *wanted = path_get(body, "identity");
	const char *type = path_text(wanted, "type"), *app_id;
	cJSON *identity;

	if (!cJSON_IsObject(wanted) || !type)
		return true;
	if (text_equal_fold(type, "None")) {
		arm_identity_drop(call, resource);
		path_remove(resource, "identity");
		return true;
	}
	if (!text_contains_fold(type, "SystemAssigned") && !text_contains_fold(type, "UserAssigned")) {
		call_answer_error(call, 400, "InvalidIdentityType", "The identity type '%s' is not valid.", type);
		return false;
	}
	if (!cJSON_IsObject(path_get(resource, "identity")))
		path_set(resource, "identity", cJSON_CreateObject());
	identity = path_get(resource, "identity");
	/* first what can be refused: a service principal that was made would stay */
	if (text_contains_fold(type, "UserAssigned") &&
	    !take_user_assigned(call, identity, path_get(wanted, "userAssignedIdentities")))
		return false;
	path_set_text(identity, "type", type);
	if (!text_contains_fold(type, "SystemAssigned")) {
		arm_identity_drop(call, resource);
		path_remove(identity, "principalId");
		path_remove(identity, "tenantId");
	} else if (!path_text(identity, "principalId")) {
		path_set_text(identity, "principalId", make_principal(call, resource, false, &app_id));
		path_set_text(identity, "tenantId", directory_tenant_id(call->state));
	}
	if (!text_contains_fold(type, "UserAssigned"))
		path_remove(identity, "userAssignedIdentities");
	return true;
}

static void get_identity(struct call *call)
{
	const cJSON *resource = arm_find(call, call->path);

	if (resource)
		arm_answer_resource(call, 200, resource, NULL);
}

static void put_identity(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *resource = map_get(&call->state->resources, call->path);
	const char *location, *app_id;
	bool exists = resource;

	if (!arm_body(call) || !(location = arm_body_location(call)) || !arm_check_name(call, id.name, 3, 128, "-_"))
		return;
	if (!exists) {
		resource = arm_resource_new(call, &id, location);
		path_set_text(resource, "properties.tenantId", directory_tenant_id(call->state));
		path_set_text(resource, "properties.principalId", make_principal(call, resource, true, &app_id));
		path_set_text(resource, "properties.clientId", app_id);
	}
	arm_resource_take(resource, call->body, "tags");
	state_put_resource(call->state, resource);
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, resource, NULL);
}

static void delete_identity(struct call *call)
{
	const cJSON *resource = map_get(&call->state->resources, call->path);

	if (!resource) {
		call_answer(call, 204, NULL);
		return;
	}
	drop_principal(call, path_text(resource, "properties.principalId"));
	state_remove_resource(call->state, call->path);
	arm_note_activity(call);
	call_answer(call, 200, NULL);
}

static void list_in_group(struct call *call)
{
	const char *scope = arm_path_without(call, 3);

	arm_answer_list(call, state_list_type(call->state, scope, "Microsoft.ManagedIdentity/userAssignedIdentities"),
			NULL, NULL);
}

#define IDENTITIES "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"

const struct sim_route arm_identity_routes[] = {
	{"GET", "/subscriptions/{}" IDENTITIES, list_in_group},
	{"GET", "/subscriptions/{}/resourceGroups/{}" IDENTITIES, list_in_group},
	{"GET", "/subscriptions/{}/resourceGroups/{}" IDENTITIES "/{}", get_identity},
	{"PUT", "/subscriptions/{}/resourceGroups/{}" IDENTITIES "/{}", put_identity},
	{"DELETE", "/subscriptions/{}/resourceGroups/{}" IDENTITIES "/{}", delete_identity},
	{0},
};
