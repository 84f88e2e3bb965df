#include "lag.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "json.h"
#include "random.h"

enum { SNAPSHOTS_MAX = 64, GRAPH_MS = 15000, INDEX_MS = 30000, PRINCIPAL_MS = 60000 };

/* What was true until TIME_MS, when a write changed it. */
struct lag_snapshot {
	int64_t time_ms;
	struct sim_state *state;
};

/* A write that some reads do not see. */
struct lag_hidden {
	struct lag_hidden *next;
	char *collection; /* path of what was written, without a key */
	uint64_t reads;
	int64_t until_ms;
	struct sim_state *state;
};

void lag_init(struct lag *lag, bool realistic, uint64_t seed)
{
	*lag = (struct lag){.random = seed ^ 0x6c6167};
	if (realistic) {
		lag->graph_ms = GRAPH_MS;
		lag->index_ms = INDEX_MS;
		lag->principal_ms = PRINCIPAL_MS;
	}
}

/* NULL: the state cannot be written and read again. Only an edit brings that about, which checks nothing. */
static struct sim_state *copy_state(const struct sim_state *state)
{
	struct sim_state *copy = memory_new(sizeof(*copy));
	char *error = NULL;

	state_init(copy, 0);
	if (state_load(copy, state_save(state), &error) == 0)
		return copy;
	free(error);
	state_done(copy);
	free(copy);
	return NULL;
}

static void free_state(struct sim_state *state)
{
	state_done(state);
	free(state);
}

static void free_hidden(struct lag_hidden *hidden)
{
	free_state(hidden->state);
	free(hidden->collection);
	free(hidden);
}

void lag_clear(struct lag *lag)
{
	struct lag_hidden *next;

	for (size_t i = 0; i < lag->count; i++)
		free_state(lag->snapshots[i].state);
	free(lag->snapshots);
	lag->snapshots = NULL;
	lag->count = lag->allocated = 0;
	for (; lag->hidden; lag->hidden = next) {
		next = lag->hidden->next;
		free_hidden(lag->hidden);
	}
}

static int64_t longest_ms(const struct lag *lag, int64_t stale_ms)
{
	const int64_t lags[] = {lag->graph_ms, lag->index_ms, lag->principal_ms};

	for (size_t i = 0; i < ARRAY_SIZE(lags); i++)
		stale_ms = lags[i] > stale_ms ? lags[i] : stale_ms;
	return stale_ms;
}

/* Drops the COUNT oldest copies. */
static void drop_oldest(struct lag *lag, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free_state(lag->snapshots[i].state);
	lag->count -= count;
	if (lag->count)
		memmove(lag->snapshots, lag->snapshots + count, lag->count * sizeof(*lag->snapshots));
}

void lag_before_write(struct lag *lag, const struct call *call, int64_t stale_ms)
{
	int64_t horizon_ms = longest_ms(lag, stale_ms);
	struct sim_state *copy;
	size_t expired = 0;

	while (expired < lag->count && lag->snapshots[expired].time_ms <= call->now_ms - horizon_ms)
		expired++;
	drop_oldest(lag, expired);
	copy = horizon_ms ? copy_state(call->state) : NULL;
	if (!copy)
		return;
	if (lag->count == SNAPSHOTS_MAX)
		drop_oldest(lag, 1);
	if (lag->count == lag->allocated) {
		lag->allocated = lag->allocated ? 2 * lag->allocated : 8;
		lag->snapshots = memory_resize(lag->snapshots, lag->allocated * sizeof(*lag->snapshots));
	}
	lag->snapshots[lag->count++] = (struct lag_snapshot){call->now_ms, copy};
}

/* What was true BEHIND_MS ago: the copy made before the first write since then, or NULL when there was none. */
static struct sim_state *snapshot_at(const struct lag *lag, int64_t now_ms, int64_t behind_ms)
{
	for (size_t i = 0; behind_ms > 0 && i < lag->count; i++)
		if (lag->snapshots[i].time_ms > now_ms - behind_ms)
			return lag->snapshots[i].state;
	return NULL;
}

void lag_hide(struct lag *lag, const struct call *call, uint64_t reads, int64_t until_ms)
{
	struct sim_state *copy = copy_state(call->state);
	struct lag_hidden *hidden;

	if (!copy)
		return;
	hidden = memory_new(sizeof(*hidden));
	*hidden = (struct lag_hidden){.next = lag->hidden,
				      .collection = memory_copy_text(call->path),
				      .reads = reads,
				      .until_ms = until_ms,
				      .state = copy};
	/* Graph's applications(appId='…') belongs to the collection applications. */
	hidden->collection[strcspn(hidden->collection, "(")] = '\0';
	lag->hidden = hidden;
}

