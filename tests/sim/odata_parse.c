#include "odata.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_MARK };

struct token {
	enum token_kind kind;
	const char *text; /* WORD, STRING: in the arena */
	char mark;        /* MARK: ( ) , / : */
	size_t position;
};

struct parser {
	struct arena *arena;
	const char *text;
	size_t at;
	struct token token; /* the one that is looked at */
	size_t nodes, depth;
	const char *error;
};

static struct odata_node *parse_or(struct parser *parser);

static struct odata_node *fail(struct parser *parser)
{
	if (!parser->error)
		parser->error = arena_printf(parser->arena, "Syntax error at position %zu in '%.200s'.",
					     parser->token.position, parser->text);
	return NULL;
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || (c != 0 && strchr("_.$@-+", c));
}

/* Dates and times hold colons, but so does a lambda ("c:c eq"): a colon belongs to a word only when that began with a
 * digit. */
static bool continues_word(const struct parser *parser, size_t start)
{
	char c = parser->text[parser->at];

	return is_word_char(c) || (c == ':' && isdigit((unsigned char)parser->text[start]));
}

static void read_string(struct parser *parser)
{
	const char *text = parser->text;
	char *copy = arena_alloc(parser->arena, strlen(text + parser->at) + 1);
	size_t length = 0;

	for (parser->at++;; parser->at++) {
		if (text[parser->at] == 0) {
			fail(parser);
			return;
		}
		if (text[parser->at] == '\'') {
			if (text[parser->at + 1] != '\'')
				break;
			parser->at++;
		}
		copy[length++] = text[parser->at];
	}
	parser->at++;
	parser->token.kind = TOKEN_STRING;
	parser->token.text = copy;
}

static void next(struct parser *parser)
{
	size_t start;

	while (parser->text[parser->at] == ' ' || parser->text[parser->at] == '\t')
		parser->at++;
	start = parser->at;
	parser->token = (struct token){.kind = TOKEN_END, .position = start};
	if (parser->text[start] == 0)
		return;
	if (parser->text[start] == '\'') {
		read_string(parser);
	} else if (is_word_char(parser->text[start])) {
		while (continues_word(parser, start))
			parser->at++;
		parser->token.kind = TOKEN_WORD;
		parser->token.text = arena_copy_bytes(parser->arena, parser->text + start, parser->at - start);
	} else if (strchr("(),/:", parser->text[start])) {
		parser->at++;
		parser->token.kind = TOKEN_MARK;
		parser->token.mark = parser->text[start];
	} else {
		fail(parser);
	}
}

static bool is_word(const struct parser *parser, const char *word)
{
	return !parser->error && parser->token.kind == TOKEN_WORD && text_equal_fold(parser->token.text, word);
}

static bool is_mark(const struct parser *parser, char mark)
{
	return !parser->error && parser->token.kind == TOKEN_MARK && parser->token.mark == mark;
}

static bool take_mark(struct parser *parser, char mark)
{
	if (!is_mark(parser, mark)) {
		fail(parser);
		return false;
	}
	next(parser);
	return !parser->error;
}

static struct odata_node *new_node(struct parser *parser, enum odata_kind kind)
{
	struct odata_node *node;

	if (parser->error)
		return NULL;
	if (++parser->nodes > ODATA_NODES_MAX)
		return fail(parser);
	node = arena_new(parser->arena, struct odata_node);
	node->kind = kind;
	return node;
}

static bool parse_value(struct parser *parser, struct odata_value *ret)
{
	const char *text = parser->token.text;
	char *end;

	*ret = (struct odata_value){.type = ODATA_STRING, .text = text};
	if (parser->error || (parser->token.kind != TOKEN_STRING && parser->token.kind != TOKEN_WORD)) {
		fail(parser);
		return false;
	}
	if (parser->token.kind == TOKEN_WORD) {
		ret->number = strtod(text, &end);
		if (text_equal(text, "null"))
			ret->type = ODATA_NULL;
		else if (text_equal(text, "true") || text_equal(text, "false"))
			*ret = (struct odata_value){.type = ODATA_BOOLEAN, .boolean = text[0] == 't'};
		else if (*end == 0 && (isdigit((unsigned char)text[0]) || text[0] == '-'))
			ret->type = ODATA_NUMBER;
		else if (text_is_guid(text) || isdigit((unsigned char)text[0]))
			ret->type = ODATA_WORD;
		else {
			fail(parser);
			return false;
		}
	}
	next(parser);
	return !parser->error;
}

/* "(" [value {"," value}] ")", the opening parenthesis being looked at. */
static bool parse_values(struct parser *parser, struct odata_node *node)
{
	size_t allocated = 0;

	if (!take_mark(parser, '('))
		return false;
	while (!is_mark(parser, ')')) {
		if (node->value_count > 0 && !take_mark(parser, ','))
			return false;
		if (node->value_count == allocated) {
			struct odata_value *grown =
				arena_new_array(parser->arena, allocated ? allocated * 2 : 8, struct odata_value);

			if (allocated > 0)
				memcpy(grown, node->values, allocated * sizeof(*grown));
			node->values = grown;
			allocated = allocated ? allocated * 2 : 8;
		}
		if (!parse_value(parser, &node->values[node->value_count]))
			return false;
		node->value_count++;
	}
	next(parser);
	return !parser->error;
}

/* Appends one name to the path of NODE; the name is looked at. */
static bool parse_name(struct parser *parser, struct odata_node *node)
{
	if (parser->error || parser->token.kind != TOKEN_WORD || node->path_length == ODATA_PATH_MAX) {
		fail(parser);
		return false;
	}
	node->path[node->path_length++] = parser->token.text;
	next(parser);
	return !parser->error;
}

