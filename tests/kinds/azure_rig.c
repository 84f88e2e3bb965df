#include "azure_rig.h"

#include <check.h>
#include <string.h>

#include "base/text.h"
#include "kinds/key_vault.h"
#include "kinds/logging.h"
#include "kinds/rights.h"
#include "kinds/storage_account.h"

static const struct kind neighbour_kind = {.name = "neighbour"};

static struct node *rig_neighbour(struct rig *rig, const char *name, void *observed)
{
	struct node *node =
		world_state(&rig->world, &neighbour_kind, &rig->installation, NULL, name, "neighbour/%s", name);

	node->observed = observed;
	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
	return node;
}

static void rig_init_app(struct rig *rig, struct rig_app *app, const char *label, const char *id, const char *principal)
{
	app->site = (struct site){
		.id = id,
		.name = arm_id_name(id),
		.location = "westeurope",
		.principal_id = principal,
		.has_system_identity = true,
	};
	app->settings.items = app->items;
	app->app = (struct web_app){
		.installation = &rig->installation,
		.label = label,
		.site = rig_neighbour(rig, label, &app->site),
		.principals = &app->principal,
	};
	app->app.settings =
		rig_neighbour(rig, arena_printf(&rig->world.arena, "settings of %s", label), &app->settings);
	app->principal = (struct principal){.label = label, .web_app = &app->app, .site = app->app.site};
}

void rig_init(struct rig *rig)
{
	*rig = (struct rig){
		.tenant = {.name = "contoso", .tenant_id = RIG_TENANT, .subscription_count = 1},
		.instance = {.name = "production", .subscription_id = RIG_SUBSCRIPTION, .app_service = "app-scepman"},
		.subscriptions = {RIG_ELSEWHERE},
	};
	rig->tenant.subscriptions = rig->subscriptions;
	script_init(&rig->script);
	memory_of_passes_init(&rig->memory);
	world_init(&rig->world, &rig->tenant, &rig->memory, false, 1790000000, 200);
	rig->installation =
		(struct installation){.tenant = &rig->tenant, .desired = &rig->instance, .world = &rig->world};
	rig_init_app(rig, &rig->production, "app-scepman", RIG_GROUP "/providers/Microsoft.Web/sites/app-scepman",
		     RIG_PRODUCTION);
	rig_init_app(rig, &rig->staging, "app-scepman/staging",
		     RIG_GROUP "/providers/Microsoft.Web/sites/app-scepman/slots/staging", RIG_STAGING);
	rig->staging.app.is_slot = true;
	rig_init_app(rig, &rig->master, "app-scepman-cm", RIG_GROUP "/providers/Microsoft.Web/sites/app-scepman-cm",
		     RIG_MASTER);
	rig->master.app.role = WEB_APP_CERTIFICATE_MASTER;
	rig->installation.production = &rig->production.app;
	rig->installation.slot_apps = &rig->staging.app;
	rig->installation.certificate_master = &rig->master.app;
	rig->installation.slots = rig_neighbour(rig, "slots", &rig->slots);
	rig->installation.certificate_master_choice = rig_neighbour(rig, "choice", &rig->slots);
	/* Unless a test says otherwise, the subscriptions are empty. */
	script_says(&rig->script, METHOD_GET, "/subscriptions/", 200, "{\"value\":[]}");
}

void rig_done(struct rig *rig)
{
	world_done(&rig->world);
	memory_of_passes_done(&rig->memory);
	script_done(&rig->script);
}

void rig_set(struct rig_app *app, const char *name, const char *value)
{
	ck_assert(app->settings.count < RIG_SETTINGS_MAX);
	app->items[app->settings.count++] = (struct setting){.name = name, .value = value};
}

void rig_set_unread(struct rig_app *app)
{
	app->app.settings->knowledge = KNOWLEDGE_UNKNOWN;
	app->app.settings->observed = NULL;
	app->app.settings->outcome = OUTCOME_FAILED;
	app->app.settings->fault = (struct fault){.class = FAULT_DENIED, .status = 403, .code = "AuthorizationFailed"};
}

void rig_play(struct rig *rig)
{
	storage_account_state(&rig->world, &rig->installation);
	key_vault_state(&rig->world, &rig->installation);
	logging_state(&rig->world, &rig->installation);
	rights_state(&rig->world, &rig->installation);
	script_play(&rig->script, &rig->world);
	for (const struct node *node = rig->world.nodes; node; node = node->next_in_world)
		ck_assert_msg(node_is_settled(node), "%s was left open", node->name);
}

const struct node *rig_node(const struct rig *rig, const char *name)
{
	for (const struct node *node = rig->world.nodes; node; node = node->next_in_world)
		if (text_has_prefix(node->name, name))
			return node;
	ck_abort_msg("nothing was stated about %s", name);
	return NULL;
}

void rig_expect(const struct rig *rig, const char *name, enum outcome outcome, enum reason reason)
{
	const struct node *node = rig_node(rig, name);

	ck_assert_msg(node->outcome == outcome && node->condition.reason == reason,
		      "%s: outcome %d, reason %s: %s; fault %s", node->name, node->outcome,
		      reason_name(node->condition.reason), node->condition.message ? node->condition.message : "",
		      node->fault.code ? node->fault.code : "none");
}

unsigned rig_writes(const struct rig *rig, const char *part)
{
	unsigned count = 0;

	for (const char *line = rig->script.writes.data; *line; line = strchr(line, '\n') + 1) {
		const char *found = part ? strstr(line, part) : line;

		count += found && found < strchr(line, '\n');
	}
	return count;
}
