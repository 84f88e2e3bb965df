/* Which api-versions Azure Resource Manager takes for which type, and what it answers to others. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"

/* Checks the api-version of CALL for TYPE (NULL: no type in the path) and sets call->api_version. False: answered with
 * 400 or 404 in Azure's words. */
bool arm_versions_admit(struct call *call, const char *type) _must_check_;
/* Is the call's api-version WANTED ("2023-03-11") or newer? */
bool arm_version_is_at_least(const struct call *call, const char *wanted);
