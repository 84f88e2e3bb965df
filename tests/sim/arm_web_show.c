/* What Azure shows of a site: the kept properties, and the many that follow from its name and its plan. Names and order
 * as in the answers of the public service (vendor sample of a slot list, 2024-09). */
#include <stdio.h>
#include <string.h>

#include "arm_web.h"
#include "base/digest.h"
#include "base/text.h"

/* "app" and "app-slot": the first label of the default host name. */
static const char *host_label(struct call *call, const char *host)
{
	return arena_copy_bytes(call->arena, host, strcspn(host, "."));
}

static const char *scm_host(struct call *call, const char *host)
{
	size_t label = strcspn(host, ".");

	return arena_printf(call->arena, "%.*s.scm%s", (int)label, host, host + label);
}

/* Literals are referred to, not copied. */
static void add_literal(cJSON *object, const char *name, const char *text)
{
	cJSON_AddItemToObjectCS(object, name, text ? cJSON_CreateStringReference(text) : cJSON_CreateNull());
}

static void add_ssl_state(cJSON *states, const char *host, const char *type)
{
	cJSON *state = cJSON_CreateObject();

	cJSON_AddItemToObjectCS(state, "name", cJSON_CreateString(host));
	add_literal(state, "sslState", "Disabled");
	add_literal(state, "ipBasedSslResult", NULL);
	add_literal(state, "virtualIP", NULL);
	add_literal(state, "thumbprint", NULL);
	add_literal(state, "toUpdate", NULL);
	add_literal(state, "toUpdateIpBasedSsl", NULL);
	add_literal(state, "ipBasedSslState", "NotConfigured");
	add_literal(state, "hostType", type);
	cJSON_AddItemToArray(states, state);
}

static void show_hosts(struct call *call, cJSON *properties)
{
	const char *host = path_text(properties, "defaultHostName");
	cJSON *names, *enabled, *states, *name;

	if (!host)
		return;
	path_default(properties, "hostNames", cJSON_CreateStringArray(&host, 1));
	names = path_get(properties, "hostNames");
	enabled = cJSON_Duplicate(names, true);
	cJSON_AddItemToArray(enabled, cJSON_CreateString(scm_host(call, host)));
	path_set(properties, "enabledHostNames", enabled);
	if (cJSON_IsArray(path_get(properties, "hostNameSslStates")))
		return;
	states = cJSON_CreateArray();
	cJSON_ArrayForEach (name, names)
		add_ssl_state(states, name->valuestring, "Standard");
	add_ssl_state(states, scm_host(call, host), "Repository");
	path_set(properties, "hostNameSslStates", states);
}

/* Azure gives the switches of few names here; the rest is null and stands in config/web. */
static cJSON *show_short_config(const struct call *call, const cJSON *site, bool is_linux)
{
	static const struct {
		const char *name, *value; /* what it is when nothing was written; JSON */
	} switches[] = {
		{"numberOfWorkers", "1"},      {"linuxFxVersion", "\"\""},
		{"minTlsVersion", "\"1.2\""},  {"acrUseManagedIdentityCreds", "false"},
		{"alwaysOn", "false"},         {"http20Enabled", "false"},
		{"ftpsState", "\"FtpsOnly\""}, {"healthCheckPath", "null"},
	};
	const cJSON *written = path_get(arm_web_config(call->state, site, "web"), "properties");
	const cJSON *given = path_get(site, "properties.siteConfig");
	cJSON *shown = cJSON_CreateObject();

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		const cJSON *value = path_get(written, switches[i].name);

		if (!value)
			value = path_get(given, switches[i].name);
		if (!is_linux && i == 1)
			value = NULL;
		cJSON_AddItemToObject(shown, switches[i].name,
				      value ? cJSON_Duplicate(value, true) : cJSON_Parse(switches[i].value));
	}
	cJSON_AddNullToObject(shown, "appSettings");
	cJSON_AddNullToObject(shown, "connectionStrings");
	cJSON_AddNullToObject(shown, "netFrameworkVersion");
	cJSON_AddNumberToObject(shown, "functionAppScaleLimit", 0);
	cJSON_AddNumberToObject(shown, "minimumElasticInstanceCount", 1);
	return shown;
}

