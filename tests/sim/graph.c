#include "graph.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "graph_internal.h"

/* The parenthesis of "applications(appId='x')" in SEGMENT, or NULL. */
static const char *key_of_segment(const char *segment)
{
	const char *open = strchr(segment, '(');

	return open && open != segment && segment[strlen(segment) - 1] == ')' ? open : NULL;
}

/* "('GUID')" and "(GUID)" are an ordinary key, "(name='value')" stays as it is, "()" is a function without parameters.
 */
static const char *normal_key(struct call *call, const char *key)
{
	size_t length = strlen(key);

	if (strchr(key, '='))
		return key;
	key++;
	length -= 2;
	if (length >= 2 && key[0] == '\'' && key[length - 1] == '\'') {
		key++;
		length -= 2;
	}
	return arena_copy_bytes(call->arena, key, length);
}

void graph_prepare(struct call *call)
{
	static const char namespace[] = "microsoft.graph.";
	const char *last = call->segment_count ? call->segments[call->segment_count - 1] : "";

	for (size_t i = 0; i < call->segment_count; i++) {
		const char *open = key_of_segment(call->segments[i]), *key;

		if (!open)
			continue;
		key = normal_key(call, open);
		call->segments[i] =
			arena_copy_bytes(call->arena, call->segments[i], (size_t)(open - call->segments[i]));
		if (!*key || call->segment_count == CALL_SEGMENTS_MAX)
			continue;
		memmove(&call->segments[i + 2], &call->segments[i + 1],
			(call->segment_count - i - 1) * sizeof(call->segments[0]));
		call->segments[++i] = key;
		call->segment_count++;
	}
	/* Functions and actions may carry their namespace; the types in /directory/deletedItems must. */
	if (text_has_prefix_fold(last, namespace) && (text_equal(call->request->method, "POST") || strchr(last, '(')))
		call->segments[call->segment_count - 1] += strlen(namespace);
}

void graph_finish(struct call *call, const char *id)
{
	cJSON *error = call->answer ? cJSON_GetObjectItemCaseSensitive(call->answer, "error") : NULL, *inner;
	const char *client_id = call_header(call, "client-request-id"), *time;

	if (!error || cJSON_GetObjectItemCaseSensitive(error, "innerError"))
		return;
	time = graph_time(call, call->now_ms);
	inner = cJSON_AddObjectToObject(error, "innerError");
	cJSON_AddStringToObject(inner, "date", arena_copy_bytes(call->arena, time, strlen(time) - 1));
	cJSON_AddStringToObject(inner, "request-id", id);
	cJSON_AddStringToObject(inner, "client-request-id", client_id ? client_id : id);
}

const char *graph_time(struct call *call, int64_t unix_ms)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(unix_ms, text);
	return arena_printf(call->arena, "%.19sZ", text);
}

void graph_set_text(cJSON *object, const char *name, const char *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	if (value)
		cJSON_AddStringToObject(object, name, value);
	else
		cJSON_AddNullToObject(object, name);
}

bool graph_is_upsert(const struct call *call)
{
	const char *prefer = call_header(call, "Prefer");

	return prefer && text_contains_fold(prefer, "create-if-missing");
}

bool graph_is_alternate_key(struct call *call, const char *key, const char *name, const char **ret_value)
{
	size_t length = strlen(name), value_length;
	char *value, *out;

	if (key[0] != '(' || strncasecmp(key + 1, name, length) != 0 || strncmp(key + 1 + length, "='", 2) != 0 ||
	    !text_has_suffix_fold(key, "')"))
		return false;
	key += 1 + length + 2;
	if (strlen(key) < strlen("')")) /* "(name=')": the same quotation mark opens and closes */
		return false;
	value_length = strlen(key) - strlen("')");
	value = out = arena_copy_bytes(call->arena, key, value_length);
	for (const char *in = value; *in; in++) {
		*out++ = *in;
		in += in[0] == '\'' && in[1] == '\'';
	}
	*out = 0;
	*ret_value = value;
	return true;
}

/* Which properties are a key besides the id. */
static const char *const *alternate_keys(enum directory_set set)
{
	static const char *const application[] = {"appId", "uniqueName", NULL};
	static const char *const principal[] = {"appId", NULL};
	static const char *const none[] = {NULL};

	if (set == DIRECTORY_APPLICATIONS)
		return application;
	return set == DIRECTORY_SERVICE_PRINCIPALS ? principal : none;
}

cJSON *graph_find(struct call *call, enum directory_set set, const char *key)
{
	const char *value;
	cJSON *object;

	if (key[0] == '(') {
		for (const char *const *name = alternate_keys(set); *name; name++) {
			if (!graph_is_alternate_key(call, key, *name, &value))
				continue;
			object = directory_find(call->state, set, *name, value);
			if (!object)
				graph_answer_not_found(call, value);
			return object;
		}
		call_answer_error(call, 400, "BadRequest", "The key in '%s' is not a key of the resource.", key);
		return NULL;
	}
	object = map_get(&call->state->directory[set], key);
	if (!object && set == DIRECTORY_USERS)
		object = directory_find(call->state, set, "userPrincipalName", key);
	if (!object && !text_is_guid(key) && set != DIRECTORY_USERS && set != DIRECTORY_APP_ROLE_ASSIGNMENTS &&
	    set != DIRECTORY_OAUTH2_PERMISSION_GRANTS)
		graph_answer_bad_request(call, "Invalid object identifier '%s'.", key);
	else if (!object)
		graph_answer_not_found(call, key);
	return object;
}

const struct graph_type *graph_type_of_set(enum directory_set set)
{
	switch (set) {
	case DIRECTORY_APPLICATIONS:
		return graph_find_type("application");
	case DIRECTORY_SERVICE_PRINCIPALS:
		return graph_find_type("servicePrincipal");
	case DIRECTORY_APP_ROLE_ASSIGNMENTS:
		return graph_find_type("appRoleAssignment");
	case DIRECTORY_OAUTH2_PERMISSION_GRANTS:
		return graph_find_type("oAuth2PermissionGrant");
	case DIRECTORY_GROUPS:
		return graph_find_type("group");
	case DIRECTORY_USERS:
		return graph_find_type("user");
	case DIRECTORY_DELETED_ITEMS:
	case DIRECTORY_SETS:
		break;
	}
	return graph_find_type("directoryObject");
}

const struct graph_type *graph_type_of_object(const struct sim_state *state, const cJSON *object)
{
	const char *id = directory_text(object, "id"), *kind = directory_text(object, "@odata.type");
	const struct graph_type *type = text_has_prefix(kind ? kind : "", "#microsoft.graph.")
						? graph_find_type(kind + strlen("#microsoft."))
						: NULL;

	for (int set = 0; !type && set < DIRECTORY_DELETED_ITEMS; set++) {
		if (id && map_get(&state->directory[set], id) == object)
			type = graph_type_of_set((enum directory_set)set);
	}
	return type ? type : graph_find_type("directoryObject");
}

bool graph_is_directory_object(const struct graph_type *type)
{
	return text_equal(type->name, "directoryObject");
}
