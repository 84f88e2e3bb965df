#include "kinds/restoration.h"

#include "kinds/app_settings.h"
#include "kinds/site.h"
#include "kinds/site_list.h"
#include "kinds/site_search.h"

static struct web_app *restoration_add_app(struct world *world, struct installation *installation, const char *label,
					   bool is_slot)
{
	struct web_app *app = arena_new(&world->arena, struct web_app);

	*app = (struct web_app){
		.installation = installation, .role = WEB_APP_SCEPMAN, .label = label, .is_slot = is_slot};
	return app;
}

static void restoration_begin(struct world *world, struct installation *installation,
			      const struct desired_instance *desired)
{
	const char *slot = world->restoration->slot;
	struct web_app *app;

	*installation = (struct installation){.tenant = world->tenant, .desired = desired, .world = world};
	app = installation->production = restoration_add_app(world, installation, desired->app_service, false);
	site_state_production(world, installation);
	if (slot) {
		installation->slots = slots_state(world, installation);
		app = installation->slot_apps = restoration_add_app(world, installation, slot, true);
		app->site = site_state_listed(world, app, installation->slots, slot);
	}
	app_settings_state(world, installation, app);
}

void restoration_state(struct world *world)
{
	const struct desired_tenant *tenant = world->tenant;

	world->installations = arena_new_array(&world->arena, tenant->instance_count, struct installation);
	for (size_t i = 0; i < tenant->instance_count; i++)
		if (world_includes(world, &tenant->instances[i]))
			restoration_begin(world, &world->installations[world->installation_count++],
					  &tenant->instances[i]);
}
