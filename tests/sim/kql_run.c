#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/map.h"
#include "base/text.h"
#include "kql_syntax.h"

enum { COLUMNS_MAX = 300, EXPAND_ROWS_MAX = 128, ROWS_MAX = 2000000 };

const char *kql_item_name(struct kql_context *context, const struct kql_named *item)
{
	const struct kql_expression *expression = item->expression;

	if (item->name)
		return item->name;
	if (expression->kind == EXPRESSION_COLUMN)
		return expression->name;
	if (expression->kind == EXPRESSION_MEMBER) {
		const struct kql_named of = {.expression = expression->arguments[0]};

		return arena_printf(context->arena, "%s_%s", kql_item_name(context, &of), expression->name);
	}
	if (expression->kind == EXPRESSION_CALL && expression->argument_count == 1 &&
	    text_has_prefix(expression->name, "to")) {
		const struct kql_named of = {.expression = expression->arguments[0]};

		return kql_item_name(context, &of);
	}
	return "Column1";
}

static bool run_where(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	size_t kept = 0;

	if (!kql_check_list(context, &step->list, table))
		return false;
	for (size_t i = 0; i < table->row_count; i++) {
		struct kql_value value;

		if (!kql_evaluate(context, step->list.items[0].expression, table, table->rows[i], &value))
			return false;
		if (kql_is_true(&value))
			table->rows[kept++] = table->rows[i];
	}
	table->row_count = kept;
	return true;
}

/* New rows of the items in place of the old ones. */
static bool run_project(struct kql_context *context, const struct kql_list *list, struct kql_table *table)
{
	struct kql_table result;
	const char **columns = arena_new_array(context->arena, list->count, const char *);

	if (!kql_check_list(context, list, table))
		return false;
	for (size_t i = 0; i < list->count; i++)
		columns[i] = kql_item_name(context, &list->items[i]);
	kql_table_init(&result, columns, list->count);
	for (size_t i = 0; i < table->row_count; i++) {
		struct kql_value *row = kql_table_add(&result, context->arena);

		for (size_t j = 0; j < list->count; j++)
			if (!kql_evaluate(context, list->items[j].expression, table, table->rows[i], &row[j]))
				return false;
	}
	*table = result;
	return true;
}

/* The columns of TABLE as a list of items, to be changed and projected. */
static struct kql_list all_columns(struct kql_context *context, const struct kql_table *table, size_t room)
{
	struct kql_list list = {
		.items = arena_new_array(context->arena, table->column_count + room, struct kql_named),
		.count = table->column_count,
	};

	for (size_t i = 0; i < list.count; i++) {
		struct kql_expression *column = arena_new(context->arena, struct kql_expression);

		*column = (struct kql_expression){
			.kind = EXPRESSION_COLUMN, .name = table->columns[i], .start = context->query};
		list.items[i] = (struct kql_named){.name = table->columns[i], .expression = column};
	}
	return list;
}

static size_t find_item(const struct kql_list *list, const char *name)
{
	size_t i = 0;

	while (i < list->count && !text_equal(list->items[i].name, name))
		i++;
	return i;
}

/* One after the other, since a later item may use an earlier one. */
static bool run_extend(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	for (size_t i = 0; i < step->list.count; i++) {
		struct kql_list list = all_columns(context, table, 1);
		const char *name = kql_item_name(context, &step->list.items[i]);
		size_t place = find_item(&list, name);

		if (place == COLUMNS_MAX)
			return kql_fail(context, "InvalidQuery", step->start, "there are too many columns");
		list.items[place] = (struct kql_named){.name = name, .expression = step->list.items[i].expression};
		list.count += place == list.count;
		if (!run_project(context, &list, table))
			return false;
	}
	return true;
}

