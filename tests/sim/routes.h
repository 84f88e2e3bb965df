/*
 * All route tables, one per file that serves something. Whoever writes a new file adds a line here (or its header) and
 * one in routes.c.
 */
#pragma once

#include "arm_operation.h"
#include "arm_role_assignments.h"
#include "arm_roles.h"
#include "arm_web.h"
#include "call.h"
#include "entra.h"
#include "graph.h"

/* Tables by service, each list ended by NULL; the index is enum sim_service. */
enum { ROUTES_SERVICES = SERVICE_SITE + 1 };
extern const struct sim_route *const *const routes_by_service[ROUTES_SERVICES];

/* Azure Resource Manager */
extern const struct sim_route arm_subscription_routes[];
extern const struct sim_route arm_group_routes[];
extern const struct sim_route arm_resource_routes[];
extern const struct sim_route arm_storage_routes[];
extern const struct sim_route arm_vault_routes[];
extern const struct sim_route arm_vault_policy_routes[];
extern const struct sim_route arm_workspace_routes[];
extern const struct sim_route arm_table_routes[];
extern const struct sim_route arm_dcr_routes[];
extern const struct sim_route arm_network_routes[];
extern const struct sim_route arm_activity_routes[];
extern const struct sim_route arm_permission_routes[];
extern const struct sim_route arm_batch_routes[];
extern const struct sim_route arm_lock_routes[];
extern const struct sim_route resource_graph_routes[];
extern const struct sim_route probe_routes[];
