/*
 * Kind "permission-level": what a web app's identity may do, as the one number that the settings say (domain.md 1.2).
 * It follows from the roles that were read, never from those that were asked for: when roles were granted in this pass,
 * the list is read again.
 *
 * While that second look does not show all that was granted, the node is in sync with the level that it shows, and
 * node->condition says ReadInconsistent with retry_after_s: whoever writes the level should rather wait than write
 * twice.
 */
#pragma once

#include "kinds/app_role_assignment.h"

extern const struct kind permission_level_kind;

/* The roles that an identity of ROLE must have. */
const struct well_known_role *permission_level_roles(enum web_app_role role, size_t *ret_count);
/* The level of domain.md 1.2 from COUNT required roles: LEVELS[i] is what the i-th is for, HELD[i] whether it is held.
 * -1 to 2. */
int permission_level_of(const int *levels, const bool *held, size_t count);

/*
 * States all rights that the identity PRINCIPAL needs on Microsoft Graph and Intune, and the level that follows from
 * them; sets principal->assignments and principal->level. service_principal_state_well_known() must have been called.
 * Not for Certificate Master's user-assigned identities, which are given none of these.
 */
struct node *permission_level_state(struct world *world, struct principal *principal);
