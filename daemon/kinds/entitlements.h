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
