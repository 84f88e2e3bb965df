/*
 * The simulated Microsoft Graph v1.0, as the core sees it.
 */
#pragma once

#include "call.h"

/* Brings the two spellings of a key into one before a route is looked for: the segment "applications(appId='x')"
 * becomes the two segments "applications" and "(appId='x')", "applications('GUID')" becomes "applications" and "GUID".
 * To be called for every call of SERVICE_GRAPH, after call_init() and before router_match(). */
void graph_prepare(struct call *call);

/* Completes an error with its innerError, which names the request by ID, the value of the response's request-id header.
 * To be called for every call of SERVICE_GRAPH when it is answered; does nothing to other answers. */
void graph_finish(struct call *call, const char *id);

extern const struct sim_route graph_application_routes[];
extern const struct sim_route graph_principal_routes[];
extern const struct sim_route graph_assignment_routes[];
extern const struct sim_route graph_grant_routes[];
extern const struct sim_route graph_directory_routes[];
extern const struct sim_route graph_group_routes[];
extern const struct sim_route graph_deleted_routes[];
extern const struct sim_route graph_secret_routes[];
extern const struct sim_route graph_owner_routes[];
extern const struct sim_route graph_federated_routes[];
extern const struct sim_route graph_audit_routes[];
extern const struct sim_route graph_delta_routes[];
extern const struct sim_route graph_batch_routes[];
