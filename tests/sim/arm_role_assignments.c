/*
 * Role assignments, one by one. Names are GUIDs that the caller chooses; what is unique is (scope, role, principal).
 * Rules and messages: limits.md 3.4 and the public troubleshooting page of Azure RBAC.
 */
#include <string.h>

#include "arm.h"
#include "arm_role_assignments.h"
#include "arm_roles.h"
#include "base/text.h"
#include "directory.h"

cJSON *arm_role_assignment_show(struct call *call, const cJSON *assignment)
{
	cJSON *shown = cJSON_Duplicate(assignment, true), *properties = path_get(shown, "properties");
	const char *id = path_text(assignment, "id");
	const char *scope = arena_copy_bytes(call->arena, id, arm_assignment_scope_length(id));

	path_default_text(properties, "principalType",
			  arm_principal_type(call->state, path_text(properties, "principalId")));
	path_default_text(properties, "scope", *scope ? scope : "/");
	path_default(properties, "condition", cJSON_CreateNull());
	path_default(properties, "conditionVersion", cJSON_CreateNull());
	path_default_text(properties, "createdOn", "2026-01-01T00:00:00.0000000Z");
	path_default_text(properties, "updatedOn", "2026-01-01T00:00:00.0000000Z");
	path_default(properties, "createdBy", cJSON_CreateNull());
	path_default(properties, "updatedBy", cJSON_CreateNull());
	path_default(properties, "delegatedManagedIdentityResourceId", cJSON_CreateNull());
	path_default(properties, "description", cJSON_CreateNull());
	path_default_text(shown, "name", strrchr(id, '/') + 1);
	path_remove(shown, "apiVersion");
	return shown;
}

const char *arm_principal_type(const struct sim_state *state, const char *principal)
{
	enum directory_set set;

	if (!principal || !directory_assignee(state, principal, &set))
		return "Unknown";
	if (set == DIRECTORY_GROUPS)
		return "Group";
	return set == DIRECTORY_USERS ? "User" : "ServicePrincipal";
}

/* The assignment of the same role to the same principal at the same scope under another name, or NULL. */
static const cJSON *find_same(struct call *call, const char *scope, const char *role, const char *principal,
			      const char *name)
{
	const struct state_list *own = state_list_principal(call->state, principal);

	for (size_t i = 0; i < own->count; i++) {
		const char *id = path_text(own->items[i], "id");
		size_t length = arm_assignment_scope_length(id);

		if (length == strlen(scope) && strncasecmp(id, scope, length) == 0 &&
		    text_has_suffix_fold(path_text(own->items[i], "properties.roleDefinitionId"), role) &&
		    !text_has_suffix_fold(id, name))
			return own->items[i];
	}
	return NULL;
}

/* Refuses members that Azure's definition of an assignment does not have. */
static bool knows_members(struct call *call)
{
	static const char known[] =
		"roleDefinitionId,principalId,principalType,description,condition,conditionVersion,"
		"delegatedManagedIdentityResourceId,canDelegate,scope,createdOn,updatedOn,createdBy,updatedBy";
	const cJSON *item;

	cJSON_ArrayForEach (item, path_get(call->body, "properties")) {
		if (text_list_contains_fold(known, ',', item->string))
			continue;
		call_answer_error(
			call, 400, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Could not find member '%s' on "
			"object of type 'RoleAssignmentProperties'. Path 'properties.%s', line 1, position 0.'.",
			item->string, item->string);
		return false;
	}
	return true;
}

/* Is what the caller asks for in order? False: answered. */
static bool check_request(struct call *call, const char *name, const char **ret_role, const char **ret_principal)
{
	const char *role = path_text(call->body, "properties.roleDefinitionId");
	const char *principal = path_text(call->body, "properties.principalId");
	const char *type = path_text(call->body, "properties.principalType");
	const cJSON *definition;

	if (!text_is_guid(name)) {
		call_answer_error(call, 400, "InvalidRoleAssignmentId",
				  "The role assignment ID '%s' is not valid. The role assignment ID must be a GUID.",
				  name);
		return false;
	}
	if (!cJSON_IsObject(path_get(call->body, "properties"))) {
		call_answer_error(call, 400, "BadRequestFormat", "The request was incorrectly formatted.");
		return false;
	}
	if (!knows_members(call))
		return false;
	if (!text_is_guid(principal)) {
		call_answer_error(call, 400, "InvalidPrincipalId",
				  "A valid principal ID must be provided for role assignment.");
		return false;
	}
	definition = arm_role_find(call->state, role);
	if (text_is_empty(role) || !text_contains_fold(role, "/providers/Microsoft.Authorization/roleDefinitions/")) {
		call_answer_error(call, 400, "BadRequestFormat", "The request was incorrectly formatted.");
		return false;
	}
	if (!text_is_guid(strrchr(role, '/') + 1)) {
		call_answer_error(call, 400, "InvalidRoleDefinitionId", "The role definition ID '%s' is not valid.",
				  strrchr(role, '/') + 1);
		return false;
	}
	if (!definition) {
		call_answer_error(call, 400, "RoleDefinitionDoesNotExist",
				  "The specified role definition with ID '%s' does not exist.", strrchr(role, '/') + 1);
		return false;
	}
	if (!directory_assignee(call->state, principal, NULL)) {
		call_answer_error(
			call, 400, "PrincipalNotFound",
			"Principal %s does not exist in the directory %s. Check that you have the correct principal "
			"ID. If you are creating this principal and then immediately assigning a role, this error "
			"might be related to a replication delay. In this case, set the role assignment "
			"principalType property to a value, such as ServicePrincipal, User, or Group.  See "
			"https://aka.ms/docs-principaltype",
			principal, directory_tenant_id(call->state));
		return false;
	}
	if (type && !text_equal_fold(type, arm_principal_type(call->state, principal))) {
		call_answer_error(
			call, 400, "UnmatchedPrincipalType",
			"The PrincipalId '%s' has type '%s' , which is different from specified PrinciaplType '%s'.",
			principal, arm_principal_type(call->state, principal), type);
		return false;
	}
	*ret_role = path_text(definition, "name");
	*ret_principal = principal;
	return true;
}

