/*
 * Kind "slot": a deployment slot that the configuration lists with `create: true` and that is not in the list of slots.
 * Made as a copy of production, once, and never replaced (domain.md 3.1). Nothing is made when production may be older
 * than 2.2, or when its own host name does not yet keep its identity to itself.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct site */
extern const struct kind slot_kind;

/* APP's slot; its settings may be stated before or after. */
struct node *slot_state(struct world *world, struct web_app *app);
/* Are SETTINGS those that APP's slot was created with, so that it runs what production runs? Production's own must be
 * known and of 2.x. */
bool slot_is_copy_of_production(const struct web_app *app, const struct settings *settings);
