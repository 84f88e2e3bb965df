/*
 * Kind "artifact": which package a web app runs from, and which it should (domain.md 1.10). A decision from the site's
 * settings and the configuration alone; it asks nothing and writes nothing. settings_channel.c brings it about within
 * the site's one settings write. It never replaces a package that somebody hosts himself, unless the configuration
 * names the very URL, and never one of a deployment slot: there it only says what is wrong.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind artifact_kind;

/* node->observed */
struct artifact {
	const char *url;       /* what WEBSITE_RUN_FROM_PACKAGE should be; NULL: leave it as it is */
	const char *reason;    /* of that change */
	bool uses_up_setting;  /* Update_Channel was carried out, or is overruled: it goes */
	bool is_known_channel; /* what runs after this pass is one of the vendor's packages for the app's platform */
};

/* States the package of APP, whose settings node must be set, and puts the node in app->artifact. */
struct node *artifact_state(struct world *world, struct web_app *app);
