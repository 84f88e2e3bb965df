/*
 * What all collections have in common: they are read whole or not at all. One item that cannot be understood makes the
 * whole list one that cannot, because a list with a hole in it says of something that it is not there.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

/* One item as the cloud shows it -> its structure in ARENA; NULL: it lacks what every such item has. */
typedef const void *collection_parse_fn(struct arena *arena, const cJSON *item);

/* Sets NODE's observation to the struct collection of all items in BODY's "value". */
enum absorbed collection_absorb(struct world *world, struct node *node, const cJSON *body, collection_parse_fn *parse);
