#include "kinds/installation.h"

#include "base/text.h"
#include "kinds/app_role_assignment.h"
#include "kinds/app_settings.h"
#include "kinds/application.h"
#include "kinds/artifact.h"
#include "kinds/certificate_master.h"
#include "kinds/entitlements.h"
#include "kinds/key_vault.h"
#include "kinds/logging.h"
#include "kinds/oauth2_permission_grant.h"
#include "kinds/permission_level.h"
#include "kinds/rights.h"
#include "kinds/rollout.h"
#include "kinds/service_principal.h"
#include "kinds/site.h"
#include "kinds/site_config.h"
#include "kinds/site_list.h"
#include "kinds/site_search.h"
#include "kinds/slot.h"
#include "kinds/slot_config_names.h"
#include "kinds/storage_account.h"

/* ---- web apps and their identities ---- */

static struct web_app *web_app_new(struct world *world, struct installation *installation, enum web_app_role role,
				   const char *label)
{
	struct web_app *app = arena_new(&world->arena, struct web_app);

	app->installation = installation;
	app->role = role;
	app->label = arena_copy_text(&world->arena, label);
	return app;
}

static struct principal *principal_new(struct world *world, struct web_app *app, size_t user_assigned,
				       const char *label)
{
	struct principal *principal = arena_new(&world->arena, struct principal), **tail = &app->principals;

	principal->web_app = app;
	principal->site = app->site;
	principal->user_assigned = user_assigned;
	principal->label = label;
	while (*tail)
		tail = &(*tail)->next;
	*tail = principal;
	return principal;
}

/* The identities of APP that SCEPman's rights are given to (domain.md 1.2, 2.5): the system-assigned one, and the
 * user-assigned ones of everything but a slot. Only those of SCEPman, and Certificate Master's system-assigned one,
 * count for a level. */
static void web_app_state_principals(struct world *world, struct web_app *app)
{
	const struct site *site = app->site->observed;

	if (app->principals || app->is_observed_only)
		return;
	if (site->has_system_identity)
		permission_level_state(
			world, principal_new(world, app, 0,
					     app->is_slot ? arena_printf(&world->arena, "%s/%s", site->name, site->slot)
							  : site->name));
	for (size_t i = 0; !app->is_slot && i < site->user_assigned_count; i++) {
		struct principal *principal = principal_new(world, app, i + 1, arm_id_name(site->user_assigned[i].id));

		if (app->role == WEB_APP_SCEPMAN)
			permission_level_state(world, principal);
	}
}

/* What every settings write waits for: the site's own fitness, and all rights and resources. */
static void web_app_tie_settings(struct world *world, struct web_app *app)
{
	world_need(world, app->settings, app->site, NEED_DONE, STEP_WRITE);
	world_need(world, app->settings, app->installation->entitlements, NEED_TRIED, STEP_WRITE);
	if (!app->is_observed_only)
		world_need(world, app->settings, artifact_state(world, app), NEED_TRIED, STEP_WRITE);
}

void installation_grow_artifact(struct world *world, struct web_app *app)
{
	if (app->config)
		return;
	site_config_state(world, app);
	world_need(world, app->config, app->installation->entitlements, NEED_TRIED, STEP_WRITE);
	world_need(world, app->settings, app->config, NEED_HARMLESS, STEP_WRITE);
	rollout_line_up(world, app);
}

/* What SCEPman's rights are for, as far as it is known; to be called whenever more is. */
static void installation_state_resources(struct world *world, struct installation *installation)
{
	storage_account_state(world, installation);
	key_vault_state(world, installation);
	logging_state(world, installation);
	rights_state(world, installation);
}

/* ---- the beginning ---- */

static void installation_begin(struct world *world, struct installation *installation,
			       const struct desired_instance *desired, bool is_bystander)
{
	struct web_app *production;

	*installation = (struct installation){
		.tenant = world->tenant, .desired = desired, .world = world, .is_bystander = is_bystander};
	installation->entitlements = entitlements_state(world, installation);
	production = web_app_new(world, installation, WEB_APP_SCEPMAN, desired->app_service);
	production->is_observed_only = desired->production_slot == SLOT_OBSERVE || is_bystander;
	installation->production = production;
	site_state_production(world, installation);
	app_settings_state(world, installation, production);
	web_app_tie_settings(world, production);
	installation->slots = slots_state(world, installation);
}

/* Does INSTANCE share a registration for PURPOSE with one that is selected? */
static bool shares_with_selected(const struct world *world, const struct desired_instance *instance,
				 enum application_purpose purpose)
{
	const struct desired_tenant *tenant = world->tenant;

