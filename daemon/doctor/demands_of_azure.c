#include "base/text.h"
#include "doctor/demands_of.h"

/* What the requests of our kinds are called as actions. */
#define LIST(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
LIST(read_site, "Microsoft.Web/sites/read", "Microsoft.Web/sites/slots/read", "Microsoft.Web/sites/config/read",
     "Microsoft.Web/sites/config/list/action");
LIST(read_slots, "Microsoft.Web/sites/slots/read", "Microsoft.Web/sites/slots/config/read",
     "Microsoft.Web/sites/slots/config/list/action");
LIST(write_site, "Microsoft.Web/sites/config/write");
LIST(write_slots, "Microsoft.Web/sites/slots/config/write");
LIST(create_site, "Microsoft.Web/sites/write");
LIST(create_slot, "Microsoft.Web/sites/slots/write");
LIST(join_plan, "Microsoft.Web/serverfarms/read", "Microsoft.Web/serverfarms/join/action");
LIST(join_network, "Microsoft.Network/virtualNetworks/subnets/join/action");
LIST(read_account, "Microsoft.Storage/storageAccounts/read");
LIST(create_account, "Microsoft.Storage/storageAccounts/write");
LIST(read_vault, "Microsoft.KeyVault/vaults/read");
LIST(write_policies, "Microsoft.KeyVault/vaults/accessPolicies/write");
LIST(read_workspace, "Microsoft.OperationalInsights/workspaces/read",
     "Microsoft.OperationalInsights/workspaces/tables/read");
LIST(write_table, "Microsoft.OperationalInsights/workspaces/tables/write");
LIST(migrate_table, "Microsoft.OperationalInsights/workspaces/tables/migrate/action");
LIST(read_rule, "Microsoft.Insights/dataCollectionRules/read");
LIST(write_rule, "Microsoft.Insights/dataCollectionRules/write");
LIST(read_roles, "Microsoft.Authorization/roleAssignments/read");
LIST(assign_roles, "Microsoft.Authorization/roleAssignments/write");

#define GUESSED "taken to be in this resource group, since it could not be seen"

/* Where something is. */
struct place {
	const char *scope, *group, *name;
	const char *remark;
	bool is_there; /* it exists */
};

struct context {
	struct demands *demands;
	struct world *world;
	const struct installation *installation;
	const struct desired_instance *desired;
	const char *group;    /* of SCEPman; NULL: unknown */
	const char *no_write; /* why nothing at all is written, or NULL */
};

static struct arena *arena_of(const struct context *context)
{
	return context->demands->arena;
}

/* ---- places ---- */

static const char *group_id(struct arena *arena, const char *subscription, const char *group)
{
	return subscription && group ? arena_printf(arena, "/subscriptions/%s/resourceGroups/%s", subscription, group)
				     : NULL;
}

static const char *group_of(struct arena *arena, const char *id)
{
	return group_id(arena, arm_id_subscription(arena, id), arm_id_resource_group(arena, id));
}

static bool exists(const struct node *node)
{
	return node_is_present(node) && !node->is_assumed;
}

/* The place of what ID names, or as long as NODE is not seen, the resource group that it is supposed to be in. */
static struct place place_of(const struct context *context, const struct node *node, const char *id, const char *name,
			     const char *group)
{
	struct place place = {.name = name, .group = group, .scope = group, .is_there = exists(node)};

	if (place.is_there) {
		place.scope = id;
		place.group = group_of(arena_of(context), id);
		place.name = arm_id_name(id);
	} else if (!node || (node->knowledge == KNOWLEDGE_UNKNOWN && !node->is_assumed)) {
		place.remark = GUESSED;
	}
	return place;
}

static const struct site *site_of(const struct web_app *app)
{
	return app && exists(app->site) ? app->site->observed : NULL;
}

static struct place place_of_site(const struct context *context, const struct web_app *app, const char *name,
				  const char *group)
{
	const struct site *site = site_of(app);

	return place_of(context, app ? app->site : NULL, site ? site->id : NULL, name, group);
}

/* ---- rows ---- */

/* WHY_NOT: NULL, or why the configuration does not ask for it. */
static struct demand *add(const struct context *context, const struct place *place, const char *const *actions,
			  const char *why_not, const char *purpose)
{
	const char *unknown = "where it is could not be found out; write subscription_id and resource_group into the "
			      "configuration, then this can say more";

	return demands_add(context->demands, &(struct demand){
						     .authority = AUTHORITY_AZURE,
						     .instance = context->desired->name,
						     .purpose = purpose,
						     .is_wanted = !why_not,
						     .remark = why_not         ? why_not
							       : !place->scope ? unknown
									       : place->remark,
						     .scope = place->scope,
						     .group = place->group,
						     .actions = actions,
					     });
}

