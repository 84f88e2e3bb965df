/* Operators that bring rows together: summarize and join. */
#include <math.h>
#include <string.h>

#include "base/attributes.h"
#include "base/map.h"
#include "base/text.h"
#include "kql_syntax.h"

enum aggregate { COUNT, COUNT_IF, DISTINCT_COUNT, SUM, AVERAGE, MINIMUM, MAXIMUM, MAKE_LIST, MAKE_SET, TAKE_ANY };

static const struct {
	const char *name;
	enum aggregate aggregate;
	size_t arguments;
} aggregates[] = {
	{"count", COUNT, 0},       {"countif", COUNT_IF, 1},    {"dcount", DISTINCT_COUNT, 1},
	{"sum", SUM, 1},           {"avg", AVERAGE, 1},         {"min", MINIMUM, 1},
	{"max", MAXIMUM, 1},       {"make_list", MAKE_LIST, 1}, {"make_set", MAKE_SET, 1},
	{"take_any", TAKE_ANY, 1}, {"any", TAKE_ANY, 1},
};

/* One aggregate of one group, as it grows. */
struct tally {
	double number;
	size_t count;
	struct kql_value value;
	struct map seen;
	cJSON *list;
};

struct group {
	struct kql_value *keys;
	struct tally *tallies;
};

static bool find_aggregate(struct kql_context *context, const struct kql_expression *call, enum aggregate *ret)
{
	for (size_t i = 0; call->kind == EXPRESSION_CALL && i < ARRAY_SIZE(aggregates); i++)
		if (text_equal(aggregates[i].name, call->name) && aggregates[i].arguments == call->argument_count) {
			*ret = aggregates[i].aggregate;
			return true;
		}
	return kql_fail(context, "InvalidQuery", call->start, "an aggregate function is expected");
}

static const char *aggregate_name(struct kql_context *context, const struct kql_named *item)
{
	const struct kql_named of = {.expression =
					     item->expression->argument_count ? item->expression->arguments[0] : NULL};

	if (item->name)
		return item->name;
	return arena_printf(context->arena, "%s_%s", item->expression->name,
			    of.expression && of.expression->kind != EXPRESSION_OPERATOR ? kql_item_name(context, &of)
											: "");
}

static void tally_add(struct kql_context *context, struct tally *tally, enum aggregate aggregate,
		      const struct kql_value *value)
{
	bool is_new;

	switch (aggregate) {
	case COUNT:
		tally->number++;
		return;
	case COUNT_IF:
		tally->number += kql_is_true(value);
		return;
	case SUM:
	case AVERAGE:
		if (value->type == KQL_NUMBER) {
			tally->number += value->number;
			tally->count++;
		}
		return;
	case MINIMUM:
	case MAXIMUM:
		if (value->type != KQL_NULL && (!tally->count++ || (kql_compare(value, &tally->value, context->arena) <
								    0) == (aggregate == MINIMUM)))
			tally->value = *value;
		return;
	case TAKE_ANY:
		if (!tally->count++)
			tally->value = *value;
		return;
	case DISTINCT_COUNT:
	case MAKE_LIST:
	case MAKE_SET:
		if (value->type == KQL_NULL)
			return;
		is_new = aggregate == MAKE_LIST || !map_get(&tally->seen, kql_key(value, 1, context->arena));
		if (is_new && aggregate != MAKE_LIST)
			map_put(&tally->seen, kql_key(value, 1, context->arena), tally);
		if (is_new && aggregate != DISTINCT_COUNT) {
			if (!tally->list)
				tally->list = cJSON_CreateArray();
			cJSON_AddItemToArray(tally->list, kql_to_json(value, context->arena));
		}
		tally->number += is_new;
		return;
	}
}

static struct kql_value tally_result(struct kql_context *context, struct tally *tally, enum aggregate aggregate)
{
	map_done(&tally->seen);
	switch (aggregate) {
	case COUNT:
	case COUNT_IF:
	case DISTINCT_COUNT:
	case SUM:
		return kql_number(tally->number);
	case AVERAGE:
		return tally->count ? kql_number(tally->number / (double)tally->count) : kql_text(NULL);
	case MINIMUM:
	case MAXIMUM:
	case TAKE_ANY:
		return tally->value;
	case MAKE_LIST:
	case MAKE_SET:
		if (!tally->list)
			tally->list = cJSON_CreateArray();
		cJSON_AddItemToArray(context->made, tally->list);
		return (struct kql_value){.type = KQL_JSON, .json = tally->list};
	}
	return kql_text(NULL);
}

static bool add_row(struct kql_context *context, const struct kql_step *step, const struct kql_table *table,
		    const struct kql_value *row, struct group *group, const enum aggregate *wanted)
{
	for (size_t i = 0; i < step->list.count; i++) {
		const struct kql_expression *call = step->list.items[i].expression;
		struct kql_value value = {.type = KQL_NULL};

		if (call->argument_count && !kql_evaluate(context, call->arguments[0], table, row, &value))
			return false;
		tally_add(context, &group->tallies[i], wanted[i], &value);
	}
	return true;
}

static struct group *find_group(struct kql_context *context, struct map *groups, const struct kql_step *step,
				struct kql_value *keys)
{
	const char *key = kql_key(keys, step->by.count, context->arena);
	struct group *group = map_get(groups, key);

