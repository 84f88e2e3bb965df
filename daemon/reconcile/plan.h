/*
 * The planner: which request is possible now, and what does an answer mean? Pure: no I/O, no clock, no logging.
 *
 * The order of calls is written nowhere. It follows from what each node needs: read what is unknown, write what
 * differs, as soon as the things it hangs on are known. Nodes are looked at when they are stated and when something
 * that they need has changed, so a pass costs about as much as it has edges.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "world/request.h"
#include "world/world.h"

/* The next request that is possible now, and the node it is for. False: none, until an answer comes in. The strings of
 * *RET_REQUEST live in the world's arena. */
bool plan_next(struct world *world, struct node **ret_node, struct request *ret_request) _must_check_;

/* Takes the answer to the request that plan_next() gave for NODE. */
void plan_absorb(struct world *world, struct node *node, const struct response *response);

/* The request that plan_next() gave for NODE will not be sent: FAULT says why. */
void plan_refuse(struct world *world, struct node *node, const struct fault *fault);
