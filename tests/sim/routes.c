#include "routes.h"

#include <stddef.h>

static const struct sim_route *const login_tables[] = {
	login_routes,
	NULL,
};

static const struct sim_route *const metadata_tables[] = {
	metadata_routes,
	NULL,
};

static const struct sim_route *const arm_tables[] = {
	cloud_routes,
	arm_subscription_routes,
	arm_group_routes,
	arm_role_assignment_list_routes,
	arm_role_assignment_routes,
	arm_role_definition_routes,
	arm_operation_routes,
	arm_activity_routes,
	NULL,
};

static const struct sim_route *const graph_tables[] = {
	graph_routes,
	NULL,
};

static const struct sim_route *const site_tables[] = {
	probe_routes,
	NULL,
};

const struct sim_route *const *const routes_by_service[ROUTES_SERVICES] = {
	[SERVICE_LOGIN] = login_tables, [SERVICE_METADATA] = metadata_tables, [SERVICE_ARM] = arm_tables,
	[SERVICE_GRAPH] = graph_tables, [SERVICE_SITE] = site_tables,
};
