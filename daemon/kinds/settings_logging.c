#include "base/text.h"
#include "kinds/role_assignment.h"
#include "kinds/settings_task.h"

#define ENDPOINT     "AppConfig:LoggingConfig:DataCollectionEndpointUri"
#define RULE_ID      "AppConfig:LoggingConfig:RuleId"
#define WORKSPACE_ID "AppConfig:LoggingConfig:WorkspaceId"
#define SHARED_KEY   "AppConfig:LoggingConfig:SharedKey"

static void want_value(struct settings_task *task, const char *name, const char *value)
{
	const char *before = settings_edit_before(&task->edit, name);

	if (!value)
		settings_edit_set_later(&task->edit, name, NULL);
	else if (text_equal_fold(before, value))
		settings_edit_set(&task->edit, name, before, NULL);
	else
		settings_edit_set(&task->edit, name, value, NULL);
}

/* Has every identity of the site the right to send lines to the rule? */
static bool may_publish(const struct settings_task *task, const struct node *node)
{
	const struct data_collection_rule *rule = node->observed;

	for (const struct principal *principal = task->app->principals; principal; principal = principal->next) {
		const struct node *assignment = role_assignment_find(task->world, task->installation, principal,
								     rule->id, AZURE_ROLE_MONITORING_METRICS_PUBLISHER);

		if (!assignment || !node_is_good(assignment))
			return false;
	}
	return task->app->principals != NULL;
}

/* Until the program can log the new way and has the right to, the old way must stay: it would fall silent. */
static bool can_do_without_key(const struct settings_task *task, const struct node *rule)
{
	return task->installation->desired->logging.remove_shared_key &&
	       slot_is_at_least_3(task->before, task->app->role, slot_version_assertion(task->app)) &&
	       may_publish(task, rule);
}

void settings_want_logging(struct settings_task *task)
{
	const struct node *node = task->installation->data_collection_rule;
	const struct data_collection_rule *rule;

	if (!node_is_present(node) || !node_is_good(node) || !node->observed)
		return;
	rule = node->observed;
	want_value(task, ENDPOINT, rule->logs_ingestion);
	want_value(task, RULE_ID, rule->immutable_id);
	if (!can_do_without_key(task, node))
		return;
	settings_edit_remove(&task->edit, WORKSPACE_ID, "logs go through the data collection rule");
	settings_edit_remove(&task->edit, SHARED_KEY, "logs go through the data collection rule");
}
