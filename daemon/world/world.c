#include "world/world.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void world_init(struct world *world, const struct desired_tenant *tenant, struct memory_of_passes *memory, bool is_plan,
		int64_t now_unix_s, unsigned writes_max)
{
	*world = (struct world){
		.tenant = tenant,
		.memory = memory,
		.is_plan = is_plan || tenant->mode == MODE_PLAN,
		.now_unix_s = now_unix_s,
		.writes_left = writes_max,
	};
	world->nodes_tail = &world->nodes;
}

void world_done(struct world *world)
{
	for (struct node *node = world->nodes; node; node = node->next_in_world) {
		free(node->needs);
		free(node->dependents);
	}
	free(world->queue);
	map_done(&world->names);
	arena_done(&world->arena);
	*world = (struct world){0};
}

bool world_includes(const struct world *world, const struct desired_instance *instance)
{
	for (size_t i = 0; i < world->only_count; i++)
		if (text_equal(world->only[i], instance->name))
			return true;
	return !world->only;
}

struct node *world_find(const struct world *world, const char *name)
{
	return map_get(&world->names, name);
}

static bool installation_is_held(const struct installation *installation)
{
	return installation->desired->hold || installation->is_bystander;
}

/* NODE belongs to INSTALLATION from here on, and not to one on hold. What was only assumed for that one is forgotten,
 * so that it is looked at anew and brought about. */
static void world_release(struct world *world, struct node *node, struct installation *installation)
{
	node->installation = installation;
	if (world->is_plan || (node->outcome != OUTCOME_PLANNED && !node->is_assumed))
		return;
	node->knowledge = KNOWLEDGE_UNKNOWN;
	node->outcome = OUTCOME_OPEN;
	node->observed = NULL;
	node->version = NULL;
	node->condition = (struct condition){0};
	node->changes = NULL;
	node->changes_tail = &node->changes;
	node->round = 0;
	node->is_assumed = node->has_reread = false;
	world_enqueue(world, node);
}

struct node *world_state(struct world *world, const struct kind *kind, struct installation *installation,
			 bool *ret_is_new, const char *label, const char *name_format, ...)
{
	struct node *node;
	const char *name;
	va_list ap;

	va_start(ap, name_format);
	name = arena_vprintf(&world->arena, name_format, ap);
	va_end(ap);
	if (ret_is_new)
		*ret_is_new = false;
	node = world_find(world, name);
	if (node && kind->is_entitlement && installation)
		world_need(world, installation->entitlements, node, NEED_TRIED, STEP_READ);
	if (node) {
		/* An installation on hold must not hold back what another one shares with it. */
		if (node->installation && installation_is_held(node->installation) && installation &&
		    !installation_is_held(installation))
			world_release(world, node, installation);
		return node;
	}
	node = arena_new(&world->arena, struct node);
	node->kind = kind;
	node->name = name;
	node->label = arena_copy_text(&world->arena, label);
	node->installation = installation;
	node->changes_tail = &node->changes;
	node->applied_tail = &node->applied;
	*world->nodes_tail = node;
	world->nodes_tail = &node->next_in_world;
	world->node_count++;
	map_put(&world->names, name, node);
	world_enqueue(world, node);
	if (kind->is_entitlement && installation)
		world_need(world, installation->entitlements, node, NEED_TRIED, STEP_READ);
	if (ret_is_new)
		*ret_is_new = true;
	return node;
}

void world_need(struct world *world, struct node *node, struct node *on, enum need need, enum step step)
{
	if (!node || !on || on == node)
		return;
	for (size_t i = 0; i < node->need_count; i++)
		if (node->needs[i].node == on && node->needs[i].need == need && node->needs[i].step == step)
			return;
	if (node->need_count == node->need_allocated) {
		node->need_allocated = node->need_allocated ? 2 * node->need_allocated : 4;
		node->needs = memory_resize(node->needs, node->need_allocated * sizeof(*node->needs));
	}
	node->needs[node->need_count++] = (struct edge){.node = on, .need = need, .step = step};
	if (on->dependent_count == on->dependent_allocated) {
		on->dependent_allocated = on->dependent_allocated ? 2 * on->dependent_allocated : 4;
		on->dependents = memory_resize(on->dependents, on->dependent_allocated * sizeof(struct node *));
	}
	on->dependents[on->dependent_count++] = node;
	world_enqueue(world, node);
}

void world_group_nodes(struct world *world)
{
	for (size_t i = 0; i < world->installation_count; i++) {
		world->installations[i].nodes = NULL;
		world->installations[i].nodes_tail = &world->installations[i].nodes;
	}
	for (struct node *node = world->nodes; node; node = node->next_in_world) {
		node->next_of_installation = NULL;
		if (!node->installation)
			continue;
		*node->installation->nodes_tail = node;
		node->installation->nodes_tail = &node->next_of_installation;
	}
}

void world_enqueue(struct world *world, struct node *node)
{
	if (node->is_queued || node_is_settled(node))
		return;
	if (world->queue_count == world->queue_allocated) {
		size_t allocated = world->queue_allocated ? 2 * world->queue_allocated : 64;
		struct node **queue = memory_new(allocated * sizeof(*queue));

		for (size_t i = 0; i < world->queue_count; i++)
			queue[i] = world->queue[(world->queue_head + i) % world->queue_allocated];
		free(world->queue);
		world->queue = queue;
		world->queue_allocated = allocated;
		world->queue_head = 0;
	}
	world->queue[(world->queue_head + world->queue_count++) % world->queue_allocated] = node;
	node->is_queued = true;
}

struct node *world_dequeue(struct world *world)
{
	struct node *node;

	if (!world->queue_count)
		return NULL;
	node = world->queue[world->queue_head];
	world->queue_head = (world->queue_head + 1) % world->queue_allocated;
	world->queue_count--;
	node->is_queued = false;
	return node;
}

void node_add_change(struct world *world, struct node *node, const struct change *change)
{
	struct change *copy = arena_new(&world->arena, struct change);

	*copy = *change;
	copy->next = NULL;
	*node->changes_tail = copy;
	node->changes_tail = &copy->next;
}

static void node_set_condition(struct world *world, struct node *node, enum reason reason, const char *format,
			       va_list ap) _printf_(4, 0);

static void node_set_condition(struct world *world, struct node *node, enum reason reason, const char *format,
			       va_list ap)
{
	node->condition.reason = reason;
	node->condition.message = arena_vprintf(&world->arena, format, ap);
}

enum verdict node_block(struct world *world, struct node *node, enum reason reason, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	node_set_condition(world, node, reason, format, ap);
	va_end(ap);
	return VERDICT_BLOCKED;
}

enum absorbed node_block_read(struct world *world, struct node *node, enum reason reason, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	node_set_condition(world, node, reason, format, ap);
	va_end(ap);
	return ABSORBED_BLOCKED;
}

void node_warn(struct world *world, struct node *node, enum reason reason, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	node_set_condition(world, node, reason, format, ap);
	va_end(ap);
}

bool node_is_held(const struct world *world, const struct node *node)
{
	if (world->is_plan)
		return true;
	/* A hold is about what the daemon does by itself, not about what an operator tells it to. */
	if (world->restoration)
		return false;
	return (world->holds && world->holds->problem) ||
	       (node->installation && installation_is_held(node->installation)) ||
	       (node->web_app && holds_find_app(world->holds, node->web_app));
}
