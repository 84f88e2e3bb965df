#include "json_print.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

/* Larger than most answers; doubled from there. */
enum { FIRST_SIZE = 4096, DIGITS_MAX = 24 };

struct output {
	char *data;
	size_t length, allocated;
};

/* Room for SIZE more bytes; they begin at the end. */
static char *output_reserve(struct output *output, size_t size)
{
	if (output->allocated - output->length < size) {
		while (output->allocated - output->length < size)
			output->allocated *= 2;
		output->data = memory_resize(output->data, output->allocated);
	}
	return output->data + output->length;
}

static void output_add(struct output *output, const char *bytes, size_t length)
{
	memcpy(output_reserve(output, length), bytes, length);
	output->length += length;
}

static void output_add_char(struct output *output, char c)
{
	*output_reserve(output, 1) = c;
	output->length++;
}

/* What stands behind the backslash for C, or 0 when C stands for itself. */
static char escape_of(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return (unsigned char)c < 0x20 ? 'u' : 0;
	}
}

/* Whether all eight bytes stand for themselves. Bytes that do not may take their neighbour along, which is only slower.
 */
static bool are_plain(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u, quote = word ^ '"' * ones, backslash = word ^ '\\' * ones;

	return !((((word - 0x20 * ones) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) &
		 0x80 * ones);
}

/* Writes C, escaped, and returns what is behind it. */
static char *print_char(char *out, char c)
{
	static const char digits[] = "0123456789abcdef";
	char escape = escape_of(c);

	if (!escape) {
		*out++ = c;
		return out;
	}
	*out++ = '\\';
	*out++ = escape;
	if (escape == 'u') {
		*out++ = '0';
		*out++ = '0';
		*out++ = digits[c >> 4];
		*out++ = digits[c & 15];
	}
	return out;
}

static void print_text(struct output *output, const char *text)
{
	size_t length = text ? strlen(text) : 0, i = 0;
	char *start = output_reserve(output, 6 * length + 2), *out = start;
	uint64_t word;

	*out++ = '"';
	while (i < length) {
		if (length - i >= sizeof(word)) {
			memcpy(&word, text + i, sizeof(word));
			if (are_plain(word)) {
				memcpy(out, &word, sizeof(word));
				out += sizeof(word);
				i += sizeof(word);
				continue;
			}
		}
		out = print_char(out, text[i++]);
	}
	*out++ = '"';
	output->length += (size_t)(out - start);
}

static void print_other(struct output *output, const cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	if (!text)
		memory_exhausted();
	output_add(output, text, strlen(text));
	cJSON_free(text);
}

static void print_number(struct output *output, const cJSON *json)
{
	double value = json->valuedouble;
	char text[DIGITS_MAX], *p = text + sizeof(text);
	uint64_t rest;

	/* Up to 15 digits are exact; the rest, and the minus of zero, is for the library. */
	if (!(fabs(value) < 1e15) || value != floor(value) || (value == 0 && signbit(value))) {
		print_other(output, json);
		return;
	}
	rest = (uint64_t)fabs(value);
	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	output_add(output, p, (size_t)(text + sizeof(text) - p));
}

static void print_value(struct output *output, const cJSON *json);

static void print_members(struct output *output, const cJSON *json, bool are_named)
{
	const cJSON *item;

	output_add_char(output, are_named ? '{' : '[');
	cJSON_ArrayForEach (item, json) {
		if (item != json->child)
			output_add_char(output, ',');
		if (are_named) {
			print_text(output, item->string);
			output_add_char(output, ':');
		}
		print_value(output, item);
	}
	output_add_char(output, are_named ? '}' : ']');
}

static void print_value(struct output *output, const cJSON *json)
{
	switch (json->type & 0xff) {
	case cJSON_String:
		print_text(output, json->valuestring);
		break;
	case cJSON_Number:
		print_number(output, json);
		break;
	case cJSON_Object:
		print_members(output, json, true);
		break;
	case cJSON_Array:
		print_members(output, json, false);
		break;
	case cJSON_NULL:
		output_add(output, "null", 4);
		break;
	case cJSON_True:
		output_add(output, "true", 4);
		break;
	case cJSON_False:
		output_add(output, "false", 5);
		break;
	default: /* text that somebody else printed */
		print_other(output, json);
		break;
	}
}

char *json_print(const cJSON *json, size_t *ret_length)
{
	struct output output = {.data = memory_resize(NULL, FIRST_SIZE), .allocated = FIRST_SIZE};

	print_value(&output, json);
	*output_reserve(&output, 1) = 0;
	*ret_length = output.length;
	return output.data;
}
