#include "state_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "path.h"

/*
 * One map holds all lists; the keys cannot meet:
 *   /subscriptions/S/resourceGroups/G                            what lies directly in it
 *   /subscriptions/S/resourceGroups/G/providers/N/T              resources of the type in the group
 *   /subscriptions/S/providers/N/T                               the same in the subscription
 *   assignments:/subscriptions/S                                 role assignments at or below
 *   principal:GUID                                               role assignments of it
 *   host:NAME                                                    the site
 *   name:TYPE/NAME                                               types whose names are unique in the world
 *   SET.PROPERTY:VALUE                                           objects of the directory, by the properties below
 */

enum { KEY_SIZE = 1024 };

typedef void (*index_action)(struct sim_state *state, const char *key, cJSON *resource);

/* Appends the LENGTH bytes at TEXT to KEY, as far as they fit. A large tenant has a million keys: printf() takes too
 * long.
 */
static void key_add(char key[KEY_SIZE], size_t *used, const char *text, size_t length)
{
	length = length < KEY_SIZE - 1 - *used ? length : KEY_SIZE - 1 - *used;
	memcpy(key + *used, text, length);
	*used += length;
	key[*used] = 0;
}

/* KEY becomes A and B, one behind the other. */
static void key_join(char key[KEY_SIZE], const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t used = 0;

	key_add(key, &used, a, a_length);
	key_add(key, &used, b, b_length);
}

static void key_make(char key[KEY_SIZE], const char *prefix, const char *value)
{
	key_join(key, prefix, strlen(prefix), value, strlen(value));
}

static void list_add(struct sim_state *state, const char *key, cJSON *resource)
{
	struct state_list *list = map_get(&state->lists, key);

	if (!list) {
		list = memory_new(sizeof(*list));
		map_put(&state->lists, key, list);
	}
	if (list->count == list->allocated) {
		list->allocated = list->allocated ? 2 * list->allocated : 2;
		list->items = memory_resize(list->items, list->allocated * sizeof(*list->items));
	}
	list->items[list->count++] = resource;
}

static void list_remove(struct sim_state *state, const char *key, cJSON *resource)
{
	struct state_list *list = map_get(&state->lists, key);

	for (size_t i = 0; list && i < list->count; i++) {
		if (list->items[i] != resource)
			continue;
		memmove(list->items + i, list->items + i + 1, (--list->count - i) * sizeof(*list->items));
		return;
	}
}

/* What contains the resource ID: "/a/b" of "/a/b/TYPE/NAME", and of "/a/b/providers/N/TYPE/NAME". */
static void parent_of(const char *id, char ret[KEY_SIZE])
{
	char *slash, *providers = NULL;

	key_make(ret, "", id);
	for (int i = 0; i < 2; i++) {
		slash = strrchr(ret, '/');
		if (slash)
			*slash = 0;
	}
	slash = strrchr(ret, '/');
	if (slash && slash > ret) {
		size_t length = (size_t)(slash - ret);

		if (length >= 10 && strncasecmp(slash - 10, "/providers", 10) == 0)
			providers = slash - 10;
	}
	if (providers)
		*providers = 0;
}

static void act_on_hosts(struct sim_state *state, cJSON *resource, index_action act)
{
	const char *main_host = path_text(resource, "properties.defaultHostName");
	const cJSON *names = path_get(resource, "properties.hostNames"), *name;
	char key[KEY_SIZE];

	if (main_host) {
		key_make(key, "host:", main_host);
		act(state, key, resource);
	}
	cJSON_ArrayForEach (name, names) {
		if (!cJSON_IsString(name) || text_equal_fold(name->valuestring, main_host))
			continue;
		key_make(key, "host:", name->valuestring);
		act(state, key, resource);
	}
}

static void act_on_assignment(struct sim_state *state, cJSON *resource, const char *id, index_action act)
{
	const char *principal = path_text(resource, "properties.principalId");
	char key[KEY_SIZE];

	if (text_has_prefix_fold(id, "/subscriptions/")) {
		const char *end = strchr(id + strlen("/subscriptions/"), '/');

		key_join(key, "assignments:", strlen("assignments:"), id, end ? (size_t)(end - id) : strlen(id));
		act(state, key, resource);
	}
	if (principal) {
		key_make(key, "principal:", principal);
		act(state, key, resource);
	}
}

/* The types whose names are unique in the world. */
static bool is_named_globally(const char *type)
{
	return text_equal_fold(type, "Microsoft.Web/sites") ||
	       text_equal_fold(type, "Microsoft.Storage/storageAccounts") ||
	       text_equal_fold(type, "Microsoft.KeyVault/vaults");
}

