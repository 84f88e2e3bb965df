#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kql_syntax.h"

void kql_lexer_init(struct kql_lexer *lexer, const char *query, struct arena *arena)
{
	*lexer = (struct kql_lexer){.query = query, .position = query, .arena = arena};
	kql_lexer_advance(lexer);
}

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_' || c == '$';
}

static bool is_name_part(char c)
{
	return is_name_start(c) || isdigit((unsigned char)c);
}

static const char *skip_blank(const char *p)
{
	for (;;) {
		while (isspace((unsigned char)*p))
			p++;
		if (p[0] != '/' || p[1] != '/')
			return p;
		p += strcspn(p, "\n");
	}
}

/* Names that hold a sign: only these, so that a-b remains a difference. */
static const char *const long_names[] = {"project-away", "project-rename", "project-keep", "mv-expand", "in~"};

static size_t name_length(const char *p)
{
	size_t length = 0;

	for (size_t i = 0; i < ARRAY_SIZE(long_names); i++) {
		size_t n = strlen(long_names[i]);

		if (text_has_prefix_fold(p, long_names[i]) && !is_name_part(p[n]))
			return n;
	}
	while (is_name_part(p[length]))
		length++;
	return length;
}

/* A number, or with a unit behind it a span of time. */
static const char *lex_number(struct kql_token *token, const char *p)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = {{"ms", 1}, {"d", 86400e3}, {"h", 3600e3}, {"m", 60e3}, {"s", 1e3}};
	char digits[40];
	size_t length = strspn(p, "0123456789");

	if (p[length] == '.' && isdigit((unsigned char)p[length + 1]))
		length += 1 + strspn(p + length + 1, "0123456789");
	if (length >= sizeof(digits)) {
		token->type = TOKEN_BAD;
		return p + length;
	}
	memcpy(digits, p, length);
	digits[length] = '\0';
	token->type = TOKEN_NUMBER;
	token->number = strtod(digits, NULL);
	p += length;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t n = strlen(units[i].unit);

		if (strncmp(p, units[i].unit, n) == 0 && !is_name_part(p[n])) {
			token->type = TOKEN_SPAN;
			token->number *= units[i].ms;
			return p + n;
		}
	}
	if (is_name_part(*p))
		token->type = TOKEN_BAD;
	return p;
}

/* 'text', "text" with escapes, @'text' without. */
static const char *lex_text(struct kql_lexer *lexer, struct kql_token *token, const char *p)
{
	bool verbatim = *p == '@';
	char quote = *(p += verbatim), *out = arena_alloc(lexer->arena, strlen(p) + 1);
	size_t length = 0;

	token->text = out;
	for (p++; *p && *p != '\n'; p++) {
		if (*p == quote && verbatim && p[1] == quote) {
			p++;
		} else if (*p == quote) {
			token->type = TOKEN_TEXT;
			out[length] = '\0';
			return p + 1;
		} else if (*p == '\\' && !verbatim && p[1]) {
			p++;
			out[length++] = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p;
			continue;
		}
		out[length++] = *p;
	}
	token->type = TOKEN_BAD;
	return p;
}

static const char *lex_sign(struct kql_token *token, const char *p)
{
	static const char *const signs[] = {"==", "!=", "=~", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ",",
					    ".",  "|",  "=",  "<",  ">",  "+",  "-", "*", "/", "%", ":", "!", ";"};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (text_has_prefix(p, signs[i])) {
			token->type = TOKEN_SIGN;
			token->text = signs[i];
			return p + strlen(signs[i]);
		}
	token->type = TOKEN_BAD;
	return p + 1;
}

void kql_lexer_advance(struct kql_lexer *lexer)
{
	const char *p = skip_blank(lexer->position), *end;
	struct kql_token token = {.type = TOKEN_END, .start = p};

	if (!*p)
		end = p;
	else if (isdigit((unsigned char)*p))
		end = lex_number(&token, p);
	else if (*p == '\'' || *p == '"' || (*p == '@' && (p[1] == '\'' || p[1] == '"')))
		end = lex_text(lexer, &token, p);
	else if (is_name_start(*p) || (*p == '!' && is_name_start(p[1]))) {
		size_t length = (*p == '!') + name_length(p + (*p == '!'));

		/* !in, !contains and their like are one word each. */
		token.type = TOKEN_NAME;
		token.text = arena_copy_bytes(lexer->arena, p, length);
		end = p + length;
	} else
		end = lex_sign(&token, p);
	token.length = (size_t)(end - p);
	lexer->token = token;
	lexer->position = end;
}
