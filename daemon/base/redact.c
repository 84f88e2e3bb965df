#include "base/redact.h"

#include <stdbool.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/text.h"

enum { SECRET_LENGTH_MIN = 8, TEXT_LENGTH_MAX = 1 << 20, TOKEN_LENGTH_MIN = 16 };

#define REDACTED "(sensitive)"

/* ---- secrets that we know ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* The UTF-8 of the character that \uXXXX at TEXT names (not beyond the basic plane); its length, 0: it names none. */
static size_t named_character(const char *text, char ret[3])
{
	int high = text_has_prefix(text, "\\u") ? hex_byte(text + 2) : -1, low = high < 0 ? -1 : hex_byte(text + 4);
	unsigned code;

	if (low < 0)
		return 0;
	code = (unsigned)high << 8 | (unsigned)low;
	if (code < 0x80) {
		ret[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		ret[0] = (char)(0xc0 | code >> 6);
		ret[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	ret[0] = (char)(0xe0 | code >> 12);
	ret[1] = (char)(0x80 | (code >> 6 & 0x3f));
	ret[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* How many characters at TEXT stand for the next *RET_BYTES of SECRET; 0: they do not. */
static size_t spelled_length(const char *text, const char *secret, size_t *ret_bytes)
{
	static const char escaped[] = "\"\\/\n\r\t\b\f", letters[] = "\"\\/nrtbf";
	const char *letter = *text == '\\' && text[1] ? strchr(letters, text[1]) : NULL;
	unsigned char byte = (unsigned char)*secret;
	char character[3];
	size_t length = named_character(text, character);

	*ret_bytes = 1;
	if (letter && escaped[letter - letters] == *secret)
		return 2;
	if (length && strncmp(secret, character, length) == 0) {
		*ret_bytes = length;
		return strlen("\\uXXXX");
	}
	if (*text == '%' && hex_byte(text + 1) == byte)
		return strlen("%XX");
	return *text == *secret || (byte < 0x20 && *text == ' ') || (byte == ' ' && *text == '+');
}

/* How many characters at TEXT spell SECRET, or its beginning up to where TEXT was cut; 0: they do not. */
static size_t secret_length(const char *text, const char *secret)
{
	const char *p = text;
	size_t matched = 0, spelled, bytes;

	if (text_has_prefix(text, secret))
		return strlen(secret);
	for (; secret[matched]; matched += bytes, p += spelled) {
		spelled = spelled_length(p, secret + matched, &bytes);
		if (!spelled)
			break;
	}
	if (!secret[matched] || (matched >= SECRET_LENGTH_MIN && text_has_prefix(p, REDACT_CUT)))
		return (size_t)(p - text);
	return 0;
}

const char *redact_secret(struct arena *arena, const char *text, const char *secret)
{
	_cleanup_(buffer_done) struct buffer clean = {0};
	const char *rest = text;
	bool is_found = false;

	if (!secret || strlen(secret) < SECRET_LENGTH_MIN)
		return text;
	buffer_init(&clean, TEXT_LENGTH_MAX);
	for (const char *p = text; *p;) {
		size_t length = secret_length(p, secret);

		if (!length) {
			p++;
			continue;
		}
		buffer_append(&clean, rest, (size_t)(p - rest));
		buffer_append_text(&clean, REDACTED);
		rest = p += length;
		is_found = true;
	}
	if (!is_found)
		return text;
	buffer_append_text(&clean, rest);
	return arena_copy_text(arena, clean.data);
}

/* ---- what looks like one ---- */

/* How names of secrets end. */
static const char *const secret_names[] = {
	"accesskey", "accountkey", "apikey",    "applicationkey",  "assertion", "licensekey", "password",
	"pwd",       "secret",     "sharedkey", "sharedaccesskey", "sig",       "signature",  "token",
};

static bool is_name_character(char c)
{
	return (text_lower(c) >= 'a' && text_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_token_character(char c)
{
	return is_name_character(c) || (c && strchr(".+/=~", c));
}

static bool is_secret_name(const char *end, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_names); i++) {
		size_t name = strlen(secret_names[i]);

		if (name <= length && strncasecmp(end - name, secret_names[i], name) == 0)
			return true;
	}
	return false;
}

/* NAME=VALUE, "NAME":"VALUE" and, inside of other strings, \"NAME\":\"VALUE\": the characters between the end of a name
 * and the value; 0: this is no such place. */
static size_t separator_length(const char *text)
{
	const char *p = text;

	if (*p == '=')
		return p[1] == '"' || p[1] == '\'' ? 2 : 1;
	p += strspn(p, "\\");
	if (*p != '"' && *p != '\'')
		return 0;
	p++;
	p += strspn(p, " ");
	if (*p != ':' && *p != '=')
		return 0;
	p++;
	p += strspn(p, " ");
	p += strspn(p, "\\");
	return *p == '"' || *p == '\'' ? (size_t)(p + 1 - text) : 0;
}

static size_t backslashes_before(const char *text, const char *start)
{
	const char *p = text;

	while (p > start && p[-1] == '\\')
		p--;
	return (size_t)(text - p);
}

/* The length of a value behind a separator of SEPARATOR characters. One in quotes ends with the next that are escaped
 * as often as the first; those inside are escaped once more. Another one ends where something else begins. */
static size_t value_length(const char *value, size_t separator)
{
	const char *end = value;
	size_t depth;

	if (separator == 1)
		return strcspn(value, "&; ,\"'<>)}]");
	depth = backslashes_before(value - 1, value - separator);
	while ((end = strchr(end, value[-1])) && backslashes_before(end, value) > depth)
		end++;
	return end ? (size_t)(end - value) - backslashes_before(end, value) : strlen(value);
}

/* The characters at P that begin a secret's value: *RET_BEFORE are left as they are, the result is replaced. */
static size_t find_value(const char *p, size_t name_length, size_t *ret_before)
{
	size_t separator;

	*ret_before = 0;
	if (text_has_prefix(p, "eyJ")) {
		size_t length = 0;

		while (is_token_character(p[length]))
			length++;
		return length >= TOKEN_LENGTH_MIN ? length : 0;
	}
	for (const char *const *scheme = (const char *const[]){"Bearer ", "Basic ", NULL}; *scheme; scheme++) {
		size_t length = strlen(*scheme), token = length;

		while (text_has_prefix_fold(p, *scheme) && is_token_character(p[token]))
			token++;
		*ret_before = length;
		if (token - length >= TOKEN_LENGTH_MIN)
			return token - length;
	}
	*ret_before = 0;
	if (text_has_prefix(p, "://")) {
		size_t authority = strcspn(p + 3, "/?# \"'<>");
		const char *at = memrchr(p + 3, '@', authority);

		*ret_before = 3;
		return at ? (size_t)(at - p - 3) : 0;
	}
	separator = name_length && is_secret_name(p, name_length) ? separator_length(p) : 0;
	*ret_before = separator;
	return separator ? value_length(p + separator, separator) : 0;
}

const char *redact_forms(struct arena *arena, const char *text)
{
	_cleanup_(buffer_done) struct buffer clean = {0};
	const char *rest = text;
	size_t name_length = 0, before;
	bool is_found = false;

	buffer_init(&clean, TEXT_LENGTH_MAX);
	for (const char *p = text; *p;) {
		size_t length = find_value(p, name_length, &before);

		if (!length) {
			name_length = is_name_character(*p++) ? name_length + 1 : 0;
			continue;
		}
		buffer_append(&clean, rest, (size_t)(p + before - rest));
		buffer_append_text(&clean, REDACTED);
		rest = p += before + length;
		name_length = 0;
		is_found = true;
	}
	if (!is_found)
		return text;
	buffer_append_text(&clean, rest);
	return arena_copy_text(arena, clean.data);
}