/* Does what SCOPE names exist? A resource, a group, a subscription, or the root. False: answered. */
static bool check_scope(struct call *call, const char *scope)
{
	struct arm_id id = arm_id_parse(call->arena, scope);

	if (!*scope || !id.type || text_has_prefix_fold(scope, "/providers/Microsoft.Management/"))
		return true;
	if (text_has_prefix_fold(id.type, "Microsoft.Resources/"))
		return true; /* arm_admit() looked at the subscription and the group */
	return arm_find(call, scope);
}

static void put_at(struct call *call, const char *scope, const char *name)
{
	const char *id =
		arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleAssignments/%s", scope, name);
	const char *role, *principal;
	const cJSON *same, *old = map_get(&call->state->resources, id);
	cJSON *assignment;

	if (!arm_body(call) || !check_request(call, name, &role, &principal) || !check_scope(call, scope) ||
	    !arm_condition_admits(call, scope, role, arm_principal_type(call->state, principal), principal))
		return;
	if (old) {
		if (!text_equal_fold(path_text(old, "properties.principalId"), principal) ||
		    !text_has_suffix_fold(path_text(old, "properties.roleDefinitionId"), role))
			call_answer_error(
				call, 400, "RoleAssignmentUpdateNotPermitted",
				"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.");
		else
			call_answer(call, 201, arm_role_assignment_show(call, old));
		return;
	}
	same = find_same(call, scope, role, principal, name);
	if (same) {
		const char *hex = strrchr(path_text(same, "id"), '/') + 1, *plain = "";

		for (; *hex; hex++)
			if (*hex != '-')
				plain = arena_printf(call->arena, "%s%c", plain, *hex);
		call_answer_error(call, 409, "RoleAssignmentExists",
				  "The role assignment already exists. The ID of the existing role assignment is %s.",
				  plain);
		return;
	}
	assignment = cJSON_CreateObject();
	cJSON_AddStringToObject(assignment, "id", id);
	cJSON_AddStringToObject(assignment, "type", "Microsoft.Authorization/roleAssignments");
	cJSON_AddStringToObject(assignment, "name", name);
	cJSON_AddItemToObject(assignment, "properties", cJSON_Duplicate(path_get(call->body, "properties"), true));
	path_set_text(assignment, "properties.principalType", arm_principal_type(call->state, principal));
	path_set_text(assignment, "properties.scope", *scope ? scope : "/");
	path_set_text(assignment, "properties.createdOn", arm_now(call));
	path_set_text(assignment, "properties.updatedOn", arm_now(call));
	path_set_text(assignment, "properties.createdBy", call->identity.object_id);
	path_set_text(assignment, "properties.updatedBy", call->identity.object_id);
	assignment = state_put_resource(call->state, assignment);
	arm_note_activity(call);
	call_answer(call, 201, arm_role_assignment_show(call, assignment));
}

static void get_at(struct call *call, const char *scope, const char *name)
{
	const char *id =
		arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleAssignments/%s", scope, name);
	const cJSON *assignment = map_get(&call->state->resources, id);

	if (assignment)
		call_answer(call, 200, arm_role_assignment_show(call, assignment));
	else
		call_answer_error(call, 404, "RoleAssignmentNotFound", "The role assignment '%s' is not found.", name);
}

static void delete_at(struct call *call, const char *scope, const char *name)
{
	const char *id =
		arena_printf(call->arena, "%s/providers/Microsoft.Authorization/roleAssignments/%s", scope, name);
	const cJSON *assignment = map_get(&call->state->resources, id);

	if (!assignment) {
		call_answer(call, 204, NULL);
		return;
	}
	call_answer(call, 200, arm_role_assignment_show(call, assignment));
	arm_note_activity(call);
	state_remove_resource(call->state, id);
}

static void put_assignment(struct call *call)
{
	put_at(call, call->arguments[0], call->arguments[1]);
}

static void put_assignment_at_root(struct call *call)
{
	put_at(call, "", call->arguments[0]);
}

static void get_assignment(struct call *call)
{
	get_at(call, call->arguments[0], call->arguments[1]);
}

static void get_assignment_at_root(struct call *call)
{
	get_at(call, "", call->arguments[0]);
}

static void delete_assignment(struct call *call)
{
	delete_at(call, call->arguments[0], call->arguments[1]);
}

static void delete_assignment_at_root(struct call *call)
{
	delete_at(call, "", call->arguments[0]);
}

const struct sim_route arm_role_assignment_routes[] = {
	{"GET", "/providers/Microsoft.Authorization/roleAssignments/{}", get_assignment_at_root},
	{"PUT", "/providers/Microsoft.Authorization/roleAssignments/{}", put_assignment_at_root},
	{"DELETE", "/providers/Microsoft.Authorization/roleAssignments/{}", delete_assignment_at_root},
	{"GET", "{*}/providers/Microsoft.Authorization/roleAssignments/{}", get_assignment},
	{"PUT", "{*}/providers/Microsoft.Authorization/roleAssignments/{}", put_assignment},
	{"DELETE", "{*}/providers/Microsoft.Authorization/roleAssignments/{}", delete_assignment},
	{0},
};
