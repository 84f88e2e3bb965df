/* Role definitions: the built-in ones (data in arm_roles.json) and the custom ones of the tenant. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"
#include "state.h"

/* The definition whose id ends with the GUID that ID ends with, or NULL. */
const cJSON *arm_role_find(const struct sim_state *state, const char *id);
/* All built-in definitions, an array; each has "name", "properties". */
const cJSON *arm_roles_built_in(void);
/* How many bytes at the beginning of a role assignment's id are its scope; 0 at the root. */
size_t arm_assignment_scope_length(const char *id);
/* Does ASSIGNMENT give ACTION at SCOPE, its condition aside? */
bool arm_assignment_gives(const struct sim_state *state, const cJSON *assignment, const char *action,
			  const char *scope);
/* May the caller make an assignment of ROLE (a GUID) to PRINCIPAL at SCOPE, by the conditions of its own assignments?
 * False: answered with 403. */
bool arm_condition_admits(struct call *call, const char *scope, const char *role, const char *principal_type,
			  const char *principal) _must_check_;
/* Is PRINCIPAL a member of GROUP? */
bool arm_group_has_member(const struct sim_state *state, const char *group, const char *principal);

extern const struct sim_route arm_role_definition_routes[];
