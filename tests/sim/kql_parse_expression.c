#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kql_syntax.h"

enum { DEPTH_MAX = 100, ARGUMENTS_MAX = 1000 };

static struct kql_expression *new_expression(struct kql_context *context, enum kql_kind kind, const char *name,
					     const char *start, size_t argument_count)
{
	struct kql_expression *expression = arena_new(context->arena, struct kql_expression);

	expression->kind = kind;
	expression->name = name;
	expression->start = start;
	expression->argument_count = argument_count;
	if (argument_count)
		expression->arguments = arena_new_array(context->arena, argument_count, struct kql_expression *);
	return expression;
}

static struct kql_expression *new_literal(struct kql_context *context, struct kql_value value)
{
	struct kql_expression *literal =
		new_expression(context, EXPRESSION_LITERAL, NULL, context->lexer.token.start, 0);

	literal->value = value;
	return literal;
}

static struct kql_expression *new_binary(struct kql_context *context, const char *name, const char *start,
					 struct kql_expression *a, struct kql_expression *b)
{
	struct kql_expression *binary = new_expression(context, EXPRESSION_OPERATOR, name, start, 2);

	binary->arguments[0] = a;
	binary->arguments[1] = b;
	return a && b ? binary : NULL;
}

/* EXPRESSION, ... until CLOSE, behind the opening sign. FIRST (may be NULL) comes before them. */
static struct kql_expression *parse_arguments(struct kql_context *context, enum kql_kind kind, const char *name,
					      const char *start, struct kql_expression *first)
{
	struct kql_expression **items = arena_new_array(context->arena, 8, struct kql_expression *), *call;
	size_t count = 0, room = 8;

	if (first)
		items[count++] = first;
	while (!kql_accept(context, ")")) {
		if (count > (first != NULL) && !kql_expect(context, ","))
			return NULL;
		if (count == room) {
			struct kql_expression **more =
				arena_new_array(context->arena, 2 * room, struct kql_expression *);

			memcpy(more, items, room * sizeof(*items));
			items = more;
			room *= 2;
		}
		items[count] = count < ARGUMENTS_MAX ? kql_parse_expression(context) : NULL;
		if (!items[count++]) {
			kql_fail(context, "ParserFailure", start, "too many items in a list");
			return NULL;
		}
	}
	call = new_expression(context, kind, name, start, 0);
	call->arguments = items;
	call->argument_count = count;
	return call;
}

/* dynamic(JSON): the JSON as it stands, up to the sign that closes. */
static struct kql_expression *parse_dynamic(struct kql_context *context)
{
	const char *start = context->lexer.position, *p, *end = NULL;
	struct kql_expression *call;
	cJSON *json;

	for (p = start; *p && *p != '('; p++)
		;
	if (!*p || !(json = cJSON_ParseWithOpts(p + 1, &end, false))) {
		kql_fail(context, "ParserFailure", start, "dynamic() needs JSON");
		return NULL;
	}
	cJSON_Delete(json);
	/* Kept as text, since the tree frees nothing; parse_json() reads it when it is needed. */
	call = new_expression(context, EXPRESSION_CALL, "parse_json", start, 1);
	call->arguments[0] =
		new_literal(context, kql_text(arena_copy_bytes(context->arena, p + 1, (size_t)(end - p - 1))));
	context->lexer.position = end;
	kql_lexer_advance(&context->lexer);
	return kql_expect(context, ")") ? call : NULL;
}

/* datetime(2026-08-01T00:00:00Z): what stands between the signs is no expression. */
static struct kql_expression *parse_datetime(struct kql_context *context)
{
	const char *start = context->lexer.position, *open = strchr(start, '('),
		   *close = open ? strchr(open, ')') : NULL;
	struct kql_expression *literal;
	char *text, *quote;

	if (!close) {
		kql_fail(context, "ParserFailure", start, "datetime() needs a time");
		return NULL;
	}
	text = arena_copy_bytes(context->arena, open + 1, (size_t)(close - open - 1));
	while (*text == ' ' || *text == '"' || *text == '\'')
		text++;
	quote = text + strcspn(text, " \"'");
	*quote = '\0';
	literal = new_literal(context, kql_parse_time(text));
	context->lexer.position = close + 1;
	kql_lexer_advance(&context->lexer);
	return literal;
}

static struct kql_expression *parse_name(struct kql_context *context)
{
	struct kql_token token = context->lexer.token;
	bool calls = context->lexer.position[strspn(context->lexer.position, " \t")] == '(';

	if (calls && text_equal(token.text, "dynamic"))
		return parse_dynamic(context);
	if (calls && text_equal(token.text, "datetime"))
		return parse_datetime(context);
	kql_lexer_advance(&context->lexer);
	if (calls && kql_accept(context, "("))
		return parse_arguments(context, EXPRESSION_CALL, token.text, token.start, NULL);
	if (text_equal(token.text, "true") || text_equal(token.text, "false"))
		return new_literal(context, kql_boolean(token.text[0] == 't'));
	return new_expression(context, EXPRESSION_COLUMN, token.text, token.start, 0);
}

