/*
 * Kind "access-policies": what SCEPman's identities may do in a vault that works with access policies (domain.md 1.5).
 * One node per vault and installation, one write for all its identities. What is missing is added by
 * accessPolicies/add, which merges: permissions and policies of others, and more permissions than we ask for, stay as
 * they are.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct key_vault, by a read of the vault itself */
extern const struct kind access_policies_kind;

/* States the policies in installation->key_vault, which must be known, and sets installation->access_policies. */
struct node *access_policies_state(struct world *world, struct installation *installation);
