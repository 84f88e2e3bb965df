#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/text.h"
#include "kinds/settings_task.h"

#define LEVEL "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"
#define TIME  "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
#define HOST  "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"

enum {
	TIME_TOLERANCE_S = 600, /* the vendor's Terraform module writes five minutes ahead */
	LOWER_LEVEL_AGE_S = 30, /* between two reads that must agree before a level is lowered */
	LEVEL_NONE = INT_MIN,   /* the setting is missing or no number: lower than any */
};

/* ---- the level ---- */

struct identity_level {
	bool is_known;
	int level;
	bool has_grown; /* roles were granted in this pass to an identity that serves this very site */
};

/* Of PRINCIPAL, or NULL: not to be had in this pass. */
static const struct permission_level *level_of(const struct principal *principal)
{
	const struct node *node = principal->level;

	return node_is_present(node) && node_is_good(node) ? node->observed : NULL;
}

static void level_lower(struct identity_level *known, const struct web_app *app)
{
	for (const struct principal *principal = app->principals; principal; principal = principal->next) {
		const struct permission_level *level = level_of(principal);

		if (level && (!known->is_known || level->level < known->level))
			known->level = level->level;
		known->is_known = known->is_known || level;
	}
}

/* A slot that is made for the first time must not take production down while its identity has no rights yet. */
static bool counts_for_others(const struct web_app *slot)
{
	struct identity_level known = {0};

	level_lower(&known, slot);
	return !slot->is_observed_only && !(slot->may_be_created && known.is_known && known.level < 0);
}

/*
 * SCEPman's level is the lowest of all identities that serve any of its sites: a request may reach any of them. The
 * site's own identities must all be known; one of another slot that could not be judged does not hold this site back.
 */
static struct identity_level level_of_app(const struct settings_task *task)
{
	const struct installation *installation = task->installation;
	struct identity_level known = {0};

	for (const struct principal *principal = task->app->principals; principal; principal = principal->next) {
		const struct permission_level *level = level_of(principal);

		if (principal->level && !level)
			return (struct identity_level){0};
		known.has_grown = known.has_grown || (level && level->has_grown);
	}
	level_lower(&known, task->app);
	if (!known.is_known || task->app->role == WEB_APP_CERTIFICATE_MASTER)
		return known;
	if (!installation->production->is_observed_only)
		level_lower(&known, installation->production);
	for (const struct web_app *slot = installation->slot_apps; slot; slot = slot->next)
		if (counts_for_others(slot))
			level_lower(&known, slot);
	return known;
}

bool settings_identity_is_able(const struct settings_task *task)
{
	struct identity_level known = level_of_app(task);

	return known.is_known && known.level >= 0;
}

static int parse_level(const char *text)
{
	char *end = NULL;
	long level;

	if (text_is_empty(text))
		return LEVEL_NONE;
	errno = 0;
	level = strtol(text, &end, 10);
	return errno || *end || level < INT_MIN || level > INT_MAX ? LEVEL_NONE : (int)level;
}

/* A role granted moments ago may be invisible for minutes: what is lower must be seen twice (domain.md 1.2). */
static bool is_lowering_confirmed(struct settings_task *task, int before, int level)
{
	struct world *world = task->world;
	const char *claim;

	if (before == LEVEL_NONE || level >= before || node_is_held(world, task->node))
		return true;
	claim = arena_printf(&world->arena, "level/%s=%d", task->site->id, level);
	if (memory_of_passes_confirms(world->memory, claim, world->now_unix_s, LOWER_LEVEL_AGE_S,
				      &task->lower_level_wait_s))
		return true;
	task->lower_level = level;
	task->written_level = before;
	return false;
}

/* ---- the time ---- */

static bool is_time_sound(const char *time, int64_t now_s)
{
	uint64_t value;

	return time && text_parse_uint64(time, &value) && value > 0 && value <= (uint64_t)(now_s + TIME_TOLERANCE_S);
}

/* Why the time must be written anew, or NULL: it is an event of ours, not a value to converge on. */
static const char *reason_for_time(struct settings_task *task, const struct identity_level *known, int level_before,
				   int level)
{
	if (!is_time_sound(settings_edit_before(&task->edit, TIME), task->world->now_unix_s))
		return "it is missing, unreadable or in the future";
	if (level > level_before)
		return "the identity's permission level rises";
	if (known->has_grown && !task->node->was_written)
		return "the identity was granted rights in this pass";
	return NULL;
}

static void want_time(struct settings_task *task, const char *reason)
{
	struct world *world = task->world;

	if (node_is_held(world, task->node))
		settings_edit_set_later(&task->edit, TIME, reason);
	else
		settings_edit_set(&task->edit, TIME, arena_printf(&world->arena, "%lld", (long long)world->now_unix_s),
				  reason);
}

/* ---- the host name ---- */

/*
 * SCEPman uses its identity only where the host name is its own, so settings that were copied from another slot do
 * nothing. While the identity may do nothing either, this is what keeps such a copy from being switched on.
 */
static bool is_host_a_guard(const struct settings_task *task, const char *host, int level)
{
	return level < 0 && !text_is_empty(host) && !text_is_empty(settings_get(task->before, TIME));
}

/* True: the identity is switched on for another host than before. */
static bool want_host(struct settings_task *task, int level)
{
	const char *before = settings_edit_before(&task->edit, HOST), *host = task->site->default_host;

	if (!host) {
		if (task->node->is_assumed) /* a plan's new slot */
			settings_edit_set_later(&task->edit, HOST, "the slot's own, which Azure assigns");
		return task->node->is_assumed;
	}
	if (site_has_host(task->site, before)) {
		settings_edit_set(&task->edit, HOST, before, NULL);
		return false;
	}
	if (is_host_a_guard(task, before, level))
		return false;
	settings_edit_set(&task->edit, HOST, host, NULL);
	return true;
}

void settings_tidy_identity_host(struct settings_task *task)
{
	const char *before = settings_edit_before(&task->edit, HOST), *host = task->site->default_host;

	if (host && task->tenancy == TENANCY_SINGLE && settings_edit_has_changes(&task->edit) &&
	    site_has_host(task->site, before) && !text_equal_fold(before, host))
		settings_edit_set(&task->edit, HOST, host, "the default host name is the one that never changes");
}

/* ---- all three ---- */

void settings_want_identity(struct settings_task *task)
{
	bool is_scepman = task->app->role == WEB_APP_SCEPMAN, has_moved;
	struct identity_level known = level_of_app(task);
	int before = parse_level(settings_edit_before(&task->edit, LEVEL)), level = known.level;
	const char *reason;

	/* Certificate Master is told nothing as long as its identity has no rights (domain.md 1.11). */
	if (task->tenancy != TENANCY_SINGLE || !known.is_known || (!is_scepman && level < 0))
		return;
	if (!is_lowering_confirmed(task, before, level))
		level = before;
	settings_edit_set(&task->edit, LEVEL,
			  level == before ? settings_edit_before(&task->edit, LEVEL)
					  : arena_printf(&task->world->arena, "%d", level),
			  level < before ? "the identity has fewer rights than before" : NULL);
	has_moved = is_scepman && want_host(task, known.level);
	if (known.level < 0)
		return;
	reason = reason_for_time(task, &known, before, level);
	if (!reason && has_moved)
		reason = "the host name changes";
	if (reason)
		want_time(task, reason);
	else
		settings_edit_set(&task->edit, TIME, settings_edit_before(&task->edit, TIME), NULL);
}
