/*
 * Kind "app-role-assignment": one app role of one principal on one resource (domain.md 1.2, 3.3, 4.1). Only ever added.
 * Roles of Microsoft Graph and Intune are left to an administrator under entra_grants: report; our own applications'
 * roles are not.
 */
#pragma once

#include "kinds/app_role_assignments.h"

extern const struct kind app_role_assignment_kind;

/* One role of Microsoft Graph or Intune. */
struct well_known_role {
	const char *value, *id;
	bool is_intune;
	int level;           /* of domain.md 1.2 */
	const char *purpose; /* for people */
};

/* States ROLE for HOLDER, whose list is ASSIGNMENTS. Intune's is in sync where the tenant has no Intune. */
struct node *app_role_assignment_state_well_known(struct world *world, struct installation *installation,
						  const struct role_holder *holder, struct node *assignments,
						  const struct well_known_role *role);
/*
 * States the role of that VALUE of our own APPLICATION, whose service principal is RESOURCE, for HOLDER (its list is
 * stated, too). Tried only when the application is as it should be: without the role nothing is attempted (domain.md 6,
 * case 38).
 */
struct node *app_role_assignment_state(struct world *world, struct installation *installation,
				       const struct role_holder *holder, struct node *application,
				       struct node *resource, const char *value);
/* The same for somebody whom the configuration names: certificate_master.role_assignments, api_clients. */
struct node *app_role_assignment_state_desired(struct world *world, struct installation *installation,
					       const struct desired_role_assignment *desired, struct node *application,
					       struct node *resource);
