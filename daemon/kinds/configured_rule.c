/* The data collection rule that the settings name. Its own file because it is a decision over lists, not a resource
 * that we keep. */
#include <string.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/collection.h"
#include "kinds/data_collection_rule.h"
#include "kinds/rights.h"
#include "kinds/rule_shape.h"
#include "kinds/subscription_lists.h"
#include "world/json.h"

#define ENDPOINT_SETTING "AppConfig:LoggingConfig:DataCollectionEndpointUri"

/* ---- want ---- */

struct configured_rule_want {
	const char *rule_id; /* immutableId */
	struct subscription_lists lists;
};

struct node *configured_rule_state(struct world *world, struct installation *installation, const char *rule_id)
{
	struct configured_rule_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &configured_rule_kind, installation, &is_new, "the configured data collection rule",
			   "data-collection-rule/%s", installation->desired->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct configured_rule_want);
	want->rule_id = arena_copy_text(&world->arena, rule_id);
	want->lists =
		subscription_lists_state(world, installation, &data_collection_rules_kind, "data collection rules");
	node->want = want;
	installation->data_collection_rule = node;
	subscription_lists_need(world, node, &want->lists);
	return node;
}

/* ---- read ---- */

static void data_collection_rules_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				       struct request *ret)
{
	subscription_list_request(node, arena, "Microsoft.Insights/dataCollectionRules", API_DATA_COLLECTION, ret);
}

/* ---- absorb ---- */

static const void *data_collection_rules_item(struct arena *arena, const cJSON *item)
{
	return rule_parse(arena, item);
}

static enum absorbed data_collection_rules_absorb(struct world *world, struct node *node, const cJSON *body)
{
	return collection_absorb(world, node, body, data_collection_rules_item);
}

/* ---- derive ---- */

static const struct data_collection_rule *configured_rule_find(const struct configured_rule_want *want)
{
	for (size_t i = 0; i < want->lists.count; i++) {
		const struct collection *list = want->lists.items[i]->observed;

		for (size_t j = 0; list && j < list->count; j++) {
			const struct data_collection_rule *rule = list->items[j];

			if (text_equal_fold(rule->immutable_id, want->rule_id))
				return rule;
		}
	}
	return NULL;
}

/*
 * A rule with a data collection endpoint takes lines there, and the setting says where that is; one of kind Direct has
 * its own (domain.md 1.7).
 */
static const char *configured_rule_endpoint(const struct node *node, const struct data_collection_rule *rule)
{
	const char *configured = web_app_setting(node->installation->production, ENDPOINT_SETTING);
	cJSON *resource = json_parse(rule->body, strlen(rule->body));
	bool has_endpoint_resource = json_get(resource, "properties/dataCollectionEndpointId") != NULL;

	cJSON_Delete(resource);
	if (!text_is_empty(configured) && (has_endpoint_resource || !rule->logs_ingestion))
		return configured;
	return rule->logs_ingestion;
}

static enum absorbed configured_rule_derive(struct world *world, struct node *node)
{
	const struct configured_rule_want *want = node->want;
	const struct data_collection_rule *found = configured_rule_find(want);
	struct data_collection_rule *rule;

	if (found) {
		rule = arena_new(&world->arena, struct data_collection_rule);
		*rule = *found;
		rule->logs_ingestion = configured_rule_endpoint(node, found);
		node->observed = rule;
		return ABSORBED_PRESENT;
	}
	if (subscription_lists_unread(&world->arena, &want->lists))
		return subscription_lists_doubt(world, node, &want->lists, REASON_DCR_NOT_FOUND,
						arena_printf(&world->arena,
							     "the data collection rule with the immutable id %s",
							     want->rule_id));
	return node_block_read(
		world, node, REASON_DCR_NOT_FOUND,
		"production's setting AppConfig:LoggingConfig:RuleId is %s, but %s has no such data collection rule "
		"that "
		"the daemon may read. The logging settings stay as they are. If the rule is in another subscription, "
		"add that to the tenant's `subscriptions`; if it was deleted, remove the setting to have a new rule "
		"set up",
		want->rule_id, subscription_lists_describe(&world->arena, &want->lists));
}

static void configured_rule_grow(struct world *world, struct node *node)
{
	rights_state(world, node->installation);
}

/* ---- differs ---- */

static enum verdict configured_rule_differs(struct world *world, struct node *node)
{
	const struct data_collection_rule *rule = node->observed;
	cJSON *resource = json_parse(rule->body, strlen(rule->body));
	const char *fault = rule_find_fault(resource);

	cJSON_Delete(resource);
	if (!fault && !rule->logs_ingestion)
		fault = "it has no ingestion endpoint, and the setting " ENDPOINT_SETTING " names none";
	if (!fault)
		return VERDICT_IN_SYNC;
	return node_block(world, node, REASON_DCR_UNSUITABLE,
			  "the data collection rule %s, which SCEPman's setting AppConfig:LoggingConfig:RuleId names, "
			  "cannot take its "
			  "logs: %s. It is not ours to change, and the logging settings stay as they are. Correct the "
			  "rule, or remove "
			  "the setting to have another one set up",
			  rule->id, fault);
}

/* ---- write: never ---- */

const struct kind data_collection_rules_kind = {
	.name = "data-collection-rules",
	.must_exist = true,
	.read = data_collection_rules_read,
	.absorb = data_collection_rules_absorb,
};

const struct kind configured_rule_kind = {
	.name = "data-collection-rule",
	.is_entitlement = true,
	.grow = configured_rule_grow,
	.derive = configured_rule_derive,
	.differs = configured_rule_differs,
};
