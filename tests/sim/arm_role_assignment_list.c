/*
 * Lists of role assignments. At a scope Azure shows those at it, above it (inherited) and below it; the filter narrows:
 * atScope() leaves out those below, principalId eq '' and assignedTo('') those of others, the latter looking through
 * groups.
 */
#include <string.h>

#include "arm.h"
#include "arm_role_assignments.h"
#include "arm_roles.h"
#include "base/text.h"

struct filter {
	bool at_scope;
	const char *principal;   /* NULL: any */
	const char *assigned_to; /* NULL: any */
};

/* Reads "'text'" with quotes doubled at *P and moves behind it; NULL: there is none. */
static const char *read_quoted(struct call *call, const char **p)
{
	const char *end;

	if (**p != '\'')
		return NULL;
	end = strchr(*p + 1, '\'');
	if (!end)
		return NULL;
	const char *text = arena_copy_bytes(call->arena, *p + 1, (size_t)(end - *p - 1));

	*p = end + 1;
	return text;
}

static bool skip_word(const char **p, const char *word)
{
	if (!text_has_prefix_fold(*p, word))
		return false;
	*p += strlen(word);
	return true;
}

/* The subset that Azure takes: terms joined by "and". */
static bool filter_read(struct call *call, const char *text, struct filter *ret)
{
	const char *p = text;

	while (*p) {
		while (*p == ' ')
			p++;
		if (skip_word(&p, "atScope()")) {
			ret->at_scope = true;
		} else if (skip_word(&p, "principalId eq ")) {
			ret->principal = read_quoted(call, &p);
			if (!ret->principal)
				return false;
		} else if (skip_word(&p, "assignedTo(")) {
			ret->assigned_to = read_quoted(call, &p);
			if (!ret->assigned_to || !skip_word(&p, ")"))
				return false;
		} else {
			return false;
		}
		while (*p == ' ')
			p++;
		if (*p && !skip_word(&p, "and "))
			return false;
	}
	return true;
}

static bool is_prefix_scope(const char *above, size_t above_length, const char *below, size_t below_length)
{
	return above_length <= below_length && strncasecmp(above, below, above_length) == 0 &&
	       (!above_length || above_length == below_length || below[above_length] == '/');
}

static bool is_wanted(struct call *call, const struct filter *filter, const char *scope, const cJSON *assignment)
{
	const char *id = path_text(assignment, "id"), *principal = path_text(assignment, "properties.principalId");
	size_t length = arm_assignment_scope_length(id), scope_length = strlen(scope);
	bool is_at_or_above = is_prefix_scope(id, length, scope, scope_length);

	if (!is_at_or_above && (filter->at_scope || !is_prefix_scope(scope, scope_length, id, length)))
		return false;
	if (filter->principal && !text_equal_fold(filter->principal, principal))
		return false;
	return !filter->assigned_to || text_equal_fold(filter->assigned_to, principal) ||
	       arm_group_has_member(call->state, principal, filter->assigned_to);
}

static void add_wanted(struct call *call, const struct filter *filter, const char *scope, const struct state_list *list,
		       cJSON *value)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_wanted(call, filter, scope, list->items[i]))
			cJSON_AddItemToArray(value, arm_role_assignment_show(call, list->items[i]));
}

static bool is_assignment(const cJSON *resource)
{
	return text_equal_fold(path_text(resource, "type"), "Microsoft.Authorization/roleAssignments");
}

/* Those at SCOPE and at each scope above it, without a look at the rest of the subscription. */
static void add_at_and_above(struct call *call, const struct filter *filter, const char *scope, cJSON *value)
{
	char *at = arena_copy_text(call->arena, scope);

	for (;;) {
		const struct state_list *list = state_list_children(call->state, at);
		char *slash;

		for (size_t i = 0; i < list->count; i++)
			if (is_assignment(list->items[i]) && is_wanted(call, filter, scope, list->items[i]))
				cJSON_AddItemToArray(value, arm_role_assignment_show(call, list->items[i]));
		if (!*at)
			return;
		slash = strrchr(at, '/');
		*(slash ? slash : at) = 0;
	}
}

static void list_at(struct call *call, const char *scope)
{
	struct filter filter = {0};
	const char *text = call_query(call, "$filter");
	struct arm_id id = arm_id_parse(call->arena, scope);
	cJSON *body, *value;

	if (text && !filter_read(call, text, &filter)) {
		call_answer_error(
			call, 400, "UnsupportedQuery",
			"The filter '%s' is not supported. Supported filters are either 'atScope()' or 'principalId "
			"eq '{value}' or assignedTo('{value}')'.",
			text);
		return;
	}
	if (*scope && id.type && !text_has_prefix_fold(id.type, "Microsoft.Resources/") && !arm_find(call, scope))
		return;
	body = cJSON_CreateObject();
	value = cJSON_AddArrayToObject(body, "value");
	if (filter.principal) {
		add_wanted(call, &filter, scope, state_list_principal(call->state, filter.principal), value);
	} else if (filter.at_scope || !id.subscription) {
		add_at_and_above(call, &filter, scope, value);
	} else {
		const char *subscription = arena_printf(call->arena, "/subscriptions/%s", id.subscription);

		add_at_and_above(call, &filter, "", value);
		add_wanted(call, &filter, scope, state_list_role_assignments(call->state, subscription), value);
	}
	call_answer(call, 200, body);
}

static void list_assignments(struct call *call)
{
	list_at(call, call->arguments[0]);
}

static void list_assignments_at_root(struct call *call)
{
	list_at(call, "");
}

const struct sim_route arm_role_assignment_list_routes[] = {
	{"GET", "/providers/Microsoft.Authorization/roleAssignments", list_assignments_at_root},
	{"GET", "{*}/providers/Microsoft.Authorization/roleAssignments", list_assignments},
	{0},
};
