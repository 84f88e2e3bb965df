#include "edit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "json.h"

/* The set that holds ID; for a new object the one that FRESH, by what only its set has, belongs to. */
static enum directory_set find_set(const struct sim_state *state, const char *id, const cJSON *fresh)
{
	for (enum directory_set set = 0; set < DIRECTORY_SETS; set++)
		if (map_get(&state->directory[set], id))
			return set;
	if (cJSON_HasObjectItem(fresh, "appRoleId"))
		return DIRECTORY_APP_ROLE_ASSIGNMENTS;
	if (cJSON_HasObjectItem(fresh, "consentType"))
		return DIRECTORY_OAUTH2_PERMISSION_GRANTS;
	if (cJSON_HasObjectItem(fresh, "servicePrincipalType"))
		return DIRECTORY_SERVICE_PRINCIPALS;
	if (cJSON_HasObjectItem(fresh, "userPrincipalName"))
		return DIRECTORY_USERS;
	if (cJSON_HasObjectItem(fresh, "securityEnabled"))
		return DIRECTORY_GROUPS;
	return DIRECTORY_APPLICATIONS;
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
	if (json_text(edit, "id")[0] == '/' && cJSON_HasObjectItem(edit, "put") &&
	    !json_text(cJSON_GetObjectItemCaseSensitive(edit, "put"), "type"))
		return json_complaint("%s.put.type: missing", path);
	return NULL;
}

char *edit_check(const cJSON *edits, const char *path)
{
	const cJSON *edit;
	size_t i = 0;

	if (!cJSON_IsArray(edits))
		return check_one(edits, path);
	cJSON_ArrayForEach (edit, edits) {
		char *place = json_complaint("%s[%zu]", path, i++), *complaint = check_one(edit, place);

		free(place);
		if (complaint)
			return complaint;
	}
	return NULL;
}

/* What EDIT makes of THERE (may be NULL): a new object called ID, or NULL when there shall be none. */
static cJSON *changed(const cJSON *edit, const char *id, const cJSON *there)
{
	const cJSON *put = cJSON_GetObjectItemCaseSensitive(edit, "put"),
		    *merge = cJSON_GetObjectItemCaseSensitive(edit, "merge");
	cJSON *object = NULL;

	if (put)
		object = cJSON_Duplicate(put, true);
	else if (merge && there)
		object = cJSON_Duplicate(there, true);
	if (merge && object)
		json_merge(object, merge);
	if (object && !cJSON_HasObjectItem(object, "id"))
		cJSON_AddStringToObject(object, "id", id);
	return object;
}

static void edit_resource(const cJSON *edit, const char *id, struct sim_state *state)
{
	cJSON *object = changed(edit, id, map_get(&state->resources, id));

	if (object)
		state_put_resource(state, object);
	else if (json_is_true(edit, "remove"))
		state_remove_resource(state, id);
}

static void edit_object(const cJSON *edit, const char *id, struct sim_state *state)
{
	enum directory_set set = find_set(state, id, cJSON_GetObjectItemCaseSensitive(edit, "put"));
	cJSON *object = changed(edit, id, map_get(&state->directory[set], id));

	if (object)
		state_put_object(state, set, object);
	else if (json_is_true(edit, "remove"))
		cJSON_Delete(state_take_object(state, set, id));
}

static void apply_one(const cJSON *edit, struct sim_state *state)
{
	const char *id = json_text(edit, "id");

	if (id[0] == '/')
		edit_resource(edit, id, state);
	else
		edit_object(edit, id, state);
}

void edit_apply(const cJSON *edits, struct sim_state *state)
{
	const cJSON *edit;

	if (!cJSON_IsArray(edits)) {
		apply_one(edits, state);
		return;
	}
	cJSON_ArrayForEach (edit, edits)
		apply_one(edit, state);
}
