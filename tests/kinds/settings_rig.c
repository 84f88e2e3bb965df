#include "settings_rig.h"

#include <check.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "kinds/app_settings.h"
#include "kinds/role_assignment.h"
#include "world/json.h"

#define SITES                                                                                                          \
	"/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman/providers/Microsoft.Web/sites/"

static const struct kind neighbour_kind = {.name = "neighbour"};

struct node *rig_neighbour(struct rig *rig, const char *name, void *observed)
{
	struct node *node =
		world_state(&rig->world, &neighbour_kind, &rig->installation, NULL, name, "neighbour/%s", name);

	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
	node->observed = observed;
	return node;
}

static void rig_site_init(struct rig_site *site, enum web_app_role role, const char *label, const char *id,
			  bool is_linux)
{
	const char *name = role == WEB_APP_SCEPMAN ? "app-scepman" : "app-scepman-cm";
	bool is_slot = strcmp(label, "staging") == 0;

	*site = (struct rig_site){
		.app = {.role = role, .label = label, .is_slot = is_slot},
		.site = {.id = id,
			 .name = name,
			 .slot = is_slot ? "staging" : NULL,
			 .is_linux = is_linux,
			 .default_host = is_slot                   ? "app-scepman-staging.azurewebsites.net"
					 : role == WEB_APP_SCEPMAN ? "app-scepman.azurewebsites.net"
								   : "app-scepman-cm.azurewebsites.net",
			 .principal_id = "94d57128-bbcb-55fb-ba9c-e7025f519450",
			 .has_system_identity = true,
			 .tenant_id = RIG_TENANT},
		.level = {.level = 2},
	};
}

static void rig_site_state(struct rig *rig, struct rig_site *site)
{
	site->app.installation = &rig->installation;
	site->site_node = site->app.site =
		rig_neighbour(rig, arena_printf(&rig->world.arena, "site/%s", site->app.label), &site->site);
	site->level_node =
		rig_neighbour(rig, arena_printf(&rig->world.arena, "level/%s", site->app.label), &site->level);
	site->principal = (struct principal){
		.label = site->app.label, .web_app = &site->app, .site = site->site_node, .level = site->level_node};
	site->app.principals = &site->principal;
	app_settings_state(&rig->world, &rig->installation, &site->app);
}

static void rig_state(struct rig *rig, int64_t now)
{
	struct installation *installation = &rig->installation;
	bool has_slot = rig->slots.count;

	world_init(&rig->world, &rig->tenant, &rig->memory, false, now, 100);
	memory_of_passes_begin(&rig->memory);
	*installation = (struct installation){.tenant = &rig->tenant, .desired = &rig->instance, .world = &rig->world};
	installation->production = &rig->production.app;
	installation->certificate_master = &rig->master.app;
	installation->slot_apps = has_slot ? &rig->staging.app : NULL;
	installation->slots = rig_neighbour(rig, "slots", &rig->slots);
	installation->scepman_api = rig_neighbour(rig, "SCEPman-api", &rig->api_app);
	installation->certificate_master_app = rig_neighbour(rig, "SCEPman-CertMaster", &rig->master_app);
	installation->storage_account = rig_neighbour(rig, "stscepman", &rig->account);
	installation->data_collection_rule = rig_neighbour(rig, "dcr-scepmanlogs", &rig->rule);
	installation->entitlements = rig_neighbour(rig, "entitlements", NULL);
	rig_site_state(rig, &rig->production);
	rig_site_state(rig, &rig->master);
	if (has_slot)
		rig_site_state(rig, &rig->staging);
}

