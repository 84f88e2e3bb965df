/*
 * Kind "directory-principal": a group, user or service principal that the configuration names. Only looked up, never
 * made.
 */
#pragma once

#include "world/world.h"

extern const struct kind directory_principal_kind;

/* States PRINCIPAL: an object id, which must exist, or a display name (users: a user principal name) that exactly one
 * has. */
struct node *directory_principal_state(struct world *world, struct installation *installation,
				       const struct desired_principal *principal);
