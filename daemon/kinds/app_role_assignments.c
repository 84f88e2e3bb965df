#include "kinds/app_role_assignments.h"

#include "base/text.h"
#include "world/json.h"

/* ---- who holds roles ---- */

struct role_holder role_holder_of_identity(const struct principal *identity)
{
	return (struct role_holder){
		.label = identity->label, .identity = identity, .type = PRINCIPAL_SERVICE_PRINCIPAL};
}

struct role_holder role_holder_of_directory(struct node *directory_principal, const struct desired_principal *desired)
{
	return (struct role_holder){
		.label = desired->name_or_id, .directory_principal = directory_principal, .type = desired->type};
}

const char *role_holder_object_id(const struct role_holder *holder)
{
	const struct directory_principal *found;

	if (holder->identity)
		return principal_object_id(holder->identity);
	found = holder->directory_principal->observed;
	return found ? found->id : NULL;
}

const char *role_holder_assignments_path(const struct role_holder *holder, struct arena *arena)
{
	static const char *const collections[] = {
		[PRINCIPAL_GROUP] = "groups",
		[PRINCIPAL_USER] = "users",
		[PRINCIPAL_SERVICE_PRINCIPAL] = "servicePrincipals",
	};
	const char *id = role_holder_object_id(holder);

	return arena_printf(arena, "/v1.0/%s/%s/appRoleAssignments", collections[holder->type],
			    id ? id : "<object id>");
}

/* ---- want ---- */

static const struct role_holder *app_role_assignments_want(const struct node *node)
{
	return node->want;
}

static struct role_holder *role_holder_copy(struct arena *arena, const struct role_holder *holder)
{
	struct role_holder *copy = arena_new(arena, struct role_holder);

	*copy = *holder;
	return copy;
}

struct node *app_role_assignments_state(struct world *world, struct installation *installation,
					const struct role_holder *holder)
{
	struct node *anchor = holder->identity ? holder->identity->site : holder->directory_principal, *node;
	bool is_new;

	node = world_state(world, &app_role_assignments_kind, installation, &is_new, holder->label,
			   "app-role-assignments/%s/%zu", anchor->name,
			   holder->identity ? holder->identity->user_assigned : 0);
	if (is_new)
		node->want = role_holder_copy(&world->arena, holder);
	world_need(world, node, anchor, NEED_KNOWN, STEP_READ);
	return node;
}

struct node *app_role_assignments_state_again(struct world *world, const struct node *list)
{
	struct node *node;
	bool is_new;

	node = world_state(world, &app_role_assignments_kind, list->installation, &is_new, list->label, "%s/again",
			   list->name);
	if (is_new)
		node->want = role_holder_copy(&world->arena, app_role_assignments_want(list));
	return node;
}

bool app_role_assignments_have(const struct app_role_assignment_list *list, const char *resource_id,
			       const char *role_id)
{
	if (!list || !resource_id || !role_id)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (text_equal_fold(list->items[i].resource_id, resource_id) &&
		    text_equal_fold(list->items[i].app_role_id, role_id))
			return true;
	return false;
}

/* ---- read ---- */

static void app_role_assignments_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				      struct request *ret)
{
	*ret = (struct request){.service = SERVICE_GRAPH, .method = METHOD_GET, .is_collection = true};
	ret->path = arena_printf(arena, "%s?$select=appRoleId,resourceId",
				 role_holder_assignments_path(app_role_assignments_want(node), arena));
}

/* ---- absorb ---- */

static enum absorbed app_role_assignments_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct app_role_assignment_list *list = arena_new(&world->arena, struct app_role_assignment_list);
	struct app_role_assignment *items;
	const cJSON *array, *item;

	if (json_get_array(body, "value", &array) < 0)
		return ABSORBED_GARBLED;
	items = arena_new_array(&world->arena, (size_t)cJSON_GetArraySize(array), struct app_role_assignment);
	cJSON_ArrayForEach (item, array) {
		struct app_role_assignment *assignment = &items[list->count++];

		if (json_get_text(item, "resourceId", &world->arena, &assignment->resource_id) < 0 ||
		    json_get_text(item, "appRoleId", &world->arena, &assignment->app_role_id) < 0)
			return ABSORBED_GARBLED;
	}
	list->items = items;
	node->observed = list;
	return ABSORBED_PRESENT;
}

const struct kind app_role_assignments_kind = {
	.name = "app-role-assignments",
	.must_exist = true,
	.read = app_role_assignments_read,
	.absorb = app_role_assignments_absorb,
};
