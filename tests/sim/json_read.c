#include "json_read.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

enum { DEPTH_MAX = 200, DIGITS_MAX = 15, NAMES = 1024, NAME_SIZE = 48 };

struct input {
	const char *at, *end;
	unsigned depth;
};

/*
 * Of the millions of names of members in a large state few differ. Those that came first have a place for good, to
 * which the members refer; the others get copies. Fixed in size, so that no input can make it grow, and never changed,
 * so that members of any age may refer to it.
 */
static char shared_names[NAMES][NAME_SIZE];

/* The shared copy of the LENGTH bytes at NAME, or NULL. */
static char *share_name(const char *name, size_t length)
{
	uint32_t hash = (uint32_t)length;
	char *place;

	if (length == 0 || length >= NAME_SIZE || memchr(name, 0, length))
		return NULL;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 0x01000193u;
	place = shared_names[(hash ^ hash >> 15) % NAMES];
	if (!*place)
		memcpy(place, name, length);
	return memcmp(place, name, length) == 0 && !place[length] ? place : NULL;
}

static void *take_memory(size_t size)
{
	void *p = cJSON_malloc(size);

	if (!p)
		memory_exhausted();
	return p;
}

static cJSON *new_item(int type)
{
	cJSON *item = take_memory(sizeof(*item));

	*item = (cJSON){.type = type};
	return item;
}

static char *copy_bytes(const char *bytes, size_t length)
{
	char *copy = take_memory(length + 1);

	memcpy(copy, bytes, length);
	copy[length] = 0;
	return copy;
}

static char next_byte(struct input *input)
{
	while (input->at < input->end && (unsigned char)*input->at <= ' ')
		input->at++;
	return input->at < input->end ? *input->at : 0;
}

/* One value by the library. */
static cJSON *read_by_library(struct input *input)
{
	return cJSON_ParseWithLengthOpts(input->at, (size_t)(input->end - input->at), &input->at, false);
}

/* How many bytes of a text there are from AT to its closing quotation mark. False: it is not plain. */
static bool measure_text(const struct input *input, const char *at, size_t *ret_length)
{
	const char *close = memchr(at, '"', (size_t)(input->end - at));

	if (!close || memchr(at, '\\', (size_t)(close - at)))
		return false;
	*ret_length = (size_t)(close - at);
	return true;
}

static cJSON *read_text(struct input *input)
{
	const char *start = input->at + 1;
	size_t length;
	cJSON *item;

	if (!measure_text(input, start, &length))
		return read_by_library(input);
	item = new_item(cJSON_String);
	item->valuestring = copy_bytes(start, length);
	input->at = start + length + 1;
	return item;
}

/* Whole numbers whose digits a double holds exactly. */
static cJSON *read_number(struct input *input)
{
	const char *p = input->at + (*input->at == '-'), *first = p;
	int64_t value = 0;

	while (p < input->end && p - first < DIGITS_MAX && *p >= '0' && *p <= '9')
		value = value * 10 + (*p++ - '0');
	/* A zero with a minus keeps it only in the library's hands. */
	if (p == first || p == input->end || (value == 0 && first != input->at) ||
	    (*p && strchr("0123456789+-.eE", *p)))
		return read_by_library(input);
	value = *input->at == '-' ? -value : value;
	input->at = p;
	return cJSON_CreateNumber((double)value);
}

static cJSON *read_value(struct input *input);

/* "NAME": VALUE */
static cJSON *read_member(struct input *input)
{
	cJSON *name = NULL, *item = NULL;
	const char *start;
	size_t length;

	if (next_byte(input) != '"')
		return NULL;
	start = input->at + 1;
	if (measure_text(input, start, &length)) {
		input->at = start + length + 1;
	} else {
		name = read_by_library(input);
		if (!name)
			return NULL;
		start = name->valuestring;
		length = strlen(start);
	}
	if (next_byte(input) == ':') {
		input->at++;
		item = read_value(input);
	}
	if (item) {
		item->string = share_name(start, length);
		if (item->string)
			item->type |= cJSON_StringIsConst;
		else
			item->string = copy_bytes(start, length);
	}
	cJSON_Delete(name);
	return item;
}

/* What stands between the brackets, up to CLOSE. */
static bool read_members(struct input *input, cJSON *parent, char close)
{
	cJSON *item, *last = NULL;

	input->at++;
	if (next_byte(input) == close) {
		input->at++;
		return true;
	}
	for (;;) {
		item = close == '}' ? read_member(input) : read_value(input);
		if (!item)
			return false;
		item->prev = last;
		if (last)
			last->next = item;
		else
			parent->child = item;
		last = item;
		/* The library finds the last item there. */
		parent->child->prev = last;
		if (next_byte(input) != ',')
			break;
		input->at++;
	}
	if (next_byte(input) != close)
		return false;
	input->at++;
	return true;
}

static cJSON *read_parent(struct input *input, int type)
{
	cJSON *parent = new_item(type);
	bool is_good = input->depth < DEPTH_MAX;

	input->depth++;
	is_good = is_good && read_members(input, parent, type == cJSON_Object ? '}' : ']');
	input->depth--;
	if (is_good)
		return parent;
	cJSON_Delete(parent);
	return NULL;
}

static cJSON *read_word(struct input *input, const char *word, int type)
{
	size_t length = strlen(word);
	cJSON *item;

	if ((size_t)(input->end - input->at) < length || memcmp(input->at, word, length) != 0)
		return NULL;
	input->at += length;
	item = new_item(type);
	item->valueint = type == cJSON_True;
	return item;
}

static cJSON *read_value(struct input *input)
{
	switch (next_byte(input)) {
	case '"':
		return read_text(input);
	case '{':
		return read_parent(input, cJSON_Object);
	case '[':
		return read_parent(input, cJSON_Array);
	case 'n':
		return read_word(input, "null", cJSON_NULL);
	case 't':
		return read_word(input, "true", cJSON_True);
	case 'f':
		return read_word(input, "false", cJSON_False);
	default:
		return input->at < input->end ? read_number(input) : NULL;
	}
}

cJSON *json_read(const char *text, size_t length, const char **ret_end)
{
	struct input input = {.at = text, .end = text + length};
	cJSON *json = read_value(&input);

	*ret_end = input.at;
	/* What is wrong with it, and what is too deep or has a byte order mark, the library knows. */
	return json ? json : cJSON_ParseWithLengthOpts(text, length, ret_end, false);
}
