/* Owners of applications and service principals: who holds Application.ReadWrite.OwnedBy may change what it owns. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

static void list_owners(struct call *call, enum directory_set set)
{
	const struct graph_type *type;
	struct graph_list list;
	const cJSON *object;

	if (!graph_permit(call, GRAPH_READ_APPLICATIONS))
		return;
	object = graph_find(call, set, call->arguments[0]);
	if (!object)
		return;
	list = graph_follow(call, graph_type_of_set(set), object, "owners", &type);
	graph_answer_list(call, type, "directoryObjects", &list);
}

static cJSON *find_owner(const cJSON *object, const char *id)
{
	cJSON *owner;

	cJSON_ArrayForEach (owner, cJSON_GetObjectItemCaseSensitive(object, "owners")) {
		if (text_equal_fold(cJSON_GetStringValue(owner), id))
			return owner;
	}
	return NULL;
}

/* {"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/ID"} */
static void add_owner(struct call *call, enum directory_set set)
{
	const char *reference = directory_text(call->body, "@odata.id"),
		   *slash = reference ? strrchr(reference, '/') : NULL;
	cJSON *object = graph_find(call, set, call->arguments[0]), *owners;

	if (!object || !graph_permit_write(call, object))
		return;
	if (!slash || !directory_assignee(call->state, slash + 1, NULL)) {
		graph_answer_not_found(call, slash ? slash + 1 : "");
		return;
	}
	if (find_owner(object, slash + 1)) {
		graph_answer_bad_request(call,
					 "One or more added object references already exist for the following modified "
					 "properties: 'owners'.");
		return;
	}
	owners = cJSON_GetObjectItemCaseSensitive(object, "owners");
	if (!owners)
		owners = cJSON_AddArrayToObject(object, "owners");
	cJSON_AddItemToArray(owners, cJSON_CreateString(slash + 1));
	graph_audit(call, "Add owner to application", "Assign", object, NULL);
	call_answer(call, 204, NULL);
}

static void remove_owner(struct call *call, enum directory_set set)
{
	cJSON *object = graph_find(call, set, call->arguments[0]), *owner;

	if (!object || !graph_permit_write(call, object))
		return;
	owner = find_owner(object, call->arguments[1]);
	if (!owner) {
		graph_answer_not_found(call, call->arguments[1]);
		return;
	}
	cJSON_Delete(cJSON_DetachItemViaPointer(cJSON_GetObjectItemCaseSensitive(object, "owners"), owner));
	graph_audit(call, "Remove owner from application", "Unassign", object, NULL);
	call_answer(call, 204, NULL);
}

static void list_application_owners(struct call *call)
{
	list_owners(call, DIRECTORY_APPLICATIONS);
}

static void add_application_owner(struct call *call)
{
	add_owner(call, DIRECTORY_APPLICATIONS);
}

static void remove_application_owner(struct call *call)
{
	remove_owner(call, DIRECTORY_APPLICATIONS);
}

static void list_principal_owners(struct call *call)
{
	list_owners(call, DIRECTORY_SERVICE_PRINCIPALS);
}

static void add_principal_owner(struct call *call)
{
	add_owner(call, DIRECTORY_SERVICE_PRINCIPALS);
}

static void remove_principal_owner(struct call *call)
{
	remove_owner(call, DIRECTORY_SERVICE_PRINCIPALS);
}

const struct sim_route graph_owner_routes[] = {
	{"GET", "/v1.0/applications/{}/owners", list_application_owners},
	{"POST", "/v1.0/applications/{}/owners/$ref", add_application_owner},
	{"DELETE", "/v1.0/applications/{}/owners/{}/$ref", remove_application_owner},
	{"GET", "/v1.0/servicePrincipals/{}/owners", list_principal_owners},
	{"POST", "/v1.0/servicePrincipals/{}/owners/$ref", add_principal_owner},
	{"DELETE", "/v1.0/servicePrincipals/{}/owners/{}/$ref", remove_principal_owner},
	{0},
};
