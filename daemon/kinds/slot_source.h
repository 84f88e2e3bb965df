/*
 * Kind "slot-source": what a deployment slot that is a copy of production takes over from it besides the app settings:
 * plan, network, client certificates, stack, access restrictions. Read only when a slot is to be created. Never changes
 * anything, and never copies what would break SCEPman (domain.md 1.8: HTTPS only, HTTP/2, TLS 1.3).
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: the `properties` of the new slot as JSON text, without app settings */
extern const struct kind slot_source_kind;

struct node *slot_source_state(struct world *world, struct installation *installation);
