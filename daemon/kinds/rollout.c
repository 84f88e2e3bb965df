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

	if (app == installation->production) {
		rollout_follow(world, app, installation->certificate_master);
		rollout_follow(world, app, installation->primary ? installation->primary->production : NULL);
	}
	for (const struct web_app *slot = installation->slot_apps; !app->is_slot && slot; slot = slot->next)
		rollout_follow(world, app, slot);
}

/* A clone is written when the one it is a clone of, and the clones before it, are behind us (domain.md 2.18). */
static void tie_clone(struct world *world, struct installation *clone)
{
	for (size_t i = 0; i < world->installation_count; i++) {
		struct installation *other = &world->installations[i];
		bool is_primary = text_equal(other->desired->name, clone->desired->clone_of);

		if (is_primary)
			clone->primary = other;
		if (is_primary || (other < clone && text_equal(other->desired->clone_of, clone->desired->clone_of)))
			rollout_follow(world, clone->production, other->production);
	}
}

void rollout_tie_clones(struct world *world)
{
	for (size_t i = 0; i < world->installation_count; i++)
		if (world->installations[i].desired->clone_of)
			tie_clone(world, &world->installations[i]);
}

/* ---- health ---- */

/* A way back to 1.x is one site and somebody's decision, and 1.x need not have a /probe. */
static bool is_probing(const struct world *world)
{
	return world->tenant->rollout && world->tenant->rollout->probe && !world->restoration;
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

		if (again && again->installation &&
		    text_equal(desired_primary_name(again->installation->desired),
			       desired_primary_name(app->installation->desired)))
			world_need(world, node, again, text_equal_fold(site->id, own->id) ? NEED_TRIED : NEED_DONE,
				   STEP_WRITE);
	}
}

/* ---- restarts of an installation and its clones ---- */

/* When its production site was last restarted by a write of settings, by what we remember and by what such a write
 * leaves there; 0: not known. */
static int64_t last_restart_s(const struct world *world, const struct installation *installation)
{
	const struct web_app *app = installation->production;
	const struct site *site = node_is_present(app->site) ? app->site->observed : NULL;
	const struct written_site *written = site ? memory_of_passes_written(world->memory, site->id) : NULL;
	const char *time = web_app_setting(app, "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime");
	int64_t last_s = written ? written->written_s : 0;
	uint64_t time_s;

	/* What lies in the future was not written by anybody yet. */
	if (time && text_parse_uint64(time, &time_s) && time_s <= (uint64_t)world->now_unix_s &&
	    (int64_t)time_s > last_s)
		last_s = (int64_t)time_s;
	return last_s;
}

/* Those who ask the CA find one that answers: no two of its SCEPmans restart within one window (domain.md 6 case 116).
 */
static enum verdict wait_for_window(struct world *world, struct node *node, const struct installation *own)
{
	int64_t space_s = world->tenant->rollout->restart_space_s;

	for (size_t i = 0; i < world->installation_count; i++) {
		const struct installation *other = &world->installations[i];
		int64_t rest_s;

		if (other == own ||
		    !text_equal(desired_primary_name(other->desired), desired_primary_name(own->desired)))
			continue;
		rest_s = last_restart_s(world, other) + space_s - world->now_unix_s;
		if (rest_s <= 0)
			continue;
		node_block(world, node, REASON_WRITE_DEFERRED,
			   "%s serves the same CA and was restarted %lld s ago, so the settings of %s, which would "
			   "restart "
			   "it, too, are written in %lld s (daemon.rollout.restart_space)",
			   other->desired->app_service, (long long)(space_s - rest_s), node->label, (long long)rest_s);
		node->condition.retry_after_s = rest_s;
		return VERDICT_BLOCKED;
	}
	return VERDICT_DIFFERS;
}

enum verdict rollout_before_write(struct world *world, struct node *node, struct web_app *app)
{
	const struct written_site site = site_of(world, app);

	/* Slots and Certificate Master do not answer for the CA. */
	if (world->tenant->rollout && !world->restoration && app == app->installation->production &&
	    wait_for_window(world, node, app->installation) == VERDICT_BLOCKED)
		return VERDICT_BLOCKED;
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