/* startswith(path,'value'); the name was taken, the parenthesis is looked at. */
static struct odata_node *parse_text_function(struct parser *parser, enum odata_kind kind)
{
	struct odata_node *node = new_node(parser, kind);

	if (!node || !take_mark(parser, '(') || !parse_name(parser, node))
		return NULL;
	while (is_mark(parser, '/')) {
		next(parser);
		if (!parse_name(parser, node))
			return NULL;
	}
	node->values = arena_new(parser->arena, struct odata_value);
	node->value_count = 1;
	if (!take_mark(parser, ',') || !parse_value(parser, node->values) || !take_mark(parser, ')'))
		return NULL;
	return node;
}

/* any(x:condition); the path and the word were taken, the parenthesis is looked at. */
static struct odata_node *parse_lambda(struct parser *parser, struct odata_node *node, enum odata_kind kind)
{
	node->kind = kind;
	if (!take_mark(parser, '('))
		return NULL;
	if (kind == ODATA_ANY && is_mark(parser, ')')) {
		next(parser);
		return parser->error ? NULL : node;
	}
	if (parser->token.kind != TOKEN_WORD)
		return fail(parser);
	node->variable = parser->token.text;
	next(parser);
	if (!take_mark(parser, ':'))
		return NULL;
	node->left = parse_or(parser);
	if (!node->left || !take_mark(parser, ')'))
		return NULL;
	return node;
}

static struct odata_node *parse_comparison(struct parser *parser, struct odata_node *node)
{
	static const struct {
		const char *word;
		enum odata_kind kind;
	} operators[] = {{"eq", ODATA_EQ}, {"ne", ODATA_NE}, {"gt", ODATA_GT},
			 {"ge", ODATA_GE}, {"lt", ODATA_LT}, {"le", ODATA_LE}};

	if (is_word(parser, "in")) {
		node->kind = ODATA_IN;
		next(parser);
		return parse_values(parser, node) ? node : NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (!is_word(parser, operators[i].word))
			continue;
		node->kind = operators[i].kind;
		node->values = arena_new(parser->arena, struct odata_value);
		node->value_count = 1;
		next(parser);
		return parse_value(parser, node->values) ? node : NULL;
	}
	return parser->error ? NULL : node;
}

/* path [ "/" any(...) | operator value ] | function(...) */
static struct odata_node *parse_path_or_call(struct parser *parser)
{
	static const struct {
		const char *word;
		enum odata_kind kind;
	} functions[] = {{"startswith", ODATA_STARTSWITH}, {"endswith", ODATA_ENDSWITH}, {"contains", ODATA_CONTAINS}};
	struct odata_node *node = new_node(parser, ODATA_PATH);

	if (!node || !parse_name(parser, node))
		return NULL;
	if (is_mark(parser, '(')) {
		for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
			if (text_equal_fold(node->path[0], functions[i].word))
				return parse_text_function(parser, functions[i].kind);
		}
		node->kind = ODATA_CALL;
		node->name = node->path[0];
		node->path_length = 0;
		return parse_values(parser, node) ? node : NULL;
	}
	while (is_mark(parser, '/')) {
		next(parser);
		if (is_word(parser, "any") || is_word(parser, "all")) {
			enum odata_kind kind = is_word(parser, "any") ? ODATA_ANY : ODATA_ALL;

			next(parser);
			return parse_lambda(parser, node, kind);
		}
		if (!parse_name(parser, node))
			return NULL;
	}
	return parse_comparison(parser, node);
}

static struct odata_node *parse_term(struct parser *parser)
{
	struct odata_node *node;

	if (parser->error)
		return NULL;
	if (++parser->depth > ODATA_DEPTH_MAX)
		return fail(parser);
	if (is_word(parser, "not")) {
		next(parser);
		node = new_node(parser, ODATA_NOT);
		if (node && !(node->left = parse_term(parser)))
			node = NULL;
	} else if (is_mark(parser, '(')) {
		next(parser);
		node = parse_or(parser);
		if (node && !take_mark(parser, ')'))
			node = NULL;
	} else {
		node = parse_path_or_call(parser);
	}
	parser->depth--;
	return node;
}

static struct odata_node *parse_chain(struct parser *parser, const char *word, enum odata_kind kind,
				      struct odata_node *(*parse_part)(struct parser *))
{
	struct odata_node *left = parse_part(parser);

	while (left && is_word(parser, word)) {
		struct odata_node *node = new_node(parser, kind);

		next(parser);
		if (!node || !(node->right = parse_part(parser)))
			return NULL;
		node->left = left;
		left = node;
	}
	return left;
}

static struct odata_node *parse_and(struct parser *parser)
{
	return parse_chain(parser, "and", ODATA_AND, parse_term);
}

static struct odata_node *parse_or(struct parser *parser)
{
	return parse_chain(parser, "or", ODATA_OR, parse_and);
}

int odata_parse_filter(struct arena *arena, const char *text, struct odata_node **ret, const char **ret_error)
{
	struct parser parser = {.arena = arena, .text = text};
	struct odata_node *node;

	if (strlen(text) > ODATA_TEXT_MAX) {
		*ret_error = "The filter is too long.";
		return -EINVAL;
	}
	next(&parser);
	node = parse_or(&parser);
	if (node && parser.token.kind != TOKEN_END)
		fail(&parser);
	if (!node || parser.error) {
		fail(&parser);
		*ret_error = parser.error;
		return -EINVAL;
	}
	*ret = node;
	return 0;
}