void rig_init(struct rig *rig, bool is_linux, bool has_slot)
{
	static const struct site slot = {.name = "app-scepman", .slot = "staging"};
	static const void *const slots[] = {&slot};

	*rig = (struct rig){
		.tenant = {.name = "contoso", .tenant_id = RIG_TENANT},
		.instance = {.name = "production",
			     .app_service = "app-scepman",
			     .logging = {.manage = true, .remove_shared_key = true}},
		.api_app = {.app_id = RIG_API},
		.master_app = {.app_id = RIG_MASTER},
		.account = {.id = "/stscepman", .name = "stscepman", .table_endpoint = RIG_TABLE},
		.rule = {.id = "/subscriptions/11111111-2222-4333-8444-555555555555/dcr",
			 .immutable_id = RIG_RULE,
			 .logs_ingestion = RIG_INGEST},
		.slots = {.items = slots, .count = has_slot},
	};
	memory_of_passes_init(&rig->memory);
	rig_site_init(&rig->production, WEB_APP_SCEPMAN, "production", SITES "app-scepman", is_linux);
	rig_site_init(&rig->staging, WEB_APP_SCEPMAN, "staging", SITES "app-scepman/slots/staging", is_linux);
	rig_site_init(&rig->master, WEB_APP_CERTIFICATE_MASTER, "certificate-master", SITES "app-scepman-cm", is_linux);
	rig_state(rig, RIG_NOW);
}

void rig_next_pass(struct rig *rig, int64_t seconds)
{
	int64_t now = rig->world.now_unix_s + seconds;

	world_done(&rig->world);
	rig_state(rig, now);
}

void rig_done(struct rig *rig)
{
	world_done(&rig->world);
	memory_of_passes_done(&rig->memory);
}

void rig_grant_logging(struct rig *rig, struct rig_site *site)
{
	struct node *node = role_assignment_state(&rig->world, &rig->installation, &site->principal,
						  rig->installation.data_collection_rule, rig->rule.id,
						  AZURE_ROLE_MONITORING_METRICS_PUBLISHER);

	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
}

enum absorbed rig_absorb(struct rig *rig, struct rig_site *site, const char *json)
{
	const char *text = arena_printf(&rig->world.arena, "{\"properties\":%s}", json);
	cJSON *body = json_parse(text, strlen(text));
	struct node *node = site->app.settings;
	enum absorbed absorbed;

	ck_assert_msg(body, "this is not JSON: %s", json);
	absorbed = node->kind->absorb(&rig->world, node, body);
	cJSON_Delete(body);
	if (absorbed == ABSORBED_PRESENT)
		node->knowledge = KNOWLEDGE_PRESENT;
	return absorbed;
}

static const char *rig_value(const struct change *change, const char *value)
{
	return change->is_sensitive ? "(sensitive)" : value;
}

static void rig_print_change(struct buffer *buffer, const struct change *change)
{
	const char *after = change->is_known_after_apply ? "(known after apply)" : change->after;

	switch (change->action) {
	case ACTION_CREATE:
		buffer_printf(buffer, "+ %s = %s\n", change->key, rig_value(change, after));
		return;
	case ACTION_UPDATE:
		buffer_printf(buffer, "~ %s = %s -> %s\n", change->key, rig_value(change, change->before),
			      rig_value(change, after));
		return;
	case ACTION_REMOVE:
		buffer_printf(buffer, "- %s = %s\n", change->key, rig_value(change, change->before));
		return;
	case ACTION_ASSIGN:
		break;
	}
	ck_abort_msg("settings are not assigned");
}

const char *rig_plan_node(struct rig *rig, struct node *node)
{
	struct buffer buffer;
	const char *text;

	node->changes = NULL;
	node->changes_tail = &node->changes;
	switch (node->kind->differs(&rig->world, node)) {
	case VERDICT_IN_SYNC:
		return "in sync";
	case VERDICT_BLOCKED:
		ck_assert(node->condition.message);
		return arena_printf(&rig->world.arena, "blocked: %s", reason_name(node->condition.reason));
	case VERDICT_DIFFERS:
		break;
	}
	ck_assert(node->changes);
	buffer_init(&buffer, 1 << 20);
	for (const struct change *change = node->changes; change; change = change->next)
		rig_print_change(&buffer, change);
	text = arena_copy_text(&rig->world.arena, buffer.data);
	buffer_done(&buffer);
	return text;
}

const char *rig_plan(struct rig *rig, struct rig_site *site)
{
	return rig_plan_node(rig, site->app.settings);
}

void rig_expect(struct rig *rig, struct rig_site *site, const char *json, const char *plan)
{
	ck_assert_int_eq(rig_absorb(rig, site, json), ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan(rig, site), plan);
}

const char *rig_body(struct rig *rig, struct node *node)
{
	struct request request = {0};

	node->kind->write(&rig->world, node, &rig->world.arena, &request);
	return request.body;
}
