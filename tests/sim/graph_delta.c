/*
 * Delta queries over applications and service principals: everything once, and from then on what changed since the
 * token that the last answer gave. A token holds a place in the state's list of changes, which only grows.
 */
#include "graph_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core.h"
#include "entra_jwt.h"
#include "routes.h"

enum { PAGE = 200 };

/* How far a client is. */
struct place {
	bool is_full;        /* in the first round, over the objects as they are */
	unsigned long at;    /* full: places of the table seen; otherwise: changes seen */
	unsigned long until; /* the number of changes when the round began */
};

static bool read_place(struct call *call, const struct sim_state *state, struct place *ret)
{
	const char *token = call_query(call, "$deltatoken");
	const unsigned char *text;
	size_t length;
	char kind;

	*ret = (struct place){.is_full = true, .until = state->change_count};
	if (!token)
		token = call_query(call, "$skiptoken");
	if (!token)
		return true;
	if (text_equal_fold(token, "latest")) {
		*ret = (struct place){.at = state->change_count, .until = state->change_count};
		return true;
	}
	text = entra_base64_decode(call->arena, token, strlen(token), &length);
	if (!text || sscanf((const char *)text, "%c:%lu:%lu", &kind, &ret->at, &ret->until) != 3) {
		call_answer_error(call, 400, "BadRequest", "Badly formed token.");
		return false;
	}
	ret->is_full = kind == 'f';
	if (ret->until <= state->change_count && (ret->is_full || ret->at <= state->change_count))
		return true;
	call_answer_error(call, 410, "syncStateNotFound",
			  "The sync state generation is not found; perform a full synchronization.");
	return false;
}

static const char *link_to(struct call *call, const char *parameter, char kind, size_t at, size_t until)
{
	const char *token = arena_printf(call->arena, "%c:%zu:%zu", kind, at, until);
	const char *select = call_query(call, "$select");

	return arena_printf(call->arena, "%s%s?%s%s%s%s=%s", call_base_url(call), call->path, select ? "$select=" : "",
			    select ? select : "", select ? "&" : "", parameter,
			    entra_base64url(call->arena, token, strlen(token)));
}

static void add_removed(cJSON *value, const char *id)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "id", id);
	/* "changed": it lies among the deleted items and may come back. */
	cJSON_AddStringToObject(cJSON_AddObjectToObject(item, "@removed"), "reason", "changed");
	cJSON_AddItemToArray(value, item);
}

/* The objects from PLACE on, one page; returns whether there are more. */
static bool add_objects(struct call *call, enum directory_set set, struct place *place, cJSON *value)
{
	const struct map *map = &call->state->directory[set];
	size_t added = 0;

	for (; place->at < map->count; place->at++) {
		const cJSON *object = map->entries[place->at].value;

		if (!object)
			continue;
		if (added++ == PAGE)
			return true;
		cJSON_AddItemToArray(value, graph_view(call, graph_type_of_set(set), object, true));
	}
	return false;
}

/* Did the same object change once more behind the place I? Then it is told there. */
static bool changes_again(const struct sim_state *state, size_t i)
{
	for (size_t j = i + 1; j < state->change_count; j++) {
		if (state->changes[j].set == state->changes[i].set &&
		    text_equal_fold(state->changes[j].id, state->changes[i].id))
			return true;
	}
	return false;
}

static bool add_changes(struct call *call, enum directory_set set, struct place *place, cJSON *value)
{
	const struct sim_state *state = call->state;
	size_t added = 0;

	for (; place->at < state->change_count; place->at++) {
		const struct state_change *change = &state->changes[place->at];
		const cJSON *object;

		if (change->set != set || changes_again(state, place->at))
			continue;
		if (added++ == PAGE)
			return true;
		object = map_get(&state->directory[set], change->id);
		if (object)
			cJSON_AddItemToArray(value, graph_view(call, graph_type_of_set(set), object, true));
		else
			add_removed(value, change->id);
	}
	return false;
}

static void answer_delta(struct call *call, enum directory_set set)
{
	struct place place;
	cJSON *body, *value;
	bool has_more;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	call->state = &call->sim->state; /* a replica that lags behind would not know the place */
	if (!graph_check_query(call, graph_type_of_set(set)) || !read_place(call, call->state, &place))
		return;
	body = cJSON_CreateObject();
	value = cJSON_CreateArray();
	has_more = place.is_full ? add_objects(call, set, &place, value) : add_changes(call, set, &place, value);
	cJSON_AddStringToObject(
		body, "@odata.context",
		arena_printf(call->arena, "%s/v1.0/$metadata#%s", call_base_url(call), state_directory_name(set)));
	if (has_more)
		cJSON_AddStringToObject(body, "@odata.nextLink",
					link_to(call, "$skiptoken", place.is_full ? 'f' : 'c', place.at, place.until));
	else
		cJSON_AddStringToObject(body, "@odata.deltaLink",
					link_to(call, "$deltatoken", 'c', place.is_full ? place.until : place.at,
						call->state->change_count));
	cJSON_AddItemToObject(body, "value", value);
	call_answer(call, 200, body);
}

static void get_applications(struct call *call)
{
	answer_delta(call, DIRECTORY_APPLICATIONS);
}

static void get_principals(struct call *call)
{
	answer_delta(call, DIRECTORY_SERVICE_PRINCIPALS);
}

const struct sim_route graph_delta_routes[] = {
	{"GET", "/v1.0/applications/delta", get_applications},
	{"GET", "/v1.0/servicePrincipals/delta", get_principals},
	{0},
};
