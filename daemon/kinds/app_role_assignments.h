/*
 * Kind "app-role-assignments": all app roles that one principal has, as one list. Only read. What is missing from it is
 * the business of kind "app-role-assignment".
 */
#pragma once

#include "world/world.h"

extern const struct kind app_role_assignments_kind;

/* Who holds app roles: an identity of a web app, or somebody whom the configuration names. Plain data, copied freely.
 */
struct role_holder {
	const char *label;                /* for people */
	const struct principal *identity; /* or NULL */
	struct node *directory_principal; /* kind "directory-principal", or NULL */
	enum principal_type type;
};

struct role_holder role_holder_of_identity(const struct principal *identity);
struct role_holder role_holder_of_directory(struct node *directory_principal, const struct desired_principal *desired);
/* Its object id, or NULL: not known (yet). */
const char *role_holder_object_id(const struct role_holder *holder);
/* "/v1.0/groups/<object id>/appRoleAssignments" in ARENA. The object id must be known. */
const char *role_holder_assignments_path(const struct role_holder *holder, struct arena *arena);

/* States the list of HOLDER. */
struct node *app_role_assignments_state(struct world *world, struct installation *installation,
					const struct role_holder *holder);
/* States a second look at the same list, made anew whatever the first one said: what was granted since must show in it.
 */
struct node *app_role_assignments_state_again(struct world *world, const struct node *list);
/* Does LIST (an observation; NULL: of what is new, which has none) hold ROLE_ID on RESOURCE_ID? Both are compared: role
 * ids alone are not unique over resources (domain.md 1.2). */
bool app_role_assignments_have(const struct app_role_assignment_list *list, const char *resource_id,
			       const char *role_id);
