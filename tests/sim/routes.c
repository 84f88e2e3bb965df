#include "routes.h"

#include <stddef.h>

static const struct sim_route *const login_tables[] = {
	login_token_routes,
	login_discovery_routes,
	NULL,
};

static const struct sim_route *const metadata_tables[] = {
	metadata_identity_routes,
	metadata_cloud_routes,
	NULL,
};

static const struct sim_route *const arm_tables[] = {
	arm_subscription_routes,
	arm_resource_routes,
	arm_group_routes,
	arm_web_settings_routes,
	arm_web_site_routes,
	arm_web_config_routes,
	arm_web_host_routes,
	arm_web_plan_routes,
	arm_web_swap_routes,
	arm_web_misc_routes,
	arm_web_more_routes,
	arm_identity_routes,
	arm_role_assignment_list_routes,
	arm_role_assignment_routes,
	arm_role_definition_routes,
	arm_permission_routes,
	arm_batch_routes,
	arm_lock_routes,
	arm_operation_routes,
	arm_storage_routes,
	arm_vault_routes,
	arm_vault_policy_routes,
	arm_workspace_routes,
	arm_table_routes,
	arm_dcr_routes,
	arm_network_routes,
	arm_activity_routes,
	resource_graph_routes,
	NULL,
};

static const struct sim_route *const graph_tables[] = {
	graph_delta_routes,     graph_application_routes,
	graph_principal_routes, graph_assignment_routes,
	graph_grant_routes,     graph_group_routes,
	graph_directory_routes, graph_deleted_routes,
	graph_secret_routes,    graph_owner_routes,
	graph_federated_routes, graph_audit_routes,
	graph_batch_routes,     NULL,
};

static const struct sim_route *const site_tables[] = {
	probe_routes,
	NULL,
};

const struct sim_route *const *const routes_by_service[ROUTES_SERVICES] = {
	[SERVICE_LOGIN] = login_tables, [SERVICE_METADATA] = metadata_tables, [SERVICE_ARM] = arm_tables,
	[SERVICE_GRAPH] = graph_tables, [SERVICE_SITE] = site_tables,
};
