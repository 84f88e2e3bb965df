/* The checks that SCEPman and Certificate Master share. */
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "directory.h"
#include "probe.h"

void probe_check_package(struct probe *probe, const char *product)
{
	const char *url = probe_setting(probe, "WEBSITE_RUN_FROM_PACKAGE");
	const cJSON *package = url ? cJSON_GetObjectItemCaseSensitive(probe->state->packages, url) : NULL;

	if (!url || (!package && text_contains_fold(url, "glueckkanja/gk-scepman")))
		probe_miss(probe, "WEBSITE_RUN_FROM_PACKAGE: cannot download the ZIP");
	else if (package && !text_equal(path_text(package, "product"), product))
		probe_miss(probe, "WEBSITE_RUN_FROM_PACKAGE: is %s, not %s", path_text(package, "product"), product);
	else if (package && text_equal(path_text(package, "os"), "linux") != probe->is_linux)
		probe_miss(probe, "WEBSITE_RUN_FROM_PACKAGE: is for %s", path_text(package, "os"));
}

void probe_check_tenant(struct probe *probe)
{
	const char *home = probe_setting(probe, "AppConfig:AuthConfig:HomeTenantId");
	const char *tenant = home ? home : probe_setting(probe, "AppConfig:AuthConfig:TenantId");

	if (!text_equal_fold(tenant, directory_tenant_id(probe->state)))
		probe_miss(probe, "AppConfig:AuthConfig:TenantId: is not this tenant");
}

/* TEXT as a whole number with an optional minus sign. */
static bool parse_integer(const char *text, int64_t *ret)
{
	uint64_t value;
	bool is_negative = text && text[0] == '-';

	if (!text || !text_parse_uint64(text + is_negative, &value) || value > INT64_MAX)
		return false;
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return true;
}

void probe_check_identity(struct probe *probe, int level)
{
	static const char time_name[] = "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime";
	static const char level_name[] = "AppConfig:AuthConfig:ManagedIdentityPermissionLevel";
	int64_t enabled, claimed;

	if (!probe->principal_count)
		probe_miss(probe, "the web app has no managed identity");
	if (!parse_integer(probe_setting(probe, time_name), &enabled) || enabled <= 0)
		probe_miss(probe, "%s: is no time", time_name);
	else if (enabled > probe->now_ms / 1000 + 600)
		probe_miss(probe, "%s: lies in the future", time_name);
	if (!parse_integer(probe_setting(probe, level_name), &claimed))
		probe_miss(probe, "%s: is no number", level_name);
	else if (claimed < 0)
		probe_miss(probe, "%s: the managed identity is not used", level_name);
	else if (claimed > level)
		probe_miss(probe, "%s: is %lld, but the assigned roles give %d", level_name, (long long)claimed, level);
}

/* The resource of TYPE whose endpoint (at PATH) is URL, up to case and a trailing slash; found by the first label. */
static const cJSON *find_by_url(const struct probe *probe, const char *type, const char *path, const char *url)
{
	const char *host = probe_host(probe, url);
	const cJSON *resource =
		host ? state_find_name(probe->state, type, arena_copy_bytes(probe->arena, host, strcspn(host, ".")))
		     : NULL;
	const char *other = probe_host(probe, path_text(resource, path));

	return other && text_equal_fold(host, other) ? resource : NULL;
}

void probe_check_storage(struct probe *probe, const char *setting)
{
	static const char write[] = "Microsoft.Storage/storageAccounts/tableServices/tables/entities/write";
	const char *url = probe_setting(probe, setting);
	const cJSON *account =
		find_by_url(probe, "Microsoft.Storage/storageAccounts", "properties.primaryEndpoints.table", url);

	if (!account) {
		probe_miss(probe, "%s: names no storage account", setting);
		return;
	}
	for (size_t i = 0; i < probe->principal_count; i++)
		if (!arm_principal_may_data(probe->state, probe->principals[i], write, path_text(account, "id")))
			probe_miss(probe, "%s: %s has no right to the tables", setting, probe->principals[i]);
}

const cJSON *probe_check_application(struct probe *probe, const char *setting, const char *app_id, const char *role,
				     const cJSON **ret_principal)
{
	const cJSON *application = app_id ? directory_application(probe->state, app_id) : NULL, *item;
	const cJSON *principal = app_id ? directory_principal(probe->state, app_id) : NULL;

	if (!application || !principal) {
		probe_miss(probe, "%s: names no application of this tenant with a service principal", setting);
		return NULL;
	}
	cJSON_ArrayForEach (item, path_get(application, "appRoles"))
		if (text_equal(path_text(item, "value"), role) && path_is_true(item, "isEnabled"))
			break;
	if (!item) {
		probe_miss(probe, "%s: the application has no role %s", setting, role);
		return NULL;
	}
	*ret_principal = principal;
	return application;
}

