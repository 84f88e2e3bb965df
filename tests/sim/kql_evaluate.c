#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kql_syntax.h"

enum { ARGUMENTS_ON_STACK = 16 };

/* has: PART with no letter or digit next to it. */
static bool has_word(const char *text, const char *part, bool fold)
{
	size_t length = strlen(part);

	for (const char *p = text; length && *p; p++) {
		bool same = fold ? strncasecmp(p, part, length) == 0 : strncmp(p, part, length) == 0;

		if (same && (p == text || !isalnum((unsigned char)p[-1])) && !isalnum((unsigned char)p[length]))
			return true;
	}
	return !length;
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && strcmp(text + n - m, suffix) == 0;
}

/* Operators on two texts, without the ! that turns them around. */
static bool compare_texts(const char *name, const char *a, const char *b)
{
	if (text_equal(name, "=~"))
		return text_equal_fold(a, b);
	if (text_equal(name, "contains"))
		return text_contains_fold(a, b);
	if (text_equal(name, "contains_cs"))
		return strstr(a, b) != NULL;
	if (text_equal(name, "has"))
		return has_word(a, b, true);
	if (text_equal(name, "has_cs"))
		return has_word(a, b, false);
	if (text_equal(name, "startswith"))
		return text_has_prefix_fold(a, b);
	if (text_equal(name, "startswith_cs"))
		return text_has_prefix(a, b);
	if (text_equal(name, "endswith"))
		return text_has_suffix_fold(a, b);
	return has_suffix(a, b); /* endswith_cs */
}

static bool is_equal(struct kql_context *context, const struct kql_value *a, const struct kql_value *b)
{
	/* A text is never null, only empty. */
	if (a->type == KQL_NULL && b->type == KQL_TEXT)
		return !*b->text;
	if (b->type == KQL_NULL && a->type == KQL_TEXT)
		return !*a->text;
	return kql_compare(a, b, context->arena) == 0;
}

static bool is_in(struct kql_context *context, const char *name, const struct kql_value *values, size_t count)
{
	bool fold = has_suffix(name, "~");
	const char *text = kql_as_text(&values[0], context->arena);

	for (size_t i = 1; i < count; i++) {
		const cJSON *item;

		if (fold ? text_equal_fold(text, kql_as_text(&values[i], context->arena))
			 : is_equal(context, &values[0], &values[i]))
			return true;
		if (values[i].type != KQL_JSON || !cJSON_IsArray(values[i].json))
			continue;
		/* in (dynamic(["a","b"])) */
		cJSON_ArrayForEach (item, values[i].json) {
			struct kql_value value = kql_from_json(item);

			if (fold ? text_equal_fold(text, kql_as_text(&value, context->arena))
				 : is_equal(context, &values[0], &value))
				return true;
		}
	}
	return false;
}

static struct kql_value arithmetic(char sign, const struct kql_value *a, const struct kql_value *b)
{
	double x = a->type == KQL_NUMBER ? a->number : (double)a->ms,
	       y = b->type == KQL_NUMBER ? b->number : (double)b->ms, z;
	bool a_times = a->type == KQL_TIME || a->type == KQL_SPAN, b_times = b->type == KQL_TIME || b->type == KQL_SPAN;

	if ((a->type != KQL_NUMBER && !a_times) || (b->type != KQL_NUMBER && !b_times) || a_times != b_times)
		return (struct kql_value){.type = KQL_NULL};
	if ((sign == '/' || sign == '%') && y == 0)
		return (struct kql_value){.type = KQL_NULL};
	z = sign == '+' ? x + y : sign == '-' ? x - y : sign == '*' ? x * y : sign == '/' ? x / y : fmod(x, y);
	if (!a_times)
		return kql_number(z);
	/* Two times are a span apart; a time and a span make a time. */
	return (struct kql_value){.type = a->type == b->type ? KQL_SPAN : KQL_TIME, .ms = (int64_t)z};
}

static struct kql_value compare(struct kql_context *context, const char *name, const struct kql_value *a,
				const struct kql_value *b)
{
	int order;

	if (a->type == KQL_NULL || b->type == KQL_NULL)
		return kql_boolean(false);
	order = kql_compare(a, b, context->arena);
	if (text_equal(name, "<"))
		return kql_boolean(order < 0);
	if (text_equal(name, "<="))
		return kql_boolean(order <= 0);
	return kql_boolean(text_equal(name, ">") ? order > 0 : order >= 0);
}