	for (size_t i = 0; i < tenant->instance_count; i++)
		if (world_includes(world, &tenant->instances[i]) &&
		    application_is_shared(instance, &tenant->instances[i], purpose))
			return true;
	return false;
}

/* Which registration it is, follows from what all record that share it: whichever of them is selected, it must be the
 * same one. */
static bool is_bystander(const struct world *world, const struct desired_instance *instance)
{
	return shares_with_selected(world, instance, APPLICATION_SCEPMAN_API) ||
	       shares_with_selected(world, instance, APPLICATION_CERTIFICATE_MASTER);
}

void installations_state(struct world *world)
{
	const struct desired_tenant *tenant = world->tenant;

	service_principal_state_well_known(world);
	world->installations = arena_new_array(&world->arena, tenant->instance_count, struct installation);
	for (size_t i = 0; i < tenant->instance_count; i++) {
		const struct desired_instance *instance = &tenant->instances[i];
		bool is_selected = world_includes(world, instance);

		if (is_selected || is_bystander(world, instance))
			installation_begin(world, &world->installations[world->installation_count++], instance,
					   !is_selected);
	}
	rollout_tie_clones(world);
	rollout_state_suspects(world);
}

/* ---- SCEPman ---- */

static void installation_state_app_registration(struct world *world, struct installation *installation)
{
	installation->scepman_api = application_state(world, installation, APPLICATION_SCEPMAN_API);
	installation->scepman_api_principal = service_principal_state(world, installation, installation->scepman_api);
	for (size_t i = 0; i < installation->desired->api_client_count; i++)
		app_role_assignment_state_desired(world, installation, &installation->desired->api_clients[i],
						  installation->scepman_api, installation->scepman_api_principal);
}

/* Certificate Master by its name, or all web apps of its resource group as candidates. */
static void installation_state_certificate_master(struct world *world, struct installation *installation)
{
	const struct desired_certificate_master *desired = &installation->desired->certificate_master;
	const struct site *scepman = installation->production->site->observed;
	const char *subscription = arm_id_subscription(&world->arena, scepman->id);
	const char *group =
		desired->resource_group ? desired->resource_group : arm_id_resource_group(&world->arena, scepman->id);
	struct web_app *app;

	if (desired->none)
		return;
	if (!desired->app_service) {
		installation->sites = sites_state(world, installation, subscription, group);
		installation->certificate_master_choice = certificate_master_state(world, installation);
		return;
	}
	app = web_app_new(world, installation, WEB_APP_CERTIFICATE_MASTER, desired->app_service);
	app->is_observed_only = installation->is_bystander;
	installation->certificate_master = app;
	app->site = site_state(world, app,
			       arena_printf(&world->arena,
					    "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Web/sites/%s",
					    subscription, group, desired->app_service),
			       NULL);
	app_settings_state(world, installation, app);
	web_app_tie_settings(world, app);
	rollout_line_up(world, installation->production);
}

/* Without an identity nothing can be given rights: the site says so (IdentityMissing), and nothing else is touched, its
 * slots included: what they need of production would only come, with another restart, once it has one. */
static bool installation_has_identity(const struct installation *installation)
{
	const struct site *site = installation->production->site->observed;

	return installation->production->is_observed_only || site->has_system_identity || site->user_assigned_count;
}

/* Only which web app Certificate Master is, and only where that says something about a shared registration. */
static void installation_grow_bystander(struct world *world, struct installation *installation)
{
	if (!installation->certificate_master && !installation->sites &&
	    shares_with_selected(world, installation->desired, APPLICATION_CERTIFICATE_MASTER))
		installation_state_certificate_master(world, installation);
}

static void installation_grow_production(struct world *world, struct installation *installation)
{
	if (installation->is_bystander) {
		installation_grow_bystander(world, installation);
		return;
	}
	if (installation->scepman_api || !installation_has_identity(installation))
		return;
	web_app_state_principals(world, installation->production);
	installation_state_certificate_master(world, installation);
	installation_state_app_registration(world, installation);
	installation_state_resources(world, installation);
}

/* ---- deployment slots ---- */

static bool installation_has_slot(const struct installation *installation, const char *name)
{
	const struct collection *list = installation->slots->observed;

	for (size_t i = 0; i < list->count; i++)
		if (text_equal_fold(((const struct site *)list->items[i])->slot, name))
			return true;
	return false;
}

