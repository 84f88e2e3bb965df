/*
 * The tenants that ship with the program. The plain ones are data (scenarios/), the others are made from them by code,
 * so that a correction of the base reaches all.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"

/* The tenant NAME in the form of state.h; NULL: there is none of that name. To be freed. */
cJSON *scenario_build(const char *name) _must_check_;
/* "fresh, linux, ...", for messages. */
const char *scenario_names(void);
