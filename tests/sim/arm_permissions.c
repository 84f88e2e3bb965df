/* GET {scope}/providers/Microsoft.Authorization/permissions: what the caller's role assignments give it there. */
#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"
#include "routes.h"

/* Of the role assignments of PRINCIPAL itself, at SCOPE or above. */
static void add_permissions(struct call *call, const char *principal, const char *scope, cJSON *value)
{
	const struct state_list *own = state_list_principal(call->state, principal);

	for (size_t i = 0; i < own->count; i++) {
		const char *id = path_text(own->items[i], "id");
		size_t length = arm_assignment_scope_length(id);
		const cJSON *role, *permission;

		if (strncasecmp(id, scope, length) != 0 || (length && scope[length] && scope[length] != '/'))
			continue;
		role = arm_role_find(call->state, path_text(own->items[i], "properties.roleDefinitionId"));
		cJSON_ArrayForEach (permission, path_get(role, "properties.permissions"))
			cJSON_AddItemToArray(value, cJSON_Duplicate(permission, true));
	}
}

static void list_permissions(struct call *call)
{
	const struct map *groups = &call->state->directory[DIRECTORY_GROUPS];
	const char *scope = call->arguments[0], *caller = call->identity.object_id;
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

	add_permissions(call, caller, scope, value);
	for (size_t i = 0; i < groups->count; i++)
		if (groups->entries[i].value && arm_group_has_member(call->state, groups->entries[i].name, caller))
			add_permissions(call, groups->entries[i].name, scope, value);
	call_answer(call, 200, body);
}

const struct sim_route arm_permission_routes[] = {
	{"GET", "{*}/providers/Microsoft.Authorization/permissions", list_permissions},
	{0},
};