bool probe_has_role(const struct probe *probe, const char *principal, const cJSON *resource, const char *role_id)
{
	const struct map *map = &probe->state->directory[DIRECTORY_APP_ROLE_ASSIGNMENTS];

	for (size_t i = 0; i < map->count; i++) {
		const cJSON *item = map->entries[i].value;

		if (item && text_equal_fold(path_text(item, "principalId"), principal) &&
		    text_equal_fold(path_text(item, "resourceId"), path_text(resource, "id")) &&
		    text_equal_fold(path_text(item, "appRoleId"), role_id))
			return true;
	}
	return false;
}

static const cJSON *find_rule(const struct probe *probe, const char *immutable_id)
{
	for (size_t s = 0; s < probe->state->subscriptions.count; s++) {
		const char *scope =
			arena_printf(probe->arena, "/subscriptions/%s", probe->state->subscriptions.entries[s].name);
		const struct state_list *rules =
			state_list_type(probe->state, scope, "Microsoft.Insights/dataCollectionRules");

		for (size_t i = 0; i < rules->count; i++)
			if (text_equal_fold(path_text(rules->items[i], "properties.immutableId"), immutable_id))
				return rules->items[i];
	}
	return NULL;
}

/* A rule's own endpoint, or that of the endpoint resource it refers to. */
static bool is_endpoint_of(const struct probe *probe, const cJSON *rule, const char *url)
{
	const char *endpoint = path_text(rule, "properties.dataCollectionEndpointId");
	const cJSON *resource = endpoint ? map_get(&probe->state->resources, endpoint) : NULL;

	return url && (text_equal_fold(probe_host(probe, path_text(rule, "properties.endpoints.logsIngestion")),
				       probe_host(probe, url)) ||
		       text_equal_fold(probe_host(probe, path_text(resource, "properties.logsIngestion.endpoint")),
				       probe_host(probe, url)));
}

static bool has_column(const cJSON *columns, const char *name)
{
	const cJSON *column;

	cJSON_ArrayForEach (column, columns)
		if (text_equal_fold(path_text(column, "name"), name))
			return true;
	return false;
}

/* Where the rule sends its logs: the table must be there, with the columns that SCEPman fills. */
static void check_table(struct probe *probe, const cJSON *rule)
{
	static const char *const columns[] = {"TimeGenerated",   "Timestamp",        "Level",      "Message",
					      "Exception",       "TenantIdentifier", "RequestUrl", "UserAgent",
					      "LogCategory",     "EventId",          "Hostname",   "WebsiteHostname",
					      "WebsiteSiteName", "WebsiteSlotName",  "BaseUrl",    "TraceIdentifier"};
	const cJSON *flow = cJSON_GetArrayItem(path_get(rule, "properties.dataFlows"), 0);
	const cJSON *destination = cJSON_GetArrayItem(path_get(rule, "properties.destinations.logAnalytics"), 0);
	const char *output = path_text(flow, "outputStream"),
		   *workspace = path_text(destination, "workspaceResourceId");
	const cJSON *table;

	if (!output || !workspace || !text_has_prefix_fold(output, "Custom-")) {
		probe_miss(probe, "the data collection rule sends nothing to a workspace");
		return;
	}
	table = map_get(&probe->state->resources,
			arena_printf(probe->arena, "%s/tables/%s", workspace, output + strlen("Custom-")));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (!has_column(path_get(table, "properties.schema.columns"), columns[i]))
			probe_miss(probe, "the log table has no column %s", columns[i]);
}

void probe_check_logging(struct probe *probe)
{
	static const char setting[] = "AppConfig:LoggingConfig:RuleId";
	const char *id = probe_setting(probe, setting);
	const cJSON *rule = id ? find_rule(probe, id) : NULL;

	if (!id)
		return;
	if (!rule) {
		probe_miss(probe, "%s: names no data collection rule", setting);
		return;
	}
	if (!is_endpoint_of(probe, rule, probe_setting(probe, "AppConfig:LoggingConfig:DataCollectionEndpointUri")))
		probe_miss(probe, "AppConfig:LoggingConfig:DataCollectionEndpointUri: is no endpoint of the rule");
	check_table(probe, rule);
	for (size_t i = 0; i < probe->principal_count; i++)
		if (!arm_principal_may_data(probe->state, probe->principals[i], "Microsoft.Insights/Telemetry/Write",
					    path_text(rule, "id")))
			probe_miss(probe, "%s: %s may not write to the rule", setting, probe->principals[i]);
}
