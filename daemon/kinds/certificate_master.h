/*
 * Kind "certificate-master": which web app of the resource group is SCEPman's Certificate Master. A decision by exact
 * equality of host names (domain.md 2.4), not by the cmdlet's substring, which takes app-scepman2's for app-scepman's.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind certificate_master_kind;

struct node *certificate_master_state(struct world *world, struct installation *installation);
