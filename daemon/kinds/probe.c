#include "kinds/probe.h"

#include "kinds/api.h"

/* Half of the health is cached for this long, and asking more often is asked not to (domain.md 4.11). */
enum { PROBE_INTERVAL_S = 60 };

/* ---- want ---- */

struct probe_want {
	enum probe_moment moment;
	struct written_site site;
};

static const char *moment_name(enum probe_moment moment)
{
	switch (moment) {
	case PROBE_BEFORE:
		return "before";
	case PROBE_AFTER:
		return "after";
	case PROBE_AGAIN:
		return "again";
	}
	return "";
}

static const char *name_of(const struct node *written)
{
	return written ? written->kind->name : "any";
}

struct node *probe_state(struct world *world, const struct node *written, struct installation *installation,
			 enum probe_moment moment, const struct written_site *site)
{
	struct arena *arena = &world->arena;
	struct probe_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &probe_kind, installation, &is_new,
			   arena_printf(arena, "https://%s/probe", site->host), "probe/%s/%s/%s", moment_name(moment),
			   name_of(written), site->id);
	if (!is_new)
		return node;
	want = arena_new(arena, struct probe_want);
	*want = (struct probe_want){.moment = moment, .site = *site};
	want->site.id = arena_copy_text(arena, site->id);
	want->site.name = arena_copy_text(arena, site->name);
	want->site.host = arena_copy_text(arena, site->host);
	want->site.installation = arena_copy_text(arena, site->installation);
	node->want = want;
	return node;
}

struct node *probe_find(struct world *world, const struct node *written, enum probe_moment moment, const char *site_id)
{
	return world_find(
		world, arena_printf(&world->arena, "probe/%s/%s/%s", moment_name(moment), name_of(written), site_id));
}

bool probe_was_healthy(const struct node *probe)
{
	return node_is_present(probe) && ((const struct health *)probe->observed)->is_healthy;
}

/* ---- read ---- */

static void probe_read(const struct world *world, const struct node *node, struct arena *arena _unused_,
		       struct request *ret)
{
	const struct probe_want *want = node->want;

	*ret = (struct request){
		.service = SERVICE_SITE,
		.method = METHOD_GET,
		.host = want->site.host,
		.path = "/probe",
	};
	if (want->moment == PROBE_AFTER)
		ret->delay_ms = 1000 * (node->round ? PROBE_INTERVAL_S : world->tenant->rollout->settle_s);
}

/* ---- absorb ---- */

static enum absorbed probe_take(struct world *world, struct node *node, bool is_healthy)
{
	struct health *health = arena_new(&world->arena, struct health);

	health->is_healthy = is_healthy;
	node->observed = health;
	return ABSORBED_PRESENT;
}

static enum absorbed probe_absorb(struct world *world, struct node *node, const cJSON *body _unused_)
{
	const struct probe_want *want = node->want;

	if (want->moment != PROBE_BEFORE)
		memory_of_passes_trust(world->memory, want->site.id);
	return probe_take(world, node, true);
}

static const char *what_it_says(struct arena *arena, const struct fault *fault)
{
	if (fault->status)
		return arena_printf(arena, "answers %d", fault->status);
	return arena_printf(arena, "does not answer (%s)", fault->message ? fault->message : "no connection");
}

static enum absorbed probe_block(struct world *world, struct node *node, const struct fault *fault)
{
	const struct probe_want *want = node->want;
	const struct written_site *site = &want->site;

	return node_block_read(
		world, node, REASON_PROBE_UNHEALTHY,
		"%s was healthy before scepmand wrote to it and is not since, %lld minutes ago: "
		"https://%s/probe %s. No other site of this installation is written until it is healthy again; what "
		"is running there is untouched. See https://%s for what is not connected. The settings as they were "
		"are the newest file of this site in backups/%s/%s of daemon.state_directory; to go back to them: az "
		"rest --method PUT --url '%s/config/appsettings?api-version=" API_WEB "' --body @FILE",
		site->name, (long long)((world->now_unix_s - site->written_s + 30) / 60), site->host,
		what_it_says(&world->arena, fault), site->host, world->tenant->name, site->installation, site->id);
}

/* Counted by what was waited, not by a clock that the cloud may set back. */
static bool is_time_over(const struct world *world, const struct node *node)
{
	const struct desired_rollout *rollout = world->tenant->rollout;

	return rollout->settle_s + (int64_t)node->round * PROBE_INTERVAL_S >= rollout->timeout_s;
}

static bool probe_absorb_fault(struct world *world, struct node *node, const struct fault *fault, enum absorbed *ret)
{
	const struct probe_want *want = node->want;

	switch (want->moment) {
	case PROBE_BEFORE:
		*ret = probe_take(world, node, false);
		return true;
	case PROBE_AFTER:
	case PROBE_AGAIN:
		/* We did not ask: the program stops. */
		if (fault->class == FAULT_REFUSED)
			return false;
		*ret = want->moment == PROBE_AFTER && !is_time_over(world, node) ? ABSORBED_MORE
										 : probe_block(world, node, fault);
		return true;
	}
	return false;
}

/* ---- differs: a look is never written ---- */

const struct kind probe_kind = {
	.name = "probe",
	.reads_what_is_new = true,
	.read = probe_read,
	.absorb = probe_absorb,
	.absorb_fault = probe_absorb_fault,
};
