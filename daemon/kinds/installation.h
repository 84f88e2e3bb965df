/*
 * What an installation is made of: states its nodes as it becomes known, and ties them together. The only file that
 * knows all kinds; the kinds know only the nodes that they are given. States things and nothing else: what is done
 * about them, and in which order, follows from their needs.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* States the tenant's own things and every desired installation, as far as the configuration alone says. */
void installations_state(struct world *world);

/* What follows from SCEPman's or Certificate Master's site, once it is known (kind "site"). */
void installation_grow_site(struct world *world, struct web_app *app);
/* What follows from the collection of deployment slots. */
void installation_grow_slots(struct world *world, struct installation *installation);
/* What follows from one slot of it. */
void installation_grow_slot(struct world *world, struct web_app *app);
/* What follows from a site's package: the runtime of one that runs the vendor's. */
void installation_grow_artifact(struct world *world, struct web_app *app);
/* The web apps among which Certificate Master may be. */
void installation_grow_candidates(struct world *world, struct installation *installation);
/* What follows once it is decided which web app Certificate Master is. */
void installation_grow_certificate_master(struct world *world, struct installation *installation);
