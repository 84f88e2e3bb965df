/* Tokens and the syntax tree of the query language, for kql_*.c only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "kql.h"

enum kql_token_type { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_SPAN, TOKEN_TEXT, TOKEN_SIGN, TOKEN_BAD };

struct kql_token {
	enum kql_token_type type;
	const char *start; /* in the query */
	size_t length;
	const char *text; /* NAME, SIGN: as written; TEXT: without quotation marks and escapes; in the arena */
	double number;    /* NUMBER; SPAN: ms */
};

struct kql_lexer {
	const char *query, *position;
	struct arena *arena;
	struct kql_token token; /* the current one */
};

void kql_lexer_init(struct kql_lexer *lexer, const char *query, struct arena *arena);
void kql_lexer_advance(struct kql_lexer *lexer);

enum kql_kind {
	EXPRESSION_LITERAL,
	EXPRESSION_COLUMN,
	EXPRESSION_MEMBER,
	EXPRESSION_INDEX,
	EXPRESSION_CALL,
	EXPRESSION_OPERATOR
};

struct kql_expression {
	enum kql_kind kind;
	const char *
		name; /* COLUMN, MEMBER: its name; CALL: the function; OPERATOR: the sign, "not" and "neg" among them */
	struct kql_value value;            /* LITERAL */
	struct kql_expression **arguments; /* MEMBER: of what; INDEX: of what, which */
	size_t argument_count;
	const char *start; /* in the query, for complaints */
};

/* [NAME =] EXPRESSION [asc|desc] */
struct kql_named {
	const char *name; /* NULL: follows from the expression */
	struct kql_expression *expression;
	bool ascending;
};

struct kql_list {
	struct kql_named *items;
	size_t count;
};

enum kql_verb {
	VERB_WHERE,
	VERB_PROJECT,
	VERB_PROJECT_AWAY,
	VERB_PROJECT_RENAME,
	VERB_EXTEND,
	VERB_ORDER,
	VERB_TAKE,
	VERB_COUNT,
	VERB_DISTINCT,
	VERB_SUMMARIZE,
	VERB_EXPAND,
	VERB_JOIN,
};

enum kql_join { JOIN_INNER_UNIQUE, JOIN_INNER, JOIN_LEFT_OUTER, JOIN_LEFT_ANTI };

struct kql_query;

struct kql_step {
	struct kql_step *next;
	enum kql_verb verb;
	struct kql_list list, by;
	double count; /* TAKE; ORDER of "top": how many, otherwise negative */
	enum kql_join join;
	const struct kql_query *right;
	const char *left_key, *right_key;
	const char *start;
};

struct kql_query {
	const char *table;
	const char *start;
	struct kql_step *steps;
};

/* One query under way: where it is read, and what went wrong. */
struct kql_context {
	const char *query;
	struct arena *arena;
	struct kql_error error; /* code NULL: nothing yet */
	struct kql_lexer lexer;
	size_t depth;
	const struct kql_source *source;
	cJSON *made; /* an array: JSON that functions made, which the result may point into */
};

/* Notes the first complaint, about what stands at START in the query. Returns false. */
bool kql_fail(struct kql_context *context, const char *code, const char *start, const char *format, ...) _printf_(4, 5);
/* The current token is the name or sign TEXT (names without regard to case): takes it. */
bool kql_accept(struct kql_context *context, const char *text);
/* The same, with a complaint when it is not. */
bool kql_expect(struct kql_context *context, const char *text);

/* NULL with a complaint when it is none. */
struct kql_expression *kql_parse_expression(struct kql_context *context);
const struct kql_query *kql_parse(struct kql_context *context);

/* Value of EXPRESSION in ROW of TABLE. False: a complaint has been noted. */
bool kql_evaluate(struct kql_context *context, const struct kql_expression *expression, const struct kql_table *table,
		  const struct kql_value *row, struct kql_value *ret);
/* Are all columns that EXPRESSION names in TABLE? A wrong name is wrong even when there are no rows to look at. */
bool kql_check(struct kql_context *context, const struct kql_expression *expression, const struct kql_table *table);
bool kql_check_list(struct kql_context *context, const struct kql_list *list, const struct kql_table *table);
bool kql_call_function(struct kql_context *context, const struct kql_expression *call,
		       const struct kql_value *arguments, struct kql_value *ret);

bool kql_run_query(struct kql_context *context, const struct kql_query *query, struct kql_table *ret);
bool kql_summarize(struct kql_context *context, const struct kql_step *step, struct kql_table *table);
bool kql_join_tables(struct kql_context *context, const struct kql_step *step, struct kql_table *table);
/* The column name of an item that has none. */
const char *kql_item_name(struct kql_context *context, const struct kql_named *item);

/* Values. */
struct kql_value kql_text(const char *text);
struct kql_value kql_number(double number);
struct kql_value kql_boolean(bool boolean);
bool kql_is_true(const struct kql_value *value);
/* As text; "" for null. */
const char *kql_as_text(const struct kql_value *value, struct arena *arena);
/* <0, 0, >0; null comes first. */
int kql_compare(const struct kql_value *a, const struct kql_value *b, struct arena *arena);
/* The time that TEXT (ISO 8601) tells, or null. */
struct kql_value kql_parse_time(const char *text);
/* A text that two rows have in common when COUNT values are alike. */
const char *kql_key(const struct kql_value *values, size_t count, struct arena *arena);
