#include "kinds/slot.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/artifact_channel.h"
#include "kinds/installation.h"
#include "kinds/settings_task.h"
#include "kinds/site.h"
#include "kinds/slot_generation.h"
#include "kinds/slot_source.h"
#include "world/json.h"

#define TIME    "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
#define HOST    "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"
#define PACKAGE "WEBSITE_RUN_FROM_PACKAGE"

/* ---- want ---- */

struct slot_want {
	struct web_app *app;
	struct node *source;
	const char *id;
};

struct node *slot_state(struct world *world, struct web_app *app)
{
	struct installation *installation = app->installation;
	const struct site *production = installation->production->site->observed;
	struct slot_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &slot_kind, installation, &is_new,
			   arena_printf(&world->arena, "%s/%s", production->name, app->label), "slot/%s/%s",
			   installation->desired->name, app->label);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct slot_want);
	*want = (struct slot_want){
		.app = app,
		.source = slot_source_state(world, installation),
		.id = arena_printf(&world->arena, "%s/slots/%s", production->id, app->label),
	};
	node->want = want;
	world_need(world, node, installation->slots, NEED_KNOWN, STEP_READ);
	world_need(world, node, installation->production->site, NEED_DONE, STEP_WRITE);
	world_need(world, node, installation->production->settings, NEED_KNOWN, STEP_WRITE);
	world_need(world, node, want->source, NEED_KNOWN, STEP_WRITE);
	return node;
}

static const struct slot_want *want_of(const struct node *node)
{
	return node->want;
}

static const struct web_app *production_of(const struct node *node)
{
	return node->installation->production;
}

/* ---- read ---- */

static void slot_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		      struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_WEB, want_of(node)->id),
	};
}

/* ---- absorb ---- */

static enum absorbed slot_absorb(struct world *world, struct node *node, const cJSON *body)
{
	node->observed = site_parse(&world->arena, body);
	return node->observed ? ABSORBED_PRESENT : ABSORBED_GARBLED;
}

static void slot_grow(struct world *world, struct node *node)
{
	installation_grow_slot(world, want_of(node)->app);
}

/* ---- differs ---- */

static enum tenancy tenancy_of(const struct node *node)
{
	const struct site *site = production_of(node)->site->observed;

	return slot_tenancy(production_of(node)->settings->observed,
			    site->tenant_id ? site->tenant_id : node->installation->tenant->tenant_id);
}

/* Since 2.2 SCEPman minds the host name that its identity is enabled for, which is what protects the copy. Every
 * channel of the vendor has a newer one; of another package only the configuration can tell. */
static bool is_at_least_2_2(const struct settings *settings, const struct desired_version_assertion *assertion)
{
	unsigned long major, minor = 0;
	char *end;

	if (artifact_channel_of(WEB_APP_SCEPMAN, settings_get(settings, PACKAGE)) != CHANNEL_UNMANAGED)
		return true;
	if (!assertion || !text_has_prefix(assertion->version, ">="))
		return false;
	major = strtoul(assertion->version + 2, &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	return major > 2 || (major == 2 && minor >= 2);
}

static bool is_production_new_enough(struct world *world, struct node *node)
{
	const struct web_app *production = production_of(node);
	const struct settings *settings = production->settings->observed;
	const struct desired_version_assertion *assertion = slot_version_assertion(production);
	const char *evidence;

	switch (slot_generation(settings, production->site->observed, tenancy_of(node), assertion,
				production->installation->desired->upgrade_from_1x, &evidence)) {
	case SLOT_GENERATION_V1:
		node_block(world, node, REASON_SLOT_IS_V1,
			   "%s was not created: it would be a copy of %s, which runs SCEPman 1.x: %s. Upgrade that "
			   "first; if it is 2.2 or newer, say so with version_assertion: {production: \">=2.2\"}",
			   node->label, production->label, evidence);
		return false;
	case SLOT_GENERATION_V2:
		if (is_at_least_2_2(settings, assertion))
			return true;
		break;
	case SLOT_GENERATION_UNKNOWN:
		break;
	}
	node_block(
		world, node, REASON_SLOT_VERSION_UNKNOWN,
		"%s was not created: it would be a copy of %s, and nothing says that this runs SCEPman 2.2 or newer, "
		"which a copy needs. If it does, say so with version_assertion: {production: \">=2.2\"}",
		node->label, production->label);
	return false;
}

/*
 * Until it has its own, the slot has production's host name, and so leaves its identity alone. Where production has
 * none, the copy would use an identity without rights: production's comes first, with its ordinary settings write.
 */
static bool is_copy_harmless(struct world *world, struct node *node)
{
	const struct web_app *production = production_of(node);
	const struct site *site = production->site->observed;
	bool is_single = tenancy_of(node) == TENANCY_SINGLE, is_temporary;

	if (site_has_host(site, web_app_setting(production, HOST)) || node_is_held(world, node))
		return true;
	if (!is_single && text_is_empty(web_app_setting(production, TIME)))
		return true;
	is_temporary = is_single && !production->is_observed_only;
	node_block(world, node, REASON_WRITE_DEFERRED,
		   "%s is not created before %s of %s names its own host: a copy of its settings would switch on an "
		   "identity without rights. %s",
		   node->label, HOST, production->label,
		   is_temporary ? "That is written first, and the slot made in the next pass"
				: "It is not ours to write there: set it yourself, or create the slot yourself");
	node->condition.retry_after_s = is_temporary;
	node->condition.waits_for_settings = true;
	return false;
}

static enum verdict slot_differs(struct world *world, struct node *node)
{
	const struct web_app *production = production_of(node);

	if (node->knowledge == KNOWLEDGE_PRESENT)
		return site_judge_identity(world, node, want_of(node)->app);
	if (!is_production_new_enough(world, node) || !is_copy_harmless(world, node))
		return VERDICT_BLOCKED;
	node_add_change(
		world, node,
		&(struct change){
			.action = ACTION_CREATE,
			.target = production->label,
			.slot = want_of(node)->app->label,
			.reason = arena_printf(&world->arena, "a copy of production with its %zu settings",
					       ((const struct settings *)production->settings->observed)->count),
		});
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

/* All of them, those that stay with production's slot in a swap, too: a slot that lacks one of them is no copy. */
static void add_settings(cJSON *config, const struct settings *settings)
{
	cJSON *array = cJSON_AddArrayToObject(config, "appSettings");

	for (size_t i = 0; i < settings->count; i++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "name", settings->items[i].name);
		cJSON_AddStringToObject(item, "value", settings->items[i].value);
		cJSON_AddItemToArray(array, item);
	}
}

static void slot_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
		       struct request *ret)
{
	const struct web_app *production = production_of(node);
	const struct site *site = production->site->observed;
	cJSON *slot = cJSON_CreateObject(), *properties = cJSON_Parse(want_of(node)->source->observed);

