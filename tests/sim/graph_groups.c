/* Groups and who is in them. Members stand as ids in the group's "members", which is a relation and not shown with it.
 */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"
#include "routes.h"

#define WRITE_GROUPS  "Group.ReadWrite.All|Directory.ReadWrite.All"
#define WRITE_MEMBERS WRITE_GROUPS "|GroupMember.ReadWrite.All"

enum { NESTING_MAX = 16 };

static const struct graph_type *group_type(void)
{
	return graph_type_of_set(DIRECTORY_GROUPS);
}

static void list_groups(struct call *call)
{
	struct graph_list list;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	list = graph_list_all(call, DIRECTORY_GROUPS);
	graph_answer_list(call, group_type(), "groups", &list);
}

static void get_group(struct call *call)
{
	const cJSON *group;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (group)
		graph_answer_entity(call, 200, group_type(), "groups", group);
}

static void post_group(struct call *call)
{
	cJSON *group;
	char guid[37];

	if (!graph_permit(call, WRITE_GROUPS "|Group.Create") || !graph_check_body(call, group_type(), true))
		return;
	group = cJSON_CreateObject();
	state_guid(call->state, guid);
	cJSON_AddStringToObject(group, "id", guid);
	cJSON_AddStringToObject(group, "createdDateTime", graph_time(call, call->now_ms));
	graph_merge(group_type(), group, call->body);
	state_put_object(call->state, DIRECTORY_GROUPS, group);
	graph_audit(call, "Add group", "Add", group, NULL);
	graph_answer_entity(call, 201, group_type(), "groups", group);
}