static void installation_state_slot(struct world *world, struct installation *installation,
				    const struct desired_slot *desired)
{
	struct web_app *app = web_app_new(world, installation, WEB_APP_SCEPMAN, desired->name),
		       **tail = &installation->slot_apps;

	app->is_slot = true;
	app->may_be_created = desired->create;
	if (desired->create && !installation_has_slot(installation, desired->name))
		app->site = slot_state(world, app);
	else
		app->site = site_state_listed(world, app, installation->slots, desired->name);
	app_settings_state(world, installation, app);
	web_app_tie_settings(world, app);
	rollout_follow(world, installation->production, app);
	rollout_follow(world, installation->certificate_master, app);
	/* One slot after the other: the next one is left alone when one became unhealthy. */
	for (; *tail; tail = &(*tail)->next)
		if (!(*tail)->next)
			rollout_follow(world, app, *tail);
	*tail = app;
}

void installation_grow_slots(struct world *world, struct installation *installation)
{
	const struct desired_instance *desired = installation->desired;
	const struct collection *list = installation->slots->observed;

	if (installation->is_bystander || world->restoration || installation->slot_apps || !list ||
	    !installation_has_identity(installation))
		return;
	slot_config_names_state(world, installation);
	switch (desired->deployment_slots) {
	case SLOTS_NONE:
		return;
	case SLOTS_ALL:
		for (size_t i = 0; i < list->count; i++)
			installation_state_slot(
				world, installation,
				&(struct desired_slot){.name = ((const struct site *)list->items[i])->slot});
		return;
	case SLOTS_LISTED:
		for (size_t i = 0; i < desired->slot_count; i++)
			installation_state_slot(world, installation, &desired->slots[i]);
		/* What waits for all identities must know of those that are yet to be made. */
		installation_state_resources(world, installation);
		return;
	}
}

void installation_grow_slot(struct world *world, struct web_app *app)
{
	if (!app->is_slot || !node_is_present(app->site) || world->restoration)
		return;
	web_app_state_principals(world, app);
	slot_config_names_state(world, app->installation);
	installation_state_resources(world, app->installation);
}

/* ---- Certificate Master ---- */

void installation_grow_candidates(struct world *world, struct installation *installation)
{
	const struct collection *list = installation->sites->observed;

	if (installation->candidates || !list)
		return;
	for (size_t i = list->count; i-- > 0;) {
		const char *name = ((const struct site *)list->items[i])->name;
		struct web_app *app;

		if (text_equal_fold(name, installation->desired->app_service))
			continue;
		app = web_app_new(world, installation, WEB_APP_CERTIFICATE_MASTER, name);
		app->is_observed_only = true;
		app->site = site_state_listed(world, app, installation->sites, name);
		app_settings_state(world, installation, app);
		/* Read for the choice, and kept open until it is made. */
		world_need(world, installation->certificate_master_choice, app->settings, NEED_READ, STEP_READ);
		world_need(world, app->settings, installation->certificate_master_choice, NEED_TRIED, STEP_WRITE);
		/* Only the chosen one must have an identity. */
		world_need(world, app->site, installation->certificate_master_choice, NEED_TRIED, STEP_WRITE);
		app->next = installation->candidates;
		installation->candidates = app;
	}
}

static void installation_state_certificate_master_app(struct world *world, struct installation *installation)
{
	const struct desired_certificate_master *desired = &installation->desired->certificate_master;

	installation->certificate_master_app = application_state(world, installation, APPLICATION_CERTIFICATE_MASTER);
	installation->certificate_master_principal =
		service_principal_state(world, installation, installation->certificate_master_app);
	installation->consent =
		oauth2_permission_grant_state(world, installation, installation->certificate_master_principal);
	for (size_t i = 0; i < desired->role_assignment_count; i++)
		app_role_assignment_state_desired(world, installation, &desired->role_assignments[i],
						  installation->certificate_master_app,
						  installation->certificate_master_principal);
}

void installation_grow_certificate_master(struct world *world, struct installation *installation)
{
	struct web_app *app = installation->certificate_master;
	const struct site *site = app->site->observed;

	if (installation->is_bystander || installation->certificate_master_app || !node_is_present(app->site))
		return;
	web_app_state_principals(world, app);
	web_app_tie_settings(world, app);
	rollout_line_up(world, app);
	rollout_follow(world, installation->production, app);
	if (site->has_system_identity) {
		const struct role_holder holder = role_holder_of_identity(app->principals);

		app_role_assignment_state(world, installation, &holder, installation->scepman_api,
					  installation->scepman_api_principal, "CSR.Request");
	}
	installation_state_certificate_master_app(world, installation);
	installation_state_resources(world, installation);
}

/* ---- either ---- */

void installation_grow_site(struct world *world, struct web_app *app)
{
	if (!node_is_present(app->site) || world->restoration)
		return;
	switch (app->role) {
	case WEB_APP_SCEPMAN:
		installation_grow_production(world, app->installation);
		return;
	case WEB_APP_CERTIFICATE_MASTER:
		installation_grow_certificate_master(world, app->installation);
		return;
	}
}
