#include "graph_internal.h"

#include "base/text.h"

struct search {
	const char *wanted;
	bool found;
};

static bool look_at(void *arg, const char *value)
{
	struct search *search = arg;

	search->found = text_list_contains_fold(search->wanted, '|', value);
	return !search->found;
}

static bool has_one_of(const struct call *call, const char *roles)
{
	const cJSON *graph = directory_principal(call->state, DIRECTORY_GRAPH_APP_ID);
	struct search search = {.wanted = roles};

	if (graph)
		directory_each_role(call->state, call->identity.object_id, graph, look_at, &search);
	return search.found;
}

static bool deny(struct call *call)
{
	call_answer_error(call, 403, "Authorization_RequestDenied",
			  "Insufficient privileges to complete the operation.");
	return false;
}

bool graph_permit(struct call *call, const char *roles)
{
	return has_one_of(call, roles) || deny(call);
}

static bool is_owner(const struct call *call, const cJSON *object)
{
	const cJSON *owner;

	cJSON_ArrayForEach (owner, cJSON_GetObjectItemCaseSensitive(object, "owners")) {
		if (cJSON_IsString(owner) && text_equal_fold(owner->valuestring, call->identity.object_id))
			return true;
	}
	return false;
}

bool graph_permit_write(struct call *call, const cJSON *object)
{
	if (has_one_of(call, GRAPH_WRITE_APPLICATIONS))
		return true;
	if ((!object || is_owner(call, object)) && has_one_of(call, "Application.ReadWrite.OwnedBy"))
		return true;
	return deny(call);
}
