#include "json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

const char *json_text(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

int64_t json_integer(const cJSON *object, const char *name, int64_t fallback)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : fallback;
}

bool json_is_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

void json_merge(cJSON *target, const cJSON *patch)
{
	const cJSON *member;

	cJSON_ArrayForEach (member, patch) {
		cJSON *there = cJSON_GetObjectItemCaseSensitive(target, member->string);

		if (cJSON_IsNull(member)) {
			cJSON_DeleteItemFromObjectCaseSensitive(target, member->string);
		} else if (cJSON_IsObject(member)) {
			if (!cJSON_IsObject(there)) {
				cJSON_DeleteItemFromObjectCaseSensitive(target, member->string);
				there = cJSON_AddObjectToObject(target, member->string);
			}
			json_merge(there, member);
		} else if (there) {
			cJSON_ReplaceItemInObjectCaseSensitive(target, member->string, cJSON_Duplicate(member, true));
		} else {
			cJSON_AddItemToObject(target, member->string, cJSON_Duplicate(member, true));
		}
	}
}

char *json_complaint(const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return text;
}

static const char *type_failure(const cJSON *item, enum json_type type)
{
	switch (type) {
	case JSON_TEXT:
		return cJSON_IsString(item) ? NULL : "text";
	case JSON_INTEGER:
		return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 1e15 &&
				       item->valuedouble == floor(item->valuedouble)
			       ? NULL
			       : "a whole number that is not negative";
	case JSON_NUMBER:
		return cJSON_IsNumber(item) ? NULL : "a number";
	case JSON_BOOLEAN:
		return cJSON_IsBool(item) ? NULL : "true or false";
	case JSON_OBJECT:
		return cJSON_IsObject(item) ? NULL : "an object";
	case JSON_ARRAY:
		return cJSON_IsArray(item) ? NULL : "an array";
	case JSON_ANY:
		return NULL;
	}
	return NULL;
}

char *json_check_members(const cJSON *object, const char *path, const struct json_member *members, size_t count)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return json_complaint("%s: must be an object", path);
	cJSON_ArrayForEach (item, object) {
		const char *failure;
		size_t i = 0;

		while (i < count && !text_equal(members[i].name, item->string))
			i++;
		if (i == count)
			return json_complaint("%s.%s: unknown member", path, item->string);
		failure = type_failure(item, members[i].type);
		if (failure)
			return json_complaint("%s.%s: must be %s", path, item->string, failure);
	}
	return NULL;
}
