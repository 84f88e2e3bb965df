#include "kinds/site.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/installation.h"
#include "world/json.h"

/* ---- want ---- */

struct site_want {
	struct web_app *app;
	const char *id;      /* ARM id; NULL: found by SEARCH, or an item of LIST */
	struct node *search; /* kind "site-search" */
	struct node *list;   /* kinds "slots", "sites" */
	const char *name;    /* in LIST: the app's name, or the slot's */
};

struct node *site_state(struct world *world, struct web_app *app, const char *id, struct node *search)
{
	struct installation *installation = app->installation;
	struct site_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &site_kind, installation, &is_new, app->label, "site/%s/%s",
			   installation->desired->name, app->label);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct site_want);
	*want = (struct site_want){.app = app, .id = id, .search = search};
	node->want = want;
	world_need(world, node, search, NEED_KNOWN, STEP_READ);
	/* Certificate Master is created beside SCEPman: same plan, platform and network. */
	if (app->role == WEB_APP_CERTIFICATE_MASTER) {
		world_need(world, node, installation->production->site, NEED_DONE, STEP_WRITE);
		world_need(world, node, installation->production->settings, NEED_KNOWN, STEP_WRITE);
	}
	return node;
}

struct node *site_state_listed(struct world *world, struct web_app *app, struct node *list, const char *name)
{
	struct site_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &listed_site_kind, app->installation, &is_new, app->label, "listed-site/%s/%s/%s",
			   app->installation->desired->name, list->kind->name, name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct site_want);
	*want = (struct site_want){.app = app, .list = list, .name = arena_copy_text(&world->arena, name)};
	node->want = want;
	world_need(world, node, list, NEED_KNOWN, STEP_READ);
	return node;
}

const char *site_id(const struct node *node, struct arena *arena)
{
	const struct site_want *want = node->want;

	return want->id ? want->id : arena_copy_text(arena, want->search->observed);
}

/* ---- read ---- */

static void site_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		      struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_WEB, site_id(node, arena)),
	};
}

/* ---- absorb ---- */

static int site_parse_user_assigned(struct arena *arena, const cJSON *identities, struct site *site)
{
	struct user_assigned_identity *items;
	const cJSON *item;

	if (!identities)
		return 0;
	if (!cJSON_IsObject(identities))
		return -EBADMSG;
	items = arena_new_array(arena, (size_t)cJSON_GetArraySize(identities) + 1, struct user_assigned_identity);
	cJSON_ArrayForEach (item, identities) {
		struct user_assigned_identity *identity = &items[site->user_assigned_count];

		if (json_get_text(item, "principalId", arena, &identity->principal_id) < 0 ||
		    !text_is_guid(identity->principal_id))
			return -EBADMSG;
		identity->id = arena_copy_text(arena, item->string);
		site->user_assigned_count++;
	}
	site->user_assigned = items;
	return 0;
}

/* "{app}/{slot}" in ARM's own answers; the id says it more plainly. */
static void site_parse_names(struct arena *arena, struct site *site)
{
	static const char marker[] = "/slots/";
	const char *slot = NULL;

	for (const char *p = site->id; *p; p++)
		if (text_has_prefix_fold(p, marker))
			slot = p + strlen(marker);
	if (slot) {
		const char *app = slot - strlen(marker);

		site->slot = arena_copy_text(arena, slot);
		while (app > site->id && app[-1] != '/')
			app--;
		site->name = arena_copy_bytes(arena, app, (size_t)(slot - strlen(marker) - app));
	} else {
		site->name = arena_copy_text(arena, arm_id_name(site->id));
	}
}

static bool is_missing_or_garbled(int r)
{
	return r < 0 && r != -ENOENT;
}

struct site *site_parse(struct arena *arena, const cJSON *resource)
{
	struct site *site = arena_new(arena, struct site);
	const char *identity_type = "";
	bool reserved = false;

	if (json_get_arm_id(resource, "id", arena, &site->id) < 0 ||
	    json_get_text(resource, "location", arena, &site->location) < 0 || !json_get(resource, "properties"))
		return NULL;
	if (is_missing_or_garbled(json_get_text(resource, "kind", arena, &site->kind)) ||
	    is_missing_or_garbled(json_get_bool(resource, "properties/reserved", &reserved)) ||
	    is_missing_or_garbled(json_get_text(resource, "properties/serverFarmId", arena, &site->server_farm_id)) ||
	    is_missing_or_garbled(json_get_text(resource, "properties/defaultHostName", arena, &site->default_host)) ||
	    is_missing_or_garbled(json_get_text(resource, "properties/state", arena, &site->state)) ||
	    is_missing_or_garbled(
		    json_get_text(resource, "properties/virtualNetworkSubnetId", arena, &site->subnet_id)) ||
	    is_missing_or_garbled(
		    json_get_texts(resource, "properties/hostNames", arena, &site->hosts, &site->host_count)) ||
	    is_missing_or_garbled(json_get_text(resource, "identity/type", arena, &identity_type)) ||
	    is_missing_or_garbled(json_get_text(resource, "identity/principalId", arena, &site->principal_id)) ||
	    is_missing_or_garbled(json_get_text(resource, "identity/tenantId", arena, &site->tenant_id)) ||
	    site_parse_user_assigned(arena, json_get(resource, "identity/userAssignedIdentities"), site) < 0)
		return NULL;
	site->is_linux = reserved || (site->kind && text_list_contains_fold(site->kind, ',', "linux"));
	site->has_system_identity = site->principal_id != NULL;
	if (site->has_system_identity && !text_is_guid(site->principal_id))
		return NULL;
	/* An identity that is said to be there without its object id is an answer that we do not understand. */
	if (text_contains_fold(identity_type, "SystemAssigned") && !site->principal_id)
		return NULL;
	site_parse_names(arena, site);
	return site;
}