static bool run_away(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	struct kql_list list = all_columns(context, table, 0);

	for (size_t i = 0; i < step->list.count; i++) {
		size_t place = find_item(&list, kql_item_name(context, &step->list.items[i]));

		if (place == list.count)
			continue;
		list.count--;
		memmove(&list.items[place], &list.items[place + 1], (list.count - place) * sizeof(*list.items));
	}
	return run_project(context, &list, table);
}

static bool run_rename(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	struct kql_list list = all_columns(context, table, 0);

	for (size_t i = 0; i < step->list.count; i++) {
		const struct kql_expression *old = step->list.items[i].expression;
		size_t place = old->kind == EXPRESSION_COLUMN ? find_item(&list, old->name) : list.count;

		if (!step->list.items[i].name || place == list.count)
			return kql_fail(context, "UnknownColumn", old->start, "there is no such column to rename");
		list.items[place].name = step->list.items[i].name;
	}
	return run_project(context, &list, table);
}

/* What rows are sorted by, next to the row. */
struct sort_row {
	struct kql_value *row, *keys;
	size_t index;
};

struct sort_order {
	struct kql_context *context;
	const struct kql_list *list;
};

static int compare_rows(const void *a, const void *b, void *userdata)
{
	const struct sort_row *x = a, *y = b;
	const struct sort_order *order = userdata;

	for (size_t i = 0; i < order->list->count; i++) {
		int difference = kql_compare(&x->keys[i], &y->keys[i], order->context->arena);

		if (difference)
			return order->list->items[i].ascending ? difference : -difference;
	}
	return (x->index > y->index) - (x->index < y->index);
}

static bool run_order(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	struct sort_row *rows = arena_new_array(context->arena, table->row_count + 1, struct sort_row);
	struct sort_order order = {context, &step->list};

	if (!kql_check_list(context, &step->list, table))
		return false;
	for (size_t i = 0; i < table->row_count; i++) {
		rows[i] = (struct sort_row){table->rows[i],
					    arena_new_array(context->arena, step->list.count, struct kql_value), i};
		for (size_t j = 0; j < step->list.count; j++)
			if (!kql_evaluate(context, step->list.items[j].expression, table, table->rows[i],
					  &rows[i].keys[j]))
				return false;
	}
	qsort_r(rows, table->row_count, sizeof(*rows), compare_rows, &order);
	for (size_t i = 0; i < table->row_count; i++)
		table->rows[i] = rows[i].row;
	if (step->count >= 0 && (double)table->row_count > step->count)
		table->row_count = (size_t)step->count;
	return true;
}

static void run_count(struct kql_context *context, struct kql_table *table)
{
	double count = (double)table->row_count;

	kql_table_init(table, arena_new(context->arena, const char *), 1);
	table->columns[0] = "Count";
	kql_table_add(table, context->arena)[0] = kql_number(count);
}

static bool run_distinct(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	struct map seen;
	size_t kept = 0;

	if (!run_project(context, &step->list, table))
		return false;
	map_init(&seen);
	for (size_t i = 0; i < table->row_count; i++) {
		const char *key = kql_key(table->rows[i], table->column_count, context->arena);

		if (map_get(&seen, key))
			continue;
		map_put(&seen, key, table->rows[i]);
		table->rows[kept++] = table->rows[i];
	}
	table->row_count = kept;
	map_done(&seen);
	return true;
}

