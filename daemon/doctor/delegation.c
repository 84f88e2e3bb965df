#include "doctor/delegation.h"

#include <string.h>

#include "base/text.h"
#include "world/json.h"
#include "world/observed.h"

/* The built-in roles that hold roleAssignments/write: Owner, User Access Administrator, Role Based Access Control
 * Administrator. */
#define GIVERS                                                                                                         \
	"8e3af657-a8ff-443c-a75c-2fe8c4bcb635|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|"                                   \
	"f58310d9-a9f6-439a-9e8d-f62e7b41a168"

#define ATTRIBUTE "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"

enum reach { REACH_ALL, REACH_NOT_ALL, REACH_UNCLEAR };

/* The part of CONDITION that lists roles which may be assigned: "GuidEquals {a, b}" behind the attribute. NULL: it is
 * written in another way. */
static const char *listed_roles(const char *condition, struct arena *arena)
{
	const char *attribute = strcasestr(condition, ATTRIBUTE), *open, *close;

	if (!attribute || strcasestr(attribute + 1, ATTRIBUTE))
		return NULL;
	open = strchr(attribute, '{');
	close = open ? strchr(open, '}') : NULL;
	if (!close || !text_contains_fold(arena_copy_bytes(arena, attribute, (size_t)(open - attribute)),
					  "ForAnyOfAnyValues:GuidEquals"))
		return NULL;
	return arena_copy_bytes(arena, open, (size_t)(close - open));
}

static enum reach reach_of(const char *condition, unsigned roles, struct arena *arena, const char **ret_missing)
{
	const char *list = listed_roles(condition, arena), *missing = NULL;

	if (!list)
		return REACH_UNCLEAR;
	for (unsigned i = 0; i < AZURE_ROLES; i++)
		if ((roles & 1U << i) && !text_contains_fold(list, azure_role_guid(i)))
			missing = missing ? arena_printf(arena, "%s, %s", missing, azure_role_name(i))
					  : azure_role_name(i);
	*ret_missing = missing;
	return missing ? REACH_NOT_ALL : REACH_ALL;
}

void demand_judge_delegation(struct demand *demand, const cJSON *assignments, struct arena *arena)
{
	const char *missing = NULL;
	bool is_unclear = false;
	const cJSON *array, *item;

	if (demand->finding != FINDING_HAS)
		return;
	if (json_get_array(assignments, "value", &array) < 0) {
		demand->remark = "whether a condition narrows it could not be looked up";
		return;
	}
	cJSON_ArrayForEach (item, array) {
		const char *role, *condition = NULL;
		bool is_giver;

		if (json_get_text(item, "properties/roleDefinitionId", arena, &role) < 0)
			return;
		if (json_get_text(item, "properties/condition", arena, &condition) < 0)
			condition = NULL;
		is_giver = text_list_contains_fold(GIVERS, '|', arm_id_name(role));
		if (is_giver && text_is_empty(condition))
			return;
		if (text_is_empty(condition)) /* a custom role may give it, and most roles do not */
			continue;
		switch (reach_of(condition, demand->roles, arena, &missing)) {
		case REACH_ALL:
			demand->remark = "under a condition that admits SCEPman's roles";
			return;
		case REACH_NOT_ALL:
			break;
		case REACH_UNCLEAR:
			is_unclear = true;
			break;
		}
	}
	if (is_unclear) {
		demand->remark = "under a condition that this program cannot judge";
	} else if (missing) {
		const char **list = arena_new_array(arena, 2, const char *);

		list[0] = demand->actions[0];
		demand->missing = list;
		demand->finding = FINDING_LACKS;
		demand->remark = arena_printf(arena, "its condition leaves out %s", missing);
	}
}
