/*
 * Kind "site-config": the .NET runtime that a site asks for in its config/web (domain.md 1.9). Only for a site that
 * runs one of the vendor's packages; only raised, never lowered; a PATCH of that one property, as config/web holds much
 * that is not ours. The write restarts the app, so it keeps the order of the settings and comes just before them.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind site_config_kind;

/* States the runtime of APP, whose site node must be set, and puts the node in app->config. The order of its write is
 * the caller's to state. */
struct node *site_config_state(struct world *world, struct web_app *app);
