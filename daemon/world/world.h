/*
 * The world of one pass over one tenant: all its nodes, and the queue of those that may have something to do.
 * Nodes are added while the world becomes known and never removed; everything lives in one arena and is freed whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/map.h"
#include "desired/desired.h"
#include "world/holds.h"
#include "world/kind.h"
#include "world/memory_of_passes.h"
#include "world/node.h"
#include "world/observed.h"

/* The credential of 1.x comes back: to which slot? NULL: production. */
struct restoration {
	const char *slot;
};

struct world {
	struct arena arena;
	const struct desired_tenant *tenant;
	struct memory_of_passes *memory; /* outlives the pass */
	const char *const *only;         /* names of the instances to look at; NULL: all */
	size_t only_count;
	const struct holds *holds;             /* sites that an operator put on hold; NULL: none */
	const struct restoration *restoration; /* the pass does only this (kinds/restoration.h); NULL: it does not */
	bool is_plan;                          /* nothing is written: `plan`, or the tenant's mode: plan */
	int64_t now_unix_s;   /* by the cloud's clock (Date of the last answer), else ours; for UnixTime */
	unsigned writes_left; /* limits.max_writes_per_pass, counted down */

	struct map names; /* name -> node */
	struct node *nodes, **nodes_tail;
	size_t node_count;
	struct node **queue; /* a ring of nodes to be looked at */
	size_t queue_head, queue_count, queue_allocated;

	struct installation *installations;
	size_t installation_count;
	/* The tenant's own things, shared by all installations. */
	struct node *graph_service_principal, *intune_service_principal;
};

void world_init(struct world *world, const struct desired_tenant *tenant, struct memory_of_passes *memory, bool is_plan,
		int64_t now_unix_s, unsigned writes_max);
void world_done(struct world *world);

/* Is INSTANCE among those that this pass looks at (world->only)? */
bool world_includes(const struct world *world, const struct desired_instance *instance);

/* The node of that name, or NULL. */
struct node *world_find(const struct world *world, const char *name);
/*
 * States a thing: the node of that name, made if need be (then *RET_IS_NEW, which may be NULL, is true and KIND, LABEL,
 * INSTALLATION are its own). NAME and LABEL are copied. A node that two installations state belongs to the first that
 * is not on hold.
 */
struct node *world_state(struct world *world, const struct kind *kind, struct installation *installation,
			 bool *ret_is_new, const char *label, const char *name_format, ...) _printf_(6, 7);
/* NODE needs ON in the way NEED for STEP; either may be NULL (then nothing is added). */
void world_need(struct world *world, struct node *node, struct node *on, enum need need, enum step step);
/* Lists the nodes of each installation in installation->nodes, in the order of the world: for whoever looks at one
 * installation after the other. Holds until the next node is stated. */
void world_group_nodes(struct world *world);
/* Has the planner look at NODE. */
void world_enqueue(struct world *world, struct node *node);
/* The next node to look at, or NULL. */
struct node *world_dequeue(struct world *world);

/* Adds a line to NODE's plan; *CHANGE is copied, its strings are not. */
void node_add_change(struct world *world, struct node *node, const struct change *change);
/* Sets node->condition and returns VERDICT_BLOCKED (as does the second form for absorbers, ABSORBED_BLOCKED). */
enum verdict node_block(struct world *world, struct node *node, enum reason reason, const char *format, ...)
	_printf_(4, 5);
enum absorbed node_block_read(struct world *world, struct node *node, enum reason reason, const char *format, ...)
	_printf_(4, 5);
/* Says something about NODE that keeps it from nothing: it goes on, and the installation stays Ready and in sync. For
 * what a person should know once, such as a right that this cloud does not have. Replaces what was said before. */
void node_warn(struct world *world, struct node *node, enum reason reason, const char *format, ...) _printf_(4, 5);
/* Is what NODE observes, or would write, a matter of observation only: a plan, a hold, an observed slot? */
bool node_is_held(const struct world *world, const struct node *node);
