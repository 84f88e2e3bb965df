/*
 * Kind "logging": where SCEPman's logs go, by the settings of production and the configuration (domain.md 2.10). A
 * decision only. Either the settings name a data collection rule (RuleId): then that rule is looked up and checked,
 * never changed. Or a workspace is named or is the only one beside SCEPman: then the table and the rule in it are ours.
 * Or there is none, and logging is not managed. SCEPman's settings decide for Certificate Master, too.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind logging_kind;

/*
 * States the decision, which then states what follows from it by itself: installation->data_collection_rule, and
 * ->workspace and ->table where these are ours. They stay NULL when there is nothing to manage. NULL with
 * logging.manage: false, and as long as the installation's subscription is not known. Needs
 * installation->production->settings.
 */
struct node *logging_state(struct world *world, struct installation *installation);