/* Is the written thing among what PATH reads, or the other way round? */
static bool is_concerned(const char *collection, const char *path)
{
	return text_has_prefix_fold(path, collection) || text_has_prefix_fold(collection, path);
}

static struct sim_state *hidden_view(struct lag *lag, const struct call *call)
{
	struct lag_hidden **place = &lag->hidden;
	struct sim_state *view = NULL;

	while (*place) {
		struct lag_hidden *hidden = *place;

		if (!hidden->reads || hidden->until_ms <= call->now_ms) {
			*place = hidden->next;
			free_hidden(hidden);
			continue;
		}
		/* The list is newest first: the oldest copy that is still hidden wins. */
		if (is_concerned(hidden->collection, call->path)) {
			hidden->reads -= hidden->reads != UINT64_MAX;
			view = hidden->state;
		}
		place = &hidden->next;
	}
	return view;
}

struct sim_state *lag_view(struct lag *lag, const struct call *call, int64_t stale_ms)
{
	struct sim_state *view = hidden_view(lag, call);
	int64_t behind_ms = stale_ms;

	if (view)
		return view;
	if (!behind_ms && call->service == SERVICE_ARM && text_contains_fold(call->path, "/Microsoft.ResourceGraph/"))
		behind_ms = lag->index_ms;
	if (!behind_ms && call->service == SERVICE_GRAPH && lag->graph_ms && random_next(&lag->random) & 1)
		behind_ms = lag->graph_ms;
	view = snapshot_at(lag, call->now_ms, behind_ms);
	return view ? view : call->state;
}

static bool has_principal(const struct sim_state *state, const char *id)
{
	return map_get(&state->directory[DIRECTORY_SERVICE_PRINCIPALS], id) ||
	       map_get(&state->directory[DIRECTORY_GROUPS], id) || map_get(&state->directory[DIRECTORY_USERS], id);
}

bool lag_refuse_principal(struct lag *lag, struct call *call)
{
	const struct sim_state *before = snapshot_at(lag, call->now_ms, lag->principal_ms);
	const cJSON *properties;
	const char *id;
	cJSON *body;
	bool refuses;

	if (!before || !text_equal(call->request->method, "PUT") ||
	    !text_contains_fold(call->path, "/Microsoft.Authorization/roleAssignments/"))
		return false;
	/* The body is taken apart later, when it is known that the call is carried out. */
	body = cJSON_ParseWithLength(call->request->body, call->request->body_length);
	properties = cJSON_GetObjectItem(body, "properties");
	id = arena_copy_text(call->arena, cJSON_GetStringValue(cJSON_GetObjectItem(properties, "principalId")));
	refuses = id && !cJSON_HasObjectItem(properties, "principalType") && has_principal(call->state, id) &&
		  !has_principal(before, id);
	cJSON_Delete(body);
	if (!refuses)
		return false;
	call_answer_error(
		call, 400, "PrincipalNotFound",
		"Principal %s does not exist in the directory. Check that you have the correct principal ID. If you "
		"are "
		"creating this principal and then immediately assigning a role, this error might be related to a "
		"replication delay. In this case, set the role assignment principalType property to a value, such as "
		"ServicePrincipal, User, or Group.",
		id);
	return true;
}

char *lag_configure(struct lag *lag, const cJSON *json)
{
	static const struct json_member members[] = {
		{"graph_ms", JSON_INTEGER}, {"index_ms", JSON_INTEGER}, {"principal_ms", JSON_INTEGER}};
	char *complaint = json_check_members(json, "lag", members, ARRAY_SIZE(members));

	if (complaint)
		return complaint;
	lag->graph_ms = json_integer(json, "graph_ms", lag->graph_ms);
	lag->index_ms = json_integer(json, "index_ms", lag->index_ms);
	lag->principal_ms = json_integer(json, "principal_ms", lag->principal_ms);
	return NULL;
}

cJSON *lag_describe(const struct lag *lag)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddNumberToObject(json, "graph_ms", (double)lag->graph_ms);
	cJSON_AddNumberToObject(json, "index_ms", (double)lag->index_ms);
	cJSON_AddNumberToObject(json, "principal_ms", (double)lag->principal_ms);
	return json;
}
