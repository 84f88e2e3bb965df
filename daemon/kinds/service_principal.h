/*
 * Kind "service-principal": what an application is in this tenant (domain.md 1.1, 1.3, 1.4). Microsoft's own are only
 * looked up; ours are made, and no one without a role may use them (appRoleAssignmentRequired). Tags and everything
 * else are left alone.
 */
#pragma once

#include "world/world.h"

extern const struct kind service_principal_kind;

/* States Microsoft Graph's (world->graph_service_principal) and Intune's (world->intune_service_principal), which a
 * tenant without Intune does not have: that is in sync, too. */
void service_principal_state_well_known(struct world *world);
/* States the one of APPLICATION (kind "application"). */
struct node *service_principal_state(struct world *world, struct installation *installation, struct node *application);