/* A row for each element of one array; objects give one row per member. */
static bool run_expand(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	const struct kql_named *item = &step->list.items[0];
	const char *name = kql_item_name(context, item);
	struct kql_step extend = {.list = {.items = (struct kql_named *)item, .count = 1}};
	struct kql_table result;
	int column;

	if (!run_extend(context, &extend, table))
		return false;
	column = kql_table_find(table, name);
	kql_table_init(&result, table->columns, table->column_count);
	for (size_t i = 0; i < table->row_count; i++) {
		const struct kql_value *value = &table->rows[i][column];
		const cJSON *element = value->type == KQL_JSON ? value->json->child : NULL;
		size_t rows = 0;

		do {
			struct kql_value *row = kql_table_add(&result, context->arena);

			memcpy(row, table->rows[i], table->column_count * sizeof(*row));
			if (value->type != KQL_JSON)
				break;
			row[column] = kql_from_json(element);
			if (element && cJSON_IsObject(value->json)) {
				cJSON *bag = cJSON_CreateObject();

				cJSON_AddItemToObject(bag, element->string, cJSON_Duplicate(element, true));
				cJSON_AddItemToArray(context->made, bag);
				row[column] = kql_from_json(bag);
			}
			element = element ? element->next : NULL;
		} while (element && ++rows < EXPAND_ROWS_MAX);
		if (result.row_count > ROWS_MAX)
			return kql_fail(context, "InvalidQuery", step->start, "there are too many rows");
	}
	*table = result;
	return true;
}

static bool run_step(struct kql_context *context, const struct kql_step *step, struct kql_table *table)
{
	switch (step->verb) {
	case VERB_WHERE:
		return run_where(context, step, table);
	case VERB_PROJECT:
		return run_project(context, &step->list, table);
	case VERB_PROJECT_AWAY:
		return run_away(context, step, table);
	case VERB_PROJECT_RENAME:
		return run_rename(context, step, table);
	case VERB_EXTEND:
		return run_extend(context, step, table);
	case VERB_ORDER:
		return run_order(context, step, table);
	case VERB_TAKE:
		if ((double)table->row_count > step->count)
			table->row_count = (size_t)step->count;
		return true;
	case VERB_COUNT:
		run_count(context, table);
		return true;
	case VERB_DISTINCT:
		return run_distinct(context, step, table);
	case VERB_SUMMARIZE:
		return kql_summarize(context, step, table);
	case VERB_EXPAND:
		return run_expand(context, step, table);
	case VERB_JOIN:
		return kql_join_tables(context, step, table);
	}
	return false;
}

/* Columns that EXPRESSION wants to be equal to a text: what stands between its "and"s. */
static void collect_hints(const struct kql_expression *expression, struct kql_hints *ret)
{
	const struct kql_expression *left, *right;

	if (expression->kind != EXPRESSION_OPERATOR || expression->argument_count != 2)
		return;
	left = expression->arguments[0];
	right = expression->arguments[1];
	if (text_equal(expression->name, "and")) {
		collect_hints(left, ret);
		collect_hints(right, ret);
	} else if ((text_equal(expression->name, "==") || text_equal(expression->name, "=~")) &&
		   left->kind == EXPRESSION_COLUMN && right->kind == EXPRESSION_LITERAL &&
		   right->value.type == KQL_TEXT && ret->count < KQL_HINTS_MAX) {
		ret->hints[ret->count++] = (struct kql_hint){left->name, right->value.text};
	}
}

bool kql_run_query(struct kql_context *context, const struct kql_query *query, struct kql_table *ret)
{
	struct kql_hints hints = {.count = 0};

	if (query->steps && query->steps->verb == VERB_WHERE)
		collect_hints(query->steps->list.items[0].expression, &hints);
	if (!context->source->open(context->source->userdata, query->table, &hints, context->arena, ret))
		return kql_fail(context, "UnknownTable", query->start, "Table %s was not found.", query->table);
	for (const struct kql_step *step = query->steps; step; step = step->next)
		if (!run_step(context, step, ret))
			return false;
	return true;
}

bool kql_run(const char *query, const struct kql_source *source, struct arena *arena, struct kql_table *ret,
	     struct kql_error *ret_error)
{
	struct kql_context context = {.query = query, .arena = arena, .source = source, .made = cJSON_CreateArray()};
	const struct kql_query *parsed = kql_parse(&context);
	struct kql_table result;

	if (parsed && kql_run_query(&context, parsed, &result)) {
		result.made = context.made;
		*ret = result;
		return true;
	}
	cJSON_Delete(context.made);
	*ret_error = context.error;
	return false;
}