static void show_fixed(cJSON *properties)
{
	static const struct {
		const char *name, *value;
	} texts[] = {
		{"state", "Running"},
		{"usageState", "Normal"},
		{"availabilityState", "Normal"},
		{"contentAvailabilityState", "Normal"},
		{"runtimeAvailabilityState", "Normal"},
		{"redundancyMode", "None"},
		{"keyVaultReferenceIdentity", "SystemAssigned"},
		{"clientCertMode", "Required"},
		{"inboundIpAddress", "20.105.216.31"},
		{"possibleInboundIpAddresses", "20.105.216.31"},
		{"outboundIpAddresses", "20.105.110.8,20.105.110.15,20.105.110.24"},
		{"possibleOutboundIpAddresses", "20.105.110.8,20.105.110.15,20.105.110.24,20.105.110.65,20.105.111.4"},
		{"lastModifiedTimeUtc", "2026-01-12T09:00:00.0000000"},
	};
	static const char *const off[] = {
		"httpsOnly",
		"clientCertEnabled",
		"hostNamesDisabled",
		"scmSiteAlsoStopped",
		"isXenon",
		"hyperV",
		"reserved",
		"vnetRouteAllEnabled",
		"vnetImagePullEnabled",
		"vnetContentShareEnabled",
		"storageAccountRequired",
		"clientAffinityEnabled",
	};
	static const char *const nulls[] = {
		"virtualNetworkSubnetId",
		"targetSwapSlot",
		"slotSwapStatus",
		"suspendedTill",
		"inProgressOperationId",
		"publicNetworkAccess",
		"hostingEnvironmentProfile",
		"clientCertExclusionPaths",
		"trafficManagerHostNames",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		path_default_member(properties, texts[i].name, cJSON_CreateStringReference(texts[i].value));
	for (size_t i = 0; i < ARRAY_SIZE(off); i++)
		path_default_member(properties, off[i], cJSON_CreateFalse());
	for (size_t i = 0; i < ARRAY_SIZE(nulls); i++)
		path_default_member(properties, nulls[i], cJSON_CreateNull());
	path_default_member(properties, "enabled", cJSON_CreateTrue());
	path_default_member(properties, "adminEnabled", cJSON_CreateTrue());
	path_default_member(properties, "containerSize", cJSON_CreateNumber(0));
	path_default_member(properties, "dailyMemoryTimeQuota", cJSON_CreateNumber(0));
}

cJSON *arm_web_show_site(struct call *call, const cJSON *site)
{
	const char *id = path_text(site, "id");
	struct arm_id parsed = arm_id_parse(call->arena, id);
	const cJSON *plan = arm_web_plan(call->state, site);
	bool is_linux = arm_web_is_linux(call->state, site);
	cJSON *shown = cJSON_Duplicate(site, true), *properties;
	const char *tier = path_text(plan, "sku.tier");
	char hash[DIGEST_SHA256_HEX_SIZE];

	path_set_text(shown, "name", parsed.name);
	path_set_text(shown, "type", parsed.type);
	path_set_text(shown, "location", arm_web_location(call->arena, path_text(site, "location")));
	path_default_text(shown, "kind", is_linux ? "app,linux" : "app");
	path_default(shown, "tags", cJSON_CreateNull());
	if (!cJSON_IsObject(path_get(shown, "properties")))
		path_set(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_set(properties, "siteConfig", show_short_config(call, site, is_linux));
	path_set_text(properties, "name", parsed.name);
	path_set(properties, "reserved", cJSON_CreateBool(is_linux));
	path_set_text(properties, "resourceGroup", parsed.group);
	path_set_text(properties, "sku", tier ? tier : "Standard");
	path_default_text(properties, "kind", path_text(shown, "kind"));
	if (path_text(properties, "defaultHostName"))
		path_set_text(properties, "repositorySiteName",
			      host_label(call, path_text(properties, "defaultHostName")));
	digest_sha256_hex(parsed.subscription, strlen(parsed.subscription), hash);
	path_default_text(properties, "customDomainVerificationId", hash);
	show_hosts(call, properties);
	show_fixed(properties);
	return shown;
}

cJSON *arm_web_show_config(struct call *call, const cJSON *site)
{
	static const struct {
		const char *name, *value;
	} texts[] = {
		{"ftpsState", "FtpsOnly"},
		{"minTlsVersion", "1.2"},
		{"scmMinTlsVersion", "1.2"},
		{"managedPipelineMode", "Integrated"},
		{"loadBalancing", "LeastRequests"},
		{"scmType", "None"},
		{"phpVersion", ""},
		{"pythonVersion", ""},
		{"nodeVersion", ""},
		{"powerShellVersion", ""},
		{"linuxFxVersion", ""},
		{"appCommandLine", ""},
		{"remoteDebuggingVersion", "VS2022"},
	};
	static const char *const off[] = {"alwaysOn",
					  "http20Enabled",
					  "webSocketsEnabled",
					  "remoteDebuggingEnabled",
					  "httpLoggingEnabled",
					  "requestTracingEnabled",
					  "detailedErrorLoggingEnabled",
					  "autoHealEnabled",
					  "localMySqlEnabled",
					  "vnetRouteAllEnabled",
					  "acrUseManagedIdentityCreds",
					  "scmIpSecurityRestrictionsUseMain"};
	cJSON *shown = cJSON_CreateObject();

	arm_merge(shown, path_get(site, "properties.siteConfig"));
	arm_merge(shown, path_get(arm_web_config(call->state, site, "web"), "properties"));
	path_remove(shown, "appSettings");
	path_default_text(shown, "netFrameworkVersion", arm_web_is_linux(call->state, site) ? "v4.0" : "v8.0");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		path_default_text(shown, texts[i].name, texts[i].value);
	for (size_t i = 0; i < ARRAY_SIZE(off); i++)
		path_default(shown, off[i], cJSON_CreateFalse());
	path_default(shown, "use32BitWorkerProcess", cJSON_CreateTrue());
	path_default(shown, "numberOfWorkers", cJSON_CreateNumber(1));
	path_default(shown, "healthCheckPath", cJSON_CreateNull());
	path_default(shown, "autoSwapSlotName", cJSON_CreateNull());
	path_default(shown, "publishingUsername", cJSON_CreateNull());
	path_default(
		shown, "ipSecurityRestrictions",
		cJSON_Parse(
			"[{\"ipAddress\":\"Any\",\"action\":\"Allow\",\"priority\":2147483647,\"name\":\"Allow all\","
			"\"description\":\"Allow all access\"}]"));
	path_default(shown, "experiments", cJSON_Parse("{\"rampUpRules\":[]}"));
	return shown;
}
