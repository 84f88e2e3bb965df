#include "kinds/data_collection_rule.h"

#include <string.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/log_schema.h"
#include "kinds/rights.h"
#include "kinds/rule_shape.h"
#include "world/json.h"

/* ---- want ---- */

struct data_collection_rule_want {
	const char *id;           /* ARM id: beside the workspace, under a name of ours */
	const char *workspace_id; /* where the lines of all who state it shall go */
};

static const struct data_collection_rule_want *data_collection_rule_want(const struct node *node)
{
	return node->want;
}

/* The resource group has one rule of that name, and two of its workspaces would each want it: who comes later looks
 * only when the first has made it, and finds it taken. */
static void data_collection_rule_wait_for_others(struct world *world, struct node *node)
{
	for (size_t i = 0; i < world->installation_count; i++) {
		struct node *other = world->installations[i].data_collection_rule;

		if (other && other != node && other->kind == &data_collection_rule_kind &&
		    text_equal_fold(data_collection_rule_want(other)->id, data_collection_rule_want(node)->id))
			world_need(world, node, other, NEED_TRIED, STEP_READ);
	}
}

struct node *data_collection_rule_state(struct world *world, struct installation *installation)
{
	const struct workspace *workspace = installation->workspace->observed;
	struct node *node;
	const char *id;
	bool is_new;

	id = arena_printf(
		&world->arena,
		"/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Insights/dataCollectionRules/" LOG_RULE,
		arm_id_subscription(&world->arena, workspace->id), workspace->resource_group);
	node = world_state(world, &data_collection_rule_kind, installation, &is_new, LOG_RULE,
			   "data-collection-rule/%s/%s", id, workspace->id);
	if (is_new) {
		struct data_collection_rule_want *want = arena_new(&world->arena, struct data_collection_rule_want);

		*want = (struct data_collection_rule_want){.id = id, .workspace_id = workspace->id};
		node->want = want;
		data_collection_rule_wait_for_others(world, node);
	}
	installation->data_collection_rule = node;
	world_need(world, node, installation->workspace, NEED_KNOWN, STEP_READ);
	world_need(world, node, installation->table, NEED_DONE, STEP_WRITE);
	/* Another installation that logs to the same workspace may have made it known already. */
	rights_state(world, installation);
	return node;
}

/* ---- read ---- */

static const char *data_collection_rule_path(const struct node *node, struct arena *arena)
{
	return arena_printf(arena, "%s?api-version=" API_DATA_COLLECTION, data_collection_rule_want(node)->id);
}

static void data_collection_rule_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				      struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = data_collection_rule_path(node, arena),
	};
}

/* ---- absorb ---- */

static enum absorbed data_collection_rule_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct data_collection_rule *rule = rule_parse(&world->arena, body);

	if (!rule || !rule->immutable_id)
		return ABSORBED_GARBLED;
	node->observed = rule;
	node->version = rule->body;
	return ABSORBED_PRESENT;
}

/* All installations that log to the workspace share it, whoever stated it first. */
static void data_collection_rule_grow(struct world *world, struct node *node)
{
	rights_state(world, node->installation);
	for (size_t i = 0; i < world->installation_count; i++)
		if (world->installations[i].data_collection_rule == node)
			rights_state(world, &world->installations[i]);
}

/* ---- differs ---- */

static void data_collection_rule_add_change(struct world *world, struct node *node, const char *key, const char *before,
					    const char *after)
{
	node_add_change(world, node,
			&(struct change){
				.action = ACTION_UPDATE,
				.target = LOG_RULE,
				.key = key,
				.before = before,
				.after = after,
				.reason = "without it SCEPman's logs do not reach the table",
			});
}

/* Another installation of the configuration that may log through the rule to another workspace; or NULL. Also one that
 * is not selected: what is not looked at must not be cut off. */
static const struct desired_instance *data_collection_rule_other_user(struct world *world, const struct node *node)
{
	const char *own = data_collection_rule_want(node)->workspace_id;
	const char *group = arm_id_resource_group(&world->arena, own);
	const char *subscription = arm_id_subscription(&world->arena, own);

	for (size_t i = 0; i < world->tenant->instance_count; i++) {
		const struct desired_instance *other = &world->tenant->instances[i];
		const char *id = other->logging.workspace;

		if (other == node->installation->desired || !other->logging.manage)
			continue;
		if (!id ||
		    (!text_equal_fold(id, own) && text_equal_fold(arm_id_resource_group(&world->arena, id), group) &&
		     text_equal_fold(arm_id_subscription(&world->arena, id), subscription)))
			return other;
	}
	return NULL;
}

