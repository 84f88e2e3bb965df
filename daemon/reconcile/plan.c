#include "reconcile/plan.h"

#include <stdlib.h>

#include "base/text.h"
#include "reconcile/needs.h"

/* ---- settling ---- */

static void plan_tell_dependents(struct world *world, const struct node *node)
{
	for (size_t i = 0; i < node->dependent_count; i++)
		world_enqueue(world, node->dependents[i]);
}

static void plan_settle(struct world *world, struct node *node, enum outcome outcome)
{
	node->outcome = outcome;
	plan_tell_dependents(world, node);
}

static void plan_fail(struct world *world, struct node *node, const struct fault *fault)
{
	node->fault = fault_copy(&world->arena, fault);
	/* Written, and then lost sight of. */
	node->may_have_harmed = node->may_have_harmed || node->was_written;
	plan_settle(world, node, OUTCOME_FAILED);
}

static void plan_know(struct world *world, struct node *node, enum knowledge knowledge)
{
	node->knowledge = knowledge;
	if (knowledge == KNOWLEDGE_ABSENT)
		node->observed = NULL;
	if (node->kind->grow)
		node->kind->grow(world, node);
	plan_tell_dependents(world, node);
	world_enqueue(world, node);
}

/* ---- needs ---- */

/* Settles what cannot come about any more; true when everything that STEP needs is there. */
static bool plan_is_ready(struct world *world, struct node *node, enum step step)
{
	switch (needs_readiness(node, step)) {
	case READY:
		return true;
	case WAITING:
		return false;
	case BROKEN:
		/* What was to come of our write did not; or the rollout stopped before, and so does what comes after.
		 */
		node->may_have_harmed = node->may_have_harmed || node->was_written || node->blocked_by->may_have_harmed;
		plan_settle(world, node, OUTCOME_BLOCKED);
		return false;
	}
	return false;
}

/* ---- reading ---- */

static bool plan_send_read(struct world *world, struct node *node, struct request *request)
{
	node->kind->read(world, node, &world->arena, request);
	node->activity = ACTIVITY_READING;
	node->reads++;
	return true;
}

static void plan_take(struct world *world, struct node *node, enum absorbed absorbed)
{
	switch (absorbed) {
	case ABSORBED_PRESENT:
		plan_know(world, node, KNOWLEDGE_PRESENT);
		return;
	case ABSORBED_ABSENT:
		plan_know(world, node, KNOWLEDGE_ABSENT);
		return;
	case ABSORBED_MORE:
		node->round++;
		world_enqueue(world, node);
		return;
	case ABSORBED_GARBLED:
		plan_fail(world, node,
			  &(struct fault){.class = FAULT_GARBLED,
					  .code = "UnexpectedAnswer",
					  .message = "the answer lacks what it must have"});
		return;
	case ABSORBED_BLOCKED:
		plan_settle(world, node, OUTCOME_BLOCKED);
		return;
	}
}

/* True: REQUEST is to be sent. False: look at node->knowledge. */
static bool plan_observe(struct world *world, struct node *node, struct request *request)
{
	if (!plan_is_ready(world, node, STEP_READ))
		return false;
	if (needs_are_unborn(node))
		plan_know(world, node, KNOWLEDGE_ABSENT);
	else if (node->kind->derive)
		plan_take(world, node, node->kind->derive(world, node));
	else
		return plan_send_read(world, node, request);
	return false;
}

/* ---- writing ---- */

/* Nothing is written: the world goes on as if it had been. */
static void plan_assume(struct world *world, struct node *node)
{
	if (node->kind->assume)
		node->kind->assume(world, node);
	node->is_assumed = node->is_assumed || node->knowledge == KNOWLEDGE_ABSENT;
	plan_know(world, node, KNOWLEDGE_PRESENT);
	plan_settle(world, node, OUTCOME_PLANNED);
}

static void plan_give_up(struct world *world, struct node *node)
{
	plan_fail(
		world, node,
		&(struct fault){.class = FAULT_TRANSIENT,
				.code = "ReadInconsistent",
				.message = "the write was accepted, but what is read afterwards does not show it yet"});
}

static bool plan_must_reread(const struct node *node)
{
	if (node->has_reread || node->is_assumed)
		return false;
	return node->knowledge == KNOWLEDGE_PRESENT ? node->kind->reread_before_write : node->kind->rereads_absence;
}

