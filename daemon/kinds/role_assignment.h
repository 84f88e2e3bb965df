/*
 * Kinds "role-assignments": all role assignments at or above one scope; and "role-assignment": one principal has one
 * role there, by itself or inherited from the resource group or the subscription (domain.md 1.5). Assignments are only
 * added, under a name that follows from scope, role and principal, so that making one twice makes one. What others have
 * assigned is not looked at twice.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct role_assignment_list, struct role_assignment */
extern const struct kind role_assignments_kind, role_assignment_kind;

enum azure_role {
	AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR,
	AZURE_ROLE_KEY_VAULT_CRYPTO_OFFICER,
	AZURE_ROLE_KEY_VAULT_CERTIFICATES_OFFICER,
	AZURE_ROLE_KEY_VAULT_SECRETS_USER,
	AZURE_ROLE_MONITORING_METRICS_PUBLISHER,
	AZURE_ROLES,
};

/* "Storage Table Data Contributor"; and its GUID, the same in every tenant and cloud (domain.md 1.1). */
const char *azure_role_name(enum azure_role role);
const char *azure_role_guid(enum azure_role role);

/*
 * States that PRINCIPAL, whose site must be known, has ROLE on the resource SCOPE, whose node must be known and whose
 * ARM id is SCOPE_ID. What has no object id because it is yet to be created gets a node of its own, in a plan only.
 */
struct node *role_assignment_state(struct world *world, struct installation *installation,
				   const struct principal *principal, struct node *scope, const char *scope_id,
				   enum azure_role role);
/* The node that was stated so, or NULL. */
struct node *role_assignment_find(struct world *world, const struct installation *installation,
				  const struct principal *principal, const char *scope_id, enum azure_role role);