static enum verdict data_collection_rule_be_taken(struct world *world, struct node *node,
						  const struct desired_instance *other, const char *workspace)
{
	return node_block(
		world, node, REASON_DCR_UNSUITABLE,
		"the data collection rule %s leads to the workspace %s, not to %s, and installation %s may log through "
		"it. A resource group has only one rule of this name, so it is left as it is, and so is logging. Let "
		"both log to the same workspace (logging.workspace), take a workspace in another resource group, or "
		"make a rule of your own and put its immutable id into SCEPman's setting "
		"AppConfig:LoggingConfig:RuleId. "
		"If nobody uses it any more: az monitor data-collection rule delete --ids %s",
		data_collection_rule_want(node)->id, workspace, data_collection_rule_want(node)->workspace_id,
		other->name, data_collection_rule_want(node)->id);
}

static enum verdict data_collection_rule_differs_present(struct world *world, struct node *node)
{
	const struct workspace *workspace = node->installation->workspace->observed;
	const struct data_collection_rule *rule = node->observed;
	cJSON *resource = json_parse(rule->body, strlen(rule->body));
	struct rule_drift drift = rule_compare(&world->arena, resource, workspace->id);

	cJSON_Delete(resource);
	if (drift.workspace && !drift.destination) {
		const struct desired_instance *other = data_collection_rule_other_user(world, node);

		if (other)
			return data_collection_rule_be_taken(world, node, other, drift.workspace);
	}
	if (drift.destination || drift.workspace)
		data_collection_rule_add_change(world, node, "destinations", drift.workspace, workspace->id);
	if (drift.columns)
		data_collection_rule_add_change(world, node, "columns", NULL, drift.columns);
	if (drift.flow)
		data_collection_rule_add_change(world, node, "dataFlows", NULL, LOG_STREAM " -> " LOG_OUTPUT);
	return rule_has_drifted(&drift) ? VERDICT_DIFFERS : VERDICT_IN_SYNC;
}

static enum verdict data_collection_rule_differs(struct world *world, struct node *node)
{
	const struct data_collection_rule *rule = node->observed;

	if (node->knowledge == KNOWLEDGE_ABSENT) {
		node_add_change(world, node,
				&(struct change){
					.action = ACTION_CREATE,
					.target = LOG_RULE,
					.reason = "the way of SCEPman's logs into table " LOG_TABLE,
				});
		return VERDICT_DIFFERS;
	}
	if (!rule->body) /* only assumed to be there */
		return VERDICT_IN_SYNC;
	/* Only a rule of kind Direct has an endpoint of its own, and the kind cannot be changed. */
	if (!rule->logs_ingestion)
		return node_block(world, node, REASON_DCR_UNSUITABLE,
				  "the data collection rule %s has no ingestion endpoint of its own, so it is not of "
				  "kind Direct. Logging "
				  "is left as it is. Delete that rule to have a new one created, or put the immutable "
				  "id of another one "
				  "into SCEPman's setting AppConfig:LoggingConfig:RuleId",
				  rule->id);
	return data_collection_rule_differs_present(world, node);
}

/* ---- write ---- */

static void data_collection_rule_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				       struct request *ret)
{
	const struct workspace *workspace = node->installation->workspace->observed;
	const struct data_collection_rule *rule = node->observed;

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = data_collection_rule_path(node, arena),
		.body = rule_write(arena, rule ? rule->body : NULL, workspace->location, workspace->id),
	};
}

/* Its endpoint and its immutable id are the cloud's to assign; those of one that exists stay. */
static void data_collection_rule_assume(struct world *world, struct node *node)
{
	struct data_collection_rule *rule;

	if (node->observed)
		return;
	rule = arena_new(&world->arena, struct data_collection_rule);
	rule->id = data_collection_rule_want(node)->id;
	rule->name = LOG_RULE;
	node->observed = rule;
}

const struct kind data_collection_rule_kind = {
	.name = "data-collection-rule",
	.is_entitlement = true,
	.reread_before_write = true,
	.rereads_absence = true,
	.read_after_write = true,
	.grow = data_collection_rule_grow,
	.read = data_collection_rule_read,
	.absorb = data_collection_rule_absorb,
	.differs = data_collection_rule_differs,
	.write = data_collection_rule_write,
	.assume = data_collection_rule_assume,
};