	if (!slot || !properties)
		memory_exhausted();
	cJSON_AddStringToObject(slot, "location", site->location);
	cJSON_AddStringToObject(slot, "kind", site->kind ? site->kind : "app");
	cJSON_AddStringToObject(cJSON_AddObjectToObject(slot, "identity"), "type", "SystemAssigned");
	cJSON_AddItemToObject(slot, "properties", properties);
	cJSON_AddBoolToObject(properties, "reserved", site->is_linux);
	add_settings(cJSON_GetObjectItem(properties, "siteConfig"), production->settings->observed);
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s?api-version=" API_WEB, want_of(node)->id),
		.body = json_print(slot, arena),
	};
	cJSON_Delete(slot);
}

static const char *slot_hide_secrets(const struct node *node, struct arena *arena, const char *text)
{
	return settings_hide_values(production_of(node)->settings->observed, arena, text);
}

static bool slot_absorb_refusal(struct world *world, struct node *node, const struct fault *fault)
{
	const struct site *site = production_of(node)->site->observed;

	if (!text_contains_fold(fault->message, "number of slots allowed"))
		return false;
	node_block(world, node, REASON_CLOUD_REFUSED,
		   "%s was not created: the App Service plan %s has no room for another deployment slot (Free, Shared "
		   "and Basic plans have none, Standard has five). Move to a larger one: az appservice plan update "
		   "--ids %s --sku S1; or take the slot off deployment_slots. %s",
		   node->label, site->server_farm_id ? arm_id_name(site->server_farm_id) : "",
		   site->server_farm_id ? site->server_farm_id : "…", fault->message);
	return true;
}

/* What it will be: host name and identity are the cloud's to assign. */
static void slot_assume(struct world *world, struct node *node)
{
	const struct site *production = production_of(node)->site->observed;
	struct site *site = arena_new(&world->arena, struct site);

	*site = (struct site){
		.id = want_of(node)->id,
		.name = production->name,
		.slot = want_of(node)->app->label,
		.location = production->location,
		.kind = production->kind,
		.is_linux = production->is_linux,
		.server_farm_id = production->server_farm_id,
		.has_system_identity = true,
		.subnet_id = production->subnet_id,
	};
	node->observed = site;
}

const struct kind slot_kind = {
	.name = "slot",
	.is_entitlement = true,
	.rereads_absence = true,
	.grow = slot_grow,
	.read = slot_read,
	.absorb = slot_absorb,
	.differs = slot_differs,
	.write = slot_write,
	.assume = slot_assume,
	.hide_secrets = slot_hide_secrets,
	.absorb_refusal = slot_absorb_refusal,
};

/* ---- what runs in it ---- */

bool slot_is_copy_of_production(const struct web_app *app, const struct settings *settings)
{
	const struct web_app *production = app->installation->production;
	const struct settings *original = production->settings->observed;
	const char *evidence, *package = settings_get(settings, PACKAGE);
	const struct site *site = production->site->observed;

	if (!app->may_be_created || !original || text_is_empty(package) ||
	    !text_equal(package, settings_get(original, PACKAGE)) || !site_has_host(site, settings_get(settings, HOST)))
		return false;
	return slot_generation(
		       original, site,
		       slot_tenancy(original, site->tenant_id ? site->tenant_id : app->installation->tenant->tenant_id),
		       slot_version_assertion(production), app->installation->desired->upgrade_from_1x,
		       &evidence) == SLOT_GENERATION_V2;
}
