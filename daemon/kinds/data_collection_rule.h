/*
 * Kind "data-collection-rule": how SCEPman's log lines get into the workspace (domain.md 1.7). Our own, dcr-scepmanlogs
 * beside the workspace, is created and corrected; an update sends back what is not ours. One that the settings name by
 * its immutable id is looked up and checked, never rewritten, whatever its name and shape.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct collection, struct data_collection_rule */
extern const struct kind data_collection_rules_kind, data_collection_rule_kind, configured_rule_kind;

/* Our own rule for installation->workspace, which must be known, after installation->table. Both set
 * installation->data_collection_rule. */
struct node *data_collection_rule_state(struct world *world, struct installation *installation);
/* The rule whose immutableId is what the setting RuleId says. */
struct node *configured_rule_state(struct world *world, struct installation *installation, const char *rule_id);
