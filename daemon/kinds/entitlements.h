/*
 * Kind "entitlements": the barrier before an installation's settings. Every write of app settings restarts a
 * certification authority, so the settings wait until everything that they and the rights behind them are made of was
 * tried; and they wait for the next pass when something failed that may well succeed then (domain.md 2.18).
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

extern const struct kind entitlements_kind;

struct node *entitlements_state(struct world *world, struct installation *installation);
/* Must NODE, whose write restarts an app of its installation, wait for the next pass? Then node->condition says so. */
bool entitlements_defer(struct world *world, struct node *node) _must_check_;
