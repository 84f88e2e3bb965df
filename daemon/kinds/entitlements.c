#include "kinds/entitlements.h"

/* ---- want ---- */

struct node *entitlements_state(struct world *world, struct installation *installation)
{
	return world_state(world, &entitlements_kind, installation, NULL, "rights and resources", "entitlements/%s",
			   installation->desired->name);
}

/* ---- derive ---- */

/* What NODE waits for in vain, or NODE itself. */
static const struct node *root_of(const struct node *node)
{
	while (node->outcome == OUTCOME_BLOCKED && node->blocked_by)
		node = node->blocked_by;
	return node;
}

static bool may_pass_by_itself(const struct node *node)
{
	return node->outcome == OUTCOME_FAILED ? fault_is_retryable(&node->fault) : node->condition.retry_after_s > 0;
}

static enum absorbed entitlements_derive(struct world *world, struct node *node)
{
	for (size_t i = 0; i < node->need_count; i++) {
		const struct node *root = root_of(node->needs[i].node);

		if (!may_pass_by_itself(root) || root->condition.waits_for_settings)
			continue;
		node->condition.retry_after_s = 1;
		node->blocked_by = (struct node *)root;
		return node_block_read(
			world, node, REASON_WRITE_DEFERRED,
			"the settings are left as they are, and no app is restarted, until %s %s is settled; the next "
			"pass tries again",
			root->kind->name, root->label);
	}
	return ABSORBED_PRESENT;
}

bool entitlements_defer(struct world *world, struct node *node)
{
	struct node *barrier = node->installation->entitlements;

	if (!barrier || barrier->outcome != OUTCOME_BLOCKED || barrier->condition.reason != REASON_WRITE_DEFERRED)
		return false;
	node_block(world, node, REASON_WRITE_DEFERRED, "%s", barrier->condition.message);
	node->condition.retry_after_s = barrier->condition.retry_after_s;
	node->blocked_by = barrier;
	return true;
}

/* ---- differs: a barrier is never written ---- */

const struct kind entitlements_kind = {
	.name = "entitlements",
	.derive = entitlements_derive,
};
