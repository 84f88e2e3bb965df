#include "kinds/artifact.h"

#include "base/text.h"
#include "kinds/artifact_channel.h"
#include "kinds/installation.h"
#include "kinds/settings_task.h"
#include "kinds/slot_generation.h"

/* ---- want ---- */

struct node *artifact_state(struct world *world, struct web_app *app)
{
	struct node *node;
	bool is_new;

	node = world_state(world, &artifact_kind, app->installation, &is_new,
			   arena_printf(&world->arena, "package of %s", app->settings->label), "artifact/%s",
			   app->settings->name);
	if (is_new) {
		node->want = app;
		world_need(world, node, app->settings, NEED_READ, STEP_READ);
	}
	app->artifact = node;
	return node;
}

/* ---- derive ---- */

/* What is known when it is decided. */
struct decision {
	struct world *world;
	struct node *node;
	const struct web_app *app;
	const struct site *site;
	const char *name;                      /* of the site, for messages */
	const char *present;                   /* WEBSITE_RUN_FROM_PACKAGE */
	const struct artifact_source *source;  /* that it is; NULL: none of the vendor's */
	const char *word;                      /* Update_Channel, when it says something; or NULL */
	enum update_channel asked, configured; /* by Update_Channel, by the configuration; CHANNEL_UNMANAGED: neither */
	struct artifact *artifact;
};

static const char *az_to_set(const struct decision *decision, const char *setting)
{
	struct arena *arena = &decision->world->arena;
	const struct site *site = decision->site;

	return arena_printf(arena, "az webapp config appsettings %s --resource-group %s --name %s%s%s", setting,
			    arm_id_resource_group(arena, site->id), site->name, site->slot ? " --slot " : "",
			    site->slot ? site->slot : "");
}

static const char *platform_name(bool is_linux)
{
	return is_linux ? "Linux" : "Windows";
}

static void warn_of_dead_url(const struct decision *decision)
{
	node_warn(decision->world, decision->node, REASON_ARTIFACT_URL_DEAD,
		  "%s runs from a package in the repository glueckkanja/gk-scepman, which the vendor shut down: at its "
		  "next start the app cannot download it and answers 503. Nothing was changed. Have it run from a "
		  "package that exists, for SCEPman 1.x after reading the vendor's guide to the upgrade: %s --settings "
		  "WEBSITE_RUN_FROM_PACKAGE=%s",
		  decision->name, az_to_set(decision, "set"),
		  artifact_channel_url(decision->app->role, decision->site->is_linux, CHANNEL_PROD));
}

static void warn_of_platform(const struct decision *decision, const struct artifact_source *source, const char *where)
{
	node_warn(decision->world, decision->node, REASON_ARTIFACT_PLATFORM_MISMATCH,
		  "%s runs on %s, but %s names the vendor's package for %s. It was left as it is%s. The right one is: "
		  "%s --settings WEBSITE_RUN_FROM_PACKAGE=%s",
		  decision->name, platform_name(decision->site->is_linux), where, platform_name(source->is_linux),
		  decision->app->is_slot ? ", as the packages of deployment slots are their owner's choice" : "",
		  az_to_set(decision, "set"),
		  artifact_source_url(source->role, decision->site->is_linux, source->channel, source->host));
}

static void warn_of_word(const struct decision *decision)
{
	node_warn(
		decision->world, decision->node, REASON_UPDATE_CHANNEL_UNKNOWN,
		"the setting Update_Channel of %s asks for the channel \"%.40s\", which does not exist, so it was left "
		"as it is. Channels are prod, beta, internal and deferred: %s --settings Update_Channel=prod; to "
		"withdraw it: %s --setting-names Update_Channel",
		decision->name, decision->word, az_to_set(decision, "set"), az_to_set(decision, "delete"));
}

/* Somebody asked for a channel and does not get it. */
static void warn_of_refusal(const struct decision *decision, const char *who, const char *why)
{
	node_warn(decision->world, decision->node, REASON_UPDATE_CHANNEL_NOT_APPLIED,
		  "%s a channel for %s, but %s, so it was left as it is. To change it nevertheless: %s --settings "
		  "WEBSITE_RUN_FROM_PACKAGE=URL",
		  who, decision->name, why, az_to_set(decision, "set"));
}

static void choose(const struct decision *decision, const char *url, const char *why)
{
	if (text_equal(url, decision->present))
		return;
	decision->artifact->url = url;
	decision->artifact->reason = arena_printf(&decision->world->arena, "%s; the app starts with this package", why);
}

/* The configuration gives the URL: exactly that, whatever is there, and what is odd about it is said. */
static void choose_url(const struct decision *decision, const char *url)
{
	const struct artifact_source *source = artifact_source_of(decision->app->role, url);

	choose(decision, url, "update_channel in the configuration");
	decision->artifact->uses_up_setting = decision->asked != CHANNEL_UNMANAGED;
	decision->artifact->is_known_channel = source && source->is_linux == decision->site->is_linux;
	if (source && !decision->artifact->is_known_channel)
		warn_of_platform(decision, source, "update_channel in the configuration");
}

/* Whoever asks for a channel gets it in the place of another one, or of one that is gone; never in the place of a
 * package of his own. */
