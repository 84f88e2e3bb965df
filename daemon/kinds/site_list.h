/*
 * Kinds "slots" and "sites": the deployment slots of SCEPman's web app, and the web apps of a resource group among
 * which Certificate Master may be. Collections are read whole or not at all. Never changes anything.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind slots_kind, sites_kind;

/* The deployment slots of INSTALLATION's web app. */
struct node *slots_state(struct world *world, struct installation *installation);
/* All web apps of RESOURCE_GROUP in SUBSCRIPTION_ID. */
struct node *sites_state(struct world *world, struct installation *installation, const char *subscription_id,
			 const char *resource_group);