#define SAY(context, ...) arena_printf(arena_of(context), __VA_ARGS__)

static void add_creation(const struct context *context, const char *const *actions, const char *what,
			 const char *why_not)
{
	const struct site *site = site_of(context->installation->production);
	const struct place beside = {.scope = context->group, .group = context->group};
	struct place place;

	add(context, &beside, actions, why_not, SAY(context, "create %s", what));
	if (why_not || !site)
		return;
	if (site->server_farm_id) {
		place = (struct place){site->server_farm_id, group_of(arena_of(context), site->server_farm_id)};
		add(context, &place, join_plan, NULL, SAY(context, "put %s on its App Service plan", what));
	}
	if (site->subnet_id) {
		place = (struct place){site->subnet_id, group_of(arena_of(context), site->subnet_id)};
		add(context, &place, join_network, NULL, SAY(context, "connect %s with its network", what));
	}
}

/* ---- what an installation is made of ---- */

static void demand_scepman(const struct context *context)
{
	const struct desired_instance *desired = context->desired;
	const struct place place =
		place_of_site(context, context->installation->production, desired->app_service, context->group);

	add(context, &place, read_site, NULL, SAY(context, "look at %s and its settings", desired->app_service));
	add(context, &place, write_site,
	    context->no_write                          ? context->no_write
	    : desired->production_slot == SLOT_OBSERVE ? "production_slot: observe"
						       : NULL,
	    SAY(context, "write the settings of %s", desired->app_service));
}

/* NULL: nothing is to be created. */
static const char *slots_to_create(const struct context *context)
{
	const struct desired_instance *desired = context->desired;
	const char *names = NULL;

	for (size_t i = 0; i < desired->slot_count; i++) {
		const struct web_app *app = context->installation->slot_apps;

		while (app && !text_equal_fold(app->label, desired->slots[i].name))
			app = app->next;
		if (desired->slots[i].create && !site_of(app))
			names = SAY(context, "%s%s%s", names ? names : "", names ? ", " : "", desired->slots[i].name);
	}
	return names;
}

static void demand_slots(const struct context *context)
{
	const struct desired_instance *desired = context->desired;
	const struct place place =
		place_of_site(context, context->installation->production, desired->app_service, context->group);
	const char *none = desired->deployment_slots == SLOTS_NONE ? "deployment_slots: none" : NULL;
	const char *missing = slots_to_create(context);

	add(context, &place, read_slots, none,
	    SAY(context, "look at the deployment slots of %s", desired->app_service));
	add(context, &place, write_slots, none ? none : context->no_write,
	    SAY(context, "write the settings of its deployment slots"));
	if (missing)
		add_creation(context, create_slot, SAY(context, "deployment slot %s", missing), context->no_write);
}

static void demand_certificate_master(const struct context *context)
{
	const struct desired_certificate_master *desired = &context->desired->certificate_master;
	const struct web_app *app = context->installation->certificate_master;
	const char *name = desired->app_service ? desired->app_service : "Certificate Master";
	const char *none = desired->none ? "certificate_master: none" : NULL;
	const char *group = context->group;
	struct place place;

	if (desired->resource_group && group)
		group = group_id(arena_of(context), arm_id_subscription(arena_of(context), group),
				 desired->resource_group);
	place = place_of_site(context, app, name, group);
	add(context, &place, read_site, none, SAY(context, "look at %s and its settings", place.name));
	add(context, &place, write_site, none ? none : context->no_write,
	    SAY(context, "write the settings of %s", place.name));
	if (!none && desired->create)
		add_creation(context, create_site, place.name,
			     place.is_there      ? "it is there already"
			     : context->no_write ? context->no_write
						 : NULL);
}

/* Handing out ROLES at PLACE. */
static void demand_roles(const struct context *context, const struct place *place, unsigned roles, const char *why_not)
{
	const char *report = context->world->tenant->azure_roles == POLICY_REPORT ? "azure_roles: report" : NULL;
	struct demand *demand;

	add(context, place, read_roles, why_not, SAY(context, "look at the roles on %s", place->name));
	demand = add(context, place, assign_roles,
		     why_not             ? why_not
		     : report            ? report
		     : context->no_write ? context->no_write
					 : NULL,
		     SAY(context, "assign SCEPman's roles on %s", place->name));
	demand->roles = roles;
}

