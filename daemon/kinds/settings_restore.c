#include "base/text.h"
#include "kinds/settings_task.h"

#define APPLICATION_ID         "AppConfig:AuthConfig:ApplicationId"
#define APPLICATION_ID_BACKUP  "BackUp:AppConfig:AuthConfig:ApplicationId"
#define APPLICATION_KEY        "AppConfig:AuthConfig:ApplicationKey"
#define APPLICATION_KEY_BACKUP "BackUp:AppConfig:AuthConfig:ApplicationKey"

/* ---- refusals ---- */

static bool refuse(struct settings_task *task, enum reason reason, const char *why)
{
	node_block(task->world, task->node, reason,
		   "the credential of SCEPman 1.x was not brought back, and nothing of %s was written: %s",
		   settings_task_site_name(task), why);
	return false;
}

static const char *delete_command(struct settings_task *task, const char *name)
{
	struct arena *arena = &task->world->arena;

	return arena_printf(arena, "az webapp config appsettings delete %s --setting-names %s",
			    settings_task_az_arguments(task), setting_name_spell(arena, name, task->site->is_linux));
}

static bool is_id_or_empty(const char *text)
{
	return text_is_empty(text) || text_is_guid(text);
}

static bool has_another_key(struct settings_task *task, const char *backup)
{
	const char *key = settings_edit_before(&task->edit, APPLICATION_KEY);

	return !text_is_empty(key) && !text_equal(key, backup);
}

/* ---- the way back ---- */

bool settings_want_1x(struct settings_task *task)
{
	static const char *const identity[] = {
		"AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime",
		"AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
		"AppConfig:AuthConfig:ManagedIdentityPermissionLevel",
	};
	const char *id = settings_edit_before(&task->edit, APPLICATION_ID_BACKUP);
	const char *key = settings_edit_before(&task->edit, APPLICATION_KEY_BACKUP);
	struct arena *arena = &task->world->arena;

	if (task->tenancy != TENANCY_SINGLE)
		return refuse(task, REASON_SPLIT_TENANCY_SUSPECTED,
			      "it is in a split tenancy, where ApplicationKey is the credential of the other tenant");
	if (text_is_empty(id) || text_is_empty(key))
		return refuse(task, REASON_BACKUP_MISSING,
			      arena_printf(arena, "%s is not set, so there is no backup of what 1.x signed in with",
					   text_is_empty(key) ? APPLICATION_KEY_BACKUP : APPLICATION_ID_BACKUP));
	if (!text_is_guid(id) || !is_id_or_empty(settings_edit_before(&task->edit, APPLICATION_ID)))
		return refuse(task, REASON_APPLICATION_ID_NOT_GUID,
			      arena_printf(arena, "%s is not the id of an application; correct it first",
					   text_is_guid(id) ? APPLICATION_ID : APPLICATION_ID_BACKUP));
	if (has_another_key(task, key))
		return refuse(
			task, REASON_BACKUP_CONFLICT,
			arena_printf(arena,
				     "ApplicationKey is set, to something else than its backup. If it is of no use "
				     "any more, remove it: %s",
				     delete_command(task, APPLICATION_KEY)));
	settings_edit_set(&task->edit, APPLICATION_KEY, key, "as it is in its backup, which stays");
	settings_edit_set(&task->edit, APPLICATION_ID,
			  text_equal_fold(settings_edit_before(&task->edit, APPLICATION_ID), id)
				  ? settings_edit_before(&task->edit, APPLICATION_ID)
				  : id,
			  "as it is in its backup, which stays");
	for (size_t i = 0; i < ARRAY_SIZE(identity); i++)
		settings_edit_remove(&task->edit, identity[i], "SCEPman 1.x cannot be used with it");
	return true;
}
