#include "doctor/graph_permission.h"

#include <string.h>

#include "base/text.h"

#define GLOBAL_ADMINISTRATOR            "62e90394-69f5-4237-9190-012177145e10"
#define PRIVILEGED_ROLE_ADMINISTRATOR   "e8611ab8-c189-46e8-94e1-60213ab1f814"
#define APPLICATION_ADMINISTRATOR       "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
#define CLOUD_APPLICATION_ADMINISTRATOR "158c047a-c907-4556-b7ef-446551a6b5f7"
#define GLOBAL_READER                   "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
#define DIRECTORY_READERS               "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
#define MEMBER                          "b79fbf4d-3ef9-4689-8143-76b194e85509" /* in the token of everybody but guests */

#define MAY_GRANT_ROLES  GLOBAL_ADMINISTRATOR "|" PRIVILEGED_ROLE_ADMINISTRATOR
#define MAY_WRITE_APPS   GLOBAL_ADMINISTRATOR "|" APPLICATION_ADMINISTRATOR "|" CLOUD_APPLICATION_ADMINISTRATOR
#define MAY_CONSENT      MAY_WRITE_APPS "|" PRIVILEGED_ROLE_ADMINISTRATOR
#define MAY_READ_CONSENT MAY_CONSENT "|" GLOBAL_READER "|" DIRECTORY_READERS
#define MAY_READ         MAY_READ_CONSENT "|" MEMBER

static const struct graph_permission permissions[GRAPH_RIGHTS] = {
	[GRAPH_READ_APPLICATIONS] =
		{
			.name = "Application.Read.All",
			.id = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
			.satisfied_by = "Application.Read.All|Application.ReadWrite.All|Application.ReadWrite.OwnedBy|"
					"Directory.Read.All|Directory.ReadWrite.All",
			.person_roles = MAY_READ,
			.person_role = "Directory Readers",
			.person_role_id = DIRECTORY_READERS,
		},
	[GRAPH_READ_CONSENTS] =
		{
			.name = "DelegatedPermissionGrant.Read.All",
			.id = "81b4724a-58aa-41c1-8a55-84ef97466587",
			.satisfied_by = "DelegatedPermissionGrant.Read.All|DelegatedPermissionGrant.ReadWrite.All|"
					"Directory.Read.All|Directory.ReadWrite.All",
			.person_roles = MAY_READ_CONSENT,
			.person_role = "Directory Readers",
			.person_role_id = DIRECTORY_READERS,
		},
	[GRAPH_READ_GROUPS] =
		{
			.name = "Group.Read.All",
			.id = "5b567255-7703-4780-807c-7be8301ae99b",
			.satisfied_by = "Group.Read.All|Group.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All",
			.person_roles = MAY_READ,
			.person_role = "Directory Readers",
			.person_role_id = DIRECTORY_READERS,
		},
	[GRAPH_READ_USERS] =
		{
			.name = "User.Read.All",
			.id = "df021288-bdef-4463-88db-98f22de89214",
			.satisfied_by = "User.Read.All|User.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All",
			.person_roles = MAY_READ,
			.person_role = "Directory Readers",
			.person_role_id = DIRECTORY_READERS,
		},
	[GRAPH_WRITE_APPLICATIONS] =
		{
			.name = "Application.ReadWrite.All",
			.id = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
			.satisfied_by = "Application.ReadWrite.All|Directory.ReadWrite.All",
			.owner_suffices = "Application.ReadWrite.OwnedBy",
			.person_roles = MAY_WRITE_APPS,
			.person_role = "Cloud Application Administrator",
			.person_role_id = CLOUD_APPLICATION_ADMINISTRATOR,
		},
	[GRAPH_ASSIGN_ROLES] =
		{
			.name = "AppRoleAssignment.ReadWrite.All",
			.id = "06b708a9-e830-4db3-a914-8e69da51d44f",
			.satisfied_by = "AppRoleAssignment.ReadWrite.All",
			.person_roles = MAY_GRANT_ROLES,
			.person_role = "Privileged Role Administrator",
			.person_role_id = PRIVILEGED_ROLE_ADMINISTRATOR,
		},
	[GRAPH_WRITE_CONSENTS] =
		{
			.name = "DelegatedPermissionGrant.ReadWrite.All",
			.id = "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
			.satisfied_by = "DelegatedPermissionGrant.ReadWrite.All|Directory.ReadWrite.All",
			.person_roles = MAY_CONSENT,
			.person_role = "Cloud Application Administrator",
			.person_role_id = CLOUD_APPLICATION_ADMINISTRATOR,
		},
};