static void demand_storage_account(const struct context *context)
{
	const struct node *node = context->installation->storage_account;
	const struct storage_account *account = exists(node) ? node->observed : NULL;
	const char *name = context->desired->storage_account.name;
	const struct place place = place_of(context, node, account ? account->id : NULL,
					    name ? name : "the storage account", context->group);

	add(context, &place, read_account, NULL, SAY(context, "look at %s", place.name));
	if (context->desired->storage_account.create)
		add(context, &place, create_account,
		    account             ? "it is there already"
		    : context->no_write ? context->no_write
					: NULL,
		    SAY(context, "create %s", place.name));
	demand_roles(context, &place, 1U << AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR, NULL);
}

static void demand_key_vault(const struct context *context)
{
	const struct node *node = context->installation->key_vault;
	const struct key_vault *vault = exists(node) ? node->observed : NULL;
	const struct place place = place_of(context, node, vault ? vault->id : NULL, "the key vault", context->group);
	const char *off = context->desired->key_vault.manage ? NULL : "key_vault.manage: false";
	const char *by_policies = vault && !vault->uses_rbac && !context->desired->key_vault.prestage_rbac
					  ? "it goes by access policies"
					  : NULL;
	const char *by_roles = !vault || vault->uses_rbac ? "it goes by roles, as far as can be seen" : NULL;

	add(context, &place, read_vault, off, SAY(context, "look at %s", place.name));
	add(context, &place, write_policies,
	    off                 ? off
	    : by_roles          ? by_roles
	    : context->no_write ? context->no_write
				: NULL,
	    SAY(context, "add to the access policies of %s", place.name));
	demand_roles(context, &place,
		     1U << AZURE_ROLE_KEY_VAULT_CRYPTO_OFFICER | 1U << AZURE_ROLE_KEY_VAULT_CERTIFICATES_OFFICER |
			     1U << AZURE_ROLE_KEY_VAULT_SECRETS_USER,
		     off ? off : by_policies);
}

static struct place place_of_workspace(const struct context *context)
{
	const struct node *node = context->installation->workspace;
	const struct workspace *workspace = exists(node) ? node->observed : NULL;
	const char *id = context->desired->logging.workspace;

	if (workspace)
		return place_of(context, node, workspace->id, NULL, NULL);
	if (id)
		return (struct place){.scope = id, .group = group_of(arena_of(context), id), .name = arm_id_name(id)};
	return place_of(context, node, NULL, "the Log Analytics workspace", context->group);
}

static void demand_logging(const struct context *context)
{
	const struct installation *installation = context->installation;
	const struct node *node = installation->data_collection_rule;
	const struct data_collection_rule *rule = exists(node) ? node->observed : NULL;
	const struct place workspace = place_of_workspace(context);
	const struct place place =
		place_of(context, node, rule ? rule->id : NULL, "the data collection rule", workspace.group);
	const char *off = context->desired->logging.manage ? NULL : "logging.manage: false";
	/* A rule that the settings name is checked and never written, and neither is what it writes to. */
	const char *theirs =
		!off && rule && !installation->workspace ? "the settings name a rule; it is left as it is" : NULL;
	const char *no_write = off ? off : theirs ? theirs : context->no_write;

	add(context, &workspace, read_workspace, off ? off : theirs,
	    SAY(context, "look at %s and its table", workspace.name));
	add(context, &workspace, write_table, no_write,
	    SAY(context, "write the table SCEPman_CL of %s", workspace.name));
	if (context->desired->logging.migrate_table)
		add(context, &workspace, migrate_table, no_write, "migrate that table");
	add(context, &place, read_rule, off, SAY(context, "look at %s", place.name));
	add(context, &place, write_rule, no_write, SAY(context, "write %s", place.name));
	demand_roles(context, &place, 1U << AZURE_ROLE_MONITORING_METRICS_PUBLISHER, off);
}

/* ---- all ---- */

static const char *group_of_scepman(struct arena *arena, const struct installation *installation)
{
	const struct site *site = site_of(installation->production);

	return site ? group_of(arena, site->id)
		    : group_id(arena, installation->desired->subscription_id, installation->desired->resource_group);
}

void demands_of_azure(struct world *world, struct demands *demands)
{
	for (size_t i = 0; i < world->installation_count; i++) {
		const struct installation *installation = &world->installations[i];
		struct context context = {
			.demands = demands,
			.world = world,
			.installation = installation,
			.desired = installation->desired,
			.group = group_of_scepman(demands->arena, installation),
			.no_write = world->tenant->mode == MODE_PLAN ? "mode: plan"
				    : installation->desired->hold    ? "hold: true"
								     : NULL,
		};

		if (installation->is_bystander)
			continue;
		demand_scepman(&context);
		demand_slots(&context);
		demand_certificate_master(&context);
		demand_storage_account(&context);
		demand_key_vault(&context);
		demand_logging(&context);
	}
}
