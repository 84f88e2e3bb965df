/* GET {scope}/providers/Microsoft.Authorization/permissions: what the caller's role assignments give it there. */
#include <string.h>

#include "arm.h"
#include "arm_roles.h"
#include "base/text.h"
#include "routes.h"

static void list_permissions(struct call *call)
{
	const char *scope = call->arguments[0];
	const struct state_list *own = state_list_principal(call->state, call->identity.object_id);
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");

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
	call_answer(call, 200, body);
}

const struct sim_route arm_permission_routes[] = {
	{"GET", "{*}/providers/Microsoft.Authorization/permissions", list_permissions},
	{0},
};
