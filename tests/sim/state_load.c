#include "state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "graph_state.h"
#include "path.h"

/* Sets *RET_ERROR once; always -EINVAL. */
_printf_(2, 3) static int complain(char **ret_error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_error, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return -EINVAL;
}

/* An array whose elements are objects with a non-empty text under KEY; absent is empty. SEEN gets the keys. */
static int check_array(const cJSON *array, const char *where, const char *key, struct map *seen, char **ret_error)
{
	const cJSON *item;
	int i = 0;

	if (!array)
		return 0;
	if (!cJSON_IsArray(array))
		return complain(ret_error, "%s: must be an array", where);
	cJSON_ArrayForEach (item, array) {
		const char *id = path_text(item, key);

		if (!cJSON_IsObject(item))
			return complain(ret_error, "%s[%d]: must be an object", where, i);
		if (text_is_empty(id))
			return complain(ret_error, "%s[%d].%s: must be a text that is not empty", where, i, key);
		if (map_get(seen, id))
			return complain(ret_error, "%s[%d].%s: \"%s\" is there twice", where, i, key, id);
		map_put(seen, id, (void *)(uintptr_t)item);
		i++;
	}
	return 0;
}

static int check_set(const cJSON *array, const char *where, const char *key, char **ret_error)
{
	struct map seen;
	int r;

	map_init(&seen);
	r = check_array(array, where, key, &seen, ret_error);
	map_done(&seen);
	return r;
}

/* All but that an id is there twice: load_resources() sees that, without another table of so many. */
static int check_resources(const cJSON *array, char **ret_error)
{
	const cJSON *item;
	int i = 0;

	if (array && !cJSON_IsArray(array))
		return complain(ret_error, "resources: must be an array");
	cJSON_ArrayForEach (item, array) {
		const char *id = path_text(item, "id"), *type = path_text(item, "type");
		const cJSON *properties = path_get(item, "properties");

		if (!cJSON_IsObject(item))
			return complain(ret_error, "resources[%d]: must be an object", i);
		if (text_is_empty(id))
			return complain(ret_error, "resources[%d].id: must be a text that is not empty", i);
		if (id[0] != '/' || strlen(id) > 900 || !strrchr(id + 1, '/'))
			return complain(ret_error, "resources[%d].id: \"%.80s\" is no resource id", i, id);
		if (text_is_empty(type) || !strchr(type, '/'))
			return complain(ret_error, "resources[%d].type: must be a resource type", i);
		if (properties && !cJSON_IsObject(properties))
			return complain(ret_error, "resources[%d].properties: must be an object", i);
		i++;
	}
	return 0;
}

