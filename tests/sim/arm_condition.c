/*
 * Conditions on role assignments (ABAC), as far as administrators use them to hand out the right to hand out rights:
 * the lists of roles, kinds of principal and principals that may be in a new assignment. What a condition says of other
 * attributes is not looked at.
 */
#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"

/* Is VALUE in the {list} that CONDITION states for the attribute NAME of the request? True when it states none. */
static bool list_allows(struct call *call, const char *condition, const char *name, const char *value)
{
	const char *attribute = arena_printf(call->arena, "@Request[Microsoft.Authorization/roleAssignments:%s]", name);
	const char *found = strcasestr(condition, attribute), *open = found ? strchr(found, '{') : NULL;
	const char *close = open ? strchr(open, '}') : NULL;
	const char *list, *operator;
	bool is_listed;

	if (!close)
		return true;
	list = arena_copy_bytes(call->arena, open + 1, (size_t)(close - open - 1));
	is_listed = text_contains_fold(list, value);
	operator= arena_copy_bytes(call->arena, found, (size_t)(open - found));
	return text_contains_fold(operator, "NotEquals") ? !is_listed : is_listed;
}

bool arm_condition_admits(struct call *call, const char *scope, const char *role, const char *principal_type,
			  const char *principal)
{
	static const char action[] = "Microsoft.Authorization/roleAssignments/write";
	const struct state_list *own = state_list_principal(call->state, call->identity.object_id);
	bool has_condition = false;

	for (size_t i = 0; i < own->count; i++) {
		const char *condition = path_text(own->items[i], "properties.condition");

		if (!arm_assignment_gives(call->state, own->items[i], action, scope))
			continue;
		if (text_is_empty(condition))
			return true;
		has_condition = true;
		if (list_allows(call, condition, "RoleDefinitionId", role) &&
		    list_allows(call, condition, "PrincipalType", principal_type) &&
		    list_allows(call, condition, "PrincipalId", principal))
			return true;
	}
	if (!has_condition) /* the right came through a group */
		return true;
	call_answer_error(
		call, 403, "AuthorizationFailed",
		"The client '%s' with object id '%s' has an authorization with ABAC condition that is not fulfilled "
		"to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, "
		"please refresh your credentials.",
		call->identity.object_id, call->identity.object_id, action, call->path);
	return false;
}
