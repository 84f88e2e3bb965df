#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"

/* Is SCOPE at or below that of the role assignment ID? "/subscriptions/1" is not above "/subscriptions/12". */
static bool is_in_scope_of(const char *scope, const char *id)
{
	size_t length = arm_assignment_scope_length(id);

	return strncasecmp(scope, id, length) == 0 && (!length || scope[length] == 0 || scope[length] == '/');
}

/* Does PATTERN ("Microsoft.Web/sites/" and a star) stand for ACTION? A star is any text, slashes too. */
static bool action_fits(const char *pattern, const char *action)
{
	for (; *pattern; pattern++, action++) {
		if (*pattern == '*') {
			if (!pattern[1])
				return true;
			for (; *action; action++)
				if (action_fits(pattern + 1, action))
					return true;
			return action_fits(pattern + 1, action);
		}
		if (text_lower(*pattern) != text_lower(*action))
			return false;
	}
	return !*action;
}

static bool list_has(const cJSON *list, const char *action)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (cJSON_IsString(item) && action_fits(item->valuestring, action))
			return true;
	return false;
}

/* Does role DEFINITION give ACTION, in its lists YES minus NO? */
static bool role_gives(const cJSON *definition, const char *yes, const char *no, const char *action)
{
	const cJSON *permission;

	cJSON_ArrayForEach (permission, path_get(definition, "properties.permissions"))
		if (list_has(path_get(permission, yes), action) && !list_has(path_get(permission, no), action))
			return true;
	return false;
}

typedef bool (*wanted)(const struct sim_state *state, const cJSON *assignment, const void *what);

/* Is there a role assignment of PRINCIPAL itself, at SCOPE or above, that is WANTED? */
static bool holds_itself(const struct sim_state *state, const char *principal, const char *scope, wanted is_wanted,
			 const void *what)
{
	const struct state_list *own = state_list_principal(state, principal);

	for (size_t i = 0; i < own->count; i++)
		if (is_in_scope_of(scope, path_text(own->items[i], "id")) && is_wanted(state, own->items[i], what))
			return true;
	return false;
}

static bool group_has_member(const cJSON *group, const char *principal)
{
	const cJSON *member;

	cJSON_ArrayForEach (member, cJSON_GetObjectItem(group, "members")) {
		const char *id = cJSON_IsString(member) ? member->valuestring : path_text(member, "id");

		if (text_equal_fold(id, principal))
			return true;
	}
	return false;
}

static bool holds(const struct sim_state *state, const char *principal, const char *scope, wanted is_wanted,
		  const void *what)
{
	const struct map *groups = &state->directory[DIRECTORY_GROUPS];

	if (!principal)
		return false;
	if (holds_itself(state, principal, scope, is_wanted, what))
		return true;
	for (size_t i = 0; i < groups->count; i++)
		if (groups->entries[i].value && group_has_member(groups->entries[i].value, principal) &&
		    holds_itself(state, groups->entries[i].name, scope, is_wanted, what))
			return true;
	return false;
}

static bool gives_action(const struct sim_state *state, const cJSON *assignment, const void *what)
{
	const cJSON *definition = arm_role_find(state, path_text(assignment, "properties.roleDefinitionId"));

	return role_gives(definition, "actions", "notActions", what);
}

static bool gives_data_action(const struct sim_state *state, const cJSON *assignment, const void *what)
{
	const cJSON *definition = arm_role_find(state, path_text(assignment, "properties.roleDefinitionId"));

	return role_gives(definition, "dataActions", "notDataActions", what);
}

static bool is_role(const struct sim_state *state, const cJSON *assignment, const void *what)
{
	const char *id = path_text(assignment, "properties.roleDefinitionId");

	(void)state;
	return text_has_suffix_fold(id, what);
}

bool arm_assignment_gives(const struct sim_state *state, const cJSON *assignment, const char *action, const char *scope)
{
	return is_in_scope_of(*scope ? scope : "/", path_text(assignment, "id")) &&
	       gives_action(state, assignment, action);
}

bool arm_may(const struct call *call, const char *action, const char *scope)
{
	return holds(call->state, call->identity.object_id, *scope ? scope : "/", gives_action, action);
}

bool arm_principal_may_data(const struct sim_state *state, const char *principal, const char *action, const char *scope)
{
	return holds(state, principal, scope, gives_data_action, action);
}

bool arm_principal_has_role(const struct sim_state *state, const char *principal, const char *role_guid,
			    const char *scope)
{
	return holds(state, principal, scope, is_role, role_guid);
}

bool arm_group_has_member(const struct sim_state *state, const char *group, const char *principal)
{
	return group_has_member(map_get(&state->directory[DIRECTORY_GROUPS], group), principal);
}