/* Does the kind, and what it wants settled first, let NODE be written? */
static bool plan_may_write(struct world *world, struct node *node)
{
	if (!node->kind->before_write || node->kind->before_write(world, node) != VERDICT_BLOCKED)
		return plan_is_ready(world, node, STEP_WRITE);
	plan_settle(world, node, OUTCOME_BLOCKED);
	return false;
}

static bool plan_write(struct world *world, struct node *node, struct request *request)
{
	unsigned writes_max = node->kind->writes_max ? node->kind->writes_max : 1;

	if (node->kind->is_withheld && node->kind->is_withheld(world, node)) {
		plan_settle(world, node, OUTCOME_WITHHELD);
		return false;
	}
	if (node_is_held(world, node)) {
		plan_assume(world, node);
		return false;
	}
	if (node->writes >= writes_max) {
		plan_give_up(world, node);
		return false;
	}
	if (!plan_may_write(world, node))
		return false;
	if (plan_must_reread(node)) {
		node->is_rereading = true;
		node->round = 0;
		return plan_send_read(world, node, request);
	}
	if (!world->writes_left) {
		node_block(world, node, REASON_WRITE_DEFERRED,
			   "daemon.limits.max_writes_per_pass is used up; the next pass goes on from here");
		node->condition.retry_after_s = 1;
		plan_settle(world, node, OUTCOME_BLOCKED);
		return false;
	}
	node->kind->write(world, node, &world->arena, request);
	node->activity = ACTIVITY_WRITING;
	node->has_reread = false;
	node->writes++;
	world->writes_left--;
	return true;
}

static bool plan_decide(struct world *world, struct node *node, struct request *request)
{
	enum verdict verdict;

	if (!plan_is_ready(world, node, STEP_WRITE))
		return false;
	node->changes = NULL;
	node->changes_tail = &node->changes;
	verdict = node->kind->differs ? node->kind->differs(world, node) : VERDICT_IN_SYNC;
	switch (verdict) {
	case VERDICT_IN_SYNC:
		plan_settle(world, node, OUTCOME_IN_SYNC);
		return false;
	case VERDICT_BLOCKED:
		plan_settle(world, node, OUTCOME_BLOCKED);
		return false;
	case VERDICT_DIFFERS:
		return plan_write(world, node, request);
	}
	return false;
}

/* ---- one node, one look ---- */

static bool plan_look(struct world *world, struct node *node, struct request *request)
{
	if (node->activity != ACTIVITY_IDLE || node_is_settled(node))
		return false;
	if (node->is_reading_back || node->is_rereading)
		return plan_send_read(world, node, request);
	if (node->knowledge == KNOWLEDGE_UNKNOWN && plan_observe(world, node, request))
		return true;
	/* Whoever became known just now is in the queue again; deciding at once saves the turn. */
	if (node->knowledge == KNOWLEDGE_UNKNOWN || node_is_settled(node))
		return false;
	return plan_decide(world, node, request);
}

bool plan_next(struct world *world, struct node **ret_node, struct request *ret_request)
{
	struct node *node;

	while ((node = world_dequeue(world))) {
		*ret_request = (struct request){0};
		if (plan_look(world, node, ret_request)) {
			*ret_node = node;
			return true;
		}
	}
	return false;
}

/* ---- answers ---- */

/* "Not found" counts only when the service itself says so: a proxy or a wrong path can say 404, too. */
static bool plan_says_absent(const struct fault *fault)
{
	return fault->class == FAULT_NOT_FOUND && !text_is_empty(fault->code);
}

static bool plan_is_absence(const struct node *node, const struct fault *fault)
{
	if (node->kind->is_absence)
		return node->kind->is_absence(node, fault);
	return plan_says_absent(fault) && !node->kind->must_exist;
}

/* 404 where there must be something, or from nobody knows whom: a replica that is behind, a proxy, a wrong path. */
static void plan_fail_unexpected_absence(struct world *world, struct node *node, const struct fault *absence)
{
	struct fault fault = *absence;

	if (!plan_says_absent(absence))
		fault.class = FAULT_GARBLED;
	else
		fault.class = fault_is_missing_group(absence) ? FAULT_REJECTED : FAULT_TRANSIENT;
	plan_fail(world, node, &fault);
}

static void plan_absorb_reread(struct world *world, struct node *node, enum knowledge knowledge, const char *version)
{
	node->is_rereading = false;
	if (node_is_settled(node))
		return;
	if (node->knowledge != knowledge || !text_equal(version, node->version)) {
		plan_fail(world, node,
			  &(struct fault){.class = FAULT_CONFLICT,
					  .code = "WriteConflict",
					  .message = "somebody else changed it between our first look and our write; "
						     "nothing was written, the next pass plans anew"});
		return;
	}
	node->has_reread = true;
}