/* Calls ACT with the key of each list that RESOURCE belongs to. */
static void act_on_lists(struct sim_state *state, cJSON *resource, index_action act)
{
	const char *id = path_text(resource, "id"), *type = path_text(resource, "type");
	const char *name = strrchr(id, '/'), *providers;
	char key[KEY_SIZE], parent[KEY_SIZE], wanted[KEY_SIZE];

	if (strlen(id) >= KEY_SIZE - 64)
		return;
	parent_of(id, parent);
	act(state, *parent ? parent : "/", resource);
	if (text_equal_fold(type, "Microsoft.Authorization/roleAssignments")) {
		act_on_assignment(state, resource, id, act);
		return;
	}
	providers = id + strlen(parent);
	if (text_has_prefix_fold(providers, "/providers/")) {
		const char *rest = text_has_prefix_fold(id, "/subscriptions/")
					   ? strchr(id + strlen("/subscriptions/"), '/')
					   : NULL;

		key_join(key, "", 0, id, (size_t)(name - id));
		act(state, key, resource);
		if (rest && rest != providers) {
			key_make(wanted, "/providers/", type);
			key_join(key, id, (size_t)(rest - id), wanted, strlen(wanted));
			act(state, key, resource);
		}
	}
	if (is_named_globally(type)) {
		key_make(wanted, "name:", type);
		key_make(key, wanted, name);
		act(state, key, resource);
	}
	if (text_has_prefix_fold(type, "Microsoft.Web/sites") && path_get(resource, "properties.defaultHostName"))
		act_on_hosts(state, resource, act);
}

void state_index_add(struct sim_state *state, cJSON *resource)
{
	act_on_lists(state, resource, list_add);
}

void state_index_remove(struct sim_state *state, cJSON *resource)
{
	act_on_lists(state, resource, list_remove);
}

void state_index_done(struct sim_state *state)
{
	for (size_t i = 0; i < state->lists.count; i++) {
		struct state_list *list = state->lists.entries[i].value;

		if (list)
			free(list->items);
		free(list);
	}
	map_done(&state->lists);
}

static const struct state_list *list_get(const struct sim_state *state, const char *key)
{
	static const struct state_list empty;
	const struct state_list *list = map_get(&state->lists, key);

	return list ? list : &empty;
}

const struct state_list *state_list_children(const struct sim_state *state, const char *parent_id)
{
	return list_get(state, *parent_id ? parent_id : "/");
}

const struct state_list *state_list_type(const struct sim_state *state, const char *scope, const char *type)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%s/providers/%s", scope, type);
	return list_get(state, key);
}

const struct state_list *state_list_role_assignments(const struct sim_state *state, const char *subscription)
{
	char key[KEY_SIZE];

	key_make(key, "assignments:", subscription);
	return list_get(state, key);
}

const struct state_list *state_list_principal(const struct sim_state *state, const char *principal_id)
{
	char key[KEY_SIZE];

	key_make(key, "principal:", principal_id);
	return list_get(state, key);
}

cJSON *state_find_host(const struct sim_state *state, const char *host)
{
	const struct state_list *list;
	char key[KEY_SIZE];

	key_make(key, "host:", host);
	list = list_get(state, key);
	return list->count ? list->items[0] : NULL;
}

cJSON *state_find_name(const struct sim_state *state, const char *type, const char *name)
{
	const struct state_list *list;
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "name:%s/%s", type, name);
	list = list_get(state, key);
	return list->count ? list->items[0] : NULL;
}

/* By what objects of the directory are looked for; none of these changes without the object being put again. */
static const struct {
	enum directory_set set;
	const char *property;
} object_keys[] = {
	{DIRECTORY_APPLICATIONS, "appId"},
	{DIRECTORY_SERVICE_PRINCIPALS, "appId"},
	{DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId"},
	{DIRECTORY_APP_ROLE_ASSIGNMENTS, "resourceId"},
	{DIRECTORY_OAUTH2_PERMISSION_GRANTS, "clientId"},
};

static void act_on_object_lists(struct sim_state *state, enum directory_set set, cJSON *object, index_action act)
{
	char key[KEY_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(object_keys); i++) {
		const char *property = object_keys[i].property;
		const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, property));

		if (object_keys[i].set != set || !value || strlen(value) > KEY_SIZE / 2)
			continue;
		snprintf(key, sizeof(key), "%d.%s:%s", (int)set, property, value);
		act(state, key, object);
	}
}

void state_index_add_object(struct sim_state *state, enum directory_set set, cJSON *object)
{
	act_on_object_lists(state, set, object, list_add);
}

void state_index_remove_object(struct sim_state *state, enum directory_set set, cJSON *object)
{
	act_on_object_lists(state, set, object, list_remove);
}

const struct state_list *state_list_objects(const struct sim_state *state, enum directory_set set, const char *property,
					    const char *value)
{
	char key[KEY_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(object_keys); i++) {
		if (object_keys[i].set != set || !text_equal(object_keys[i].property, property))
			continue;
		snprintf(key, sizeof(key), "%d.%s:%.500s", (int)set, property, value);
		return list_get(state, key);
	}
	return NULL;
}
