#include "kinds/artifact.h"
#include "kinds/settings_task.h"

void settings_want_channel(struct settings_task *task)
{
	const struct artifact *artifact = task->app->artifact ? task->app->artifact->observed : NULL;

	if (!artifact)
		return;
	if (artifact->url)
		settings_edit_set(&task->edit, "WEBSITE_RUN_FROM_PACKAGE", artifact->url, artifact->reason);
	if (artifact->uses_up_setting)
		settings_edit_remove(&task->edit, "Update_Channel",
				     artifact->url ? "it is carried out" : "it has nothing left to ask for");
}
