#include "kinds/logging.h"

#include "base/text.h"
#include "kinds/data_collection_rule.h"
#include "kinds/subscription_lists.h"
#include "kinds/workspace.h"

/* ---- want ---- */

struct node *logging_state(struct world *world, struct installation *installation)
{
	struct node *node;

	if (!installation->desired->logging.manage || !subscription_of(&world->arena, installation))
		return NULL;
	node = world_state(world, &logging_kind, installation, NULL, "logging", "logging/%s",
			   installation->desired->name);
	world_need(world, node, installation->production->settings, NEED_KNOWN, STEP_READ);
	/* "Beside SCEPman" is the resource group of its site. */
	world_need(world, node, installation->production->site, NEED_KNOWN, STEP_READ);
	return node;
}

/* ---- derive ---- */

/* Which way it goes follows from the settings at every look; there is nothing to keep. */
static enum absorbed logging_derive(struct world *world _unused_, struct node *node)
{
	node->observed = node->installation->production->settings->observed;
	return ABSORBED_PRESENT;
}

static void logging_grow(struct world *world, struct node *node)
{
	struct installation *installation = node->installation;
	const char *rule_id, *workspace_id;

	if (!node_is_present(node))
		return;
	rule_id = web_app_setting(installation->production, "AppConfig:LoggingConfig:RuleId");
	workspace_id = web_app_setting(installation->production, "AppConfig:LoggingConfig:WorkspaceId");
	if (!text_is_empty(rule_id))
		configured_rule_state(world, installation, rule_id);
	else if (installation->desired->logging.workspace)
		workspace_state(world, installation, installation->desired->logging.workspace);
	else if (!text_is_empty(workspace_id))
		workspace_state_by_customer_id(world, installation, workspace_id);
	else
		workspace_state_beside(world, installation);
}

/* ---- differs: never ---- */

const struct kind logging_kind = {
	.name = "logging",
	.is_entitlement = true,
	.grow = logging_grow,
	.derive = logging_derive,
};