static void choose_channel(const struct decision *decision, enum update_channel channel)
{
	bool is_configured = decision->configured != CHANNEL_UNMANAGED;
	enum artifact_host host = decision->source ? decision->source->host : ARTIFACT_HOST_MAIN;
	struct arena *arena = &decision->world->arena;

	if (!decision->source && !artifact_url_is_dead(decision->present)) {
		warn_of_refusal(
			decision,
			is_configured ? "update_channel in the configuration asks for"
				      : "the setting Update_Channel asks for",
			"its WEBSITE_RUN_FROM_PACKAGE is none of the vendor's URLs, and what somebody hosts himself is "
			"not replaced");
		return;
	}
	choose(decision, artifact_source_url(decision->app->role, decision->site->is_linux, channel, host),
	       is_configured
		       ? arena_printf(arena, "update_channel: %s in the configuration", artifact_channel_name(channel))
		       : arena_printf(arena, "the setting Update_Channel asks for %s, once",
				      artifact_channel_name(channel)));
	decision->artifact->uses_up_setting = decision->asked != CHANNEL_UNMANAGED;
	decision->artifact->is_known_channel = true;
}

/* Nobody asks for a channel. */
static void choose_platform(const struct decision *decision)
{
	const struct artifact_source *source = decision->source;

	if (artifact_url_is_dead(decision->present)) {
		warn_of_dead_url(decision);
		return;
	}
	if (!source)
		return;
	decision->artifact->is_known_channel = true;
	if (source->is_linux != decision->site->is_linux)
		choose(decision,
		       artifact_source_url(source->role, decision->site->is_linux, source->channel, source->host),
		       arena_printf(&decision->world->arena, "the package is for %s, the app runs on %s",
				    platform_name(source->is_linux), platform_name(decision->site->is_linux)));
}

/* The cmdlet does not touch the packages of slots, and neither do we: a slot is where other versions are tried. */
static void look_at_slot(const struct decision *decision)
{
	if (artifact_url_is_dead(decision->present))
		warn_of_dead_url(decision);
	else if (decision->source && decision->source->is_linux != decision->site->is_linux)
		warn_of_platform(decision, decision->source, "its WEBSITE_RUN_FROM_PACKAGE");
	else if (decision->word)
		warn_of_refusal(decision, "the setting Update_Channel asks for",
				"the package of a deployment slot is its owner's choice");
}

static void decide(const struct decision *decision)
{
	const struct desired_instance *desired = decision->app->installation->desired;

	if (decision->app->is_slot) {
		look_at_slot(decision);
		return;
	}
	if (decision->word && decision->asked == CHANNEL_UNMANAGED)
		warn_of_word(decision);
	if (decision->configured == CHANNEL_URL)
		choose_url(decision, desired->update_channel_url);
	else if (decision->configured != CHANNEL_UNMANAGED)
		choose_channel(decision, decision->configured);
	else if (decision->asked != CHANNEL_UNMANAGED)
		choose_channel(decision, decision->asked);
	else
		choose_platform(decision);
}

/* A 1.x, or what may be one, is left alone in everything (domain.md 4.2). */
static bool is_left_alone(const struct decision *decision, const struct settings *settings)
{
	const char *evidence, *tenant_id = decision->site->tenant_id;

	if (decision->app->role != WEB_APP_SCEPMAN || decision->app->is_slot)
		return false;
	return slot_generation(settings, decision->site,
			       slot_tenancy(settings, tenant_id ? tenant_id : decision->world->tenant->tenant_id),
			       slot_version_assertion(decision->app),
			       decision->app->installation->desired->upgrade_from_1x, &evidence) != SLOT_GENERATION_V2;
}

static enum absorbed artifact_derive(struct world *world, struct node *node)
{
	const struct web_app *app = node->want;
	const struct settings *settings = app->settings->observed;
	struct decision decision = {.world = world, .node = node, .app = app, .site = app->site->observed};

	decision.artifact = arena_new(&world->arena, struct artifact);
	node->observed = decision.artifact;
	/* What could not be read says so itself, and what does not exist yet begins with the right package. */
	if (!settings || !decision.site)
		return ABSORBED_PRESENT;
	decision.name = settings_site_name(&world->arena, decision.site);
	decision.present = settings_get(settings, "WEBSITE_RUN_FROM_PACKAGE");
	decision.source = artifact_source_of(app->role, decision.present);
	if (is_left_alone(&decision, settings)) {
		if (artifact_url_is_dead(decision.present))
			warn_of_dead_url(&decision);
		return ABSORBED_PRESENT;
	}
	decision.word = settings_get(settings, "Update_Channel");
	if (text_is_empty(decision.word) || text_equal_fold(decision.word, "none"))
		decision.word = NULL;
	decision.asked = artifact_channel_parse(decision.word);
	decision.configured = app->installation->desired->update_channel;
	/* A URL is SCEPman's; Certificate Master is another program. */
	if (decision.configured == CHANNEL_URL && app->role != WEB_APP_SCEPMAN)
		decision.configured = CHANNEL_UNMANAGED;
	decide(&decision);
	return ABSORBED_PRESENT;
}

/* ---- what follows ---- */

static void artifact_grow(struct world *world, struct node *node)
{
	struct web_app *app = node->want;

	if (node->observed && ((const struct artifact *)node->observed)->is_known_channel)
		installation_grow_artifact(world, app);
}

/* ---- differs: a decision is never written ---- */

const struct kind artifact_kind = {
	.name = "artifact",
	.grow = artifact_grow,
	.derive = artifact_derive,
};
