/*
 * How far the things are that a node hangs on. Looks at nodes and changes only what it finds out about the one it was
 * asked for: by what it is blocked, and whether it is assumed.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "world/world.h"

enum readiness {
	READY,
	WAITING,
	BROKEN, /* something that is needed will not come about in this pass: node->blocked_by */
};

/* Is everything there that NODE needs for STEP? What is needed for reading is needed for writing, too. */
enum readiness needs_readiness(struct node *node, enum step step) _must_check_;
/* Does NODE hang on something that does not exist yet? Then it does not exist either, and asking would be of no use. */
bool needs_are_unborn(struct node *node) _must_check_;
