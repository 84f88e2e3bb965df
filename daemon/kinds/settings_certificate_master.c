#include "base/text.h"
#include "kinds/app_settings.h"
#include "kinds/artifact_channel.h"
#include "kinds/settings_task.h"

#define APPLICATION_ID "AppConfig:AuthConfig:ApplicationId"
#define API_SCOPE      "AppConfig:AuthConfig:SCEPmanAPIScope"
#define TABLE_ENDPOINT "AppConfig:AzureStorage:TableStorageEndpoint"
#define TENANT_ID      "AppConfig:AuthConfig:TenantId"
#define SCEPMAN_URL    "AppConfig:SCEPman:URL"

static void want_api_scope(struct settings_task *task)
{
	const char *app_id;

	if (settings_know_app_id(task, task->installation->scepman_api, &app_id))
		settings_want(task, API_SCOPE, app_id ? arena_printf(&task->world->arena, "api://%s", app_id) : NULL,
			      text_equal_fold, NULL);
}

bool settings_want_certificate_master(struct settings_task *task)
{
	/* In a split tenancy both ids may be of either tenant, as it was set up: they are left alone (domain.md 4.5).
	 */
	if (task->tenancy == TENANCY_SINGLE &&
	    !settings_want_app_id(task, APPLICATION_ID, NULL, task->installation->certificate_master_app))
		return false;
	want_api_scope(task);
	settings_want_table_endpoint(task, TABLE_ENDPOINT);
	settings_want_logging(task);
	settings_want_channel(task);
	settings_want_identity(task);
	return true;
}

const struct settings *certificate_master_initial_settings(struct world *world, const struct installation *installation,
							   bool is_linux)
{
	const struct site *scepman = installation->production ? installation->production->site->observed : NULL;
	struct settings_edit edit;

	if (!scepman || !scepman->default_host)
		return NULL;
	settings_edit_begin(&edit, &world->arena, NULL, is_linux);
	settings_edit_set(&edit, "WEBSITE_RUN_FROM_PACKAGE",
			  artifact_channel_url(WEB_APP_CERTIFICATE_MASTER, is_linux, CHANNEL_PROD), NULL);
	settings_edit_set(&edit, TENANT_ID, scepman->tenant_id ? scepman->tenant_id : installation->tenant->tenant_id,
			  NULL);
	settings_edit_set(&edit, SCEPMAN_URL, arena_printf(&world->arena, "https://%s/", scepman->default_host), NULL);
	return settings_edit_result(&edit);
}
