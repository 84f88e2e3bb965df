/* The functions of the query language that are known here, in one table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/text.h"
#include "kql_syntax.h"

enum { SPLIT_MAX = 1000 };

typedef struct kql_value kql_function(struct kql_context *context, const struct kql_value *arguments, size_t count);

/* JSON that a function makes lives as long as the result. */
static struct kql_value keep_json(struct kql_context *context, cJSON *json)
{
	if (json)
		cJSON_AddItemToArray(context->made, json);
	return kql_from_json(json);
}

static struct kql_value map_text(struct kql_context *context, const struct kql_value *argument, bool upper)
{
	char *copy = arena_copy_text(context->arena, kql_as_text(argument, context->arena));

	for (char *p = copy; *p; p++)
		*p = upper ? (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p) : text_lower(*p);
	return kql_text(copy);
}

static struct kql_value f_tolower(struct kql_context *context, const struct kql_value *arguments, size_t count _unused_)
{
	return map_text(context, arguments, false);
}

static struct kql_value f_toupper(struct kql_context *context, const struct kql_value *arguments, size_t count _unused_)
{
	return map_text(context, arguments, true);
}

static struct kql_value f_tostring(struct kql_context *context, const struct kql_value *arguments,
				   size_t count _unused_)
{
	return kql_text(kql_as_text(arguments, context->arena));
}

static struct kql_value f_todouble(struct kql_context *context, const struct kql_value *arguments,
				   size_t count _unused_)
{
	const char *text = kql_as_text(arguments, context->arena);
	char *end;
	double number = strtod(text, &end);

	if (arguments->type == KQL_BOOLEAN)
		return kql_number(arguments->boolean);
	return end != text && !*end && isfinite(number) ? kql_number(number) : kql_text(NULL);
}

static struct kql_value f_toint(struct kql_context *context, const struct kql_value *arguments, size_t count)
{
	struct kql_value number = f_todouble(context, arguments, count);

	number.number = number.type == KQL_NUMBER ? trunc(number.number) : 0;
	return number;
}

static struct kql_value f_tobool(struct kql_context *context, const struct kql_value *arguments, size_t count _unused_)
{
	const char *text = kql_as_text(arguments, context->arena);

	if (text_equal_fold(text, "true") || text_equal(text, "1"))
		return kql_boolean(true);
	return text_equal_fold(text, "false") || text_equal(text, "0") ? kql_boolean(false) : kql_text(NULL);
}

static struct kql_value f_todatetime(struct kql_context *context, const struct kql_value *arguments,
				     size_t count _unused_)
{
	return arguments->type == KQL_TIME ? *arguments : kql_parse_time(kql_as_text(arguments, context->arena));
}

static struct kql_value f_now(struct kql_context *context, const struct kql_value *arguments _unused_,
			      size_t count _unused_)
{
	return (struct kql_value){.type = KQL_TIME, .ms = context->source->now_ms};
}

static struct kql_value f_ago(struct kql_context *context, const struct kql_value *arguments, size_t count _unused_)
{
	if (arguments->type != KQL_SPAN)
		return kql_text(NULL);
	return (struct kql_value){.type = KQL_TIME, .ms = context->source->now_ms - arguments->ms};
}

static bool is_empty(const struct kql_value *value)
{
	return value->type == KQL_NULL || (value->type == KQL_TEXT && !*value->text);
}

static struct kql_value f_isempty(struct kql_context *context _unused_, const struct kql_value *arguments,
				  size_t count _unused_)
{
	return kql_boolean(is_empty(arguments));
}

static struct kql_value f_isnotempty(struct kql_context *context _unused_, const struct kql_value *arguments,
				     size_t count _unused_)
{
	return kql_boolean(!is_empty(arguments));
}

static struct kql_value f_isnull(struct kql_context *context _unused_, const struct kql_value *arguments,
				 size_t count _unused_)
{
	return kql_boolean(arguments->type == KQL_NULL);
}

static struct kql_value f_isnotnull(struct kql_context *context _unused_, const struct kql_value *arguments,
				    size_t count _unused_)
{
	return kql_boolean(arguments->type != KQL_NULL);
}

static struct kql_value f_not(struct kql_context *context _unused_, const struct kql_value *arguments,
			      size_t count _unused_)
{
	return kql_boolean(!kql_is_true(arguments));
}

static struct kql_value f_iff(struct kql_context *context _unused_, const struct kql_value *arguments,
			      size_t count _unused_)
{
	return kql_is_true(&arguments[0]) ? arguments[1] : arguments[2];
}

static struct kql_value f_coalesce(struct kql_context *context _unused_, const struct kql_value *arguments,
				   size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_empty(&arguments[i]))
			return arguments[i];
	return kql_text(NULL);
}

static struct kql_value f_strcat(struct kql_context *context, const struct kql_value *arguments, size_t count)
{
	struct buffer text;
	const char *copy;

	buffer_init(&text, 1024 * 1024);
	for (size_t i = 0; i < count; i++)
		buffer_append_text(&text, kql_as_text(&arguments[i], context->arena));
	copy = arena_copy_text(context->arena, text.data);
	buffer_done(&text);
	return kql_text(copy);
}

