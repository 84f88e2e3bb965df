#include "reconcile/verdict.h"

#include "base/text.h"
#include "reconcile/command.h"

const struct node *verdict_root(const struct node *node)
{
	while (node->outcome == OUTCOME_BLOCKED && node->blocked_by)
		node = node->blocked_by;
	return node;
}

/* ---- reasons ---- */

static enum reason reason_of_fault(const struct fault *fault)
{
	if (text_equal_fold(fault->code, "ReadInconsistent"))
		return REASON_READ_INCONSISTENT;
	if (text_equal_fold(fault->code, "WriteHeldBack"))
		return REASON_WRITE_HELD_BACK;
	if (text_equal_fold(fault->code, "SubscriptionNotFound") ||
	    text_equal_fold(fault->code, "InvalidSubscriptionId"))
		return REASON_SUBSCRIPTION_NOT_ACCESSIBLE;
	switch (fault->class) {
	case FAULT_DENIED:
		return REASON_INSUFFICIENT_PRIVILEGES;
	case FAULT_CREDENTIAL:
		return REASON_CREDENTIAL_REJECTED;
	case FAULT_UNREACHABLE:
		return REASON_CLOUD_UNREACHABLE;
	case FAULT_CONFLICT:
		return REASON_WRITE_CONFLICT;
	case FAULT_NONE:
	case FAULT_NOT_FOUND:
	case FAULT_TRANSIENT:
	case FAULT_THROTTLED:
	case FAULT_EXISTS:
	case FAULT_REJECTED:
	case FAULT_GARBLED:
	case FAULT_REFUSED:
		return REASON_CLOUD_REFUSED;
	}
	return REASON_CLOUD_REFUSED;
}

static enum reason reason_of_node(const struct node *node)
{
	return node->outcome == OUTCOME_FAILED ? reason_of_fault(&node->fault) : node->condition.reason;
}

/* Nobody reads the same sentence twice: what failed alike at the transport (one host down, one credential) is said
 * once. */
static bool is_about_the_way(const struct node *node)
{
	return node->outcome == OUTCOME_FAILED &&
	       (node->fault.class == FAULT_UNREACHABLE || node->fault.class == FAULT_CREDENTIAL);
}

static const char *message_of_failure(struct world *world, const struct node *node)
{
	const struct fault *fault = &node->fault;
	const char *text = fault->message ? fault->message : "the cloud gave no reason", *what;
	struct command command;

	if (is_about_the_way(node))
		return text;
	what = arena_printf(&world->arena, "%s %s: %s%s%s%s%s%s", node->kind->name, node->label, text,
			    fault->code ? " [" : "", fault->code ? fault->code : "", fault->code ? "]" : "",
			    fault->request_id ? " request " : "", fault->request_id ? fault->request_id : "");
	/* What the daemon may not do, an administrator can: the command is the request that was refused. */
	if (fault->class == FAULT_DENIED && node->writes && command_of_write(world, node, &world->arena, &command))
		return arena_printf(&world->arena, "%s. Give the right, or run: %s", what, command.text);
	return what;
}

static const char *message_of_node(struct world *world, const struct node *node)
{
	if (node->outcome == OUTCOME_FAILED)
		return message_of_failure(world, node);
	return node->condition.message ? node->condition.message : "no reason was given";
}

/* ---- one installation ---- */

struct verdict_context {
	struct world *world;
	verdict_fn *say;
	void *arg;
	struct map said; /* messages, so that each is said once */
};

static bool has_trouble(const struct node *node)
{
	return !node->is_disregarded && (node->outcome == OUTCOME_FAILED || node->outcome == OUTCOME_BLOCKED);
}

static void verdict_say_root(struct verdict_context *verdict, const struct node *root, bool is_blocking)
{
	const char *reason = reason_name(reason_of_node(root));
	const char *message = message_of_node(verdict->world, root);

	if (map_get(&verdict->said, message))
		return;
	map_put(&verdict->said, message, (void *)root);
	verdict->say(verdict->arg, root, reason, true, reason, message, is_blocking);
}

struct tally {
	size_t trouble, drift, withheld, open;
};

static struct tally verdict_tally(const struct installation *installation)
{
	struct tally tally = {0};

	for (const struct node *node = installation->nodes; node; node = node->next_of_installation) {
		tally.trouble += has_trouble(node);
		tally.drift += node->outcome == OUTCOME_PLANNED;
		tally.withheld += node->outcome == OUTCOME_WITHHELD;
		tally.open += node->outcome == OUTCOME_OPEN;
	}
	return tally;
}

