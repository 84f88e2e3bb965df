#include "kinds/certificate_master.h"

#include "base/text.h"
#include "kinds/app_settings.h"
#include "kinds/installation.h"

/* ---- want ---- */

struct node *certificate_master_state(struct world *world, struct installation *installation)
{
	struct node *node;

	node = world_state(world, &certificate_master_kind, installation, NULL, "Certificate Master",
			   "certificate-master/%s", installation->desired->name);
	/* Hosts of production and slots, and BaseUrl, are what a candidate may point at. */
	world_need(world, node, installation->production->settings, NEED_KNOWN, STEP_READ);
	world_need(world, node, installation->slots, NEED_KNOWN, STEP_READ);
	world_need(world, node, installation->sites, NEED_KNOWN, STEP_READ);
	for (size_t i = 0; i < world->installation_count; i++)
		if (world->installations[i].primary == installation)
			world_need(world, node, world->installations[i].production->site, NEED_READ, STEP_READ);
	return node;
}

/* ---- derive ---- */

/* Does the host belong to this SCEPman: one of production's or a slot's host names, or the host of AppConfig:BaseUrl?
 */
static bool is_scepman_host(struct world *world, const struct installation *installation, const char *host)
{
	const char *base_url = web_app_setting(installation->production, "AppConfig:BaseUrl");
	const struct collection *slots = installation->slots->observed;

	if (site_has_host(installation->production->site->observed, host) ||
	    text_equal_fold(url_host(&world->arena, base_url), host))
		return true;
	for (size_t i = 0; i < slots->count; i++)
		if (site_has_host(slots->items[i], host))
			return true;
	/* The nearest SCEPman of a geo-redundant CA may be a clone (domain.md 4.6). */
	for (size_t i = 0; i < world->installation_count; i++) {
		const struct installation *clone = &world->installations[i];

		if (clone->primary == installation && node_is_present(clone->production->site) &&
		    site_has_host(clone->production->site->observed, host))
			return true;
	}
	return false;
}

/* A Certificate Master says which SCEPman it serves; SCEPman and its clones never have that setting. */
static bool points_at_us(struct world *world, const struct installation *installation, const struct web_app *candidate)
{
	const char *host = url_host(&world->arena, web_app_setting(candidate, "AppConfig:SCEPman:URL"));

	return host && is_scepman_host(world, installation, host);
}

/* The other direction: SCEPman's own link. It finds a Certificate Master that points at a clone of this SCEPman
 * (domain.md 4.6). */
static bool is_pointed_at(struct world *world, const struct installation *installation, const struct web_app *candidate)
{
	const char *host =
		url_host(&world->arena, web_app_setting(installation->production, "AppConfig:CertMaster:URL"));

	return host && site_has_host(candidate->site->observed, host) &&
	       !text_is_empty(web_app_setting(candidate, "AppConfig:SCEPman:URL"));
}

struct choice {
	struct web_app *app;
	size_t hits;
	const char *matches, *unread; /* names, for the message */
};

static struct choice choose_by(struct world *world, const struct installation *installation,
			       bool (*is_match)(struct world *, const struct installation *, const struct web_app *))
{
	struct choice choice = {.matches = "", .unread = ""};

	for (struct web_app *app = installation->candidates; app; app = app->next) {
		const char **list = node_is_present(app->settings) ? &choice.matches : &choice.unread;

		if (node_is_present(app->settings) && !is_match(world, installation, app))
			continue;
		*list = arena_printf(&world->arena, "%s%s%s", *list, **list ? ", " : "", app->label);
		if (list == &choice.unread)
			continue;
		choice.app = app;
		choice.hits++;
	}
	return choice;
}

/* One whose settings could not be read just now may be the one: then the next pass decides. */
static int64_t retry_after_s(const struct installation *installation)
{
	for (const struct web_app *app = installation->candidates; app; app = app->next)
		if (app->settings->outcome == OUTCOME_FAILED && fault_is_retryable(&app->settings->fault))
			return 1;
	return 0;
}

/* Each names the other: whatever an unreadable one says, it is not this SCEPman's. */
static bool is_certain(struct world *world, const struct installation *installation, const struct web_app *app)
{
	return points_at_us(world, installation, app) && is_pointed_at(world, installation, app);
}

/* They were read for this choice alone, and it does not depend on them: worth a sentence, and no trouble. */
static void disregard_unread(struct world *world, struct node *node, const struct choice *choice)
{
	for (struct web_app *app = node->installation->candidates; app; app = app->next)
		if (!node_is_present(app->settings))
			app_settings_disregard(app->settings, app);
	node_warn(
		world, node, REASON_CANDIDATE_UNREADABLE,
		"%s is this SCEPman's Certificate Master: each names the other. The settings of %s could not be read, "
		"and need not be; to spare the daemon the question, name it in certificate_master.app_service",
		choice->app->label, choice->unread);
}

static enum absorbed certificate_master_choose(struct world *world, struct node *node)
{
	struct installation *installation = node->installation;
	const char *group = arm_id_resource_group(&world->arena,
						  ((const struct site *)installation->production->site->observed)->id);
	struct choice choice = choose_by(world, installation, points_at_us);

	if (!choice.hits)
		choice = choose_by(world, installation, is_pointed_at);
	if (choice.hits > 1)
		return node_block_read(world, node, REASON_AMBIGUOUS_CERTIFICATE_MASTER,
				       "%zu web apps point at %s with AppConfig:SCEPman:URL: %s. Name the right one in "
				       "certificate_master.app_service; nothing was created",
				       choice.hits, installation->desired->app_service, choice.matches);
	if (!choice.app)
		node->condition.retry_after_s = retry_after_s(installation);
	if (!choice.app)
		return node_block_read(
			world, node, REASON_CERTIFICATE_MASTER_MISSING,
			"no web app in resource group %s points at %s with AppConfig:SCEPman:URL%s%s%s. Name it in "
			"certificate_master.app_service (with create: true to have it created), or set "
			"certificate_master: none",
			installation->desired->certificate_master.resource_group
				? installation->desired->certificate_master.resource_group
				: group,
			installation->desired->app_service, *choice.unread ? " (the settings of " : "", choice.unread,
			*choice.unread ? " could not be read)" : "");
	if (*choice.unread && !is_certain(world, installation, choice.app)) {
		node->condition.retry_after_s = retry_after_s(installation);
		return node_block_read(
			world, node, REASON_AMBIGUOUS_CERTIFICATE_MASTER,
			"%s points at %s, and so may others whose settings could not be read: %s. Nothing of them was "
			"changed. Name the right one in certificate_master.app_service, or let the daemon read theirs: "
			"the action Microsoft.Web/sites/config/list/action",
			choice.matches, installation->desired->app_service, choice.unread);
	}
	if (*choice.unread)
		disregard_unread(world, node, &choice);
	choice.app->is_observed_only = installation->is_bystander;
	installation->certificate_master = choice.app;
	node->observed = choice.app;
	return ABSORBED_PRESENT;
}

static void certificate_master_grow(struct world *world, struct node *node)
{
	if (node->knowledge == KNOWLEDGE_PRESENT)
		installation_grow_certificate_master(world, node->installation);
}

/* ---- differs: a decision is never written ---- */

const struct kind certificate_master_kind = {
	.name = "certificate-master",
	.is_entitlement = true,
	.grow = certificate_master_grow,
	.derive = certificate_master_choose,
};
