#include "base/text.h"
#include "kinds/settings_task.h"
#include "kinds/table_endpoint.h"

const char *settings_site_name(struct arena *arena, const struct site *site)
{
	return site->slot ? arena_printf(arena, "%s/%s", site->name, site->slot) : site->name;
}

const char *settings_task_site_name(const struct settings_task *task)
{
	return settings_site_name(&task->world->arena, task->site);
}

const char *settings_task_az_arguments(const struct settings_task *task)
{
	struct arena *arena = &task->world->arena;
	const struct site *site = task->site;
	const char *group = arm_id_resource_group(arena, site->id);

	return arena_printf(arena, "--resource-group %s --name %s%s%s", group ? group : "…", site->name,
			    site->slot ? " --slot " : "", site->slot ? site->slot : "");
}

void settings_want(struct settings_task *task, const char *name, const char *value, settings_same_fn *is_same,
		   const char *reason)
{
	const char *before = settings_edit_before(&task->edit, name);

	if (value)
		settings_edit_set(&task->edit, name, is_same(before, value) ? before : value, reason);
	else if (node_is_held(task->world, task->node))
		settings_edit_set_later(&task->edit, name, reason);
}

bool settings_know_app_id(const struct settings_task *task, const struct node *application, const char **ret)
{
	const char *app_id;

	if (!node_is_present(application) || !application->observed)
		return false;
	app_id = ((const struct application *)application->observed)->app_id;
	if (!app_id && !node_is_held(task->world, task->node))
		return false;
	*ret = app_id;
	return true;
}

bool settings_want_app_id(struct settings_task *task, const char *name, const char *backup,
			  const struct node *application)
{
	const char *before = settings_edit_before(&task->edit, name), *app_id;

	if (!settings_know_app_id(task, application, &app_id))
		return true;
	if (!text_is_empty(before) && !text_is_guid(before)) {
		node_block(
			task->world, task->node, REASON_APPLICATION_ID_NOT_GUID,
			"%s of %s is not the id of an application, so somebody put it there on purpose and nothing was "
			"written. If it is wrong, remove it: az webapp config appsettings delete %s --setting-names %s",
			name, settings_task_site_name(task), settings_task_az_arguments(task),
			setting_name_spell(&task->world->arena, name, task->site->is_linux));
		return false;
	}
	/* The first value is what a person may have to go back to; what came after it was ours. */
	if (backup && !text_is_empty(before) && !text_equal_fold(before, app_id) &&
	    text_is_empty(settings_edit_before(&task->edit, backup)))
		settings_edit_set(&task->edit, backup, before, "what ApplicationId was before");
	settings_want(task, name, app_id, text_equal_fold, NULL);
	return true;
}

void settings_want_table_endpoint(struct settings_task *task, const char *name)
{
	const struct node *account = task->installation->storage_account;

	if (node_is_present(account) && account->observed)
		settings_want(task, name, ((const struct storage_account *)account->observed)->table_endpoint,
			      table_endpoint_equal, NULL);
}
