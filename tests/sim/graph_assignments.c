/* App role assignments: who (service principal, user, group) has which role of which service principal. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "entra_jwt.h"
#include "routes.h"

static const char default_role[] = "00000000-0000-0000-0000-000000000000";

static const struct graph_type *assignment_type(void)
{
	return graph_find_type("appRoleAssignment");
}

static const char *collection_of(struct call *call, enum directory_set set, const char *id, const char *relation)
{
	return arena_printf(call->arena, "%s('%s')/%s", state_directory_name(set), id, relation);
}

static void list_assignments(struct call *call, enum directory_set set, const char *property, const char *relation)
{
	const cJSON *object;
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_ASSIGNMENTS))
		return;
	object = graph_find(call, set, call->arguments[0]);
	if (!object)
		return;
	list = graph_list_set(call, DIRECTORY_APP_ROLE_ASSIGNMENTS, property, directory_text(object, "id"));
	graph_answer_list(call, assignment_type(), collection_of(call, set, directory_text(object, "id"), relation),
			  &list);
}

static const char *principal_kind(enum directory_set set)
{
	if (set == DIRECTORY_USERS)
		return "User";
	return set == DIRECTORY_GROUPS ? "Group" : "ServicePrincipal";
}

/* Can a principal of SET have the role ROLE_ID of RESOURCE? Wording as domain.md section 5.1 quotes it. */
static bool check_role(struct call *call, const cJSON *resource, const char *role_id, enum directory_set set)
{
	const char *wanted = set == DIRECTORY_SERVICE_PRINCIPALS ? "Application" : "User";
	const cJSON *role = directory_app_role(resource, role_id), *type;

	if (text_equal(role_id, default_role))
		return true;
	if (role && !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(role, "isEnabled"))) {
		cJSON_ArrayForEach (type, cJSON_GetObjectItemCaseSensitive(role, "allowedMemberTypes")) {
			if (text_equal_fold(cJSON_GetStringValue(type), wanted))
				return true;
		}
	}
	graph_answer_bad_request(call, "Permission being assigned was not found on application '%s'.",
				 directory_text(resource, "appId"));
	return false;
}

