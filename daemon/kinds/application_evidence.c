#include "kinds/application_evidence.h"

#include "base/text.h"

/* ---- want ---- */

struct application_evidence_want {
	struct installation *installation;
	enum application_purpose purpose;
};

struct node *application_evidence_state(struct world *world, struct installation *installation,
					enum application_purpose purpose)
{
	struct application_evidence_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &application_evidence_kind, installation, &is_new, installation->desired->name,
			   "application-evidence/%s/%s",
			   purpose == APPLICATION_SCEPMAN_API ? "scepman-api" : "certificate-master",
			   installation->desired->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct application_evidence_want);
	*want = (struct application_evidence_want){.installation = installation, .purpose = purpose};
	node->want = want;
	world_need(world, node, installation->production->site, NEED_READ, STEP_READ);
	return node;
}

/* ---- derive ---- */

/* Another tenant's objects are named by ApplicationId then, and this tenant's by HomeApplicationId (domain.md 4.5). */
static bool is_split_tenancy(const struct world *world, const struct web_app *app)
{
	const char *tenant_id = web_app_setting(app, "AppConfig:AuthConfig:TenantId");

	return !text_is_empty(web_app_setting(app, "AppConfig:AuthConfig:HomeTenantId")) ||
	       !text_is_empty(web_app_setting(app, "AppConfig:AuthConfig:HomeApplicationId")) ||
	       (text_is_guid(tenant_id) && !text_equal_fold(tenant_id, world->tenant->tenant_id));
}

static void evidence_add_app_ids(struct world *world, struct application_evidence *evidence, const struct web_app *app)
{
	const char **ids = arena_new_array(&world->arena, 2, const char *);
	const char *id = web_app_setting(app, "AppConfig:AuthConfig:HomeApplicationId");

	if (text_is_guid(id))
		ids[evidence->app_id_count++] = id;
	id = web_app_setting(app, "AppConfig:AuthConfig:ApplicationId");
	if (text_is_guid(id) && !is_split_tenancy(world, app))
		ids[evidence->app_id_count++] = id;
	evidence->app_ids = ids;
}

static void evidence_add_hosts(struct world *world, struct application_evidence *evidence, const struct site *site)
{
	const char **hosts = arena_new_array(&world->arena, site->host_count + 1, const char *);

	if (site->default_host)
		hosts[evidence->host_count++] = site->default_host;
	else
		evidence->has_unknown_host = true;
	for (size_t i = 0; i < site->host_count; i++)
		if (!text_equal_fold(site->hosts[i], site->default_host))
			hosts[evidence->host_count++] = site->hosts[i];
	evidence->hosts = hosts;
}

/* Adds a need that became known only now; true when it has to be waited for. */
static bool evidence_waits_for(struct world *world, struct node *node, struct node *on, enum need need)
{
	world_need(world, node, on, need, STEP_READ);
	return !node_is_settled(on) && (need == NEED_TRIED || on->knowledge == KNOWLEDGE_UNKNOWN);
}

/* It is not known which web app Certificate Master is. NULL: because there is none; else one that may be it. */
static struct node *evidence_find_unread_candidate(const struct installation *installation)
{
	struct node *choice = installation->certificate_master_choice;

	if (!choice || choice->condition.reason != REASON_CERTIFICATE_MASTER_MISSING)
		return choice;
	for (const struct web_app *app = installation->candidates; app; app = app->next)
		if (app->settings->knowledge == KNOWLEDGE_UNKNOWN)
			return app->settings;
	return NULL;
}

/* A Certificate Master that is not there has no settings in which an id could be. An installation that is not there may
 * have been moved, with all that it records (domain.md 4.10). */
static bool is_certainly_missing(const struct web_app *app)
{
	return app->role == WEB_APP_CERTIFICATE_MASTER && app->site->knowledge == KNOWLEDGE_ABSENT;
}

static enum absorbed application_evidence_derive(struct world *world, struct node *node)
{
	const struct application_evidence_want *want = node->want;
	const struct installation *installation = want->installation;
	struct application_evidence *evidence;
	const struct web_app *app;

	if (want->purpose == APPLICATION_CERTIFICATE_MASTER && installation->certificate_master_choice &&
	    evidence_waits_for(world, node, installation->certificate_master_choice, NEED_TRIED))
		return ABSORBED_MORE;
	app = want->purpose == APPLICATION_CERTIFICATE_MASTER ? installation->certificate_master
							      : installation->production;
	if (app && evidence_waits_for(world, node, app->settings, NEED_READ))
		return ABSORBED_MORE;
	/* One that is made in this pass has its host name only when it is. */
	if (app && want->purpose == APPLICATION_CERTIFICATE_MASTER &&
	    evidence_waits_for(world, node, app->site, NEED_TRIED))
		return ABSORBED_MORE;
	evidence = arena_new(&world->arena, struct application_evidence);
	if (!app)
		evidence->unread = evidence_find_unread_candidate(installation);
	if (app && app->settings->knowledge == KNOWLEDGE_UNKNOWN && !is_certainly_missing(app))
		evidence->unread = app->settings;
	if (app && node_is_present(app->settings))
		evidence_add_app_ids(world, evidence, app);
	/* One that is not selected gets no redirect URIs in this pass, and must not be forgotten when one is chosen. */
	if (app && want->purpose == APPLICATION_CERTIFICATE_MASTER && node_is_present(app->site) &&
	    !installation->is_bystander)
		evidence_add_hosts(world, evidence, app->site->observed);
	node->observed = evidence;
	return ABSORBED_PRESENT;
}

const struct kind application_evidence_kind = {
	.name = "application-evidence",
	.derive = application_evidence_derive,
};