static struct kql_value f_strlen(struct kql_context *context, const struct kql_value *arguments, size_t count _unused_)
{
	return kql_number((double)strlen(kql_as_text(arguments, context->arena)));
}

static struct kql_value f_parse_json(struct kql_context *context, const struct kql_value *arguments,
				     size_t count _unused_)
{
	if (arguments->type != KQL_TEXT)
		return *arguments;
	return keep_json(context, cJSON_Parse(arguments->text));
}

/* split(text, delimiter[, index]): an array; with an index an array of that part alone. */
static struct kql_value f_split(struct kql_context *context, const struct kql_value *arguments, size_t count)
{
	const char *text = kql_as_text(&arguments[0], context->arena), *by = kql_as_text(&arguments[1], context->arena);
	cJSON *parts = cJSON_CreateArray();
	size_t length = strlen(by);

	for (int i = 0; i < SPLIT_MAX; i++) {
		const char *next = length ? strstr(text, by) : NULL;
		size_t part = next ? (size_t)(next - text) : strlen(text);

		if (count < 3 || (arguments[2].type == KQL_NUMBER && (double)i == arguments[2].number))
			cJSON_AddItemToArray(parts, cJSON_CreateString(arena_copy_bytes(context->arena, text, part)));
		if (!next)
			break;
		text = next + length;
	}
	return keep_json(context, parts);
}

static struct kql_value f_substring(struct kql_context *context, const struct kql_value *arguments, size_t count)
{
	const char *text = kql_as_text(&arguments[0], context->arena);
	size_t length = strlen(text), start, part;

	if (arguments[1].type != KQL_NUMBER || (count == 3 && arguments[2].type != KQL_NUMBER))
		return kql_text(NULL);
	start = arguments[1].number < 0                ? 0
		: arguments[1].number > (double)length ? length
						       : (size_t)arguments[1].number;
	part = length - start;
	if (count == 3 && arguments[2].number < (double)part)
		part = arguments[2].number < 0 ? 0 : (size_t)arguments[2].number;
	return kql_text(arena_copy_bytes(context->arena, text + start, part));
}

static struct kql_value f_array_length(struct kql_context *context _unused_, const struct kql_value *arguments,
				       size_t count _unused_)
{
	if (arguments->type != KQL_JSON || !cJSON_IsArray(arguments->json))
		return kql_text(NULL);
	return kql_number(cJSON_GetArraySize(arguments->json));
}

static struct kql_value f_bag_keys(struct kql_context *context, const struct kql_value *arguments,
				   size_t count _unused_)
{
	const cJSON *member;
	cJSON *keys;

	if (arguments->type != KQL_JSON || !cJSON_IsObject(arguments->json))
		return kql_text(NULL);
	keys = cJSON_CreateArray();
	cJSON_ArrayForEach (member, arguments->json)
		cJSON_AddItemToArray(keys, cJSON_CreateString(member->string));
	return keep_json(context, keys);
}

static const struct {
	const char *name;
	size_t least, most;
	kql_function *function;
} functions[] = {
	{"tolower", 1, 1, f_tolower},
	{"toupper", 1, 1, f_toupper},
	{"tostring", 1, 1, f_tostring},
	{"toint", 1, 1, f_toint},
	{"tolong", 1, 1, f_toint},
	{"todouble", 1, 1, f_todouble},
	{"toreal", 1, 1, f_todouble},
	{"tobool", 1, 1, f_tobool},
	{"todatetime", 1, 1, f_todatetime},
	{"now", 0, 0, f_now},
	{"ago", 1, 1, f_ago},
	{"isempty", 1, 1, f_isempty},
	{"isnotempty", 1, 1, f_isnotempty},
	{"isnull", 1, 1, f_isnull},
	{"isnotnull", 1, 1, f_isnotnull},
	{"not", 1, 1, f_not},
	{"iff", 3, 3, f_iff},
	{"iif", 3, 3, f_iff},
	{"coalesce", 2, 64, f_coalesce},
	{"strcat", 1, 64, f_strcat},
	{"strlen", 1, 1, f_strlen},
	{"parse_json", 1, 1, f_parse_json},
	{"todynamic", 1, 1, f_parse_json},
	{"split", 2, 3, f_split},
	{"substring", 2, 3, f_substring},
	{"array_length", 1, 1, f_array_length},
	{"bag_keys", 1, 1, f_bag_keys},
};

bool kql_call_function(struct kql_context *context, const struct kql_expression *call,
		       const struct kql_value *arguments, struct kql_value *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		if (!text_equal(functions[i].name, call->name))
			continue;
		if (call->argument_count < functions[i].least || call->argument_count > functions[i].most)
			return kql_fail(context, "InvalidQuery", call->start, "%s() does not take %zu arguments",
					call->name, call->argument_count);
		*ret = functions[i].function(context, arguments, call->argument_count);
		return true;
	}
	return kql_fail(context, "InvalidQuery", call->start, "Unknown function: '%s'.", call->name);
}