static void patch_group(struct call *call)
{
	cJSON *group;

	if (!graph_permit(call, WRITE_GROUPS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (!group || !graph_check_body(call, group_type(), false))
		return;
	graph_audit(call, "Update group", "Update", group, group);
	graph_merge(group_type(), group, call->body);
	call_answer(call, 204, NULL);
}

static void delete_group(struct call *call)
{
	const cJSON *group;

	if (!graph_permit(call, WRITE_GROUPS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (!group)
		return;
	graph_audit(call, "Delete group", "Delete", group, NULL);
	graph_soft_delete(call, DIRECTORY_GROUPS, directory_text(group, "id"));
	call_answer(call, 204, NULL);
}

/* A state may name a member by its id or by an object with one. */
static const char *member_id(const cJSON *member)
{
	return cJSON_IsString(member) ? member->valuestring : directory_text(member, "id");
}

static cJSON *find_member(const cJSON *group, const char *id)
{
	cJSON *member;

	cJSON_ArrayForEach (member, cJSON_GetObjectItemCaseSensitive(group, "members")) {
		if (text_equal_fold(member_id(member), id))
			return member;
	}
	return NULL;
}

/* Is the object in GROUP, or in a group that is in it? */
static bool is_in(const struct call *call, const cJSON *group, const char *id, unsigned depth)
{
	const cJSON *member;

	if (find_member(group, id))
		return true;
	cJSON_ArrayForEach (member, cJSON_GetObjectItemCaseSensitive(group, "members")) {
		const cJSON *inner = member_id(member)
					     ? map_get(&call->state->directory[DIRECTORY_GROUPS], member_id(member))
					     : NULL;

		if (inner && depth < NESTING_MAX && is_in(call, inner, id, depth + 1))
			return true;
	}
	return false;
}

static void list_members(struct call *call)
{
	struct graph_list list = {0};
	const cJSON *group, *member;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (!group)
		return;
	cJSON_ArrayForEach (member, cJSON_GetObjectItemCaseSensitive(group, "members")) {
		const cJSON *object =
			member_id(member) ? directory_assignee(call->state, member_id(member), NULL) : NULL;

		if (object)
			graph_list_add(call, &list, object);
	}
	graph_answer_list(call, graph_find_type("directoryObject"), "directoryObjects", &list);
}

/* {"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/ID"} */
static void add_member(struct call *call)
{
	const char *reference = directory_text(call->body, "@odata.id"),
		   *slash = reference ? strrchr(reference, '/') : NULL;
	cJSON *group, *members;

	if (!graph_permit(call, WRITE_MEMBERS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (!group)
		return;
	if (!slash || !directory_assignee(call->state, slash + 1, NULL)) {
		graph_answer_not_found(call, slash ? slash + 1 : "");
		return;
	}
	if (find_member(group, slash + 1)) {
		graph_answer_bad_request(call,
					 "One or more added object references already exist for the following modified "
					 "properties: 'members'.");
		return;
	}
	members = cJSON_GetObjectItemCaseSensitive(group, "members");
	if (!members)
		members = cJSON_AddArrayToObject(group, "members");
	cJSON_AddItemToArray(members, cJSON_CreateString(slash + 1));
	graph_audit(call, "Add member to group", "Assign", group, NULL);
	call_answer(call, 204, NULL);
}

static void remove_member(struct call *call)
{
	cJSON *group, *member;

	if (!graph_permit(call, WRITE_MEMBERS))
		return;
	group = graph_find(call, DIRECTORY_GROUPS, call->arguments[0]);
	if (!group)
		return;
	member = find_member(group, call->arguments[1]);
	if (!member) {
		graph_answer_not_found(call, call->arguments[1]);
		return;
	}
	cJSON_Delete(cJSON_DetachItemViaPointer(cJSON_GetObjectItemCaseSensitive(group, "members"), member));
	graph_audit(call, "Remove member from group", "Unassign", group, NULL);
	call_answer(call, 204, NULL);
}

static void list_groups_of(struct call *call, enum directory_set set)
{
	const struct map *groups = &call->state->directory[DIRECTORY_GROUPS];
	struct graph_list list = {0};
	const cJSON *object;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	object = graph_find(call, set, call->arguments[0]);
	if (!object)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		const cJSON *group = groups->entries[i].value;

		if (group && find_member(group, directory_text(object, "id")))
			graph_list_add(call, &list, group);
	}
	graph_answer_list(call, graph_find_type("directoryObject"), "directoryObjects", &list);
}

static void list_groups_of_principal(struct call *call)
{
	list_groups_of(call, DIRECTORY_SERVICE_PRINCIPALS);
}

static void list_groups_of_user(struct call *call)
{
	list_groups_of(call, DIRECTORY_USERS);
}

static cJSON *make_id_list(struct call *call, cJSON **ret_value)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddStringToObject(
		body, "@odata.context",
		arena_printf(call->arena, "%s/v1.0/$metadata#Collection(Edm.String)", call_base_url(call)));
	*ret_value = cJSON_AddArrayToObject(body, "value");
	return body;
}

/* Which of the groups in the body is the object in, directly or by way of others? */
static void check_member_groups(struct call *call)
{
	const cJSON *ids = cJSON_GetObjectItemCaseSensitive(call->body, "groupIds"), *id;
	cJSON *body, *value;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	if (!directory_assignee(call->state, call->arguments[0], NULL)) {
		graph_answer_not_found(call, call->arguments[0]);
		return;
	}
	if (!cJSON_IsArray(ids) || cJSON_GetArraySize(ids) > 20) {
		graph_answer_bad_request(call, "Invalid value specified for property 'groupIds'.");
		return;
	}
	body = make_id_list(call, &value);
	cJSON_ArrayForEach (id, ids) {
		const cJSON *group =
			cJSON_IsString(id) ? map_get(&call->state->directory[DIRECTORY_GROUPS], id->valuestring) : NULL;

		if (group && is_in(call, group, call->arguments[0], 0))
			cJSON_AddItemToArray(value, cJSON_CreateString(id->valuestring));
	}
	call_answer(call, 200, body);
}

/* All groups that the object is in, directly or by way of others. */
static void get_member_groups(struct call *call)
{
	const struct map *groups = &call->state->directory[DIRECTORY_GROUPS];
	cJSON *body, *value;

	if (!graph_permit(call, GRAPH_READ_GROUPS))
		return;
	if (!directory_assignee(call->state, call->arguments[0], NULL)) {
		graph_answer_not_found(call, call->arguments[0]);
		return;
	}
	body = make_id_list(call, &value);
	for (size_t i = 0; i < groups->count; i++) {
		const cJSON *group = groups->entries[i].value;

		if (group && is_in(call, group, call->arguments[0], 0))
			cJSON_AddItemToArray(value, cJSON_CreateString(groups->entries[i].name));
	}
	call_answer(call, 200, body);
}

const struct sim_route graph_group_routes[] = {
	{"GET", "/v1.0/groups", list_groups},
	{"POST", "/v1.0/groups", post_group},
	{"GET", "/v1.0/groups/{}", get_group},
	{"PATCH", "/v1.0/groups/{}", patch_group},
	{"DELETE", "/v1.0/groups/{}", delete_group},
	{"GET", "/v1.0/groups/{}/members", list_members},
	{"POST", "/v1.0/groups/{}/members/$ref", add_member},
	{"DELETE", "/v1.0/groups/{}/members/{}/$ref", remove_member},
	{"GET", "/v1.0/servicePrincipals/{}/memberOf", list_groups_of_principal},
	{"GET", "/v1.0/users/{}/memberOf", list_groups_of_user},
	{"POST", "/v1.0/directoryObjects/{}/checkMemberGroups", check_member_groups},
	{"POST", "/v1.0/servicePrincipals/{}/checkMemberGroups", check_member_groups},
	{"POST", "/v1.0/users/{}/checkMemberGroups", check_member_groups},
	{"POST", "/v1.0/directoryObjects/{}/getMemberGroups", get_member_groups},
	{"POST", "/v1.0/servicePrincipals/{}/getMemberGroups", get_member_groups},
	{"POST", "/v1.0/users/{}/getMemberGroups", get_member_groups},
	{0},
};
