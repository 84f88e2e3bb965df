#include "observe/news.h"

#include "base/buffer.h"
#include "base/text.h"

enum { NEWS_KEYS_MAX = 8, NEWS_KEYS_SIZE = 1024 };

struct news_context {
	struct report *report;
	const struct report_instance *before, *after; /* BEFORE may be NULL */
	news_fn *tell;
	void *arg;
};

const char *news_kind_name(enum news_kind kind)
{
	switch (kind) {
	case NEWS_DRIFT_FOUND:
		return "drift-found";
	case NEWS_DRIFT_HEALED:
		return "drift-healed";
	case NEWS_BLOCKED:
		return "blocked";
	case NEWS_UNBLOCKED:
		return "unblocked";
	case NEWS_CONDITION_APPEARED:
		return "condition-appeared";
	case NEWS_CONDITION_CHANGED:
		return "condition-changed";
	case NEWS_CONDITION_GONE:
		return "condition-gone";
	}
	return "unknown";
}

/* ---- drift ---- */

static const struct report_change *change_of(const struct report_instance *instance, const char *node, bool is_planned)
{
	for (const struct report_change *c = instance ? instance->changes : NULL; c; c = c->next)
		if (c->is_planned == is_planned && text_equal(c->node, node))
			return c;
	return NULL;
}

/* What differs at the thing that the change is about: a key, or of a role that has none the one who lacks it. */
static const char *key_of(const struct report_change *change)
{
	return change->key || change->action != ACTION_ASSIGN || change->is_sensitive ? change->key : change->after;
}

/* The keys of what differs at the node of FIRST, which is its first change. */
static const char *keys_of(struct report *report, const struct report_change *first)
{
	struct buffer keys;
	const char *text;
	size_t count = 0;

	buffer_init(&keys, NEWS_KEYS_SIZE);
	for (const struct report_change *c = first; c; c = c->next) {
		if (!key_of(c) || c->is_planned != first->is_planned || !text_equal(c->node, first->node))
			continue;
		if (count++ < NEWS_KEYS_MAX)
			buffer_printf(&keys, "%s%s", count > 1 ? ", " : "", key_of(c));
	}
	if (count > NEWS_KEYS_MAX)
		buffer_printf(&keys, " and %zu more", count - NEWS_KEYS_MAX);
	text = keys.length ? arena_copy_text(&report->arena, keys.data) : NULL;
	buffer_done(&keys);
	return text;
}

static void tell_drift(const struct news_context *context, enum news_kind kind, const struct report_change *change,
		       const char *message)
{
	context->tell(context->arg, &(struct news){
					    .kind = kind,
					    .instance = context->after->name,
					    .node = change->node,
					    .node_kind = change->kind,
					    .target = change->target,
					    .slot = change->slot,
					    .action = action_name(change->action),
					    .keys = keys_of(context->report, change),
					    .message = message,
					    .is_ours = kind == NEWS_DRIFT_HEALED && !change->is_planned,
				    });
}

static bool is_first_of_node(const struct report_instance *instance, const struct report_change *change)
{
	return change_of(instance, change->node, change->is_planned) == change;
}

static bool is_ready(const struct report_instance *instance)
{
	for (const struct report_condition *c = instance->conditions; c; c = c->next)
		if (text_equal(c->type, "Ready"))
			return text_equal(c->status, "True");
	return false;
}

static void compare_drift(const struct news_context *context)
{
	const struct report_instance *before = context->before, *after = context->after;

	for (const struct report_change *c = after->changes; c; c = c->next) {
		bool was_known = change_of(before, c->node, true);

		if (!is_first_of_node(after, c))
			continue;
		if (c->is_planned && !was_known && !change_of(after, c->node, false))
			tell_drift(context, NEWS_DRIFT_FOUND, c, "not written: observed only");
		if (c->is_planned)
			continue;
		if (!was_known)
			tell_drift(context, NEWS_DRIFT_FOUND, c, c->reason);
		tell_drift(context, NEWS_DRIFT_HEALED, c, "written");
	}
	/* What could not be looked at is not healed. */
	if (!is_ready(after))
		return;
	for (const struct report_change *c = before ? before->changes : NULL; c; c = c->next)
		if (c->is_planned && is_first_of_node(before, c) && !change_of(after, c->node, true) &&
		    !change_of(after, c->node, false))
			tell_drift(context, NEWS_DRIFT_HEALED, c, "as desired again, not by a write of ours");
}

/* ---- conditions ---- */

static const struct report_condition *same_condition(const struct report_instance *instance,
						     const struct report_condition *condition)
{
	for (const struct report_condition *c = instance ? instance->conditions : NULL; c; c = c->next)
		if (text_equal(c->type, condition->type) && text_equal(c->node, condition->node))
			return c;
	return NULL;
}

static void tell_condition(const struct news_context *context, enum news_kind kind,
			   const struct report_condition *condition, bool is_status_changed)
{
	context->tell(context->arg, &(struct news){
					    .kind = kind,
					    .instance = context->after->name,
					    .node = condition->node,
					    .condition = condition->type,
					    .status = condition->status,
					    .reason = condition->reason,
					    .message = condition->message,
					    .is_status_changed = is_status_changed,
				    });
}

static void compare_conditions(const struct news_context *context)
{
	for (struct report_condition *c = context->after->conditions; c; c = c->next) {
		const struct report_condition *old = same_condition(context->before, c);
		bool is_status_changed =
			old && !(text_equal(old->status, c->status) && text_equal(old->reason, c->reason));

		if (!old)
			tell_condition(context, c->is_blocking ? NEWS_BLOCKED : NEWS_CONDITION_APPEARED, c, true);
		else if (is_status_changed || !text_equal(old->message, c->message))
			tell_condition(context, NEWS_CONDITION_CHANGED, c, is_status_changed);
		if (old && !is_status_changed)
			c->since = arena_copy_text(&context->report->arena, old->since);
	}
	for (const struct report_condition *c = context->before ? context->before->conditions : NULL; c; c = c->next)
		if (!same_condition(context->after, c))
			tell_condition(context, c->is_blocking ? NEWS_UNBLOCKED : NEWS_CONDITION_GONE, c, true);
}

/* ---- the whole ---- */

static const struct report_instance *find_instance(const struct report *report, const char *tenant, const char *name)
{
	for (const struct report_tenant *t = report ? report->tenants : NULL; t; t = t->next)
		for (const struct report_instance *i = t->instances; i; i = i->next)
			if (text_equal(t->name, tenant) && text_equal(i->name, name))
				return i;
	return NULL;
}

void news_compare(const struct report *before, struct report *after, news_fn *tell, void *arg)
{
	for (const struct report_tenant *tenant = after->tenants; tenant; tenant = tenant->next) {
		for (const struct report_instance *i = tenant->instances; i; i = i->next) {
			const struct news_context context = {
				.report = after,
				.before = find_instance(before, tenant->name, i->name),
				.after = i,
				.tell = tell,
				.arg = arg,
			};

			compare_drift(&context);
			compare_conditions(&context);
		}
	}
}
