#include "desired/scalar.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "desired/expand.h"

static bool has_control_character(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

/* The value as it stands there, of any scalar type; ${ is refused. */
static const char *scalar_get_raw(struct reader *reader, const char *name, const struct tree_node *value,
				  const char *what)
{
	if (value->kind != TREE_SCALAR) {
		reader_problem(reader, value, "%s must be %s, not %s", name, what, tree_describe(value));
		return NULL;
	}
	if (strstr(value->text, "${")) {
		reader_problem(reader, value,
			       "%s: ${NAME} is replaced only in keys that end in _file; write the value itself", name);
		return NULL;
	}
	return value->text;
}

static const char *scalar_get_string(struct reader *reader, const char *name, const struct tree_node *value)
{
	if (value->kind != TREE_SCALAR) {
		reader_problem(reader, value, "%s must be text, not %s", name, tree_describe(value));
		return NULL;
	}
	if (value->scalar == TREE_NULL) {
		reader_problem(reader, value, "%s has no value: write one or remove it", name);
		return NULL;
	}
	if (value->scalar != TREE_TEXT) {
		reader_problem(reader, value, "%s must be text, not %s: put it in quotation marks", name,
			       tree_describe(value));
		return NULL;
	}
	if (!*value->text || has_control_character(value->text)) {
		reader_problem(reader, value, "%s %s", name,
			       *value->text ? "holds a control character or a line break: remove it"
					    : "is empty: write a value or remove the key");
		return NULL;
	}
	return value->text;
}

const char *scalar_get_text(struct reader *reader, const char *name, const struct tree_node *value)
{
	const char *text = scalar_get_string(reader, name, value);

	return text ? scalar_get_raw(reader, name, value, "text") : NULL;
}

void scalar_read_text(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_text(reader, field->name, value);
	const char *complaint = text && field->complain ? field->complain(text) : NULL;

	if (complaint)
		reader_problem(reader, value, "%s %s", field->name, complaint);
	else if (text)
		*(const char **)target = arena_copy_text(reader->arena, text);
}

void scalar_read_file(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_string(reader, field->name, value), *complaint;
	char *path;

	if (!text)
		return;
	complaint = expand_path(reader->arena, text, reader->environment, reader->directory, &path);
	if (complaint)
		reader_problem(reader, value, "%s: %s", field->name, complaint);
	else
		*(const char **)target = path;
}

void scalar_read_boolean(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_raw(reader, field->name, value, "true or false");

	if (!text)
		return;
	if (value->scalar != TREE_BOOLEAN)
		reader_problem(reader, value, "%s must be true or false, without quotation marks", field->name);
	else
		*(bool *)target = text_equal_fold(text, "true");
}

void scalar_read_unsigned(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_raw(reader, field->name, value, "a number");
	uint64_t number;

	if (!text)
		return;
	if (value->scalar != TREE_NUMBER || !text_parse_uint64(text, &number) || number < (uint64_t)field->minimum ||
	    number > (uint64_t)field->maximum)
		reader_problem(reader, value, "%s must be a whole number from %lld to %lld", field->name,
			       (long long)field->minimum, (long long)field->maximum);
	else
		*(unsigned *)target = (unsigned)number;
}

/* "1h30m": at least one of hours, minutes and seconds, each at most once and in this order. */
static bool parse_duration(const char *text, int64_t *ret_s)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
	int64_t total = 0;

	if (!*text)
		return false;
	for (size_t next = 0; *text; text++) {
		int64_t number = 0;
		size_t digits = strspn(text, "0123456789");

		/* Nine digits of hours do not overflow, and no range goes that far. */
		if (!digits || digits > 9)
			return false;
		for (; digits > 0; digits--)
			number = number * 10 + (*text++ - '0');
		while (next < ARRAY_SIZE(units) && units[next].unit != *text)
			next++;
		if (next == ARRAY_SIZE(units))
			return false;
		total += number * units[next++].seconds;
	}
	*ret_s = total;
	return true;
}

static const char *format_duration(struct arena *arena, int64_t seconds)
{
	if (seconds && seconds % 3600 == 0)
		return arena_printf(arena, "%lldh", (long long)seconds / 3600);
	if (seconds && seconds % 60 == 0)
		return arena_printf(arena, "%lldm", (long long)seconds / 60);
	return arena_printf(arena, "%llds", (long long)seconds);
}

void scalar_read_duration(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_raw(reader, field->name, value, "a duration such as 30s, 15m or 1h30m");
	struct arena *arena = &reader->problems->arena;
	int64_t seconds;

	if (!text)
		return;
	if (!parse_duration(text, &seconds))
		reader_problem(reader, value, "%s must be a duration such as 30s, 15m or 1h30m", field->name);
	else if (seconds < field->minimum || seconds > field->maximum)
		reader_problem(reader, value, "%s must be from %s to %s", field->name,
			       format_duration(arena, field->minimum), format_duration(arena, field->maximum));
	else
		*(int64_t *)target = seconds;
}

void scalar_read_percent(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_raw(reader, field->name, value, "a percentage such as 10%");
	size_t digits = text ? strspn(text, "0123456789") : 0;
	unsigned number = 0;

	if (!text)
		return;
	for (size_t i = 0; i < digits && i < 4; i++)
		number = number * 10 + (unsigned)(text[i] - '0');
	if (!digits || digits > 3 || !text_equal(text + digits, "%") || number > field->maximum)
		reader_problem(reader, value, "%s must be a percentage from 0%% to %lld%%, such as 10%%", field->name,
			       (long long)field->maximum);
	else
		*(double *)target = number / 100.0;
}

const char *scalar_list_words(struct reader *reader, const char *const *words)
{
	size_t count = 0;

	while (words[count])
		count++;
	return problems_list(reader->problems, words, count, "or");
}

void scalar_read_word(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *text = scalar_get_raw(reader, field->name, value, "a word");

	if (!text)
		return;
	for (unsigned i = 0; field->words[i]; i++)
		if (text_equal(field->words[i], text)) {
			/* Our enums have no negative values, so their type is unsigned. */
			*(unsigned *)target = i;
			return;
		}
	reader_problem(reader, value, "%s must be %s, not %s", field->name, scalar_list_words(reader, field->words),
		       problems_quote(reader->problems, text));
}
