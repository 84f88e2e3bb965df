/* Brings an installation into the state that the vendor's cmdlet leaves behind (domain.md section 1). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "path.h"
#include "scenario_parts.h"

#define GRAPH        "00000003-0000-0000-c000-000000000000"
#define INTUNE       "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4"
#define TABLE_ROLE   "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
#define METRICS_ROLE "3913510d-42f4-4e42-8a64-420c390055eb"
#define COMPLETED_AT "1764583800" /* 2025-12-01T10:10:00Z */

/* The names and ids of one installation. */
struct installation {
	struct arena *arena;
	cJSON *tenant;
	const char *suffix, *scepman, *master;
	const char *api_app, *master_app;
};

static const char *const columns[] = {"TimeGenerated",   "Timestamp",        "Level",      "Message",
				      "Exception",       "TenantIdentifier", "RequestUrl", "UserAgent",
				      "LogCategory",     "EventId",          "Hostname",   "WebsiteHostname",
				      "WebsiteSiteName", "WebsiteSlotName",  "BaseUrl",    "TraceIdentifier"};

static cJSON *make_columns(void)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		cJSON *column = cJSON_CreateObject();

		cJSON_AddStringToObject(column, "name", columns[i]);
		cJSON_AddStringToObject(column, "type", i ? "string" : "datetime");
		cJSON_AddItemToArray(list, column);
	}
	return list;
}

const char *scenario_add_logging(struct arena *arena, cJSON *tenant, const char *suffix)
{
	const char *group =
		arena_printf(arena, "/subscriptions/%s/resourceGroups/rg-scepman%s", SCENARIO_SUBSCRIPTION, suffix);
	const char *workspace = arena_printf(
		arena, "%s/providers/Microsoft.OperationalInsights/workspaces/log-scepman-contoso%s", group, suffix);
	const char *id =
		arena_printf(arena, "%s/providers/Microsoft.Insights/dataCollectionRules/dcr-scepmanlogs", group);
	cJSON *table = scenario_add_resource(tenant, arena_printf(arena, "%s/tables/SCEPman_CL", workspace),
					     "Microsoft.OperationalInsights/workspaces/tables", "SCEPman_CL");
	cJSON *rule = scenario_add_resource(tenant, id, "Microsoft.Insights/dataCollectionRules", "dcr-scepmanlogs");
	char *shape;
	char immutable[37] = "";

	for (const char *p = scenario_guid(arena, id); *p; p++)
		if (*p != '-')
			strncat(immutable, p, 1);
	path_set_text(table, "properties.schema.name", "SCEPman_CL");
	path_set_text(table, "properties.schema.tableType", "CustomLog");
	path_set_text(table, "properties.schema.tableSubType", "DataCollectionRuleBased");
	path_set(table, "properties.schema.columns", make_columns());
	cJSON_AddStringToObject(rule, "location", "westeurope");
	cJSON_AddStringToObject(rule, "kind", "Direct");
	shape = arena_printf(
		arena,
		"{\"description\":\"Data Collection Rule for SCEPman logs\",\"immutableId\":\"dcr-%s\","
		"\"endpoints\":{\"logsIngestion\":\"https://dcr-scepmanlogs-%.4s-westeurope.logs.z1.ingest.monitor."
		"azure.com\"},\"destinations\":{\"logAnalytics\":[{\"workspaceResourceId\":\"%s\",\"name\":"
		"\"SCEPmanLogAnalyticsDestination\"}]},\"streamDeclarations\":{\"Custom-SCEPmanLogs\":{}},"
		"\"dataFlows\":[{\"streams\":[\"Custom-SCEPmanLogs\"],\"destinations\":"
		"[\"SCEPmanLogAnalyticsDestination\"],\"outputStream\":\"Custom-SCEPman_CL\"}]}",
		immutable, immutable, workspace);
	path_set(rule, "properties", scenario_data(shape));
	path_set(rule, "properties.streamDeclarations.Custom-SCEPmanLogs.columns", make_columns());
	return id;
}

static bool is_linux(const cJSON *settings)
{
	return cJSON_GetObjectItemCaseSensitive(settings, "AppConfig__AuthConfig__TenantId");
}

void scenario_set(struct arena *arena, cJSON *settings, const char *name, const char *value)
{
	char *spelled = arena_alloc(arena, 2 * strlen(name) + 1), *p = spelled;

	for (; *name; name++) {
		if (*name == ':' && is_linux(settings)) {
			*p++ = '_';
			*p++ = '_';
		} else {
			*p++ = *name;
		}
	}
	cJSON_DeleteItemFromObject(settings, spelled);
	if (value)
		cJSON_AddStringToObject(settings, spelled, value);
}

static void set_logging(struct installation *i, cJSON *settings, const cJSON *rule)
{
	scenario_set(i->arena, settings, "AppConfig:LoggingConfig:WorkspaceId", NULL);
	scenario_set(i->arena, settings, "AppConfig:LoggingConfig:SharedKey", NULL);
	scenario_set(i->arena, settings, "AppConfig:LoggingConfig:RuleId", path_text(rule, "properties.immutableId"));
	scenario_set(i->arena, settings, "AppConfig:LoggingConfig:DataCollectionEndpointUri",
		     path_text(rule, "properties.endpoints.logsIngestion"));
}