static enum absorbed site_absorb(struct world *world, struct node *node, const cJSON *body)
{
	node->observed = site_parse(&world->arena, body);
	return node->observed ? ABSORBED_PRESENT : ABSORBED_GARBLED;
}

static enum absorbed site_derive_listed(struct world *world, struct node *node)
{
	const struct site_want *want = node->want;
	const struct collection *list = want->list->observed;
	const char *known = "";

	for (size_t i = 0; i < list->count; i++) {
		const struct site *site = list->items[i];
		const char *name = site->slot ? site->slot : site->name;

		if (text_equal_fold(name, want->name)) {
			node->observed = (void *)site;
			return ABSORBED_PRESENT;
		}
		known = arena_printf(&world->arena, "%s%s%s", known, *known ? ", " : "", name);
	}
	return node_block_read(
		world, node, REASON_SLOT_NOT_FOUND,
		"%s has no deployment slot \"%s\"; it has %s. Correct deployment_slots in the configuration",
		want->app->installation->desired->app_service, want->name, *known ? known : "none");
}

/* ---- differs ---- */

static bool site_has_identity(const struct site *site)
{
	return site->has_system_identity || site->user_assigned_count;
}

enum verdict site_judge_identity(struct world *world, struct node *node, const struct web_app *app)
{
	const struct site *site = node->observed;
	const char *slot = site->slot ? arena_printf(&world->arena, " --slot %s", site->slot) : "";
	const char *group = arm_id_resource_group(&world->arena, site->id);

	if (app->is_observed_only || world->restoration)
		return VERDICT_IN_SYNC;
	/* A slot or Certificate Master with only a user-assigned identity cannot do its work (domain.md 2.5). */
	if (app->is_slot || app->role == WEB_APP_CERTIFICATE_MASTER ? site->has_system_identity
								    : site_has_identity(site))
		return VERDICT_IN_SYNC;
	return node_block(
		world, node, app->is_slot ? REASON_SLOT_IDENTITY_MISSING : REASON_IDENTITY_MISSING,
		"%s%s%s has no system-assigned managed identity, so no rights can be given to it; nothing of it was "
		"changed. Enable it with: az webapp identity assign --resource-group %s --name %s%s",
		site->name, site->slot ? "/" : "", site->slot ? site->slot : "", group, site->name, slot);
}

static enum verdict site_differs_existing(struct world *world, struct node *node)
{
	return site_judge_identity(world, node, ((const struct site_want *)node->want)->app);
}

static enum verdict site_differs_absent(struct world *world, struct node *node, const struct web_app *app)
{
	const struct desired_instance *desired = app->installation->desired;
	const char *id = site_id(node, &world->arena), *url;

	if (app->role != WEB_APP_CERTIFICATE_MASTER)
		return node_block(
			world, node, REASON_INSTANCE_NOT_FOUND,
			"there is no web app %s in resource group %s of subscription %s. Nothing is created for an "
			"installation that is not there; if it was moved or deleted, correct the configuration",
			desired->app_service, arm_id_resource_group(&world->arena, id),
			arm_id_subscription(&world->arena, id));
	if (!desired->certificate_master.create)
		return node_block(
			world, node, REASON_CERTIFICATE_MASTER_MISSING,
			"there is no web app %s in resource group %s. Set certificate_master.create: true to have it "
			"created, name the right one in certificate_master.app_service, or set certificate_master: "
			"none",
			arm_id_name(id), arm_id_resource_group(&world->arena, id));
	/* SCEPman already uses one: a second Certificate Master is what nobody wants (domain.md 2.4). */
	url = web_app_setting(app->installation->production, "AppConfig:CertMaster:URL");
	if (!text_is_empty(url))
		return node_block(
			world, node, REASON_AMBIGUOUS_CERTIFICATE_MASTER,
			"web app %s is not there, but SCEPman's setting AppConfig:CertMaster:URL names %s. Nothing is "
			"created; name that web app in certificate_master.app_service, or remove the setting",
			arm_id_name(id), url);
	node_add_change(world, node,
			&(struct change){.action = ACTION_CREATE,
					 .target = arm_id_name(id),
					 .reason = "Certificate Master's web app, in SCEPman's App Service plan"});
	return VERDICT_DIFFERS;
}

static enum verdict site_differs(struct world *world, struct node *node)
{
	const struct site_want *want = node->want;

	return node->knowledge == KNOWLEDGE_PRESENT ? site_judge_identity(world, node, want->app)
						    : site_differs_absent(world, node, want->app);
}

/* ---- what follows ---- */

static void site_grow(struct world *world, struct node *node)
{
	installation_grow_site(world, ((const struct site_want *)node->want)->app);
}

static void site_grow_listed(struct world *world, struct node *node)
{
	installation_grow_slot(world, ((const struct site_want *)node->want)->app);
}

/* ---- write ---- */

static void site_assume(struct world *world, struct node *node)
{
	node->observed = site_assume_certificate_master(world, node);
}

const struct kind site_kind = {
	.name = "site",
	.is_entitlement = true,
	.rereads_absence = true,
	.reads_what_is_new = true,
	.grow = site_grow,
	.read = site_read,
	.absorb = site_absorb,
	.differs = site_differs,
	.write = site_write_certificate_master,
	.assume = site_assume,
};

const struct kind listed_site_kind = {
	.name = "listed-site",
	.is_entitlement = true,
	.grow = site_grow_listed,
	.derive = site_derive_listed,
	.differs = site_differs_existing,
};