	if (group)
		return group;
	group = arena_new(context->arena, struct group);
	group->keys = keys;
	group->tallies = arena_new_array(context->arena, step->list.count + 1, struct tally);
	map_put(groups, key, group);
	return group;
}

static bool group_rows(struct kql_context *context, const struct kql_step *step, const struct kql_table *table,
		       const enum aggregate *wanted, struct map *groups)
{
	for (size_t i = 0; i < table->row_count; i++) {
		struct kql_value *keys = arena_new_array(context->arena, step->by.count + 1, struct kql_value);

		for (size_t j = 0; j < step->by.count; j++)
			if (!kql_evaluate(context, step->by.items[j].expression, table, table->rows[i], &keys[j]))
				return false;
		if (!add_row(context, step, table, table->rows[i], find_group(context, groups, step, keys), wanted))
			return false;
	}
	/* Without keys there is always one group. */
	if (!step->by.count && !table->row_count)
		find_group(context, groups, step, arena_new(context->arena, struct kql_value));
	return true;
}

bool kql_summarize(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	size_t keys = step->by.count, columns = keys + step->list.count;
	const char **names = arena_new_array(context->arena, columns + 1, const char *);
	enum aggregate *wanted = arena_new_array(context->arena, step->list.count + 1, enum aggregate);
	struct kql_table result;
	struct map groups;
	bool fine;

	if (!kql_check_list(context, &step->by, table))
		return false;
	for (size_t i = 0; i < step->list.count; i++) {
		if (!find_aggregate(context, step->list.items[i].expression, &wanted[i]) ||
		    !kql_check(context, step->list.items[i].expression, table))
			return false;
		names[keys + i] = aggregate_name(context, &step->list.items[i]);
	}
	for (size_t i = 0; i < keys; i++)
		names[i] = kql_item_name(context, &step->by.items[i]);
	map_init(&groups);
	fine = group_rows(context, step, table, wanted, &groups);
	kql_table_init(&result, names, columns);
	for (size_t i = 0; i < groups.count; i++) {
		struct group *group = groups.entries[i].value;
		struct kql_value *row = kql_table_add(&result, context->arena);

		memcpy(row, group->keys, keys * sizeof(*row));
		for (size_t j = 0; j < step->list.count; j++)
			row[keys + j] = tally_result(context, &group->tallies[j], wanted[j]);
	}
	map_done(&groups);
	*table = result;
	return fine;
}

/* Rows of the right side with the same key, in order. */
struct matches {
	struct matches *next, *last;
	const struct kql_value *row;
};

static void index_rows(struct kql_context *context, const struct kql_table *table, int column, struct map *ret)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const char *key = kql_key(&table->rows[i][column], 1, context->arena);
		struct matches *first = map_get(ret, key), *match = arena_new(context->arena, struct matches);

		match->row = table->rows[i];
		match->last = match;
		if (first) {
			first->last->next = match;
			first->last = match;
		} else {
			map_put(ret, key, match);
		}
	}
}

/* Columns of both sides; a name that the left has too gets a 1 behind it on the right. */
static void join_columns(struct kql_context *context, const struct kql_table *left, const struct kql_table *right,
			 struct kql_table *ret)
{
	const char **names =
		arena_new_array(context->arena, left->column_count + right->column_count + 1, const char *);

	memcpy(names, left->columns, left->column_count * sizeof(*names));
	for (size_t i = 0; i < right->column_count; i++)
		names[left->column_count + i] = kql_table_find(left, right->columns[i]) < 0
							? right->columns[i]
							: arena_printf(context->arena, "%s1", right->columns[i]);
	kql_table_init(ret, names, left->column_count + right->column_count);
}

static void join_row(struct kql_context *context, const struct kql_table *left, const struct kql_table *right,
		     const struct kql_value *row, const struct kql_value *match, struct kql_table *result)
{
	struct kql_value *joined = kql_table_add(result, context->arena);

	memcpy(joined, row, left->column_count * sizeof(*joined));
	if (match)
		memcpy(joined + left->column_count, match, right->column_count * sizeof(*joined));
}

bool kql_join_tables(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	int left_column = kql_table_find(table, step->left_key), right_column;
	struct kql_table right, result;
	struct map index, seen;

	if (!kql_run_query(context, step->right, &right))
		return false;
	right_column = kql_table_find(&right, step->right_key);
	if (left_column < 0 || right_column < 0)
		return kql_fail(context, "UnknownColumn", step->start, "there is no column %s to join on",
				left_column < 0 ? step->left_key : step->right_key);
	map_init(&index);
	map_init(&seen);
	index_rows(context, &right, right_column, &index);
	if (step->join == JOIN_LEFT_ANTI)
		kql_table_init(&result, table->columns, table->column_count);
	else
		join_columns(context, table, &right, &result);
	for (size_t i = 0; i < table->row_count; i++) {
		const char *key = kql_key(&table->rows[i][left_column], 1, context->arena);
		const struct matches *match = map_get(&index, key);

		if (step->join == JOIN_INNER_UNIQUE && map_get(&seen, key))
			continue;
		map_put(&seen, key, table);
		if (!match && (step->join == JOIN_LEFT_OUTER || step->join == JOIN_LEFT_ANTI))
			join_row(context, table, &right, table->rows[i], NULL, &result);
		for (; match && step->join != JOIN_LEFT_ANTI; match = match->next)
			join_row(context, table, &right, table->rows[i], match->row, &result);
	}
	map_done(&index);
	map_done(&seen);
	*table = result;
	return true;
}
