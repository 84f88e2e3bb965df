/*
 * What a client has to know of the tenant to begin with: where to sign in, as whom, and which installations there are.
 * A view of the state; changes nothing.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "sim.h"

/*
 * {"name","tenant_id","subscription_ids":[],"client_id","client_secret",
 *  "installations":[{"name","subscription_id","resource_group","app_service",
 *                    "certificate_master":{"app_service","resource_group"} or null,
 *                    "scepman_api": display name of its registration, or null}]}; to be freed.
 */
cJSON *sim_describe(const struct sim *sim) _must_check_;
