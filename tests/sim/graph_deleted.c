/* /directory/deletedItems: what was deleted in the last 30 days, to be restored or deleted for good. */
#include "graph_internal.h"

#include "base/text.h"
#include "routes.h"

/* The kind in the path, "microsoft.graph.application", as the items carry it. */
static void list_deleted(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	list = graph_list_set(call, DIRECTORY_DELETED_ITEMS, "@odata.type",
			      arena_printf(call->arena, "#%s", call->arguments[0]));
	graph_answer_list(call, graph_find_type("directoryObject"), "directoryObjects", &list);
}

static void get_deleted(struct call *call)
{
	const char *id = call->arguments[0];
	const cJSON *object;

	if (text_has_prefix_fold(id, "microsoft.graph.")) {
		list_deleted(call);
		return;
	}
	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	object = map_get(&call->state->directory[DIRECTORY_DELETED_ITEMS], id);
	if (object)
		graph_answer_entity(call, 200, graph_find_type("directoryObject"), "directoryObjects", object);
	else
		graph_answer_not_found(call, id);
}

static void delete_for_good(struct call *call)
{
	cJSON *object;

	if (!graph_permit(call, GRAPH_WRITE_APPLICATIONS))
		return;
	object = state_take_object(call->state, DIRECTORY_DELETED_ITEMS, call->arguments[0]);
	if (object)
		call_answer(call, 204, NULL);
	else
		graph_answer_not_found(call, call->arguments[0]);
	cJSON_Delete(object);
}

/* The set from which OBJECT was deleted. */
static enum directory_set home_of(const struct call *call, const cJSON *object)
{
	const struct graph_type *type = graph_type_of_object(call->state, object);

	for (int set = 0; set < DIRECTORY_DELETED_ITEMS; set++) {
		if (graph_type_of_set((enum directory_set)set) == type)
			return (enum directory_set)set;
	}
	return DIRECTORY_APPLICATIONS;
}

static void restore(struct call *call)
{
	const char *id = call->arguments[0];
	cJSON *object;
	enum directory_set set;

	if (!graph_permit(call, GRAPH_WRITE_APPLICATIONS))
		return;
	object = state_take_object(call->state, DIRECTORY_DELETED_ITEMS, id);
	if (!object) {
		graph_answer_not_found(call, id);
		return;
	}
	set = home_of(call, object);
	cJSON_DeleteItemFromObjectCaseSensitive(object, "@odata.type");
	graph_set_text(object, "deletedDateTime", NULL);
	state_put_object(call->state, set, object);
	graph_answer_entity(call, 200, graph_find_type("directoryObject"), "directoryObjects", object);
}

const struct sim_route graph_deleted_routes[] = {
	{"GET", "/v1.0/directory/deletedItems/{}", get_deleted},
	{"DELETE", "/v1.0/directory/deletedItems/{}", delete_for_good},
	{"POST", "/v1.0/directory/deletedItems/{}/restore", restore},
	{0},
};
