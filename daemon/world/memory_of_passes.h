/*
 * The little that one pass must remember for the next: claims that become true only when a second, later read agrees
 * (domain.md 1.2: before lowering a level; 5.1: before creating an app registration whose id is recorded). Kept in
 * memory only: after a restart the count starts anew, which is the safe side.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

struct memory_of_passes {
	struct map claims; /* "what" -> struct claim */
	int64_t pass;      /* number of the pass under way */
};

void memory_of_passes_init(struct memory_of_passes *memory);
void memory_of_passes_done(struct memory_of_passes *memory);
/* A new pass begins: claims that the last pass did not repeat are forgotten. */
void memory_of_passes_begin(struct memory_of_passes *memory);
/*
 * States that the cloud was seen to say WHAT ("level/<site id>=0") at NOW_S. True when an earlier pass at least
 * AT_LEAST_S before saw the same and every pass since did; otherwise *RET_WAIT_S is how long until it is worth asking
 * again.
 */
bool memory_of_passes_confirms(struct memory_of_passes *memory, const char *what, int64_t now_s, int64_t at_least_s,
			       int64_t *ret_wait_s);
