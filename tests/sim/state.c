#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm_operation.h"
#include "base/memory.h"
#include "base/text.h"
#include "path.h"
#include "random.h"
#include "state_index.h"

static const char *const directory_names[DIRECTORY_SETS] = {
	[DIRECTORY_APPLICATIONS] = "applications",
	[DIRECTORY_SERVICE_PRINCIPALS] = "servicePrincipals",
	[DIRECTORY_APP_ROLE_ASSIGNMENTS] = "appRoleAssignments",
	[DIRECTORY_OAUTH2_PERMISSION_GRANTS] = "oauth2PermissionGrants",
	[DIRECTORY_GROUPS] = "groups",
	[DIRECTORY_USERS] = "users",
	[DIRECTORY_DELETED_ITEMS] = "deletedItems",
};

const char *state_directory_name(enum directory_set set)
{
	return directory_names[set];
}

void state_init(struct sim_state *state, uint64_t seed)
{
	*state = (struct sim_state){.random = seed};
	state->tenant = cJSON_CreateObject();
	state->credentials = cJSON_CreateArray();
	state->packages = cJSON_CreateObject();
	state->activity = cJSON_CreateArray();
	state->audits = cJSON_CreateArray();
}

static void map_done_with_json(struct map *map)
{
	for (size_t i = 0; i < map->count; i++)
		cJSON_Delete(map->entries[i].value);
	map_done(map);
}

void state_done(struct sim_state *state)
{
	state_index_done(state);
	map_done_with_json(&state->subscriptions);
	map_done_with_json(&state->resource_groups);
	map_done_with_json(&state->resources);
	for (int set = 0; set < DIRECTORY_SETS; set++)
		map_done_with_json(&state->directory[set]);
	cJSON_Delete(state->tenant);
	cJSON_Delete(state->credentials);
	cJSON_Delete(state->packages);
	cJSON_Delete(state->activity);
	cJSON_Delete(state->audits);
	free(state->changes);
	map_done(&state->restarts);
	arm_operation_free_all(&state->operations);
	*state = (struct sim_state){0};
}

void state_guid_from(uint64_t *random, char ret[37])
{
	uint64_t a = random_next(random), b = random_next(random);

	snprintf(ret, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffffu,
		 (unsigned)a & 0xfffu, ((unsigned)(b >> 48) & 0x3fffu) | 0x8000u,
		 (unsigned long long)(b & 0xffffffffffffu));
}

void state_guid(struct sim_state *state, char ret[37])
{
	state_guid_from(&state->random, ret);
}

void state_reseed(struct sim_state *state)
{
	for (int set = 0; set < DIRECTORY_SETS; set++)
		for (size_t i = 0; i < state->directory[set].count; i++) {
			state->random ^= state->directory[set].entries[i].hash;
			random_next(&state->random);
		}
}

cJSON *state_put_resource(struct sim_state *state, cJSON *resource)
{
	const char *id = path_text(resource, "id");
	cJSON *old = map_get(&state->resources, id);

	if (old)
		state_index_remove(state, old);
	map_put(&state->resources, id, resource);
	state_index_add(state, resource);
	if (old != resource)
		cJSON_Delete(old);
	return resource;
}

bool state_remove_resource(struct sim_state *state, const char *id)
{
	const struct state_list *children;
	cJSON *resource;
	char *own_id;

	resource = map_get(&state->resources, id);
	if (!resource)
		return false;
	own_id = memory_copy_text(id);
	while ((children = state_list_children(state, own_id))->count)
		state_remove_resource(state, path_text(children->items[children->count - 1], "id"));
	state_index_remove(state, resource);
	map_remove(&state->resources, own_id);
	cJSON_Delete(resource);
	free(own_id);
	return true;
}

static void note_change(struct sim_state *state, enum directory_set set, const char *id)
{
	struct state_change *change;

	if (set != DIRECTORY_APPLICATIONS && set != DIRECTORY_SERVICE_PRINCIPALS)
		return;
	if (state->change_count == state->changes_allocated) {
		state->changes_allocated = state->changes_allocated ? 2 * state->changes_allocated : 64;
		state->changes = memory_resize(state->changes, state->changes_allocated * sizeof(*state->changes));
	}
	change = &state->changes[state->change_count++];
	change->set = set;
	snprintf(change->id, sizeof(change->id), "%s", id);
}

cJSON *state_put_object(struct sim_state *state, enum directory_set set, cJSON *object)
{
	const char *id = path_text(object, "id");
	cJSON *old = map_get(&state->directory[set], id);

	if (old)
		state_index_remove_object(state, set, old);
	map_put(&state->directory[set], id, object);
	state_index_add_object(state, set, object);
	note_change(state, set, id);
	if (old != object)
		cJSON_Delete(old);
	return object;
}

cJSON *state_take_object(struct sim_state *state, enum directory_set set, const char *id)
{
	cJSON *object = map_remove(&state->directory[set], id);

	if (object) {
		state_index_remove_object(state, set, object);
		note_change(state, set, path_text(object, "id"));
	}
	return object;
}

static void save_map(cJSON *object, const char *name, const struct map *map)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].value)
			cJSON_AddItemToArray(array, cJSON_Duplicate(map->entries[i].value, true));
}

cJSON *state_save(const struct sim_state *state)
{
	cJSON *json = cJSON_CreateObject(), *directory;

	cJSON_AddStringToObject(json, "format_version", "1");
	cJSON_AddItemToObject(json, "tenant", cJSON_Duplicate(state->tenant, true));
	save_map(json, "subscriptions", &state->subscriptions);
	save_map(json, "resourceGroups", &state->resource_groups);
	save_map(json, "resources", &state->resources);
	directory = cJSON_AddObjectToObject(json, "directory");
	for (int set = 0; set < DIRECTORY_SETS; set++)
		save_map(directory, directory_names[set], &state->directory[set]);
	cJSON_AddItemToObject(json, "credentials", cJSON_Duplicate(state->credentials, true));
	cJSON_AddItemToObject(json, "packages", cJSON_Duplicate(state->packages, true));
	return json;
}
