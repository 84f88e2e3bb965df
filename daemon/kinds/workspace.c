#include "kinds/workspace.h"

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/collection.h"
#include "kinds/data_collection_rule.h"
#include "kinds/subscription_lists.h"
#include "kinds/table.h"
#include "world/json.h"

/* ---- want ---- */

struct workspace_want {
	const char *id;                  /* by its ARM id; or */
	struct subscription_lists lists; /* one of these, */
	const char *customer_id;         /* by what Log Analytics calls it; or */
	const char *beside;              /* the only one in this resource group */
};

static struct node *workspace_state_wanted(struct world *world, struct installation *installation,
					   const struct kind *kind, const char *label,
					   const struct workspace_want *wanted)
{
	struct workspace_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, kind, installation, &is_new, label, "workspace/%s", installation->desired->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct workspace_want);
	*want = *wanted;
	node->want = want;
	installation->workspace = node;
	subscription_lists_need(world, node, &want->lists);
	return node;
}

struct node *workspace_state(struct world *world, struct installation *installation, const char *id)
{
	const struct workspace_want want = {.id = id};

	return workspace_state_wanted(world, installation, &workspace_kind, arm_id_name(id), &want);
}

struct node *workspace_state_by_customer_id(struct world *world, struct installation *installation,
					    const char *customer_id)
{
	const struct workspace_want want = {
		.lists = subscription_lists_state(world, installation, &workspaces_kind, "Log Analytics workspaces"),
		.customer_id = arena_copy_text(&world->arena, customer_id),
	};

	return workspace_state_wanted(world, installation, &listed_workspace_kind, "Log Analytics workspace", &want);
}

struct node *workspace_state_beside(struct world *world, struct installation *installation)
{
	const struct site *site = installation->production->site->observed;
	struct workspace_want want = {
		.lists = subscription_lists_state(world, installation, &workspaces_kind, "Log Analytics workspaces"),
		.beside = arm_id_resource_group(&world->arena, site->id),
	};

	want.lists.count = 1; /* the installation's own subscription */
	return workspace_state_wanted(world, installation, &listed_workspace_kind, "Log Analytics workspace", &want);
}

/* ---- read ---- */

static void workspaces_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			    struct request *ret)
{
	subscription_list_request(node, arena, "Microsoft.OperationalInsights/workspaces", API_OPERATIONAL_INSIGHTS,
				  ret);
}

static void workspace_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			   struct request *ret)
{
	const struct workspace_want *want = node->want;

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_OPERATIONAL_INSIGHTS, want->id),
	};
}

/* ---- absorb ---- */

static struct workspace *workspace_parse(struct arena *arena, const cJSON *resource)
{
	struct workspace *workspace = arena_new(arena, struct workspace);

	if (json_get_arm_id(resource, "id", arena, &workspace->id) < 0 ||
	    json_get_text(resource, "name", arena, &workspace->name) < 0 ||
	    json_get_text(resource, "location", arena, &workspace->location) < 0 ||
	    json_get_text(resource, "properties/customerId", arena, &workspace->customer_id) < 0)
		return NULL;
	workspace->resource_group = arm_id_resource_group(arena, workspace->id);
	return workspace->resource_group ? workspace : NULL;
}

static enum absorbed workspace_absorb(struct world *world, struct node *node, const cJSON *body)
{
	node->observed = workspace_parse(&world->arena, body);
	return node->observed ? ABSORBED_PRESENT : ABSORBED_GARBLED;
}

static const void *workspaces_item(struct arena *arena, const cJSON *item)
{
	return workspace_parse(arena, item);
}

static enum absorbed workspaces_absorb(struct world *world, struct node *node, const cJSON *body)
{
	return collection_absorb(world, node, body, workspaces_item);
}

/* ---- derive ---- */

static bool workspace_is_wanted(const struct workspace *workspace, const struct workspace_want *want)
{
	return want->customer_id ? text_equal_fold(workspace->customer_id, want->customer_id)
				 : text_equal_fold(workspace->resource_group, want->beside);
}

/* All that are wanted, for a person, in *RET_NAMES; the first of them is returned. */
static const struct workspace *workspace_find(struct arena *arena, const struct workspace_want *want, size_t *ret_count,
					      const char **ret_names)
{
	const struct workspace *found = NULL;
	const char *names = "";
	size_t count = 0;

	for (size_t i = 0; i < want->lists.count; i++) {
		const struct collection *list = want->lists.items[i]->observed;

		for (size_t j = 0; list && j < list->count; j++) {
			const struct workspace *workspace = list->items[j];

			if (!workspace_is_wanted(workspace, want))
				continue;
			found = found ? found : workspace;
			names = arena_printf(arena, "%s%s%s", names, count++ ? ", " : "", workspace->id);
		}
	}
	*ret_count = count;
	*ret_names = names;
	return found;
}

static enum absorbed workspace_derive(struct world *world, struct node *node)
{
	const struct workspace_want *want = node->want;
	const struct workspace *found;
	const char *names;
	size_t count;

	found = workspace_find(&world->arena, want, &count, &names);
	if (count > 1)
		return node_block_read(world, node, REASON_WORKSPACE_AMBIGUOUS,
				       "there is more than one Log Analytics workspace that SCEPman may log to: %s. "
				       "Logging is left as "
				       "it is; name the right one in logging.workspace, or set logging.manage: false",
				       names);
	if (found) {
		node->observed = (void *)found;
		return ABSORBED_PRESENT;
	}
	if (subscription_lists_unread(&world->arena, &want->lists))
		return subscription_lists_doubt(world, node, &want->lists, REASON_WORKSPACE_NOT_FOUND,
						"the Log Analytics workspace");
	/* None is named and none is there: this installation does without. */
	if (!want->customer_id)
		return ABSORBED_ABSENT;
	return node_block_read(
		world, node, REASON_WORKSPACE_NOT_FOUND,
		"production's setting AppConfig:LoggingConfig:WorkspaceId is %s, but %s has no such Log Analytics "
		"workspace that the daemon may read. Logging is left as it is. Name the workspace in logging.workspace "
		"or its subscription in `subscriptions`, or give the daemon the role Reader there",
		want->customer_id, subscription_lists_describe(&world->arena, &want->lists));
}

static void workspace_grow(struct world *world, struct node *node)
{
	if (!node_is_present(node))
		return;
	table_state(world, node->installation);
	data_collection_rule_state(world, node->installation);
}

/* ---- differs ---- */

static enum verdict workspace_differs(struct world *world, struct node *node)
{
	const struct workspace_want *want = node->want;

	if (node->knowledge == KNOWLEDGE_PRESENT)
		return VERDICT_IN_SYNC;
	return node_block(world, node, REASON_WORKSPACE_NOT_FOUND,
			  "logging.workspace names %s, which does not exist. Logging is left as it is; correct the "
			  "configuration, or "
			  "create the workspace",
			  want->id);
}

/* ---- write: never ---- */

const struct kind workspaces_kind = {
	.name = "workspaces",
	.must_exist = true,
	.read = workspaces_read,
	.absorb = workspaces_absorb,
};

const struct kind workspace_kind = {
	.name = "workspace",
	.is_entitlement = true,
	.grow = workspace_grow,
	.read = workspace_read,
	.absorb = workspace_absorb,
	.differs = workspace_differs,
};

/* Named by what it is called in Log Analytics, or not at all: then none is no error. */
const struct kind listed_workspace_kind = {
	.name = "workspace",
	.is_entitlement = true,
	.grow = workspace_grow,
	.derive = workspace_derive,
};
