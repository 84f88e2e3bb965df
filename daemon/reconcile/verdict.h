/*
 * From the states of nodes to conditions that a person can read (domain.md appendix D): one for each root of trouble,
 * not for each node that suffers from it. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "world/world.h"

/* One condition. ABOUT: the node at the root of it; NULL: the installation as a whole. */
typedef void verdict_fn(void *arg, const struct node *about, const char *type, bool status, const char *reason,
			const char *message, bool is_blocking);

/* Says INSTALLATION's conditions to SAY: Ready and InSync first, then the reasons. Returns whether it is in sync. The
 * world's nodes must have been grouped (world_group_nodes()). */
bool verdict_of_installation(struct world *world, const struct installation *installation, verdict_fn *say, void *arg);

/* What NODE waits for in vain, or NODE itself. */
const struct node *verdict_root(const struct node *node);
/* May what is left resolve itself? Then *RET_WAIT_S is how long to wait before the next pass. */
bool verdict_is_worth_another_pass(const struct world *world, int64_t *ret_wait_s);