static struct kql_expression *parse_primary(struct kql_context *context)
{
	struct kql_token token = context->lexer.token;
	struct kql_expression *expression;

	switch (token.type) {
	case TOKEN_NUMBER:
		kql_lexer_advance(&context->lexer);
		return new_literal(context, kql_number(token.number));
	case TOKEN_SPAN:
		kql_lexer_advance(&context->lexer);
		return new_literal(context, (struct kql_value){.type = KQL_SPAN, .ms = (int64_t)token.number});
	case TOKEN_TEXT:
		kql_lexer_advance(&context->lexer);
		return new_literal(context, kql_text(token.text));
	case TOKEN_NAME:
		return parse_name(context);
	case TOKEN_SIGN:
		if (kql_accept(context, "(")) {
			expression = kql_parse_expression(context);
			return expression && kql_expect(context, ")") ? expression : NULL;
		}
		if (kql_accept(context, "-")) {
			struct kql_expression *negative =
				new_expression(context, EXPRESSION_OPERATOR, "neg", token.start, 1);

			negative->arguments[0] = parse_primary(context);
			return negative->arguments[0] ? negative : NULL;
		}
		break;
	case TOKEN_END:
	case TOKEN_BAD:
		break;
	}
	kql_fail(context, "ParserFailure", token.start, "an expression is expected");
	return NULL;
}

/* PRIMARY followed by .name, ['name'] and [0]. */
static struct kql_expression *parse_postfix(struct kql_context *context)
{
	struct kql_expression *expression = parse_primary(context), *outer;

	while (expression) {
		const char *start = context->lexer.token.start;

		if (kql_accept(context, ".")) {
			outer = new_expression(context, EXPRESSION_MEMBER, context->lexer.token.text, start, 1);
			outer->arguments[0] = expression;
			if (context->lexer.token.type != TOKEN_NAME) {
				kql_fail(context, "ParserFailure", context->lexer.token.start, "a name is expected");
				return NULL;
			}
			kql_lexer_advance(&context->lexer);
		} else if (kql_accept(context, "[")) {
			outer = new_expression(context, EXPRESSION_INDEX, NULL, start, 2);
			outer->arguments[0] = expression;
			outer->arguments[1] = kql_parse_expression(context);
			if (!outer->arguments[1] || !kql_expect(context, "]"))
				return NULL;
		} else {
			return expression;
		}
		expression = outer;
	}
	return NULL;
}

/* From the loosest to the tightest. A level's operators are one after the other, from the left. */
static const char *const levels[][16] = {
	{"or"},
	{"and"},
	{"==", "!=", "=~", "!~", "<", ">", "<=", ">="},
	{"contains", "!contains", "contains_cs", "has", "!has", "has_cs", "startswith", "!startswith", "startswith_cs",
	 "endswith", "!endswith", "endswith_cs"},
	{"+", "-"},
	{"*", "/", "%"},
};

static const char *accept_operator(struct kql_context *context, size_t level)
{
	const struct kql_token *token = &context->lexer.token;

	if (token->type != TOKEN_SIGN && token->type != TOKEN_NAME)
		return NULL;
	for (size_t i = 0; levels[level][i]; i++)
		if (kql_accept(context, levels[level][i]))
			return levels[level][i];
	return NULL;
}

/* a in (b, c): the list becomes the arguments behind the first. */
static struct kql_expression *parse_in(struct kql_context *context, struct kql_expression *left)
{
	static const char *const names[] = {"in", "in~", "!in", "!in~"};

	for (size_t i = 0; left && i < ARRAY_SIZE(names); i++) {
		const char *start = context->lexer.token.start;

		if (context->lexer.token.type == TOKEN_NAME && kql_accept(context, names[i]))
			return kql_expect(context, "(")
				       ? parse_arguments(context, EXPRESSION_OPERATOR, names[i], start, left)
				       : NULL;
	}
	return left;
}

static struct kql_expression *parse_level(struct kql_context *context, size_t level)
{
	struct kql_expression *left;
	const char *sign, *start;

	if (level == ARRAY_SIZE(levels))
		return parse_postfix(context);
	left = parse_level(context, level + 1);
	while (left) {
		start = context->lexer.token.start;
		sign = accept_operator(context, level);
		if (!sign)
			break;
		left = new_binary(context, sign, start, left, parse_level(context, level + 1));
	}
	return level == 2 ? parse_in(context, left) : left;
}

struct kql_expression *kql_parse_expression(struct kql_context *context)
{
	struct kql_expression *expression;

	if (context->depth == DEPTH_MAX) {
		kql_fail(context, "ParserFailure", context->lexer.token.start, "the expression is nested too deeply");
		return NULL;
	}
	context->depth++;
	expression = parse_level(context, 0);
	context->depth--;
	return expression;
}
