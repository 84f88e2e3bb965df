#include "base/text.h"
#include "kinds/role_assignment.h"
#include "kinds/settings_task.h"

#define ENDPOINT     "AppConfig:LoggingConfig:DataCollectionEndpointUri"
#define RULE_ID      "AppConfig:LoggingConfig:RuleId"
#define WORKSPACE_ID "AppConfig:LoggingConfig:WorkspaceId"
#define SHARED_KEY   "AppConfig:LoggingConfig:SharedKey"

/* Has every identity of the site the right to send lines to the rule? */
static bool may_publish(const struct settings_task *task, const struct data_collection_rule *rule)
{
	for (const struct principal *principal = task->app->principals; principal; principal = principal->next) {
		const struct node *assignment = role_assignment_find(task->world, task->installation, principal,
								     rule->id, AZURE_ROLE_MONITORING_METRICS_PUBLISHER);

		if (!assignment || !node_is_good(assignment))
			return false;
	}
	return task->app->principals != NULL;
}

/* A rule of somebody else's may not say its endpoint (domain.md 1.7); then it must be set already. */
static bool is_there(struct settings_task *task, const char *name, const char *value)
{
	return value || node_is_held(task->world, task->node) ||
	       !text_is_empty(settings_edit_before(&task->edit, name));
}

/* Until the program can log the new way and has the right to, the old way must stay: it would fall silent. */
static bool can_do_without_key(struct settings_task *task, const struct node *node)
{
	const struct data_collection_rule *rule = node->observed;

	return task->installation->desired->logging.remove_shared_key &&
	       slot_is_at_least_3(task->before, task->app->role, slot_version_assertion(task->app)) &&
	       is_there(task, ENDPOINT, rule->logs_ingestion) && is_there(task, RULE_ID, rule->immutable_id) &&
	       may_publish(task, rule);
}

void settings_want_logging(struct settings_task *task)
{
	const struct node *node = task->installation->data_collection_rule;
	const struct data_collection_rule *rule;

	if (!node_is_present(node) || !node_is_good(node) || !node->observed)
		return;
	rule = node->observed;
	settings_want(task, ENDPOINT, rule->logs_ingestion, text_equal_fold, NULL);
	settings_want(task, RULE_ID, rule->immutable_id, text_equal_fold, NULL);
	if (!can_do_without_key(task, node))
		return;
	settings_edit_remove(&task->edit, WORKSPACE_ID, "logs go through the data collection rule");
	settings_edit_remove(&task->edit, SHARED_KEY, "logs go through the data collection rule");
}
