#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "kql_syntax.h"

struct kql_value kql_text(const char *text)
{
	return text ? (struct kql_value){.type = KQL_TEXT, .text = text} : (struct kql_value){.type = KQL_NULL};
}

struct kql_value kql_number(double number)
{
	return (struct kql_value){.type = KQL_NUMBER, .number = number};
}

struct kql_value kql_boolean(bool boolean)
{
	return (struct kql_value){.type = KQL_BOOLEAN, .boolean = boolean};
}

struct kql_value kql_from_json(const cJSON *json)
{
	if (cJSON_IsString(json))
		return kql_text(json->valuestring);
	if (cJSON_IsNumber(json))
		return kql_number(json->valuedouble);
	if (cJSON_IsBool(json))
		return kql_boolean(cJSON_IsTrue(json));
	if (cJSON_IsObject(json) || cJSON_IsArray(json))
		return (struct kql_value){.type = KQL_JSON, .json = json};
	return (struct kql_value){.type = KQL_NULL};
}

cJSON *kql_to_json(const struct kql_value *value, struct arena *arena)
{
	cJSON *json = NULL;

	switch (value->type) {
	case KQL_NULL:
		json = cJSON_CreateNull();
		break;
	case KQL_BOOLEAN:
		json = cJSON_CreateBool(value->boolean);
		break;
	case KQL_NUMBER:
		json = cJSON_CreateNumber(value->number);
		break;
	case KQL_TEXT:
	case KQL_TIME:
	case KQL_SPAN:
		json = cJSON_CreateString(kql_as_text(value, arena));
		break;
	case KQL_JSON:
		json = cJSON_Duplicate(value->json, true);
		break;
	}
	if (!json)
		memory_exhausted();
	return json;
}

bool kql_is_true(const struct kql_value *value)
{
	return value->type == KQL_BOOLEAN && value->boolean;
}

static const char *number_text(double number, struct arena *arena)
{
	if (number == floor(number) && fabs(number) < 1e15)
		return arena_printf(arena, "%.0f", number);
	return arena_printf(arena, "%.15g", number);
}

static const char *time_text(int64_t ms, struct arena *arena)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(ms, text);
	return arena_copy_text(arena, text);
}

static const char *span_text(int64_t ms, struct arena *arena)
{
	int64_t s = ms / 1000;

	return arena_printf(arena, "%lld.%02lld:%02lld:%02lld", (long long)(s / 86400), (long long)(s / 3600 % 24),
			    (long long)(s / 60 % 60), (long long)(s % 60));
}

static const char *json_as_text(const cJSON *json, struct arena *arena)
{
	char *text = cJSON_PrintUnformatted(json), *copy;

	if (!text)
		memory_exhausted();
	copy = arena_copy_text(arena, text);
	cJSON_free(text);
	return copy;
}

const char *kql_as_text(const struct kql_value *value, struct arena *arena)
{
	switch (value->type) {
	case KQL_NULL:
		return "";
	case KQL_BOOLEAN:
		return value->boolean ? "true" : "false";
	case KQL_NUMBER:
		return number_text(value->number, arena);
	case KQL_TEXT:
		return value->text;
	case KQL_TIME:
		return time_text(value->ms, arena);
	case KQL_SPAN:
		return span_text(value->ms, arena);
	case KQL_JSON:
		return json_as_text(value->json, arena);
	}
	return "";
}

/* Values of different types are ordered by their text, but a time and a text that tells one are compared as times. */
static bool as_time(const struct kql_value *value, int64_t *ret)
{
	struct kql_value time = value->type == KQL_TEXT ? kql_parse_time(value->text) : *value;

	*ret = time.ms;
	return time.type == KQL_TIME;
}

int kql_compare(const struct kql_value *a, const struct kql_value *b, struct arena *arena)
{
	int64_t a_ms, b_ms;

	if (a->type == KQL_NULL || b->type == KQL_NULL)
		return (b->type == KQL_NULL) - (a->type == KQL_NULL);
	if (a->type == KQL_NUMBER && b->type == KQL_NUMBER)
		return (a->number > b->number) - (a->number < b->number);
	if (a->type == KQL_SPAN && b->type == KQL_SPAN)
		return (a->ms > b->ms) - (a->ms < b->ms);
	if ((a->type == KQL_TIME || b->type == KQL_TIME) && as_time(a, &a_ms) && as_time(b, &b_ms))
		return (a_ms > b_ms) - (a_ms < b_ms);
	return strcmp(kql_as_text(a, arena), kql_as_text(b, arena));
}

struct kql_value kql_parse_time(const char *text)
{
	struct tm tm = {0};
	int ms = 0, digits = 0;
	const char *rest = strptime(text, "%Y-%m-%d", &tm);

	if (!rest)
		return (struct kql_value){.type = KQL_NULL};
	if (*rest == 'T' || *rest == ' ') {
		const char *clock = strptime(rest + 1, "%H:%M:%S", &tm);

		if (!clock)
			clock = strptime(rest + 1, "%H:%M", &tm);
		rest = clock ? clock : "?";
	}
	if (*rest == '.')
		for (rest++; *rest >= '0' && *rest <= '9'; rest++, digits++)
			if (digits < 3)
				ms = ms * 10 + (*rest - '0');
	for (; digits > 0 && digits < 3; digits++)
		ms *= 10;
	if (*rest && !text_equal(rest, "Z") && !text_equal(rest, "+00:00"))
		return (struct kql_value){.type = KQL_NULL};
	return (struct kql_value){.type = KQL_TIME, .ms = (int64_t)timegm(&tm) * 1000 + ms};
}

const char *kql_key(const struct kql_value *values, size_t count, struct arena *arena)
{
	struct buffer key;
	const char *copy;

	buffer_init(&key, 1024 * 1024);
	for (size_t i = 0; i < count; i++) {
		const char *text = kql_as_text(&values[i], arena);

		/* The type keeps "1" and 1 apart, the length a value from the next. */
		buffer_printf(&key, "%d:%zu:", (int)values[i].type, strlen(text));
		/* Tables of names do not tell cases apart, but the language does. */
		for (const char *p = text; *p; p++) {
			if ((*p >= 'A' && *p <= 'Z') || *p == '^')
				buffer_append_char(&key, '^');
			buffer_append_char(&key, *p);
		}
	}
	copy = arena_copy_text(arena, key.data);
	buffer_done(&key);
	return copy;
}

void kql_table_init(struct kql_table *table, const char **columns, size_t column_count)
{
	*table = (struct kql_table){.columns = columns, .column_count = column_count};
}

struct kql_value *kql_table_add(struct kql_table *table, struct arena *arena)
{
	struct kql_value *row = arena_new_array(arena, table->column_count + 1, struct kql_value);

	if (table->row_count == table->row_room) {
		size_t room = table->row_room ? 2 * table->row_room : 64;
		struct kql_value **rows = arena_new_array(arena, room, struct kql_value *);

		if (table->row_count)
			memcpy(rows, table->rows, table->row_count * sizeof(*rows));
		table->rows = rows;
		table->row_room = room;
	}
	table->rows[table->row_count++] = row;
	return row;
}

int kql_table_find(const struct kql_table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (text_equal(table->columns[i], name))
			return (int)i;
	return -1;
}