static void set_identity(struct installation *i, cJSON *settings)
{
	scenario_set(i->arena, settings, "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime", COMPLETED_AT);
	scenario_set(i->arena, settings, "AppConfig:AuthConfig:ManagedIdentityPermissionLevel", "2");
}

/* What a SCEPman principal gets in Entra and in Azure. */
static void entitle_scepman(struct installation *i, const char *principal, const char *rule)
{
	scenario_assign_app_role(i->arena, i->tenant, principal, GRAPH, "Directory.Read.All");
	scenario_assign_app_role(i->arena, i->tenant, principal, INTUNE, "scep_challenge_provider");
	scenario_assign_app_role(i->arena, i->tenant, principal, GRAPH, "DeviceManagementManagedDevices.Read.All");
	scenario_assign_app_role(i->arena, i->tenant, principal, GRAPH, "DeviceManagementConfiguration.Read.All");
	scenario_assign_app_role(i->arena, i->tenant, principal, GRAPH, "IdentityRiskyUser.Read.All");
	scenario_assign(i->arena, i->tenant, rule, METRICS_ROLE, principal);
}

static void complete_registrations(struct installation *i, const char *master_principal)
{
	cJSON *app;
	const char *host = path_text(scenario_find(i->tenant, i->master), "properties.defaultHostName"), *uri;

	i->api_app = scenario_add_application(i->arena, i->tenant, arena_printf(i->arena, "SCEPman-api%s", i->suffix),
					      "SCEPman-api", i->suffix);
	i->master_app =
		scenario_add_application(i->arena, i->tenant, arena_printf(i->arena, "SCEPman-CertMaster%s", i->suffix),
					 "SCEPman-CertMaster", i->suffix);
	app = scenario_find_object(i->tenant, "applications", "appId", i->master_app);
	uri = arena_printf(i->arena, "https://%s/signin-oidc", host);
	path_set(app, "web.redirectUris", cJSON_CreateStringArray(&uri, 1));
	path_set_text(app, "web.homePageUrl", arena_printf(i->arena, "https://%s", host));
	path_set(app, "web.implicitGrantSettings.enableIdTokenIssuance", cJSON_CreateTrue());
	path_set(app, "requiredResourceAccess",
		 cJSON_Parse("[{\"resourceAppId\":\"" GRAPH "\",\"resourceAccess\":[{\"id\":"
			     "\"e1fe6dd8-ba31-4d61-89e7-88639da4683d\",\"type\":\"Scope\"}]}]"));
	scenario_grant(i->arena, i->tenant, i->master_app, GRAPH, "User.Read");
	scenario_assign_app_role(i->arena, i->tenant, master_principal, i->api_app, "CSR.Request");
}

void scenario_complete(struct arena *arena, cJSON *tenant, const char *suffix)
{
	struct installation i = {.arena = arena, .tenant = tenant, .suffix = suffix};
	const char *web =
		arena_printf(arena, "/subscriptions/%s/resourceGroups/rg-scepman%s/providers/Microsoft.Web/sites",
			     SCENARIO_SUBSCRIPTION, suffix);
	const char *rule_id, *scepman_principal, *master_principal;
	cJSON *settings;
	const cJSON *rule;

	i.scepman = arena_printf(arena, "%s/app-scepman-contoso%s", web, suffix);
	i.master = arena_printf(arena, "%s/app-scepman-contoso%s-cm", web, suffix);
	scepman_principal = path_text(scenario_find(tenant, i.scepman), "identity.principalId");
	master_principal = path_text(scenario_find(tenant, i.master), "identity.principalId");
	rule_id = scenario_add_logging(arena, tenant, suffix);
	rule = scenario_find(tenant, rule_id);
	complete_registrations(&i, master_principal);
	entitle_scepman(&i, scepman_principal, rule_id);
	scenario_assign_app_role(arena, tenant, master_principal, GRAPH, "DeviceManagementManagedDevices.Read.All");
	scenario_assign_app_role(arena, tenant, master_principal, GRAPH, "DeviceManagementConfiguration.Read.All");
	scenario_assign(arena, tenant, rule_id, METRICS_ROLE, master_principal);

	settings = scenario_settings(arena, tenant, i.scepman);
	scenario_set(arena, settings, "AppConfig:AuthConfig:ApplicationId", i.api_app);
	scenario_set(arena, settings, "AppConfig:CertMaster:URL",
		     arena_printf(arena, "https://%s",
				  path_text(scenario_find(tenant, i.master), "properties.defaultHostName")));
	set_identity(&i, settings);
	scenario_set(arena, settings, "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
		     path_text(scenario_find(tenant, i.scepman), "properties.defaultHostName"));
	set_logging(&i, settings, rule);
	settings = scenario_settings(arena, tenant, i.master);
	scenario_set(arena, settings, "AppConfig:AuthConfig:ApplicationId", i.master_app);
	scenario_set(arena, settings, "AppConfig:AuthConfig:SCEPmanAPIScope",
		     arena_printf(arena, "api://%s", i.api_app));
	set_identity(&i, settings);
	set_logging(&i, settings, rule);
}
