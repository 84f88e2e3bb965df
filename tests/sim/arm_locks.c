/* Management locks: CanNotDelete refuses removals, ReadOnly every change and every POST, at the scope and below it. */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "routes.h"

#define TYPE "Microsoft.Authorization/locks"

/* The lock at SCOPE itself that refuses METHOD, or NULL. */
static const cJSON *lock_at(const struct sim_state *state, const char *scope, bool is_removal)
{
	const struct state_list *children = state_list_children(state, scope);

	for (size_t i = 0; i < children->count; i++) {
		const char *level = path_text(children->items[i], "properties.level");

		if (text_equal_fold(path_text(children->items[i], "type"), TYPE) &&
		    (is_removal || text_equal_fold(level, "ReadOnly")))
			return children->items[i];
	}
	return NULL;
}

bool arm_lock_admits(struct call *call)
{
	const char *method = call->request->method;
	bool is_removal = text_equal(method, "DELETE");
	struct arm_id id;
	char *at;

	if (text_equal(method, "GET") || text_equal(method, "HEAD"))
		return true;
	id = arm_id_parse(call->arena, call->path);
	at = arena_copy_text(call->arena, call->path);
	if (!id.subscription || text_equal_fold(id.type, TYPE) ||
	    !state_list_type(call->state, arena_printf(call->arena, "/subscriptions/%s", id.subscription), TYPE)->count)
		return true;
	for (char *slash; *at; *slash = 0) {
		if (lock_at(call->state, at, is_removal)) {
			call_answer_error(
				call, 409, "ScopeLocked",
				"The scope '%s' cannot perform %s operation because following scope(s) are locked: "
				"'%s'. Please remove the lock and try again.",
				call->path, is_removal ? "delete" : "write", at);
			return false;
		}
		slash = strrchr(at, '/');
		if (!slash)
			break;
	}
	return true;
}

static cJSON *show(struct call *call, const cJSON *lock)
{
	(void)call;
	return cJSON_Duplicate(lock, true);
}

/* At a subscription or group also those of what lies in it. */
static void list_locks(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, call->arguments[0], TYPE), NULL, show);
}

static void get_lock(struct call *call)
{
	const cJSON *lock = map_get(&call->state->resources, call->path);

	if (lock)
		arm_answer_resource(call, 200, lock, show);
	else
		call_answer_error(call, 404, "LockNotFound", "The lock '%s' could not be found.", call->arguments[1]);
}

static void put_lock(struct call *call)
{
	const char *level = path_text(call->body, "properties.level"), *scope = call->arguments[0];
	struct arm_id at = arm_id_parse(call->arena, scope);
	bool exists = map_get(&call->state->resources, call->path);
	cJSON *lock;

	if (!arm_body(call))
		return;
	if (!level || !text_list_contains_fold("CanNotDelete,ReadOnly", ',', level)) {
		call_answer_error(call, 400, "InvalidLockLevel", "The lock level '%s' is not valid.",
				  level ? level : "");
		return;
	}
	if (at.type && !text_has_prefix_fold(at.type, "Microsoft.Resources/") && !arm_find(call, scope))
		return;
	lock = cJSON_CreateObject();
	cJSON_AddStringToObject(lock, "id", call->path);
	cJSON_AddStringToObject(lock, "type", TYPE);
	cJSON_AddStringToObject(lock, "name", call->arguments[1]);
	cJSON_AddItemToObject(lock, "properties", cJSON_Duplicate(path_get(call->body, "properties"), true));
	lock = state_put_resource(call->state, lock);
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, lock, show);
}

static void delete_lock(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

const struct sim_route arm_lock_routes[] = {
	{"GET", "{*}/providers/Microsoft.Authorization/locks", list_locks},
	{"GET", "{*}/providers/Microsoft.Authorization/locks/{}", get_lock},
	{"PUT", "{*}/providers/Microsoft.Authorization/locks/{}", put_lock},
	{"DELETE", "{*}/providers/Microsoft.Authorization/locks/{}", delete_lock},
	{0},
};