static struct kql_value apply(struct kql_context *context, const char *name, const struct kql_value *values,
			      size_t count)
{
	bool turned = name[0] == '!';
	const char *plain = name + turned;

	if (text_equal(name, "neg"))
		return values->type == KQL_NUMBER ? kql_number(-values->number) : kql_text(NULL);
	if (text_has_prefix(plain, "in") && (!plain[2] || plain[2] == '~'))
		return kql_boolean(is_in(context, name, values, count) != turned);
	if (text_equal(name, "=="))
		return kql_boolean(is_equal(context, &values[0], &values[1]));
	if (text_equal(name, "!="))
		return kql_boolean(!is_equal(context, &values[0], &values[1]));
	if (strchr("<>", name[0]))
		return compare(context, name, &values[0], &values[1]);
	if (strchr("+-*/%", name[0]))
		return arithmetic(name[0], &values[0], &values[1]);
	if (text_equal(name, "!~"))
		plain = "=~";
	return kql_boolean(compare_texts(plain, kql_as_text(&values[0], context->arena),
					 kql_as_text(&values[1], context->arena)) != turned);
}

static bool evaluate_column(struct kql_context *context, const struct kql_expression *expression,
			    const struct kql_table *table, const struct kql_value *row, struct kql_value *ret)
{
	int column = kql_table_find(table, expression->name);

	if (column < 0)
		return kql_check(context, expression, table);
	*ret = row[column];
	return true;
}

static struct kql_value member(const struct kql_value *of, const struct kql_value *which)
{
	if (of->type != KQL_JSON)
		return (struct kql_value){.type = KQL_NULL};
	if (which->type == KQL_TEXT)
		return kql_from_json(cJSON_GetObjectItemCaseSensitive(of->json, which->text));
	if (which->type == KQL_NUMBER && cJSON_IsArray(of->json) && fabs(which->number) < 1e6) {
		int size = cJSON_GetArraySize(of->json), index = (int)which->number;

		/* -1 is the last. */
		return kql_from_json(cJSON_GetArrayItem(of->json, index < 0 ? size + index : index));
	}
	return (struct kql_value){.type = KQL_NULL};
}

/* and, or: the second operand counts only when the first does not decide. */
static bool evaluate_logic(struct kql_context *context, const struct kql_expression *expression,
			   const struct kql_table *table, const struct kql_value *row, struct kql_value *ret)
{
	bool decides = text_equal(expression->name, "or");

	if (!kql_evaluate(context, expression->arguments[0], table, row, ret))
		return false;
	if (kql_is_true(ret) != decides && !kql_evaluate(context, expression->arguments[1], table, row, ret))
		return false;
	*ret = kql_boolean(kql_is_true(ret));
	return true;
}

bool kql_evaluate(struct kql_context *context, const struct kql_expression *expression, const struct kql_table *table,
		  const struct kql_value *row, struct kql_value *ret)
{
	struct kql_value few[ARGUMENTS_ON_STACK], *values = few;

	if (expression->kind == EXPRESSION_LITERAL) {
		*ret = expression->value;
		return true;
	}
	if (expression->kind == EXPRESSION_COLUMN)
		return evaluate_column(context, expression, table, row, ret);
	if (expression->kind == EXPRESSION_OPERATOR &&
	    (text_equal(expression->name, "and") || text_equal(expression->name, "or")))
		return evaluate_logic(context, expression, table, row, ret);
	if (expression->argument_count > ARGUMENTS_ON_STACK)
		values = arena_new_array(context->arena, expression->argument_count, struct kql_value);
	for (size_t i = 0; i < expression->argument_count; i++)
		if (!kql_evaluate(context, expression->arguments[i], table, row, &values[i]))
			return false;
	if (expression->kind == EXPRESSION_CALL)
		return kql_call_function(context, expression, values, ret);
	if (expression->kind == EXPRESSION_OPERATOR) {
		*ret = apply(context, expression->name, values, expression->argument_count);
		return true;
	}
	if (expression->kind == EXPRESSION_MEMBER)
		few[1] = kql_text(expression->name);
	*ret = member(&values[0], &few[1]);
	return true;
}

bool kql_check(struct kql_context *context, const struct kql_expression *expression, const struct kql_table *table)
{
	if (expression->kind == EXPRESSION_COLUMN && kql_table_find(table, expression->name) < 0)
		return kql_fail(context, "UnknownColumn", expression->start,
				"Failed to resolve column or scalar expression named '%s'.", expression->name);
	for (size_t i = 0; i < expression->argument_count; i++)
		if (!kql_check(context, expression->arguments[i], table))
			return false;
	return true;
}

bool kql_check_list(struct kql_context *context, const struct kql_list *list, const struct kql_table *table)
{
	for (size_t i = 0; i < list->count; i++)
		if (!kql_check(context, list->items[i].expression, table))
			return false;
	return true;
}
