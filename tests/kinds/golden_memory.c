#include "golden_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "golden_json.h"
#include "world/json.h"

#define SETTINGS         "/config/appsettings"
#define ROLE_ASSIGNMENTS "/providers/Microsoft.Authorization/roleAssignments"

/* ---- names ---- */

/* The path in "METHOD path". */
static const char *path_of(const char *name)
{
	return strchr(name, ' ') + 1;
}

static bool is_method(const char *name, const char *method)
{
	return text_has_prefix(name, method) && name[strlen(method)] == ' ';
}

/* How the thing at PATH is read. */
static const char *name_of_read(struct arena *arena, const char *path)
{
	return text_has_suffix_fold(path, SETTINGS) ? arena_printf(arena, "POST %s/list", path)
						    : arena_printf(arena, "GET %s", path);
}

/* "/a/b/c" -> "/a/b" and in *RET_ITEM "c"; "/a(x='1')" -> "/a" and "x='1'". */
static const char *collection_of(struct arena *arena, const char *path, const char **ret_item)
{
	const char *slash = strrchr(path, '/'), *parenthesis = strchr(path, '(');

	*ret_item = "";
	if (parenthesis && parenthesis > slash && parenthesis[strlen(parenthesis) - 1] == ')') {
		*ret_item = arena_copy_bytes(arena, parenthesis + 1, strlen(parenthesis) - 2);
		return arena_copy_bytes(arena, path, (size_t)(parenthesis - path));
	}
	if (!slash)
		return path;
	*ret_item = slash + 1;
	return arena_copy_bytes(arena, path, (size_t)(slash - path));
}

/* ---- the default answer ---- */

static const char *new_id(struct golden_cloud *cloud)
{
	return arena_printf(&cloud->arena, "90000000-0000-4000-8000-%012u", ++cloud->ids);
}

cJSON *golden_echo(struct golden_cloud *cloud, const char *name, const char *body)
{
	const char *path = path_of(name), *scope_end = strstr(path, ROLE_ASSIGNMENTS), *item;
	cJSON *echo = body ? json_parse(body, strlen(body)) : cJSON_CreateObject();

	if (!body || !echo || (is_method(name, "PATCH") && !strchr(path, '('))) {
		cJSON_Delete(echo);
		return cJSON_CreateNull();
	}
	if (is_method(name, "PUT")) {
		cJSON_AddStringToObject(echo, "id", path);
		(void)collection_of(&cloud->arena, path, &item);
		cJSON_AddStringToObject(echo, "name", item);
	} else {
		cJSON_AddStringToObject(echo, "id", new_id(cloud));
	}
	if (strchr(path, '('))
		cJSON_AddStringToObject(echo, "appId", new_id(cloud));
	if (scope_end)
		cJSON_AddStringToObject(cJSON_GetObjectItemCaseSensitive(echo, "properties"), "scope",
					arena_copy_bytes(&cloud->arena, path, (size_t)(scope_end - path)));
	return echo;
}

/* ---- what reads show ---- */

static void learn(struct golden_cloud *cloud, const char *name, cJSON *body)
{
	cJSON_DeleteItemFromObjectCaseSensitive(cloud->learned, name);
	cJSON_AddItemToObject(cloud->learned, name, body);
}

void golden_saw(struct golden_cloud *cloud, const char *name, const cJSON *body)
{
	/* What came page by page is remembered as it was given, so that the next read needs no pages. */
	if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(cloud->answers, name)) && body)
		learn(cloud, name, cJSON_Duplicate(body, true));
	else if (body)
		learn(cloud, arena_printf(&cloud->arena, "seen %s", name), cJSON_Duplicate(body, true));
}

static const cJSON *last_seen(const struct golden_cloud *cloud, const char *name)
{
	struct arena arena = {0};
	const cJSON *seen = cJSON_GetObjectItemCaseSensitive(cloud->learned, arena_printf(&arena, "seen %s", name));

	arena_done(&arena);
	return seen ? seen : cJSON_GetObjectItemCaseSensitive(cloud->learned, name);
}

/* Does the read NAME list COLLECTION, and would ITEM be in the answer? */
static bool is_listed(struct arena *arena, const char *name, const char *collection, const cJSON *item)
{
	const char *path, *filter, *equals, *value;
	const cJSON *member;

	if (!text_has_prefix(name, "GET "))
		return false;
	path = path_of(name);
	if (!text_has_prefix(path, collection) || (path[strlen(collection)] && path[strlen(collection)] != '?'))
		return false;
	filter = strstr(path, "?$filter=");
	equals = filter ? strstr(filter, " eq '") : NULL;
	if (!equals)
		return true;
	member = json_get(item, arena_copy_bytes(arena, filter + 9, (size_t)(equals - filter - 9)));
	value = arena_copy_bytes(arena, equals + 5, strlen(equals + 5) - 1);
	return cJSON_IsString(member) && text_equal_fold(member->valuestring, value);
}

