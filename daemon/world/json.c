#include "world/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/*
 * Brackets outside of strings, counted without parsing: cheaper than a tree that would only be thrown away. And
 * "\\u0000" inside of strings: cJSON would cut the string there, and half a setting must never be taken for the whole.
 */
static bool json_is_refused(const char *text, size_t length)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\' && length - i > 5 && memcmp(text + i + 1, "u0000", 5) == 0)
				return true;
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return false;
}

cJSON *json_parse(const char *text, size_t length)
{
	const char *end = NULL;
	cJSON *json;

	if (memchr(text, 0, length) || json_is_refused(text, length))
		return NULL;
	json = cJSON_ParseWithLengthOpts(text, length, &end, false);
	if (!json)
		return NULL;
	for (; end < text + length; end++) {
		if (!strchr(" \t\r\n", *end)) {
			cJSON_Delete(json);
			return NULL;
		}
	}
	return json;
}

static const cJSON *json_get_member(const cJSON *json, const char *name, size_t length)
{
	const cJSON *member, *folded = NULL;

	if (!cJSON_IsObject(json))
		return NULL;
	cJSON_ArrayForEach (member, json) {
		if (!member->string || strlen(member->string) != length)
			continue;
		if (strncmp(member->string, name, length) == 0)
			return member;
		if (!folded && strncasecmp(member->string, name, length) == 0)
			folded = member;
	}
	return folded;
}

const cJSON *json_get(const cJSON *json, const char *path)
{
	while (json) {
		size_t length = strcspn(path, "/");

		json = json_get_member(json, path, length);
		if (!path[length])
			break;
		path += length + 1;
	}
	return json && !cJSON_IsNull(json) ? json : NULL;
}

int json_get_text(const cJSON *json, const char *path, struct arena *arena, const char **ret)
{
	const cJSON *member = json_get(json, path);

	if (!member)
		return -ENOENT;
	if (!cJSON_IsString(member))
		return -EBADMSG;
	*ret = arena_copy_text(arena, member->valuestring);
	return 0;
}

static bool is_arm_id(const char *id)
{
	for (const char *p = id; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("?#%\\\"<>", *p))
			return false;
	return id[0] == '/' && !strstr(id, "//") && !strstr(id, "/../") && !strstr(id, "/./");
}

int json_get_arm_id(const cJSON *json, const char *path, struct arena *arena, const char **ret)
{
	const char *id;
	int r;

	r = json_get_text(json, path, arena, &id);
	if (r < 0)
		return r;
	if (!is_arm_id(id))
		return -EBADMSG;
	*ret = id;
	return 0;
}

int json_get_bool(const cJSON *json, const char *path, bool *ret)
{
	const cJSON *member = json_get(json, path);

	if (!member)
		return -ENOENT;
	if (!cJSON_IsBool(member))
		return -EBADMSG;
	*ret = cJSON_IsTrue(member);
	return 0;
}

int json_get_array(const cJSON *json, const char *path, const cJSON **ret)
{
	const cJSON *member = json_get(json, path);

	if (!member)
		return -ENOENT;
	if (!cJSON_IsArray(member))
		return -EBADMSG;
	*ret = member;
	return 0;
}

int json_get_texts(const cJSON *json, const char *path, struct arena *arena, const char *const **ret, size_t *ret_count)
{
	const cJSON *array, *item;
	const char **texts;
	size_t n = 0;
	int r;

	r = json_get_array(json, path, &array);
	if (r < 0)
		return r;
	texts = arena_new_array(arena, (size_t)cJSON_GetArraySize(array) + 1, const char *);
	cJSON_ArrayForEach (item, array) {
		if (!cJSON_IsString(item))
			return -EBADMSG;
		texts[n++] = arena_copy_text(arena, item->valuestring);
	}
	*ret = texts;
	*ret_count = n;
	return 0;
}

const char *json_print(const cJSON *json, struct arena *arena)
{
	char *text = cJSON_PrintUnformatted(json);
	const char *copy;

	if (!text)
		memory_exhausted();
	copy = arena_copy_text(arena, text);
	memory_free_secret(text);
	return copy;
}

void json_add_text(cJSON *object, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(object, name, value);
	else
		cJSON_AddNullToObject(object, name);
}
