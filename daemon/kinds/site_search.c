#include "kinds/site_search.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/site.h"
#include "world/json.h"

/* ---- want ---- */

struct node *site_search_state(struct world *world, struct installation *installation)
{
	return world_state(world, &site_search_kind, installation, NULL, installation->desired->app_service,
			   "site-search/%s", installation->desired->name);
}

static const char *desired_site_id(struct world *world, const struct desired_instance *desired)
{
	if (!desired->subscription_id || !desired->resource_group)
		return NULL;
	return arena_printf(&world->arena, "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Web/sites/%s",
			    desired->subscription_id, desired->resource_group, desired->app_service);
}

void site_state_production(struct world *world, struct installation *installation)
{
	const char *id = desired_site_id(world, installation->desired);

	if (!id)
		installation->location = site_search_state(world, installation);
	installation->production->site = site_state(world, installation->production, id, installation->location);
}

/* ---- read ---- */

/* KQL string literal in single quotes. The names come from the validated configuration, but a rule that is followed
 * everywhere needs no proof at each place. */
static void search_add_text(struct buffer *query, const char *text)
{
	buffer_append_char(query, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buffer_append_char(query, '\\');
		buffer_append_char(query, *text);
	}
	buffer_append_char(query, '\'');
}

static void search_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			struct request *ret)
{
	const struct desired_instance *desired = node->installation->desired;
	cJSON *body = cJSON_CreateObject();
	struct buffer query;

	if (!body)
		memory_exhausted();
	buffer_init(&query, 4096);
	buffer_append_text(&query, "Resources | where type =~ 'microsoft.web/sites' and name =~ ");
	search_add_text(&query, desired->app_service);
	if (desired->resource_group) {
		buffer_append_text(&query, " and resourceGroup =~ ");
		search_add_text(&query, desired->resource_group);
	}
	buffer_append_text(&query, " | project id");
	cJSON_AddStringToObject(body, "query", query.data);
	buffer_done(&query);
	if (desired->subscription_id)
		cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "subscriptions"),
				     cJSON_CreateString(desired->subscription_id));
	cJSON_AddStringToObject(cJSON_AddObjectToObject(body, "options"), "resultFormat", "objectArray");
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_POST,
		.path = "/providers/Microsoft.ResourceGraph/resources?api-version=" API_RESOURCE_GRAPH,
		.body = json_print(body, arena),
		.is_collection = true,
	};
	cJSON_Delete(body);
}

/* ---- absorb ---- */

static enum absorbed search_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const struct desired_instance *desired = node->installation->desired;
	const char *found = "", *id = NULL;
	const cJSON *rows, *row;
	size_t hits = 0;

	/* What Resource Graph calls data, the transport gives as the value of all pages. */
	if (json_get_array(body, "value", &rows) < 0)
		return ABSORBED_GARBLED;
	cJSON_ArrayForEach (row, rows) {
		if (json_get_arm_id(row, "id", &world->arena, &id) < 0)
			return ABSORBED_GARBLED;
		found = arena_printf(&world->arena, "%s%s%s", found, hits ? ", " : "", id);
		hits++;
	}
	if (hits == 0)
		return node_block_read(
			world, node, REASON_INSTANCE_NOT_FOUND,
			"no web app %s is to be found in the subscriptions that this identity may read; nothing is "
			"created. Check app_service, or give the identity the Reader role on its resource group",
			desired->app_service);
	if (hits > 1)
		return node_block_read(
			world, node, REASON_INSTANCE_AMBIGUOUS,
			"%zu web apps are called %s: %s. Say which one with subscription_id and resource_group", hits,
			desired->app_service, found);
	node->observed = (void *)id;
	return ABSORBED_PRESENT;
}

/* ---- differs: a search is never written ---- */

const struct kind site_search_kind = {
	.name = "site-search",
	.is_entitlement = true,
	.read = search_read,
	.absorb = search_absorb,
};