static void plan_absorb_readback(struct world *world, struct node *node)
{
	node->is_reading_back = false;
	if (node_is_settled(node))
		return;
	if (node->knowledge != KNOWLEDGE_PRESENT ||
	    (node->written_version && !text_equal(node->written_version, node->version))) {
		plan_give_up(world, node);
		return;
	}
	node->has_reread = true;
}

static void plan_absorb_read(struct world *world, struct node *node, const struct response *response)
{
	enum knowledge knowledge = node->knowledge;
	const char *version = node->version;
	enum absorbed absorbed = ABSORBED_ABSENT;

	if (response->fault.class != FAULT_NONE && node->kind->absorb_fault &&
	    node->kind->absorb_fault(world, node, &response->fault, &absorbed)) {
		plan_take(world, node, absorbed);
	} else if (plan_is_absence(node, &response->fault)) {
		plan_take(world, node, absorbed);
	} else if (response->fault.class == FAULT_NOT_FOUND) {
		plan_fail_unexpected_absence(world, node, &response->fault);
	} else if (response->fault.class != FAULT_NONE) {
		plan_fail(world, node, &response->fault);
	} else {
		absorbed = node->kind->absorb(world, node, response->body);
		plan_take(world, node, absorbed);
	}
	if (absorbed == ABSORBED_MORE)
		return;
	if (node->is_rereading)
		plan_absorb_reread(world, node, knowledge, version);
	else if (node->is_reading_back)
		plan_absorb_readback(world, node);
}

/* What the write brought about is on record from here on, whatever comes after. */
static void plan_record_write(struct node *node)
{
	node->was_written = true;
	node->writes_done++;
	if (node->knowledge == KNOWLEDGE_ABSENT)
		node->was_created = true;
	if (node->changes) {
		*node->applied_tail = node->changes;
		node->applied_tail = node->changes_tail;
	}
	node->changes = NULL;
	node->changes_tail = &node->changes;
}

static void plan_absorb_write(struct world *world, struct node *node, const struct response *response)
{
	const struct kind *kind = node->kind;
	bool is_new = node->knowledge == KNOWLEDGE_ABSENT;

	if (response->fault.class != FAULT_NONE && response->fault.class != FAULT_EXISTS) {
		if (kind->absorb_refusal && kind->absorb_refusal(world, node, &response->fault)) {
			if (node->condition.reason != REASON_NONE)
				plan_settle(world, node, OUTCOME_BLOCKED);
			else
				plan_know(world, node, node->knowledge);
			return;
		}
		node->may_have_harmed = response->fault.is_ambiguous;
		if (node->may_have_harmed && kind->after_write)
			kind->after_write(world, node);
		plan_fail(world, node, &response->fault);
		return;
	}
	/* What exists already was not brought about by this write, and is no change. */
	if (response->fault.class == FAULT_EXISTS)
		node->was_written = true;
	else
		plan_record_write(node);
	if (kind->after_write)
		kind->after_write(world, node);
	/* The create's own answer counts: a read just after it may come from a replica that has not heard of it. */
	if (response->fault.class == FAULT_NONE && response->body && kind->absorb &&
	    (is_new || !kind->read_after_write)) {
		plan_take(world, node, kind->absorb(world, node, response->body));
		node->has_reread = true;
	} else if (kind->read) {
		node->round = 0;
		node->is_reading_back = true;
		world_enqueue(world, node);
	} else {
		if (kind->assume)
			kind->assume(world, node);
		plan_know(world, node, KNOWLEDGE_PRESENT);
	}
}

void plan_absorb(struct world *world, struct node *node, const struct response *response)
{
	enum activity activity = node->activity;

	node->activity = ACTIVITY_IDLE;
	if (response->date_unix_s > 0)
		world->now_unix_s = response->date_unix_s;
	switch (activity) {
	case ACTIVITY_READING:
		plan_absorb_read(world, node, response);
		return;
	case ACTIVITY_WRITING:
		plan_absorb_write(world, node, response);
		return;
	case ACTIVITY_IDLE:
		abort(); /* an answer to a question that was not asked: a bug of the transport */
	}
}

void plan_refuse(struct world *world, struct node *node, const struct fault *fault)
{
	node->activity = ACTIVITY_IDLE;
	plan_fail(world, node, fault);
}
