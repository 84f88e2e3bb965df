/*
 * Look-ups in the tenant's directory that Entra, Graph, the managed identities and role assignments have in common.
 * Answers from the state and changes nothing. What is returned belongs to the state.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "state.h"

#define DIRECTORY_GRAPH_APP_ID "00000003-0000-0000-c000-000000000000"

/* The tenant's id; "" when the state names none. */
const char *directory_tenant_id(const struct sim_state *state);
/* Is NAME the tenant: its id, or one of its verified domains? */
bool directory_is_tenant(const struct sim_state *state, const char *name);
/* The domain that new objects get: the default of the verified domains, otherwise the first; never NULL. */
const char *directory_default_domain(const struct sim_state *state);

/* The first object of SET whose property NAME (exact) is the text VALUE, case-insensitively; or NULL. */
cJSON *directory_find(const struct sim_state *state, enum directory_set set, const char *name, const char *value);
/* By the appId. */
cJSON *directory_application(const struct sim_state *state, const char *app_id);
cJSON *directory_principal(const struct sim_state *state, const char *app_id);
/* The service principal with NAME among its servicePrincipalNames, a trailing slash not counting. */
cJSON *directory_principal_by_name(const struct sim_state *state, const char *name);
/* Who can be given a role: service principal, user or group by object id. *RET_SET (may be NULL) says which. */
cJSON *directory_assignee(const struct sim_state *state, const char *object_id, enum directory_set *ret_set);

/* The text at NAME, or NULL. */
const char *directory_text(const cJSON *object, const char *name);
/* The app role ROLE_ID of a service principal or application, or NULL. */
const cJSON *directory_app_role(const cJSON *object, const char *role_id);
/* Calls EACH with the value of every app role of RESOURCE that PRINCIPAL_ID is assigned, until it returns false. */
void directory_each_role(const struct sim_state *state, const char *principal_id, const cJSON *resource,
			 bool (*each)(void *arg, const char *value), void *arg);