/* The sites that restore-1x has put on hold. Those that do not exist any more are said, too: nobody would lift them. */
static void verdict_say_holds(struct verdict_context *verdict, const struct installation *installation)
{
	const struct holds *holds = verdict->world->holds;
	const char *reason = reason_name(REASON_HELD_BY_OPERATOR), *app = installation->desired->app_service;
	struct arena *arena = &verdict->world->arena;

	if (holds && holds->problem)
		verdict->say(verdict->arg, NULL, reason, true, reason, holds->problem, true);
	for (size_t i = 0; holds && i < holds->count; i++) {
		const struct hold *hold = &holds->items[i];

		if (holds_find(holds, installation->tenant->tenant_id, app, hold->slot) != hold)
			continue;
		verdict->say(
			verdict->arg, NULL, reason, true, reason,
			arena_printf(arena,
				     "%s%s%s is on hold since %s (restore-1x): its settings are observed and never "
				     "written. To lift that: scepmand release --instance %s%s%s",
				     app, hold->slot ? "/" : "", hold->slot ? hold->slot : "", hold->since,
				     installation->desired->name, hold->slot ? " --slot " : "",
				     hold->slot ? hold->slot : ""),
			false);
	}
}

static void verdict_say_policies(struct verdict_context *verdict, const struct installation *installation,
				 const struct tally *tally)
{
	struct arena *arena = &verdict->world->arena;

	if (tally->withheld)
		verdict->say(verdict->arg, NULL, reason_name(REASON_GRANT_PENDING_ADMIN), true,
			     reason_name(REASON_GRANT_PENDING_ADMIN),
			     arena_printf(arena,
					  "%zu grants are left to an administrator by the configuration; `scepmand "
					  "grants` prints "
					  "the commands",
					  tally->withheld),
			     false);
	/* restore-1x is not kept from anything by them. */
	if (verdict->world->restoration)
		return;
	verdict_say_holds(verdict, installation);
	if (installation->desired->hold)
		verdict->say(verdict->arg, NULL, reason_name(REASON_HELD_BY_OPERATOR), true,
			     reason_name(REASON_HELD_BY_OPERATOR),
			     "hold: true in the configuration: the installation is observed, nothing is written",
			     false);
}

bool verdict_of_installation(struct world *world, const struct installation *installation, verdict_fn *say, void *arg)
{
	const struct tally tally = verdict_tally(installation);
	struct verdict_context verdict = {.world = world, .say = say, .arg = arg};
	bool is_in_sync = !tally.trouble && !tally.drift && !tally.withheld && !tally.open;

	say(arg, NULL, "Ready", !tally.trouble && !tally.open,
	    tally.trouble ? "Blocked"
	    : tally.open  ? "Interrupted"
			  : "AsExpected",
	    tally.trouble ? "something could not be read, decided or written; see the other conditions"
	    : tally.open  ? "the pass was interrupted before everything was looked at"
			  : "everything could be read and decided",
	    false);
	say(arg, NULL, "InSync", is_in_sync, is_in_sync ? "AsDesired" : "Drift",
	    is_in_sync ? "the installation is complete" : "the installation is not as the configuration says", false);
	for (const struct node *node = installation->nodes; node; node = node->next_of_installation) {
		const struct node *root = verdict_root(node);

		if (has_trouble(node) || root->condition.reason != REASON_NONE)
			verdict_say_root(&verdict, root, has_trouble(node));
	}
	verdict_say_policies(&verdict, installation, &tally);
	map_done(&verdict.said);
	return is_in_sync;
}

/* ---- the next pass ---- */

bool verdict_is_worth_another_pass(const struct world *world, int64_t *ret_wait_s)
{
	bool is_worth_it = false;

	*ret_wait_s = 0;
	for (const struct node *node = world->nodes; node; node = node->next_in_world) {
		int64_t wait_s = node->condition.retry_after_s;

		if (has_trouble(node) && node->outcome == OUTCOME_FAILED && fault_is_retryable(&node->fault))
			wait_s = node->fault.retry_after_s > 0 ? node->fault.retry_after_s : 1;
		if (wait_s <= 0)
			continue;
		is_worth_it = true;
		if (wait_s > *ret_wait_s)
			*ret_wait_s = wait_s;
	}
	return is_worth_it;
}
