#include "reconcile/report.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "reconcile/command.h"
#include "reconcile/verdict.h"

void report_init(struct report *report, const char *generation, const unsigned char key[32])
{
	*report = (struct report){0};
	report->generation = arena_copy_text(&report->arena, generation);
	memcpy(report->key, key, sizeof(report->key));
	report->tenants_tail = &report->tenants;
}

void report_done(struct report *report)
{
	arena_done(&report->arena);
}

/* ---- tenants and installations ---- */

static struct report_tenant *report_tenant(struct report *report, const struct desired_tenant *desired)
{
	struct report_tenant *tenant;

	for (tenant = report->tenants; tenant; tenant = tenant->next)
		if (text_equal(tenant->name, desired->name))
			return tenant;
	tenant = arena_new(&report->arena, struct report_tenant);
	tenant->name = arena_copy_text(&report->arena, desired->name);
	tenant->tenant_id = arena_copy_text(&report->arena, desired->tenant_id);
	tenant->instances_tail = &tenant->instances;
	*report->tenants_tail = tenant;
	report->tenants_tail = &tenant->next;
	return tenant;
}

/* What a pass would have done is said again by the next one, if it still would. */
static void report_forget_plans(struct report_instance *instance)
{
	struct report_change **link = &instance->changes;

	while (*link) {
		if ((*link)->is_planned)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
	instance->changes_tail = link;
}

static struct report_instance *report_instance(struct report *report, struct report_tenant *tenant, const char *name)
{
	struct report_instance *instance;

	for (instance = tenant->instances; instance; instance = instance->next)
		if (text_equal(instance->name, name))
			break;
	if (!instance) {
		instance = arena_new(&report->arena, struct report_instance);
		instance->name = arena_copy_text(&report->arena, name);
		instance->changes_tail = &instance->changes;
		*tenant->instances_tail = instance;
		tenant->instances_tail = &instance->next;
	}
	/* What is left to do is what the last pass says. */
	report_forget_plans(instance);
	instance->conditions = NULL;
	instance->conditions_tail = &instance->conditions;
	instance->withheld = NULL;
	instance->withheld_tail = &instance->withheld;
	return instance;
}

/* ---- changes ---- */

static const char *report_value(struct report *report, const char *value, bool is_sensitive)
{
	char fingerprint[DIGEST_FINGERPRINT_SIZE];

	if (!value || !is_sensitive)
		return arena_copy_text(&report->arena, value);
	digest_fingerprint(report->key, sizeof(report->key), value, fingerprint);
	return arena_printf(&report->arena, "(sensitive %s)", fingerprint);
}

static void report_add_change(struct report *report, struct report_instance *instance, const struct node *node,
			      const struct change *change, bool is_planned)
{
	struct arena *arena = &report->arena;
	struct report_change *copy = arena_new(arena, struct report_change);

	*copy = (struct report_change){
		.action = change->action,
		.node = arena_copy_text(arena, node->name),
		.kind = node->kind->name,
		.target = arena_copy_text(arena, change->target ? change->target : node->label),
		.slot = arena_copy_text(arena, change->slot),
		.key = arena_copy_text(arena, change->key),
		.before = report_value(report, change->before, change->is_sensitive),
		.after = change->is_known_after_apply ? "(known after apply)"
						      : report_value(report, change->after, change->is_sensitive),
		.is_sensitive = change->is_sensitive,
		.is_planned = is_planned,
		.restarts = arena_copy_text(arena, change->restarts),
		.reason = arena_copy_text(arena, change->reason),
	};
	*instance->changes_tail = copy;
	instance->changes_tail = &copy->next;
}

/* What was done; and, of what was not, what would be. */
static void report_add_changes(struct report *report, struct report_instance *instance, const struct node *node)
{
	for (const struct change *change = node->applied; change; change = change->next)
		if (!change->is_of_create)
			report_add_change(report, instance, node, change, false);
	if (node->outcome != OUTCOME_PLANNED)
		return;
	for (const struct change *change = node->changes; change; change = change->next)
		report_add_change(report, instance, node, change, true);
}

/* ---- what is withheld ---- */

static void report_add_withheld(struct report *report, struct report_instance *instance, struct world *world,
				const struct node *node)
{
	struct arena *arena = &report->arena;
	struct report_withheld *withheld = arena_new(arena, struct report_withheld);
	struct command command;

	*withheld = (struct report_withheld){
		.kind = node->kind->name,
		.target = arena_copy_text(arena, node->label),
	};
	if (command_of_write(world, node, arena, &command)) {
		withheld->command = command.text;
		withheld->method = command.method;
		withheld->url = command.url;
		withheld->body = command.body;
	}
	*instance->withheld_tail = withheld;
	instance->withheld_tail = &withheld->next;
}

/* ---- conditions ---- */

struct report_sink {
	struct report *report;
	struct report_instance *instance;
	const char *since;
};

static void report_add_condition(void *arg, const struct node *about, const char *type, bool status, const char *reason,
				 const char *message, bool is_blocking)
{
	struct report_sink *sink = arg;
	struct arena *arena = &sink->report->arena;
	struct report_condition *condition = arena_new(arena, struct report_condition);

	*condition = (struct report_condition){
		.type = arena_copy_text(arena, type),
		.status = status ? "True" : "False",
		.reason = arena_copy_text(arena, reason),
		.message = arena_copy_text(arena, message),
		.since = sink->since,
		.generation = sink->report->generation,
		.node = about ? arena_copy_text(arena, about->name) : NULL,
		.is_blocking = is_blocking,
	};
	*sink->instance->conditions_tail = condition;
	sink->instance->conditions_tail = &condition->next;
}

/* ---- the whole ---- */

static bool report_knows_anything(const struct world *world)
{
	for (const struct node *node = world->nodes; node; node = node->next_in_world)
		if (node->knowledge != KNOWLEDGE_UNKNOWN && node->reads)
			return true;
	return false;
}

static bool report_restarts(const struct node *node)
{
	const struct change *change = node->applied ? node->applied : node->changes;

	return change && change->restarts;
}

/* What restarts an app comes last, as it does in time: the reader sees first what it is for. */
static void report_add_nodes(struct report *report, struct report_instance *instance, struct world *world,
			     const struct installation *installation, bool restarts)
{
	for (const struct node *node = installation->nodes; node; node = node->next_of_installation) {
		if (report_restarts(node) != restarts)
			continue;
		report_add_changes(report, instance, node);
		if (node->outcome == OUTCOME_WITHHELD)
			report_add_withheld(report, instance, world, node);
	}
}

static void report_add_installation(struct report *report, struct report_tenant *tenant, struct world *world,
				    const struct installation *installation, const char *since)
{
	struct report_instance *instance = report_instance(report, tenant, installation->desired->name);
	struct report_sink sink = {.report = report, .instance = instance, .since = since};

	report_add_nodes(report, instance, world, installation, false);
	report_add_nodes(report, instance, world, installation, true);
	instance->in_sync = verdict_of_installation(world, installation, report_add_condition, &sink);
}

void report_add(struct report *report, struct world *world, int64_t now_unix_s)
{
	struct report_tenant *tenant = report_tenant(report, world->tenant);
	char since[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(now_unix_s * 1000, since);
	world_group_nodes(world);
	tenant->is_unreachable = !report_knows_anything(world);
	for (size_t i = 0; i < world->installation_count; i++)
		if (!world->installations[i].is_bystander)
			report_add_installation(report, tenant, world, &world->installations[i],
						arena_copy_text(&report->arena, since));
}

void report_add_problem(struct report *report, struct world *world, const char *problem, int64_t now_unix_s)
{
	struct report_tenant *tenant = report_tenant(report, world->tenant);
	const char *reason = reason_name(REASON_CREDENTIAL_REJECTED);
	char since[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(now_unix_s * 1000, since);
	tenant->is_unreachable = true;
	for (size_t i = 0; i < world->installation_count; i++) {
		struct report_sink sink = {
			.report = report,
			.since = arena_copy_text(&report->arena, since),
		};

		if (world->installations[i].is_bystander)
			continue;
		sink.instance = report_instance(report, tenant, world->installations[i].desired->name);
		sink.instance->in_sync = false;
		report_add_condition(&sink, NULL, "Ready", false, "Blocked", "nothing could be asked of the tenant",
				     false);
		report_add_condition(&sink, NULL, "InSync", false, "Unknown", "nothing could be asked of the tenant",
				     false);
		report_add_condition(&sink, NULL, reason, true, reason, problem, true);
	}
}

static void report_count_change(struct report_summary *summary, const struct report_change *change)
{
	switch (change->action) {
	case ACTION_CREATE:
	case ACTION_ASSIGN:
		summary->add++;
		summary->planned.add += change->is_planned;
		return;
	case ACTION_UPDATE:
		summary->change++;
		summary->planned.change += change->is_planned;
		return;
	case ACTION_REMOVE:
		summary->remove++;
		summary->planned.remove += change->is_planned;
		return;
	}
}

/* Several settings of one site are one write and one restart; its runtime is another. */
static bool report_restarts_again(const struct report_change *first, const struct report_change *change)
{
	for (const struct report_change *p = first; p != change; p = p->next)
		if (p->restarts && text_equal(p->kind, change->kind) &&
		    text_equal_fold(p->restarts, change->restarts) && text_equal_fold(p->slot, change->slot))
			return true;
	return false;
}

struct report_summary report_summarise(const struct report *report)
{
	struct report_summary summary = {0};

	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next) {
		for (const struct report_instance *i = tenant->instances; i; i = i->next) {
			for (const struct report_change *change = i->changes; change; change = change->next) {
				report_count_change(&summary, change);
				if (!change->restarts || report_restarts_again(i->changes, change))
					continue;
				summary.restarts++;
				summary.planned.restarts += change->is_planned;
			}
			for (const struct report_condition *c = i->conditions; c; c = c->next)
				summary.blocked += c->is_blocking;
			for (const struct report_withheld *w = i->withheld; w; w = w->next)
				summary.withheld++;
		}
	}
	return summary;
}

bool report_is_in_sync(const struct report *report)
{
	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next)
		for (const struct report_instance *i = tenant->instances; i; i = i->next)
			if (!i->in_sync)
				return false;
	return true;
}

bool report_is_failure(const struct report *report)
{
	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next)
		if (!tenant->is_unreachable)
			return false;
	return report->tenants != NULL;
}
