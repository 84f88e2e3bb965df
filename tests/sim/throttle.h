/*
 * How many requests a caller may make: the buckets of Azure Resource Manager, Resource Graph and Microsoft Graph, with
 * the headers by which they announce themselves. The headers are always sent; requests are refused only when realistic.
 * Numbers: limits.md 3.2, 3.3, 3.5.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "call.h"

struct throttle {
	bool realistic;
	struct map buckets; /* name -> struct bucket */
};

void throttle_init(struct throttle *throttle, bool realistic);
void throttle_done(struct throttle *throttle);
/* All buckets are full again. */
void throttle_clear(struct throttle *throttle);

/* Takes what CALL costs, and adds the headers that tell how much is left. True: it is too much, CALL has been answered
 * with 429. */
bool throttle_take(struct throttle *throttle, struct call *call);
