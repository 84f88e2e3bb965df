#include "base/text.h"
#include "kinds/settings_task.h"
#include "kinds/slot.h"

#define CERTIFICATE_MASTER_URL "AppConfig:CertMaster:URL"
#define DIRECT_CSR             "AppConfig:DirectCSRValidation:Enabled"
#define HOME_APPLICATION_ID    "AppConfig:AuthConfig:HomeApplicationId"
#define TABLE_ENDPOINT         "AppConfig:CertificateStorage:TableStorageEndpoint"

/* Would the consent to the upgrade be enough? */
static bool is_consent_enough(const struct settings_task *task)
{
	const char *evidence;

	return slot_generation(task->before, task->site, task->tenancy, slot_version_assertion(task->app), true,
			       &evidence) == SLOT_GENERATION_V2;
}

/* A 1.x breaks on settings that it does not know, so nothing is written where it may run (domain.md 4.2). */
static bool is_generation_right(struct settings_task *task)
{
	const char *evidence, *name = settings_task_site_name(task);
	const char *slot = task->app->is_slot ? task->app->label : "production";

	switch (slot_generation(task->before, task->site, task->tenancy, slot_version_assertion(task->app),
				task->installation->desired->upgrade_from_1x, &evidence)) {
	case SLOT_GENERATION_V2:
		return true;
	case SLOT_GENERATION_V1:
		if (is_consent_enough(task))
			node_block(task->world, task->node, REASON_SLOT_IS_V1,
				   "%s was set up with SCEPman 1.x: %s. Its settings are left as they are, its "
				   "identity is "
				   "given rights all the same. Its package is a channel of the vendor, so 2.0 or newer "
				   "runs "
				   "there: to have it switched to its managed identity, consent with upgrade_from_1x: "
				   "true",
				   name, evidence);
		else
			node_block(task->world, task->node, REASON_SLOT_IS_V1,
				   "%s runs SCEPman 1.x: %s. Its settings are left as they are, its identity is given "
				   "rights all the same. Upgrade it; if it is 2.0 or newer, say so with "
				   "version_assertion: "
				   "{%s: \">=2.0\"}, and consent to the switch of its credential with upgrade_from_1x: "
				   "true",
				   name, evidence, slot);
		return false;
	case SLOT_GENERATION_UNKNOWN:
		if (slot_is_copy_of_production(task->app, task->before))
			return true;
		node_block(task->world, task->node, REASON_SLOT_VERSION_UNKNOWN,
			   "nothing says whether %s runs SCEPman 2.0 or newer: %s, and no managed identity is enabled "
			   "there. Its settings are left as they are. If it does, say so with version_assertion: {%s: "
			   "\">=2.0\"}",
			   name, evidence, slot);
		return false;
	}
	return false;
}

/* In a split tenancy ApplicationId belongs to the other tenant, and this one's app is HomeApplicationId
 * (domain.md 4.5). */
static bool want_application(struct settings_task *task)
{
	const struct node *application = task->installation->scepman_api;

	if (task->tenancy == TENANCY_SINGLE)
		return settings_want_credential(task);
	if (text_is_empty(settings_edit_before(&task->edit, HOME_APPLICATION_ID)))
		return true;
	return settings_want_app_id(task, HOME_APPLICATION_ID, NULL, application);
}

static void want_certificate_master(struct settings_task *task)
{
	const struct web_app *master = task->installation->certificate_master;
	struct arena *arena = &task->world->arena;
	const char *before = settings_edit_before(&task->edit, CERTIFICATE_MASTER_URL), *url = NULL;
	const struct site *site;

	if (!master || !node_is_present(master->site) || !master->site->observed)
		return;
	site = master->site->observed;
	/* Any of its host names will do; which one is "first" changes when a domain is added. */
	if (site_has_host(site, url_host(arena, before)))
		url = before;
	else if (site->default_host)
		url = arena_printf(arena, "https://%s", site->default_host);
	settings_want(task, CERTIFICATE_MASTER_URL, url, text_equal, NULL);
	settings_want(task, DIRECT_CSR, "true", text_equal_fold,
		      "Certificate Master cannot request certificates without it");
}

bool settings_want_scepman(struct settings_task *task)
{
	if (!is_generation_right(task) || !want_application(task))
		return false;
	settings_want_shared(task);
	want_certificate_master(task);
	settings_want_table_endpoint(task, TABLE_ENDPOINT);
	settings_want_logging(task);
	settings_want_channel(task);
	settings_want_identity(task);
	settings_tidy_identity_host(task);
	return true;
}
