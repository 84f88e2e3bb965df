/*
 * Kind "workspace": the Log Analytics workspace that SCEPman logs to. Never created and never changed; what cannot be
 * found is said and not replaced by another (domain.md 2.10). Settles as ABSENT, in sync, when logging is not set up at
 * all.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct collection, struct workspace */
extern const struct kind workspaces_kind, workspace_kind, listed_workspace_kind;

/* The workspace with the ARM id ID. All three set installation->workspace. */
struct node *workspace_state(struct world *world, struct installation *installation, const char *id);
/* The workspace whose customerId is what the setting WorkspaceId says. */
struct node *workspace_state_by_customer_id(struct world *world, struct installation *installation,
					    const char *customer_id);
/* The only workspace in the resource group of SCEPman's web app, if there is one. */
struct node *workspace_state_beside(struct world *world, struct installation *installation);
