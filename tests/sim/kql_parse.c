#include <stdarg.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kql_syntax.h"

enum { ITEMS_MAX = 200, QUERY_DEPTH_MAX = 8 };

bool kql_fail(struct kql_context *context, const char *code, const char *start, const char *format, ...)
{
	va_list ap;

	if (context->error.code)
		return false;
	context->error = (struct kql_error){.code = code, .line = 1, .column = 1};
	for (const char *p = context->query; p < start; p++) {
		context->error.column = *p == '\n' ? 1 : context->error.column + 1;
		context->error.line += *p == '\n';
	}
	context->error.token = arena_copy_bytes(context->arena, start, strcspn(start, " \t\r\n|,()"));
	va_start(ap, format);
	context->error.message = arena_vprintf(context->arena, format, ap);
	va_end(ap);
	return false;
}

bool kql_accept(struct kql_context *context, const char *text)
{
	const struct kql_token *token = &context->lexer.token;

	if ((token->type != TOKEN_NAME || !text_equal_fold(token->text, text)) &&
	    (token->type != TOKEN_SIGN || !text_equal(token->text, text)))
		return false;
	kql_lexer_advance(&context->lexer);
	return true;
}

bool kql_expect(struct kql_context *context, const char *text)
{
	return kql_accept(context, text) ||
	       kql_fail(context, "ParserFailure", context->lexer.token.start, "%s is expected", text);
}

static bool expect_name(struct kql_context *context, const char **ret)
{
	const struct kql_token *token = &context->lexer.token;

	if (token->type != TOKEN_NAME)
		return kql_fail(context, "ParserFailure", token->start, "a name is expected");
	*ret = token->text;
	kql_lexer_advance(&context->lexer);
	return true;
}

/* Is there a single = behind the current name? */
static bool is_assignment(const struct kql_context *context)
{
	const char *p = context->lexer.position;

	p += strspn(p, " \t\r\n");
	return context->lexer.token.type == TOKEN_NAME && p[0] == '=' && p[1] != '=' && p[1] != '~';
}

static bool parse_item(struct kql_context *context, struct kql_named *ret)
{
	*ret = (struct kql_named){0};
	if (is_assignment(context) && (!expect_name(context, &ret->name) || !kql_expect(context, "=")))
		return false;
	ret->expression = kql_parse_expression(context);
	if (!ret->expression)
		return false;
	ret->ascending = kql_accept(context, "asc");
	if (!ret->ascending)
		kql_accept(context, "desc");
	if (kql_accept(context, "nulls") && !kql_accept(context, "first") && !kql_accept(context, "last"))
		return kql_fail(context, "ParserFailure", context->lexer.token.start, "first or last is expected");
	return true;
}

static bool parse_list(struct kql_context *context, struct kql_list *ret)
{
	struct kql_named items[ITEMS_MAX];

	ret->count = 0;
	do {
		if (ret->count == ITEMS_MAX)
			return kql_fail(context, "ParserFailure", context->lexer.token.start,
					"too many items in a list");
		if (!parse_item(context, &items[ret->count]))
			return false;
		ret->count++;
	} while (kql_accept(context, ","));
	ret->items = arena_new_array(context->arena, ret->count, struct kql_named);
	memcpy(ret->items, items, ret->count * sizeof(*items));
	return true;
}

static bool parse_count(struct kql_context *context, double *ret)
{
	const struct kql_token *token = &context->lexer.token;

	if (token->type != TOKEN_NUMBER)
		return kql_fail(context, "ParserFailure", token->start, "a number is expected");
	*ret = token->number;
	kql_lexer_advance(&context->lexer);
	return true;
}

static bool parse_where(struct kql_context *context, struct kql_step *step)
{
	step->list.items = arena_new(context->arena, struct kql_named);
	step->list.count = 1;
	step->list.items[0].expression = kql_parse_expression(context);
	return step->list.items[0].expression != NULL;
}

static bool parse_names(struct kql_context *context, struct kql_step *step)
{
	return parse_list(context, &step->list);
}

static bool parse_order(struct kql_context *context, struct kql_step *step)
{
	step->count = -1;
	return kql_expect(context, "by") && parse_list(context, &step->list);
}

static bool parse_top(struct kql_context *context, struct kql_step *step)
{
	return parse_count(context, &step->count) && kql_expect(context, "by") && parse_list(context, &step->list);
}

static bool parse_take(struct kql_context *context, struct kql_step *step)
{
	return parse_count(context, &step->count);
}

