/*
 * Which identity of an installation needs which right on which Azure resource: the tables of domain.md 1.5. A function
 * over what is known so far, to be called whenever more became known; it only states nodes, and those decide for
 * themselves.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/*
 * States every role assignment, and the vault's access policies, for all principals of INSTALLATION and all of its
 * storage account, vault and data collection rule that are known by now. Principals of web apps that are only observed
 * get nothing.
 */
void rights_state(struct world *world, struct installation *installation);
