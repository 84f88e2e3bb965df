#include <string.h>

#include "base/attributes.h"
#include "base/redact.h"
#include "kinds/artifact_channel.h"
#include "kinds/settings_task.h"
#include "world/setting_name.h"

/* The settings that tell no secret; all others are shown as fingerprints only. */
static bool is_harmless(const char *name, const char *value)
{
	static const char *const harmless[] = {
		"AppConfig:AuthConfig:ApplicationId",
		"AppConfig:AuthConfig:HomeApplicationId",
		"AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
		"AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime",
		"AppConfig:AuthConfig:ManagedIdentityPermissionLevel",
		"AppConfig:AuthConfig:SCEPmanAPIScope",
		"AppConfig:AzureStorage:TableStorageEndpoint",
		"AppConfig:CertMaster:URL",
		"AppConfig:CertificateStorage:TableStorageEndpoint",
		"AppConfig:DirectCSRValidation:Enabled",
		"AppConfig:LoggingConfig:DataCollectionEndpointUri",
		"AppConfig:LoggingConfig:RuleId",
		"AppConfig:LoggingConfig:WorkspaceId",
		"BackUp:AppConfig:AuthConfig:ApplicationId",
		"Update_Channel",
	};

	if (setting_name_is_same("WEBSITE_RUN_FROM_PACKAGE", name))
		return !artifact_url_is_secret(value);
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (setting_name_is_same(harmless[i], name))
			return true;
	return false;
}

static enum action action_of(const struct setting_edit *item)
{
	if (!item->before)
		return ACTION_CREATE;
	return item->after || item->is_known_after_apply ? ACTION_UPDATE : ACTION_REMOVE;
}

void settings_add_changes(struct settings_task *task)
{
	const char *site = settings_task_site_name(task);

	for (size_t i = 0; i < task->edit.count; i++) {
		const struct setting_edit *item = &task->edit.items[i];

		if (setting_edit_is_change(item))
			node_add_change(task->world, task->node,
					&(struct change){
						.action = action_of(item),
						.target = task->site->name,
						.slot = task->site->slot,
						.key = item->name,
						.before = item->before,
						.after = item->after,
						.is_known_after_apply = item->is_known_after_apply,
						.is_sensitive = !is_harmless(item->name, item->before) ||
								!is_harmless(item->name, item->after),
						.restarts = site,
						.reason = item->reason,
					});
	}
}

/* ---- what others say of them ---- */

const char *settings_hide_values(const struct settings *settings, struct arena *arena, const char *text)
{
	for (size_t i = 0; settings && i < settings->count; i++) {
		const struct setting *setting = &settings->items[i];

		if (!is_harmless(setting->name, setting->value))
			text = redact_secret(arena, text, setting->value);
	}
	return text;
}
