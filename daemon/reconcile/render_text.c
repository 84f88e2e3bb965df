#include "reconcile/render.h"

#include "base/text.h"

/* ---- colours: those of a diff ---- */

enum colour { COLOUR_ADD, COLOUR_CHANGE, COLOUR_REMOVE, COLOUR_BLOCKED, COLOUR_WITHHELD, COLOUR_HEADING, COLOUR_NONE };

struct text {
	struct buffer *buffer;
	bool has_colour;
};

static void text_colour(struct text *text, enum colour colour)
{
	static const char *const codes[] = {
		[COLOUR_ADD] = "\033[32m",       [COLOUR_CHANGE] = "\033[33m",   [COLOUR_REMOVE] = "\033[31m",
		[COLOUR_BLOCKED] = "\033[1;31m", [COLOUR_WITHHELD] = "\033[36m", [COLOUR_HEADING] = "\033[1m",
		[COLOUR_NONE] = "\033[0m",
	};

	if (text->has_colour)
		buffer_append_text(text->buffer, codes[colour]);
}

static void text_mark(struct text *text, enum colour colour, const char *mark)
{
	buffer_append_text(text->buffer, "  ");
	text_colour(text, colour);
	buffer_append_text(text->buffer, mark);
	text_colour(text, COLOUR_NONE);
	buffer_append_char(text->buffer, ' ');
}

/* ---- changes ---- */

static enum colour colour_of(enum action action)
{
	switch (action) {
	case ACTION_CREATE:
	case ACTION_ASSIGN:
		return COLOUR_ADD;
	case ACTION_UPDATE:
		return COLOUR_CHANGE;
	case ACTION_REMOVE:
		return COLOUR_REMOVE;
	}
	return COLOUR_NONE;
}

static const char *mark_of(enum action action)
{
	switch (action) {
	case ACTION_CREATE:
	case ACTION_ASSIGN:
		return "+";
	case ACTION_UPDATE:
		return "~";
	case ACTION_REMOVE:
		return "-";
	}
	return " ";
}

/* What the cloud and the plan say in parentheses stands without quotation marks. */
static void render_value(struct text *text, const char *value)
{
	if (!value)
		buffer_append_text(text->buffer, "(not set)");
	else if (*value == '(')
		buffer_append_text(text->buffer, value);
	else
		buffer_printf(text->buffer, "\"%s\"", value);
}

/* key: before -> after  # reason */
static void render_detail(struct text *text, const struct report_change *change)
{
	if (change->key)
		buffer_append_text(text->buffer, change->key);
	if (change->key && (change->before || change->after))
		buffer_append_text(text->buffer, ": ");
	if (change->before)
		render_value(text, change->before);
	if (change->before && change->after)
		buffer_append_text(text->buffer, " -> ");
	if (change->after)
		render_value(text, change->after);
	if (change->reason)
		buffer_printf(text->buffer, "%s# %s", change->key || change->before || change->after ? "  " : "",
			      change->reason);
	buffer_append_char(text->buffer, '\n');
}

static bool is_same_thing(const struct report_change *a, const struct report_change *b)
{
	return b && text_equal(a->kind, b->kind) && text_equal(a->target, b->target) && text_equal(a->slot, b->slot) &&
	       a->key && b->key;
}

/* One block for each thing: its first line says what it is, the lines below say what of it. A thing of which several
 * parts change is changed, whatever becomes of the parts. */
static const struct report_change *render_block(struct text *text, const struct report_change *change,
						enum render_purpose purpose)
{
	bool has_parts = is_same_thing(change, change->next);
	const struct report_change *last = change;
	enum action action = change->action;

	for (const struct report_change *p = change; is_same_thing(p, p->next); p = p->next)
		if (p->next->action != action)
			action = ACTION_UPDATE;

	text_mark(text, colour_of(action), mark_of(action));
	buffer_printf(text->buffer, "%s %s", change->kind, change->target);
	if (change->slot)
		buffer_printf(text->buffer, " (slot %s)", change->slot);
	if (purpose == RENDER_APPLY && change->is_planned)
		buffer_append_text(text->buffer, "  # not written");
	else if (change->restarts)
		buffer_printf(text->buffer, "  # %s once",
			      purpose == RENDER_PLAN ? "restarts the app" : "restarted the app");
	buffer_append_char(text->buffer, '\n');
	for (;; last = last->next) {
		if (has_parts) {
			buffer_append_text(text->buffer, "    ");
			text_mark(text, colour_of(last->action), mark_of(last->action));
			render_detail(text, last);
		} else if (last->key || last->before || last->after || last->reason) {
			buffer_append_text(text->buffer, "      ");
			render_detail(text, last);
		}
		if (!is_same_thing(last, last->next))
			return last;
	}
}