static cJSON *item_by_id(cJSON *list, const char *id)
{
	cJSON *item;

	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(list, "value"))
		if (text_equal_fold(cJSON_GetStringValue(json_get(item, "id")), id))
			return item;
	return NULL;
}

/* What the read NAME showed last or would show, to be changed: in `learned`. NULL: nothing is known, or it is a list
 * of answers, which stand as they are. */
static cJSON *shown(struct golden_cloud *cloud, const char *name)
{
	const cJSON *scripted = cJSON_GetObjectItemCaseSensitive(cloud->answers, name);
	const cJSON *body = json_get(scripted, "body");

	if (cJSON_IsArray(scripted))
		return NULL;
	if (!cJSON_HasObjectItem(cloud->learned, name) && body)
		learn(cloud, name, cJSON_Duplicate(body, true));
	return cJSON_GetObjectItemCaseSensitive(cloud->learned, name);
}

/* ITEM appears in every list of COLLECTION where it belongs, in place of one with the same id. */
static void list_item(struct golden_cloud *cloud, const char *collection, const cJSON *item)
{
	const char *id = cJSON_GetStringValue(json_get(item, "id"));
	const cJSON *answer;

	cJSON_ArrayForEach (answer, cloud->answers) {
		cJSON *list, *value, *before;

		if (!is_listed(&cloud->arena, answer->string, collection, item))
			continue;
		list = shown(cloud, answer->string);
		value = cJSON_GetObjectItemCaseSensitive(list, "value");
		if (!cJSON_IsArray(value))
			continue;
		before = item_by_id(list, id);
		if (before)
			cJSON_ReplaceItemViaPointer(value, before, cJSON_Duplicate(item, true));
		else
			cJSON_AddItemToArray(value, cJSON_Duplicate(item, true));
	}
}

static void patch_item(struct golden_cloud *cloud, const char *collection, const char *id, const cJSON *patch)
{
	const cJSON *answer;

	cJSON_ArrayForEach (answer, cloud->answers) {
		cJSON *list, *item;

		if (!text_has_prefix(answer->string, "GET ") || !text_has_prefix(path_of(answer->string), collection))
			continue;
		list = shown(cloud, answer->string);
		item = item_by_id(list, id);
		if (item)
			cJSON_ReplaceItemViaPointer(cJSON_GetObjectItemCaseSensitive(list, "value"), item,
						    golden_patch(cJSON_Duplicate(item, true), patch));
	}
}

/* What is read by itself shows the patch, too. */
static void patch_read(struct golden_cloud *cloud, const char *name, const cJSON *patch)
{
	const cJSON *before = shown(cloud, name);

	if (before)
		learn(cloud, name, golden_patch(cJSON_Duplicate(before, true), patch));
}

void golden_learn(struct golden_cloud *cloud, const char *name, const char *body, const cJSON *answer)
{
	const char *path = path_of(name), *collection, *item;
	cJSON *written = body ? json_parse(body, strlen(body)) : NULL;

	collection = collection_of(&cloud->arena, path, &item);
	if (text_has_suffix_fold(path, SETTINGS)) {
		learn(cloud, name_of_read(&cloud->arena, path), cJSON_Duplicate(written, true));
	} else if (is_method(name, "PATCH") && !strchr(item, '=')) {
		patch_item(cloud, collection, item, written);
		patch_read(cloud, name_of_read(&cloud->arena, path), written);
	} else if (cJSON_IsObject(answer)) {
		if (is_method(name, "PUT"))
			learn(cloud, name_of_read(&cloud->arena, path), cJSON_Duplicate(answer, true));
		list_item(cloud, is_method(name, "POST") ? path : collection, answer);
	}
	cJSON_Delete(written);
}

cJSON *golden_known(const struct golden_cloud *cloud, const char *name)
{
	const char *path = path_of(name), *collection, *id;
	struct arena arena = {0};
	const cJSON *seen = last_seen(cloud, name_of_read(&arena, path)), *read;
	cJSON *known = seen ? cJSON_Duplicate(seen, true) : NULL;

	collection = collection_of(&arena, path, &id);
	cJSON_ArrayForEach (read, cloud->learned) {
		const cJSON *item = text_has_prefix(read->string, arena_printf(&arena, "GET %s", collection))
					    ? item_by_id((cJSON *)read, id)
					    : NULL;

		if (!known && item)
			known = cJSON_Duplicate(item, true);
	}
	arena_done(&arena);
	return known ? known : cJSON_CreateNull();
}
