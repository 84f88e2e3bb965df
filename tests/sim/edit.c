#include "edit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "json.h"

/* The table that ID is in; where a new object with ID belongs when it is in none. */
static struct map *find_table(struct sim_state *state, const char *id, const cJSON *fresh)
{
	if (map_get(&state->resource_groups, id))
		return &state->resource_groups;
	if (id[0] == '/')
		return &state->resources;
	for (int set = 0; set < DIRECTORY_SETS; set++)
		if (map_get(&state->directory[set], id))
			return &state->directory[set];
	if (map_get(&state->subscriptions, id))
		return &state->subscriptions;
	/* A new object of the directory is told by what only its set has. */
	if (cJSON_HasObjectItem(fresh, "appRoleId"))
		return &state->directory[DIRECTORY_APP_ROLE_ASSIGNMENTS];
	if (cJSON_HasObjectItem(fresh, "consentType"))
		return &state->directory[DIRECTORY_OAUTH2_PERMISSION_GRANTS];
	if (cJSON_HasObjectItem(fresh, "servicePrincipalType"))
		return &state->directory[DIRECTORY_SERVICE_PRINCIPALS];
	if (cJSON_HasObjectItem(fresh, "userPrincipalName"))
		return &state->directory[DIRECTORY_USERS];
	if (cJSON_HasObjectItem(fresh, "securityEnabled"))
		return &state->directory[DIRECTORY_GROUPS];
	return &state->directory[DIRECTORY_APPLICATIONS];
}

static char *check_one(const cJSON *edit, const char *path)
{
	static const struct json_member members[] = {
		{"id", JSON_TEXT}, {"put", JSON_OBJECT}, {"merge", JSON_OBJECT}, {"remove", JSON_BOOLEAN}};
	char *complaint = json_check_members(edit, path, members, ARRAY_SIZE(members));

	if (complaint)
		return complaint;
	if (text_is_empty(json_text(edit, "id")))
		return json_complaint("%s.id: missing", path);
	if (cJSON_HasObjectItem(edit, "put") + cJSON_HasObjectItem(edit, "merge") + json_is_true(edit, "remove") != 1)
		return json_complaint("%s: needs exactly one of put, merge and remove", path);
	return NULL;
}

char *edit_check(const cJSON *edits, const char *path)
{
	const cJSON *edit;
	size_t i = 0;

	if (!cJSON_IsArray(edits))
		return check_one(edits, path);
	cJSON_ArrayForEach(edit, edits)
	{
		char *place = json_complaint("%s[%zu]", path, i++), *complaint = check_one(edit, place);

		free(place);
		if (complaint)
			return complaint;
	}
	return NULL;
}

static void apply_one(const cJSON *edit, struct sim_state *state)
{
	const char *id = json_text(edit, "id");
	const cJSON *put = cJSON_GetObjectItemCaseSensitive(edit, "put"),
		    *merge = cJSON_GetObjectItemCaseSensitive(edit, "merge");
	struct map *table = find_table(state, id, put);
	cJSON *there = map_get(table, id);

	if (put) {
		map_put(table, id, cJSON_Duplicate(put, true));
		cJSON_Delete(there);
	} else if (merge && there) {
		json_merge(there, merge);
	} else if (there && !merge) {
		cJSON_Delete(map_remove(table, id));
	}
}

void edit_apply(const cJSON *edits, struct sim_state *state)
{
	const cJSON *edit;

	if (!cJSON_IsArray(edits)) {
		apply_one(edits, state);
		return;
	}
	cJSON_ArrayForEach(edit, edits) apply_one(edit, state);
}