static void render_changes(struct text *text, const struct report_instance *instance, enum render_purpose purpose)
{
	for (const struct report_change *change = instance->changes; change; change = change->next)
		change = render_block(text, change, purpose);
}

/* ---- what stands in the way ---- */

static void render_conditions(struct text *text, const struct report_instance *instance)
{
	for (const struct report_condition *c = instance->conditions; c; c = c->next) {
		if (text_equal(c->type, "Ready") || text_equal(c->type, "InSync") ||
		    text_equal(c->type, "GrantPendingAdmin"))
			continue;
		text_mark(text, COLOUR_BLOCKED, "!");
		buffer_printf(text->buffer, "%s: %s\n", c->reason, c->message);
	}
}

static void render_withheld(struct text *text, const struct report_instance *instance)
{
	for (const struct report_withheld *w = instance->withheld; w; w = w->next) {
		text_mark(text, COLOUR_WITHHELD, "?");
		buffer_printf(text->buffer, "%s %s\n", w->kind, w->target);
		if (w->command)
			buffer_printf(text->buffer, "      %s\n", w->command);
		else
			buffer_append_text(
				text->buffer,
				"      (the command follows once the objects that it names exist: run apply first)\n");
	}
}

/* ---- the whole ---- */

/* What is held, or belongs to a tenant in mode plan, was not done. */
static void render_applied(const struct report_summary *s, struct buffer *ret)
{
	size_t restarts = s->restarts - s->planned.restarts;
	size_t planned = s->planned.add + s->planned.change + s->planned.remove;

	buffer_printf(ret, "Applied: %zu added, %zu changed, %zu removed; %zu app restart%s", s->add - s->planned.add,
		      s->change - s->planned.change, s->remove - s->planned.remove, restarts, restarts == 1 ? "" : "s");
	if (planned)
		buffer_printf(ret, "; %zu not written", planned);
}

void render_summary(const struct report *report, enum render_purpose purpose, struct buffer *ret)
{
	const struct report_summary s = report_summarise(report);

	if (report_is_in_sync(report) && !(s.add + s.change + s.remove)) {
		buffer_append_text(ret, report->is_about_one_slot ? "Nothing to change." : "In sync.");
		return;
	}
	if (purpose == RENDER_PLAN)
		buffer_printf(ret, "Plan: %zu to add, %zu to change, %zu to remove; %zu app restart%s", s.add, s.change,
			      s.remove, s.restarts, s.restarts == 1 ? "" : "s");
	else
		render_applied(&s, ret);
	if (s.withheld)
		buffer_printf(ret, "; %zu withheld", s.withheld);
	buffer_printf(ret, "; %zu blocked.", s.blocked);
}

void render_text(const struct report *report, enum render_purpose purpose, bool has_colour, struct buffer *ret)
{
	struct text text = {.buffer = ret, .has_colour = has_colour};

	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next) {
		for (const struct report_instance *i = tenant->instances; i; i = i->next) {
			text_colour(&text, COLOUR_HEADING);
			buffer_printf(ret, "%s/%s", tenant->name, i->name);
			text_colour(&text, COLOUR_NONE);
			buffer_append_text(ret, i->in_sync && !report->is_about_one_slot ? " is in sync\n" : "\n");
			render_changes(&text, i, purpose);
			render_withheld(&text, i);
			render_conditions(&text, i);
			buffer_append_char(ret, '\n');
		}
	}
	render_summary(report, purpose, ret);
	buffer_append_char(ret, '\n');
}

void render_grants_text(const struct report *report, struct buffer *ret)
{
	size_t count = 0, missing = 0;

	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next) {
		for (const struct report_instance *i = tenant->instances; i; i = i->next) {
			for (const struct report_withheld *w = i->withheld; w; w = w->next) {
				if (!w->command) {
					missing++;
					continue;
				}
				if (!count++)
					buffer_append_text(ret, "#!/bin/sh\nset -e\n");
				buffer_printf(ret, "# %s/%s: %s %s\n%s\n", tenant->name, i->name, w->kind, w->target,
					      w->command);
			}
		}
	}
	if (missing)
		buffer_printf(ret,
			      "# %zu more will follow once the objects that they name exist: run `scepmand apply`, "
			      "then this again\n",
			      missing);
	if (!count && !missing)
		buffer_append_text(ret, "# nothing is withheld\n");
}