static bool check_new(struct call *call, const char *principal_id, const char *resource_id, const char *role_id)
{
	struct graph_list list = graph_list_set(call, DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId", principal_id);

	for (size_t i = 0; i < list.count; i++) {
		if (!text_equal_fold(directory_text(list.items[i], "resourceId"), resource_id) ||
		    !text_equal_fold(directory_text(list.items[i], "appRoleId"), role_id))
			continue;
		graph_answer_bad_request(call, "Permission being assigned already exists on the object");
		return false;
	}
	return true;
}

/* The service's ids of assignments are 43 characters that begin like the principal's; ours follow from the generator.
 */
static const char *new_id(struct call *call)
{
	char first[37], second[37];

	state_guid(call->state, first);
	state_guid(call->state, second);
	return arena_copy_bytes(
		call->arena, entra_base64url(call->arena, arena_printf(call->arena, "%.16s%.18s", first, second), 34),
		43);
}

/* What the audit log calls it. */
static const char *activity_of(enum directory_set set, bool is_new)
{
	if (set == DIRECTORY_USERS)
		return is_new ? "Add app role assignment grant to user" : "Remove app role assignment from user";
	if (set == DIRECTORY_GROUPS)
		return is_new ? "Add app role assignment to group" : "Remove app role assignment from group";
	return is_new ? "Add app role assignment to service principal"
		      : "Remove app role assignment from service principal";
}

static cJSON *make_assignment(struct call *call, const cJSON *principal, enum directory_set set, const cJSON *resource)
{
	cJSON *assignment = cJSON_CreateObject();

	cJSON_AddStringToObject(assignment, "id", new_id(call));
	cJSON_AddNullToObject(assignment, "deletedDateTime");
	cJSON_AddStringToObject(assignment, "appRoleId", directory_text(call->body, "appRoleId"));
	cJSON_AddStringToObject(assignment, "createdDateTime", graph_time(call, call->now_ms));
	graph_set_text(assignment, "principalDisplayName", directory_text(principal, "displayName"));
	cJSON_AddStringToObject(assignment, "principalId", directory_text(principal, "id"));
	cJSON_AddStringToObject(assignment, "principalType", principal_kind(set));
	graph_set_text(assignment, "resourceDisplayName", directory_text(resource, "displayName"));
	cJSON_AddStringToObject(assignment, "resourceId", directory_text(resource, "id"));
	return assignment;
}

/* OBJECT is the one in the path; PROPERTY of the body must name it. */
static void post_assignment(struct call *call, enum directory_set set, const char *property, const char *relation)
{
	const char *principal_id, *resource_id, *role_id;
	const cJSON *object, *principal, *resource;
	enum directory_set principal_set;
	cJSON *assignment;

	if (!graph_permit(call, GRAPH_WRITE_ASSIGNMENTS))
		return;
	object = graph_find(call, set, call->arguments[0]);
	if (!object || !graph_check_body(call, assignment_type(), true))
		return;
	principal_id = directory_text(call->body, "principalId");
	resource_id = directory_text(call->body, "resourceId");
	role_id = directory_text(call->body, "appRoleId");
	if (!text_equal_fold(directory_text(call->body, property), directory_text(object, "id"))) {
		graph_answer_bad_request(call, "Not a valid reference update.");
		return;
	}
	principal = directory_assignee(call->state, principal_id, &principal_set);
	resource = map_get(&call->state->directory[DIRECTORY_SERVICE_PRINCIPALS], resource_id);
	if (!principal || !resource) {
		graph_answer_not_found(call, principal ? resource_id : principal_id);
		return;
	}
	if (!check_role(call, resource, role_id, principal_set) || !check_new(call, principal_id, resource_id, role_id))
		return;
	assignment = make_assignment(call, principal, principal_set, resource);
	state_put_object(call->state, DIRECTORY_APP_ROLE_ASSIGNMENTS, assignment);
	graph_audit(call, activity_of(principal_set, true), "Assign", resource, NULL);
	graph_answer_entity(call, 201, assignment_type(),
			    collection_of(call, set, directory_text(object, "id"), relation), assignment);
}

static const cJSON *find_assignment(struct call *call, enum directory_set set, const char *property)
{
	const cJSON *object = graph_find(call, set, call->arguments[0]), *assignment;

	if (!object)
		return NULL;
	assignment = map_get(&call->state->directory[DIRECTORY_APP_ROLE_ASSIGNMENTS], call->arguments[1]);
	if (assignment && text_equal_fold(directory_text(assignment, property), directory_text(object, "id")))
		return assignment;
	graph_answer_not_found(call, call->arguments[1]);
	return NULL;
}

static void get_assignment(struct call *call, enum directory_set set, const char *property, const char *relation)
{
	const cJSON *assignment;

	if (!graph_permit(call, GRAPH_READ_ASSIGNMENTS))
		return;
	assignment = find_assignment(call, set, property);
	if (assignment)
		graph_answer_entity(call, 200, assignment_type(),
				    collection_of(call, set, directory_text(assignment, property), relation),
				    assignment);
}

static void delete_assignment(struct call *call, enum directory_set set, const char *property, const char *relation)
{
	enum directory_set principal_set = DIRECTORY_SERVICE_PRINCIPALS;
	const cJSON *assignment;

	(void)relation;
	if (!graph_permit(call, GRAPH_WRITE_ASSIGNMENTS))
		return;
	assignment = find_assignment(call, set, property);
	if (!assignment)
		return;
	directory_assignee(call->state, directory_text(assignment, "principalId"), &principal_set);
	graph_audit(call, activity_of(principal_set, false), "Unassign", assignment, NULL);
	cJSON_Delete(state_take_object(call->state, DIRECTORY_APP_ROLE_ASSIGNMENTS, directory_text(assignment, "id")));
	call_answer(call, 204, NULL);
}

/* The same collection is reached from whoever has the role and from the application that it is a role of. */
#define ROUTES_OF(name, set, property, relation)                                                                       \
	static void list_##name(struct call *call)                                                                     \
	{                                                                                                              \
		list_assignments(call, set, property, relation);                                                       \
	}                                                                                                              \
	static void post_##name(struct call *call)                                                                     \
	{                                                                                                              \
		post_assignment(call, set, property, relation);                                                        \
	}                                                                                                              \
	static void get_##name(struct call *call)                                                                      \
	{                                                                                                              \
		get_assignment(call, set, property, relation);                                                         \
	}                                                                                                              \
	static void delete_##name(struct call *call)                                                                   \
	{                                                                                                              \
		delete_assignment(call, set, property, relation);                                                      \
	}

ROUTES_OF(of_principal, DIRECTORY_SERVICE_PRINCIPALS, "principalId", "appRoleAssignments")
ROUTES_OF(of_user, DIRECTORY_USERS, "principalId", "appRoleAssignments")
ROUTES_OF(of_group, DIRECTORY_GROUPS, "principalId", "appRoleAssignments")
ROUTES_OF(on_principal, DIRECTORY_SERVICE_PRINCIPALS, "resourceId", "appRoleAssignedTo")

const struct sim_route graph_assignment_routes[] = {
	{"GET", "/v1.0/servicePrincipals/{}/appRoleAssignments", list_of_principal},
	{"POST", "/v1.0/servicePrincipals/{}/appRoleAssignments", post_of_principal},
	{"GET", "/v1.0/servicePrincipals/{}/appRoleAssignments/{}", get_of_principal},
	{"DELETE", "/v1.0/servicePrincipals/{}/appRoleAssignments/{}", delete_of_principal},
	{"GET", "/v1.0/servicePrincipals/{}/appRoleAssignedTo", list_on_principal},
	{"POST", "/v1.0/servicePrincipals/{}/appRoleAssignedTo", post_on_principal},
	{"GET", "/v1.0/servicePrincipals/{}/appRoleAssignedTo/{}", get_on_principal},
	{"DELETE", "/v1.0/servicePrincipals/{}/appRoleAssignedTo/{}", delete_on_principal},
	{"GET", "/v1.0/users/{}/appRoleAssignments", list_of_user},
	{"POST", "/v1.0/users/{}/appRoleAssignments", post_of_user},
	{"GET", "/v1.0/users/{}/appRoleAssignments/{}", get_of_user},
	{"DELETE", "/v1.0/users/{}/appRoleAssignments/{}", delete_of_user},
	{"GET", "/v1.0/groups/{}/appRoleAssignments", list_of_group},
	{"POST", "/v1.0/groups/{}/appRoleAssignments", post_of_group},
	{"GET", "/v1.0/groups/{}/appRoleAssignments/{}", get_of_group},
	{"DELETE", "/v1.0/groups/{}/appRoleAssignments/{}", delete_of_group},
	{0},
};