const struct graph_permission *graph_permission(enum graph_right right)
{
	return &permissions[right];
}

bool claims_have_permission(const struct claims *claims, const char *name)
{
	for (size_t i = 0; i < claims->permission_count; i++)
		if (text_equal_fold(claims->permissions[i], name))
			return true;
	return false;
}

static bool satisfies(const struct graph_permission *permission, const struct claims *claims)
{
	for (size_t i = 0; i < claims->permission_count; i++)
		if (text_list_contains_fold(permission->satisfied_by, '|', claims->permissions[i]))
			return true;
	return false;
}

static bool person_may(const struct graph_permission *permission, const struct claims *claims)
{
	for (size_t i = 0; i < claims->person_role_count; i++)
		if (text_list_contains_fold(permission->person_roles, '|', claims->person_roles[i]))
			return true;
	return false;
}

static const char *const *list_of_one(const char *text, struct arena *arena)
{
	const char **list = arena_new_array(arena, 2, const char *);

	list[0] = text;
	return list;
}

/* A person may what both the program that they use and they themselves may. */
static void judge_person(struct demand *demand, const struct claims *claims, struct arena *arena)
{
	const struct graph_permission *permission = demand->permission;

	if (!satisfies(permission, claims) && !claims_have_permission(claims, "Directory.AccessAsUser.All")) {
		demand->finding = FINDING_LACKS;
		demand->missing = list_of_one(permission->name, arena);
		demand->remark = "the program that this person signed in with was not given it";
	} else if (!claims->has_person_roles) {
		demand->finding = FINDING_UNKNOWN;
		demand->remark = "the token does not say which directory roles this person has";
	} else if (!person_may(permission, claims)) {
		demand->finding = FINDING_LACKS;
		demand->missing = list_of_one(arena_printf(arena, "directory role %s", permission->person_role), arena);
	} else {
		demand->finding = FINDING_HAS;
	}
}

void demand_judge_graph(struct demand *demand, const struct claims *claims, bool owns_all, struct arena *arena)
{
	const struct graph_permission *permission = demand->permission;

	if (!demand->is_wanted)
		return;
	if (claims->type == IDENTITY_PERSON) {
		judge_person(demand, claims, arena);
		return;
	}
	demand->finding = FINDING_HAS;
	if (satisfies(permission, claims))
		return;
	if (permission->owner_suffices && claims_have_permission(claims, permission->owner_suffices)) {
		demand->remark =
			arena_printf(arena, owns_all ? "by %s, as the owner" : "it has %s, but does not own them all",
				     permission->owner_suffices);
		if (owns_all)
			return;
	}
	demand->finding = FINDING_LACKS;
	demand->missing = list_of_one(permission->name, arena);
}

static bool is_asked_for(const struct demands *demands, const char *name)
{
	for (const struct demand *demand = demands->first; demand; demand = demand->next)
		if (demand->authority == AUTHORITY_GRAPH && demand->is_wanted &&
		    (text_list_contains_fold(demand->permission->satisfied_by, '|', name) ||
		     (demand->permission->owner_suffices && text_equal_fold(demand->permission->owner_suffices, name))))
			return true;
	return false;
}

const char *const *graph_permissions_to_spare(const struct demands *demands, const struct claims *claims,
					      struct arena *arena)
{
	const char **list = arena_new_array(arena, claims->permission_count + 1, const char *);
	size_t count = 0;

	for (size_t i = 0; i < claims->permission_count && claims->type != IDENTITY_PERSON; i++)
		if (!is_asked_for(demands, claims->permissions[i]))
			list[count++] = claims->permissions[i];
	return list;
}
