/*
 * Kind "slot-config-names": which settings stay with their slot when slots are swapped (domain.md 2.17). The three
 * settings of the managed identity are added to the list of the production site; other names and the other lists are
 * sent back as they were, and nothing is ever taken off a list.
 */
#pragma once

#include "world/world.h"

extern const struct kind slot_config_names_kind;

/*
 * States the list of INSTALLATION's production site and puts the node in installation->slot_config_names. NULL, and
 * nothing is stated, as long as no deployment slots are known (one that was created counts), and when production is
 * only observed.
 */
struct node *slot_config_names_state(struct world *world, struct installation *installation);
