/*
 * Kind "site-search": where SCEPman's web app is when the configuration leaves the subscription or the resource group
 * open. One question to Resource Graph, over everything that the daemon's identity may read. A discovery aid only: what
 * it finds is then read from the resource provider itself, and what it does not find is never created (domain.md 2.1).
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind site_search_kind;

/* observed: the ARM id as text. */
struct node *site_search_state(struct world *world, struct installation *installation);
/* The site of installation->production, which must be set: by its id, or searched. */
void site_state_production(struct world *world, struct installation *installation);
