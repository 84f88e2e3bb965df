#include "kinds/directory_principal.h"

#include "base/text.h"
#include "kinds/graph.h"
#include "world/json.h"

/* ---- want ---- */

static const struct {
	const char *collection, *noun, *name_property, *find_command;
} directory_types[] = {
	[PRINCIPAL_GROUP] = {"groups", "group", "displayName", "az ad group list --filter \"displayName eq '<name>'\""},
	[PRINCIPAL_USER] = {"users", "user", "userPrincipalName", "az ad user list --display-name '<name>'"},
	[PRINCIPAL_SERVICE_PRINCIPAL] = {"servicePrincipals", "service principal", "displayName",
					 "az ad sp list --display-name '<name>'"},
};

static const struct desired_principal *directory_principal_want(const struct node *node)
{
	return node->want;
}

struct node *directory_principal_state(struct world *world, struct installation *installation,
				       const struct desired_principal *principal)
{
	const char *noun = directory_types[principal->type].noun;
	struct node *node;
	bool is_new;

	node = world_state(world, &directory_principal_kind, installation, &is_new,
			   arena_printf(&world->arena, "%s %s", noun, principal->name_or_id),
			   "directory-principal/%s/%s", noun, principal->name_or_id);
	if (is_new) {
		struct desired_principal *want = arena_new(&world->arena, struct desired_principal);

		*want = *principal;
		node->want = want;
	}
	return node;
}

/* ---- read ---- */

static void directory_principal_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				     struct request *ret)
{
	const struct desired_principal *want = directory_principal_want(node);
	const char *property = text_is_guid(want->name_or_id) ? "id" : directory_types[want->type].name_property;

	*ret = graph_find(arena, directory_types[want->type].collection, property, want->name_or_id, "id,displayName");
}

/* ---- absorb ---- */

static enum absorbed directory_principal_be_ambiguous(struct world *world, struct node *node, const cJSON *item)
{
	const struct desired_principal *want = directory_principal_want(node);
	const char *ids = "";

	for (; item; item = item->next) {
		const char *id;

		if (json_get_text(item, "id", &world->arena, &id) < 0)
			return ABSORBED_GARBLED;
		ids = arena_printf(&world->arena, "%s%s%s", ids, *ids ? ", " : "", id);
	}
	return node_block_read(
		world, node, REASON_PRINCIPAL_AMBIGUOUS,
		"more than one %s is named \"%s\": %s; it was given no role. Write the object id of the right one "
		"instead of the name in the configuration",
		directory_types[want->type].noun, want->name_or_id, ids);
}

static enum absorbed directory_principal_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const struct desired_principal *want = directory_principal_want(node);
	struct directory_principal *observed;
	const cJSON *item;
	size_t count;

	if (!graph_items(body, &item, &count))
		return ABSORBED_GARBLED;
	if (count == 0)
		return node_block_read(world, node, REASON_PRINCIPAL_NOT_FOUND,
				       "no %s has the %s \"%s\" in this tenant; it was given no role. Correct the "
				       "configuration; to look it up: %s",
				       directory_types[want->type].noun,
				       text_is_guid(want->name_or_id) ? "object id"
								      : directory_types[want->type].name_property,
				       want->name_or_id, directory_types[want->type].find_command);
	if (count > 1)
		return directory_principal_be_ambiguous(world, node, item);
	observed = arena_new(&world->arena, struct directory_principal);
	if (json_get_text(item, "id", &world->arena, &observed->id) < 0 || !text_is_guid(observed->id))
		return ABSORBED_GARBLED;
	if (json_get_text(item, "displayName", &world->arena, &observed->display_name) < 0)
		observed->display_name = want->name_or_id;
	node->observed = observed;
	return ABSORBED_PRESENT;
}

const struct kind directory_principal_kind = {
	.name = "directory-principal",
	.read = directory_principal_read,
	.absorb = directory_principal_absorb,
};
