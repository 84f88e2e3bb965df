#include "kinds/rollout.h"

#include "base/text.h"
#include "kinds/probe.h"
#include "kinds/settings_task.h"

/* ---- one after the other ---- */

void rollout_follow(struct world *world, struct web_app *later, const struct web_app *earlier)
{
	if (!later || !earlier)
		return;
	world_need(world, later->settings, earlier->settings, NEED_HARMLESS, STEP_WRITE);
	world_need(world, later->config, earlier->settings, NEED_HARMLESS, STEP_WRITE);
}

void rollout_line_up(struct world *world, struct web_app *app)
{
	const struct installation *installation = app->installation;

	if (app == installation->production)
		rollout_follow(world, app, installation->certificate_master);
	for (const struct web_app *slot = installation->slot_apps; !app->is_slot && slot; slot = slot->next)
		rollout_follow(world, app, slot);
}

/* ---- health ---- */

static bool is_probing(const struct world *world)
{
	return world->tenant->rollout && world->tenant->rollout->probe;
}

static struct written_site site_of(struct world *world, const struct web_app *app)
{
	const struct site *site = app->site->observed;

	return (struct written_site){
		.id = site->id,
		.name = settings_site_name(&world->arena, site),
		.host = site->default_host,
		.installation = app->installation->desired->name,
		.written_s = world->now_unix_s,
	};
}

static struct installation *find_installation(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->installation_count; i++)
		if (text_equal(world->installations[i].desired->name, name))
			return &world->installations[i];
	return NULL;
}

void rollout_state_suspects(struct world *world)
{
	const struct map *written = &world->memory->written;

	for (size_t i = 0; !world->is_plan && is_probing(world) && i < written->count; i++) {
		const struct written_site *site = written->entries[i].value;
		struct installation *installation =
			site && site->is_suspect ? find_installation(world, site->installation) : NULL;

		if (installation)
			probe_state(world, NULL, installation, PROBE_AGAIN, site);
	}
}

/* Others wait for a suspect to be healthy. It may itself be written, which may be what heals it. */
static void wait_for_suspects(struct world *world, struct node *node, const struct web_app *app)
{
	const struct map *written = &world->memory->written;
	const struct site *own = app->site->observed;

	for (size_t i = 0; i < written->count; i++) {
		const struct written_site *site = written->entries[i].value;
		struct node *again = site ? probe_find(world, NULL, PROBE_AGAIN, site->id) : NULL;

		if (again && again->installation == app->installation)
			world_need(world, node, again, text_equal_fold(site->id, own->id) ? NEED_TRIED : NEED_DONE,
				   STEP_WRITE);
	}
}

enum verdict rollout_before_write(struct world *world, struct node *node, struct web_app *app)
{
	const struct written_site site = site_of(world, app);

	/* One that is stopped has no health. */
	if (!is_probing(world) || !site.host ||
	    text_equal_fold(((const struct site *)app->site->observed)->state, "Stopped"))
		return VERDICT_DIFFERS;
	wait_for_suspects(world, node, app);
	/* Of a suspect it is known already that it was healthy once. */
	if (!probe_find(world, NULL, PROBE_AGAIN, site.id))
		world_need(world, node, probe_state(world, node, app->installation, PROBE_BEFORE, &site), NEED_TRIED,
			   STEP_WRITE);
	return VERDICT_DIFFERS;
}

void rollout_after_write(struct world *world, struct node *node, struct web_app *app)
{
	struct written_site site = site_of(world, app);

	site.is_suspect = is_probing(world) && site.host &&
			  (probe_find(world, NULL, PROBE_AGAIN, site.id) ||
			   probe_was_healthy(probe_find(world, node, PROBE_BEFORE, site.id)));
	memory_of_passes_note_write(world->memory, &site);
	if (site.is_suspect)
		world_need(world, node, probe_state(world, node, app->installation, PROBE_AFTER, &site), NEED_DONE,
			   STEP_WRITE);
}