static int check_directory(const cJSON *directory, char **ret_error)
{
	const cJSON *item;
	int r;

	if (!directory)
		return 0;
	if (!cJSON_IsObject(directory))
		return complain(ret_error, "directory: must be an object");
	cJSON_ArrayForEach (item, directory) {
		char where[64];
		int set = 0;

		while (set < DIRECTORY_SETS && !text_equal(state_directory_name((enum directory_set)set), item->string))
			set++;
		if (set == DIRECTORY_SETS)
			return complain(ret_error, "directory.%s: is not known", item->string);
		snprintf(where, sizeof(where), "directory.%s", item->string);
		r = check_set(item, where, "id", ret_error);
		if (r >= 0)
			r = graph_check_objects((enum directory_set)set, item, where, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_credentials(const cJSON *array, char **ret_error)
{
	const cJSON *item;
	int i = 0;

	if (array && !cJSON_IsArray(array))
		return complain(ret_error, "credentials: must be an array");
	cJSON_ArrayForEach (item, array) {
		if (!path_text(item, "appId"))
			return complain(ret_error, "credentials[%d].appId: must be a text", i);
		i++;
	}
	return 0;
}

static int check_members(const cJSON *json, char **ret_error)
{
	static const char names[] = "format_version,about,tenant,subscriptions,resourceGroups,resources,directory,"
				    "credentials,packages";
	const cJSON *item;

	cJSON_ArrayForEach (item, json)
		if (!text_list_contains_fold(names, ',', item->string))
			return complain(ret_error, "%s: is not known", item->string);
	return 0;
}

static int check(const cJSON *json, char **ret_error)
{
	const char *version = path_text(json, "format_version");
	int r;

	if (!cJSON_IsObject(json))
		return complain(ret_error, "the state: must be an object");
	if (!text_equal(version, "1"))
		return complain(ret_error, "format_version: must be \"1\"");
	if (!text_is_guid(path_text(json, "tenant.tenantId")))
		return complain(ret_error, "tenant.tenantId: must be a GUID");
	r = check_members(json, ret_error);
	if (r >= 0)
		r = check_set(path_get(json, "subscriptions"), "subscriptions", "subscriptionId", ret_error);
	if (r >= 0)
		r = check_set(path_get(json, "resourceGroups"), "resourceGroups", "id", ret_error);
	if (r >= 0)
		r = check_resources(path_get(json, "resources"), ret_error);
	if (r >= 0)
		r = check_directory(path_get(json, "directory"), ret_error);
	if (r >= 0)
		r = check_credentials(path_get(json, "credentials"), ret_error);
	if (r >= 0 && path_get(json, "packages") && !cJSON_IsObject(path_get(json, "packages")))
		return complain(ret_error, "packages: must be an object");
	return r;
}

/* Takes the elements of ARRAY out in one go: detaching them one by one would also be linear, but slower. */
static cJSON *take_items(cJSON *array)
{
	cJSON *first = array ? array->child : NULL;

	if (array)
		array->child = NULL;
	return first;
}

static cJSON *next_item(cJSON **list)
{
	cJSON *item = *list;

	if (!item)
		return NULL;
	*list = item->next;
	item->next = item->prev = NULL;
	return item;
}

static void load_map(struct map *map, cJSON *array, const char *key)
{
	cJSON *list = take_items(array), *item;

	while ((item = next_item(&list)))
		map_put(map, path_text(item, key), item);
}

static void take_member(cJSON *json, const char *name, cJSON **member)
{
	cJSON *item = cJSON_DetachItemFromObject(json, name);

	if (!item)
		return;
	cJSON_Delete(*member);
	*member = item;
}

/* What every site has, so that a state written by hand need not say it. */
static void complete_site(cJSON *resource)
{
	const char *type = path_text(resource, "type"), *id = path_text(resource, "id"), *slots;
	char host[160];

	if (text_equal_fold(type, "Microsoft.Web/sites"))
		snprintf(host, sizeof(host), "%s.azurewebsites.net", strrchr(id, '/') + 1);
	else if (text_equal_fold(type, "Microsoft.Web/sites/slots") && (slots = strcasestr(id, "/slots/"))) {
		const char *site = slots;

		while (site > id && site[-1] != '/')
			site--;
		snprintf(host, sizeof(host), "%.*s-%s.azurewebsites.net", (int)(slots - site), site, slots + 7);
	} else {
		return;
	}
	path_default_text(resource, "properties.defaultHostName", host);
}

static int load_resources(struct sim_state *state, cJSON *array, char **ret_error)
{
	cJSON *list = take_items(array), *item;
	int i = 0, r = 0;

	while ((item = next_item(&list))) {
		const char *id = path_text(item, "id");

		if (r < 0 || map_get(&state->resources, id)) {
			if (r == 0)
				r = complain(ret_error, "resources[%d].id: \"%s\" is there twice", i, id);
			cJSON_Delete(item);
			continue;
		}
		complete_site(item);
		state_put_resource(state, item);
		i++;
	}
	return r;
}

int state_load(struct sim_state *state, cJSON *json, char **ret_error)
{
	cJSON *directory = path_get(json, "directory"), *list, *item;
	int r = check(json, ret_error);

	if (r >= 0)
		r = load_resources(state, path_get(json, "resources"), ret_error);
	if (r < 0) {
		cJSON_Delete(json);
		return r;
	}
	load_map(&state->subscriptions, path_get(json, "subscriptions"), "subscriptionId");
	load_map(&state->resource_groups, path_get(json, "resourceGroups"), "id");
	for (int set = 0; set < DIRECTORY_SETS; set++) {
		list = take_items(path_get(directory, state_directory_name((enum directory_set)set)));
		while ((item = next_item(&list)))
			state_put_object(state, (enum directory_set)set, item);
	}
	state->change_count = 0;
	take_member(json, "tenant", &state->tenant);
	take_member(json, "credentials", &state->credentials);
	take_member(json, "packages", &state->packages);
	cJSON_Delete(json);
	return 0;
}
