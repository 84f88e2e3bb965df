#include "base/text.h"

#include <string.h>

/* Inside this file a function of its own: a public one may not be inlined in position-independent code. */
static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char text_lower(char c)
{
	return lower(c);
}

static bool text_starts_fold(const char *text, const char *prefix, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!text[i] || lower(text[i]) != lower(prefix[i]))
			return false;
	return true;
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int text_compare_fold(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b))
		a++, b++;
	return (unsigned char)lower(*a) - (unsigned char)lower(*b);
}

bool text_equal_fold(const char *a, const char *b)
{
	/* Mostly they are spelled alike, and that is quickly seen. */
	return a && b ? strcmp(a, b) == 0 || text_compare_fold(a, b) == 0 : a == b;
}

bool text_is_empty(const char *text)
{
	return !text || !*text;
}

bool text_has_prefix(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_has_prefix_fold(const char *text, const char *prefix)
{
	return text && text_starts_fold(text, prefix, strlen(prefix));
}

bool text_has_suffix_fold(const char *text, const char *suffix)
{
	size_t length = text ? strlen(text) : 0, tail = strlen(suffix);

	return text && length >= tail && text_equal_fold(text + length - tail, suffix);
}

bool text_contains_fold(const char *text, const char *part)
{
	size_t length = strlen(part);

	if (!text)
		return false;
	for (; *text || !length; text++)
		if (text_starts_fold(text, part, length))
			return true;
	return false;
}

bool text_list_contains_fold(const char *list, char separator, const char *item)
{
	size_t length = strlen(item);

	while (list) {
		const char *end = strchr(list, separator);
		size_t n = end ? (size_t)(end - list) : strlen(list);

		if (n == length && text_starts_fold(list, item, n))
			return true;
		list = end ? end + 1 : NULL;
	}
	return false;
}

static bool text_is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}

bool text_is_guid(const char *text)
{
	if (!text || strlen(text) != TEXT_GUID_LENGTH)
		return false;
	for (size_t i = 0; i < TEXT_GUID_LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !text_is_hex_digit(text[i]))
			return false;
	}
	return true;
}

/* Eight bytes at a time with their upper-case letters made lower: the carry of each byte's additions stays in its top
 * bit. */
static uint64_t text_lower_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u, low = word & 0x7f * ones;
	const uint64_t from_a = low + (0x80 - 'A') * ones, past_z = low + (0x80 - 'Z' - 1) * ones;

	return word | ((from_a ^ past_z) & ~word & 0x80 * ones) >> 2;
}

uint64_t text_hash_fold(const char *text)
{
	size_t length = strlen(text);
	uint64_t hash = 0xcbf29ce484222325u ^ length, word;

	for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ text_lower_word(word)) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, text, length);
	hash = (hash ^ text_lower_word(word)) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

bool text_parse_uint64(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text_is_empty(text))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *text - '0', &value))
			return false;
	}
	*ret = value;
	return true;
}

size_t text_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), rows[3][64] = {{0}};

	if (la >= ARRAY_SIZE(rows[0]) || lb >= ARRAY_SIZE(rows[0]))
		return SIZE_MAX;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t cost = lower(a[i - 1]) != lower(b[j - 1]);
			size_t best = above[j - 1] + cost;

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && above2[j - 2] + 1 < best)
				best = above2[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[la % 3][lb];
}
