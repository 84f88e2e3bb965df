/* What the single role assignments and their lists share. */
#pragma once

#include <cjson/cJSON.h>

#include "call.h"
#include "state.h"

/* A copy of ASSIGNMENT with all that Azure shows; to be freed. */
cJSON *arm_role_assignment_show(struct call *call, const cJSON *assignment);
/* "ServicePrincipal", "User", "Group", or "Unknown" for a principal that is gone. */
const char *arm_principal_type(const struct sim_state *state, const char *principal);

extern const struct sim_route arm_role_assignment_routes[];
extern const struct sim_route arm_role_assignment_list_routes[];
