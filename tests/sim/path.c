#include "path.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

/* The member of OBJECT whose name is the LENGTH bytes at NAME. */
static cJSON *member(const cJSON *object, const char *name, size_t length)
{
	if (!cJSON_IsObject(object))
		return NULL;
	for (cJSON *item = object->child; item; item = item->next)
		if (((item->string[0] ^ name[0]) & 0x5f) == 0 && strncasecmp(item->string, name, length) == 0 &&
		    item->string[length] == 0)
			return item;
	return NULL;
}

cJSON *path_get(const cJSON *object, const char *path)
{
	const cJSON *item = object;

	while (item && *path) {
		size_t length = strcspn(path, ".");

		item = member(item, path, length);
		path += length + (path[length] == '.');
	}
	return (cJSON *)(uintptr_t)item;
}

const char *path_text(const cJSON *object, const char *path)
{
	return cJSON_GetStringValue(path_get(object, path));
}

bool path_is_true(const cJSON *object, const char *path)
{
	return cJSON_IsTrue(path_get(object, path));
}

void path_set(cJSON *object, const char *path, cJSON *item)
{
	size_t length = strcspn(path, ".");
	cJSON *old = member(object, path, length);
	char name[128];

	if (length >= sizeof(name)) {
		cJSON_Delete(item);
		return;
	}
	memcpy(name, path, length);
	name[length] = 0;
	if (path[length] == '.') {
		if (!cJSON_IsObject(old)) {
			path_set(object, name, cJSON_CreateObject());
			old = member(object, path, length);
		}
		path_set(old, path + length + 1, item);
		return;
	}
	if (old) {
		cJSON_DetachItemViaPointer(object, old);
		cJSON_Delete(old);
	}
	cJSON_AddItemToObject(object, name, item);
}

void path_set_text(cJSON *object, const char *path, const char *text)
{
	path_set(object, path, cJSON_CreateString(text));
}

void path_default(cJSON *object, const char *path, cJSON *item)
{
	cJSON *old = path_get(object, path);

	if (old && !cJSON_IsNull(old))
		cJSON_Delete(item);
	else
		path_set(object, path, item);
}

void path_default_text(cJSON *object, const char *path, const char *text)
{
	path_default(object, path, cJSON_CreateString(text));
}

void path_default_member(cJSON *object, const char *name, cJSON *item)
{
	cJSON *old = member(object, name, strlen(name));

	if (old && !cJSON_IsNull(old)) {
		cJSON_Delete(item);
		return;
	}
	if (old)
		cJSON_Delete(cJSON_DetachItemViaPointer(object, old));
	cJSON_AddItemToObjectCS(object, name, item);
}

void path_remove(cJSON *object, const char *path)
{
	const char *dot = strrchr(path, '.');
	cJSON *item = path_get(object, path);
	char parent[256];

	if (!item)
		return;
	if (dot && (size_t)(dot - path) < sizeof(parent)) {
		memcpy(parent, path, (size_t)(dot - path));
		parent[dot - path] = 0;
		object = path_get(object, parent);
	}
	cJSON_DetachItemViaPointer(object, item);
	cJSON_Delete(item);
}
