/*
 * A pass that does one thing only: it brings the backed-up credential of SCEPman 1.x back to one slot (domain.md 4.3;
 * the command restore-1x). Nothing else is looked at or written; nothing follows from what becomes known.
 */
#pragma once

#include "world/world.h"

/*
 * States the settings of world->restored's slot for each instance that WORLD includes, in the place of
 * installations_state(). What they are to become: settings_want_1x() in settings_restore.c.
 */
void restoration_state(struct world *world);