static bool parse_nothing(struct kql_context *context _unused_, struct kql_step *step _unused_)
{
	return true;
}

static bool parse_summarize(struct kql_context *context, struct kql_step *step)
{
	if (kql_accept(context, "by"))
		return parse_list(context, &step->by);
	return parse_list(context, &step->list) && (!kql_accept(context, "by") || parse_list(context, &step->by));
}

static bool parse_join_kind(struct kql_context *context, enum kql_join *ret)
{
	static const char *const names[] = {[JOIN_INNER_UNIQUE] = "innerunique",
					    [JOIN_INNER] = "inner",
					    [JOIN_LEFT_OUTER] = "leftouter",
					    [JOIN_LEFT_ANTI] = "leftanti"};

	*ret = JOIN_INNER_UNIQUE;
	if (!kql_accept(context, "kind"))
		return true;
	if (!kql_expect(context, "="))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (kql_accept(context, names[i])) {
			*ret = (enum kql_join)i;
			return true;
		}
	return kql_fail(context, "ParserFailure", context->lexer.token.start, "this kind of join is not supported");
}

static const struct kql_query *parse_query(struct kql_context *context);

static bool parse_join(struct kql_context *context, struct kql_step *step)
{
	if (!parse_join_kind(context, &step->join) || !kql_expect(context, "("))
		return false;
	step->right = parse_query(context);
	if (!step->right || !kql_expect(context, ")") || !kql_expect(context, "on"))
		return false;
	if (!kql_accept(context, "$left")) {
		if (!expect_name(context, &step->left_key))
			return false;
		step->right_key = step->left_key;
		return true;
	}
	return kql_expect(context, ".") && expect_name(context, &step->left_key) && kql_expect(context, "==") &&
	       kql_expect(context, "$right") && kql_expect(context, ".") && expect_name(context, &step->right_key);
}

static const struct {
	const char *name;
	enum kql_verb verb;
	bool (*parse)(struct kql_context *context, struct kql_step *step);
} verbs[] = {
	{"where", VERB_WHERE, parse_where},
	{"filter", VERB_WHERE, parse_where},
	{"project", VERB_PROJECT, parse_names},
	{"project-away", VERB_PROJECT_AWAY, parse_names},
	{"project-rename", VERB_PROJECT_RENAME, parse_names},
	{"extend", VERB_EXTEND, parse_names},
	{"order", VERB_ORDER, parse_order},
	{"sort", VERB_ORDER, parse_order},
	{"top", VERB_ORDER, parse_top},
	{"take", VERB_TAKE, parse_take},
	{"limit", VERB_TAKE, parse_take},
	{"count", VERB_COUNT, parse_nothing},
	{"distinct", VERB_DISTINCT, parse_names},
	{"summarize", VERB_SUMMARIZE, parse_summarize},
	{"mv-expand", VERB_EXPAND, parse_names},
	{"mvexpand", VERB_EXPAND, parse_names},
	{"join", VERB_JOIN, parse_join},
};

static struct kql_step *parse_step(struct kql_context *context)
{
	struct kql_step *step = arena_new(context->arena, struct kql_step);

	step->start = context->lexer.token.start;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!kql_accept(context, verbs[i].name))
			continue;
		step->verb = verbs[i].verb;
		return verbs[i].parse(context, step) ? step : NULL;
	}
	kql_fail(context, "ParserFailure", step->start, "this operator is not supported");
	return NULL;
}

static const struct kql_query *parse_query(struct kql_context *context)
{
	struct kql_query *query = arena_new(context->arena, struct kql_query);
	struct kql_step **place = &query->steps;

	/* A join holds a query, which may hold a join. */
	if (context->depth >= QUERY_DEPTH_MAX) {
		kql_fail(context, "ParserFailure", context->lexer.token.start, "joins are nested too deeply");
		return NULL;
	}
	context->depth++;
	query->start = context->lexer.token.start;
	if (!expect_name(context, &query->table))
		return NULL;
	while (kql_accept(context, "|")) {
		*place = parse_step(context);
		if (!*place)
			return NULL;
		place = &(*place)->next;
	}
	context->depth--;
	return query;
}

const struct kql_query *kql_parse(struct kql_context *context)
{
	const struct kql_query *query;

	kql_lexer_init(&context->lexer, context->query, context->arena);
	query = parse_query(context);
	if (!query)
		return NULL;
	kql_accept(context, ";");
	if (context->lexer.token.type == TOKEN_END)
		return query;
	kql_fail(context, "ParserFailure", context->lexer.token.start, "the query should end here");
	return NULL;
}
