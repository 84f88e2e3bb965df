#include "kinds/slot_source.h"

#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "world/json.h"

/* ---- want ---- */

/* What the two resources say, one list each. Only what shapes how SCEPman runs and who reaches it: routing between
 * slots, publishing users and what the cloud assigns are production's own. */
static const char *const site_members[] = {
	"serverFarmId",        "clientAffinityEnabled", "virtualNetworkSubnetId",
	"vnetRouteAllEnabled", "outboundVnetRouting",   "publicNetworkAccess",
};

static const char *const config_members[] = {
	"netFrameworkVersion",
	"linuxFxVersion",
	"appCommandLine",
	"alwaysOn",
	"use32BitWorkerProcess",
	"ftpsState",
	"minTlsCipherSuite",
	"scmMinTlsVersion",
	"healthCheckPath",
	"webSocketsEnabled",
	"managedPipelineMode",
	"httpLoggingEnabled",
	"detailedErrorLoggingEnabled",
	"requestTracingEnabled",
	"logsDirectorySizeLimit",
	"ipSecurityRestrictions",
	"ipSecurityRestrictionsDefaultAction",
	"scmIpSecurityRestrictions",
	"scmIpSecurityRestrictionsDefaultAction",
	"scmIpSecurityRestrictionsUseMain",
	"vnetRouteAllEnabled",
};

struct node *slot_source_state(struct world *world, struct installation *installation)
{
	struct node *node = world_state(world, &slot_source_kind, installation, NULL, "what a new slot copies",
					"slot-source/%s", installation->desired->name);

	world_need(world, node, installation->production->site, NEED_KNOWN, STEP_READ);
	return node;
}

/* ---- read ---- */

/* The site first, then its configuration. */
static void slot_source_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			     struct request *ret)
{
	const struct site *site = node->installation->production->site->observed;

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s%s?api-version=" API_WEB, site->id, node->round ? "/config/web" : ""),
	};
}

/* ---- absorb ---- */

static void copy_members(cJSON *target, const cJSON *source, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const cJSON *value = json_get(source, names[i]);

		if (!value || (cJSON_IsString(value) && !*value->valuestring))
			continue;
		if (!cJSON_AddItemToObject(target, names[i], cJSON_Duplicate(value, true)))
			memory_exhausted();
	}
}

static const char *text_of(const cJSON *json, const char *name)
{
	const cJSON *value = json_get(json, name);

	return cJSON_IsString(value) ? value->valuestring : NULL;
}

static cJSON *copy_site(const cJSON *source)
{
	cJSON *properties = cJSON_CreateObject();

	if (!properties)
		memory_exhausted();
	copy_members(properties, source, site_members, ARRAY_SIZE(site_members));
	cJSON_AddBoolToObject(properties, "httpsOnly", false); /* OCSP is plain HTTP */
	/* Whoever must show a certificate cannot ask for one: only this mode is any good. */
	if (cJSON_IsTrue(json_get(source, "clientCertEnabled")) &&
	    text_equal_fold(text_of(source, "clientCertMode"), "OptionalInteractiveUser")) {
		cJSON_AddBoolToObject(properties, "clientCertEnabled", true);
		cJSON_AddStringToObject(properties, "clientCertMode", "OptionalInteractiveUser");
	}
	return properties;
}

static void copy_config(cJSON *properties, const cJSON *source)
{
	cJSON *config = cJSON_AddObjectToObject(properties, "siteConfig");
	const char *tls = text_of(source, "minTlsVersion");

	copy_members(config, source, config_members, ARRAY_SIZE(config_members));
	cJSON_AddBoolToObject(config, "http20Enabled", false);
	/* The SCEP client of Windows does not speak 1.3. */
	if (tls)
		cJSON_AddStringToObject(config, "minTlsVersion", text_equal(tls, "1.3") ? "1.2" : tls);
}

static enum absorbed slot_source_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const cJSON *source = json_get(body, "properties");
	cJSON *properties;

	if (!cJSON_IsObject(source) || (!node->round && !text_of(source, "serverFarmId")))
		return ABSORBED_GARBLED;
	if (!node->round) {
		properties = copy_site(source);
	} else {
		properties = cJSON_Parse(node->observed);
		if (!properties)
			memory_exhausted();
		copy_config(properties, source);
	}
	node->observed = (void *)json_print(properties, &world->arena);
	cJSON_Delete(properties);
	return node->round ? ABSORBED_PRESENT : ABSORBED_MORE;
}

/* ---- differs: production is never written for a slot's sake ---- */

const struct kind slot_source_kind = {
	.name = "slot-source",
	.must_exist = true,
	.is_entitlement = true,
	.read = slot_source_read,
	.absorb = slot_source_absorb,
};
