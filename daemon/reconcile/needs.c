#include "reconcile/needs.h"

static enum readiness needs_edge_readiness(const struct edge *edge)
{
	const struct node *on = edge->node;
	bool is_fulfilled = false;

	switch (edge->need) {
	case NEED_KNOWN:
		is_fulfilled = node_is_present(on);
		break;
	case NEED_READ:
		is_fulfilled = on->knowledge != KNOWLEDGE_UNKNOWN || node_is_settled(on);
		break;
	case NEED_DONE:
		is_fulfilled = node_is_good(on);
		break;
	case NEED_TRIED:
		is_fulfilled = node_is_settled(on);
		break;
	case NEED_HARMLESS:
		is_fulfilled = node_is_settled(on) && !on->may_have_harmed;
		break;
	}
	if (is_fulfilled)
		return READY;
	return node_is_settled(on) ? BROKEN : WAITING;
}

enum readiness needs_readiness(struct node *node, enum step step)
{
	enum readiness readiness = READY;

	for (size_t i = 0; i < node->need_count; i++) {
		const struct edge *edge = &node->needs[i];

		if (edge->step == STEP_WRITE && step == STEP_READ)
			continue;
		switch (needs_edge_readiness(edge)) {
		case BROKEN:
			node->blocked_by = edge->node;
			return BROKEN;
		case WAITING:
			readiness = WAITING;
			break;
		case READY:
			break;
		}
	}
	return readiness;
}

bool needs_are_unborn(struct node *node)
{
	for (size_t i = 0; i < node->need_count; i++) {
		const struct node *on = node->needs[i].node;
		enum need need = node->needs[i].need;

		if (node->needs[i].step != STEP_READ || (need != NEED_KNOWN && need != NEED_DONE))
			continue;
		if (on->is_assumed) {
			node->is_assumed = true;
			return true;
		}
		if (on->was_created && !node->kind->reads_what_is_new)
			return true;
	}
	return false;
}
