#include "kinds/site_list.h"

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/collection.h"
#include "kinds/installation.h"
#include "kinds/site.h"
#include "world/json.h"

/* ---- want ---- */

/* The want of both kinds is the collection's path; that of "slots" follows from the site and stays NULL. */

struct node *slots_state(struct world *world, struct installation *installation)
{
	struct node *node;

	node = world_state(world, &slots_kind, installation, NULL, "deployment slots", "slots/%s",
			   installation->desired->name);
	world_need(world, node, installation->production->site, NEED_KNOWN, STEP_READ);
	return node;
}

struct node *sites_state(struct world *world, struct installation *installation, const char *subscription_id,
			 const char *resource_group)
{
	struct node *node;
	bool is_new;

	node = world_state(world, &sites_kind, installation, &is_new, "web apps of the resource group", "sites/%s",
			   installation->desired->name);
	if (is_new)
		node->want =
			arena_printf(&world->arena, "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Web/sites",
				     subscription_id, resource_group);
	return node;
}

/* ---- read ---- */

static void slots_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		       struct request *ret)
{
	const struct site *site = node->installation->production->site->observed;

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s/slots?api-version=" API_WEB, site->id),
		.is_collection = true,
	};
}

static void sites_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		       struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_WEB, (const char *)node->want),
		.is_collection = true,
	};
}

/* ---- absorb ---- */

static const void *site_list_item(struct arena *arena, const cJSON *item)
{
	return site_parse(arena, item);
}

static enum absorbed site_list_absorb(struct world *world, struct node *node, const cJSON *body)
{
	return collection_absorb(world, node, body, site_list_item);
}

/* ---- differs: a collection is never written ---- */

static void slots_grow(struct world *world, struct node *node)
{
	installation_grow_slots(world, node->installation);
}

static void sites_grow(struct world *world, struct node *node)
{
	installation_grow_candidates(world, node->installation);
}

const struct kind slots_kind = {
	.name = "slots",
	.must_exist = true,
	.is_entitlement = true,
	.grow = slots_grow,
	.read = slots_read,
	.absorb = site_list_absorb,
};

const struct kind sites_kind = {
	.name = "sites",
	.must_exist = true,
	.is_entitlement = true,
	.grow = sites_grow,
	.read = sites_read,
	.absorb = site_list_absorb,
};
