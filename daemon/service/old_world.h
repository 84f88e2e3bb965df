/* Frees the world of a pass that is over, in a turn of the loop of its own: that of 100 installations takes 4 ms, and
 * the turn before has just gone through all of it. */
#pragma once

#include "observe/disk.h"
#include "world/world.h"

/* Takes WORLD over; DISK is only the way to a later turn. */
void old_world_free_later(struct world *world, struct disk *disk);
