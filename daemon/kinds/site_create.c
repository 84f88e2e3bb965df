/* Certificate Master's web app as it is created when there is none: domain.md 1.8, with the values that the vendor's
 * template gives a fresh one. Beside SCEPman: same plan, location, platform and, what the cmdlet forgets, network
 * (domain.md 4.8). */
#include "kinds/site.h"

#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/app_settings.h"
#include "world/json.h"

static const struct site *site_of_scepman(const struct node *node)
{
	return node->installation->production->site->observed;
}

static void add_settings(const struct world *world, const struct node *node, cJSON *config)
{
	const struct settings *initial = certificate_master_initial_settings((struct world *)world, node->installation,
									     site_of_scepman(node)->is_linux);
	cJSON *settings = cJSON_AddArrayToObject(config, "appSettings");

	for (size_t i = 0; i < initial->count; i++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "name", initial->items[i].name);
		cJSON_AddStringToObject(item, "value", initial->items[i].value);
		cJSON_AddItemToArray(settings, item);
	}
}

static void add_site_config(const struct world *world, const struct node *node, struct arena *arena, cJSON *properties)
{
	const struct site *scepman = site_of_scepman(node);
	const char *version = node->installation->desired->dotnet_version;
	cJSON *config = cJSON_AddObjectToObject(properties, "siteConfig");

	cJSON_AddBoolToObject(config, "alwaysOn", true);
	cJSON_AddStringToObject(config, "ftpsState", "Disabled");
	cJSON_AddBoolToObject(config, "use32BitWorkerProcess", false);
	cJSON_AddBoolToObject(config, "http20Enabled", true);
	cJSON_AddStringToObject(config, "minTlsVersion", "1.3");
	cJSON_AddStringToObject(config, "healthCheckPath", "/probe");
	if (scepman->is_linux)
		cJSON_AddStringToObject(config, "linuxFxVersion", arena_printf(arena, "DOTNETCORE|%s", version));
	else
		cJSON_AddStringToObject(config, "netFrameworkVersion", arena_printf(arena, "v%s", version));
	add_settings(world, node, config);
}

void site_write_certificate_master(const struct world *world, const struct node *node, struct arena *arena,
				   struct request *ret)
{
	const struct site *scepman = site_of_scepman(node);
	cJSON *site = cJSON_CreateObject(), *properties;

	if (!site)
		memory_exhausted();
	cJSON_AddStringToObject(site, "location", scepman->location);
	cJSON_AddStringToObject(site, "kind", scepman->is_linux ? "app,linux" : "app");
	cJSON_AddStringToObject(cJSON_AddObjectToObject(site, "identity"), "type", "SystemAssigned");
	properties = cJSON_AddObjectToObject(site, "properties");
	cJSON_AddStringToObject(properties, "serverFarmId", scepman->server_farm_id);
	cJSON_AddBoolToObject(properties, "reserved", scepman->is_linux);
	cJSON_AddBoolToObject(properties, "httpsOnly", true);
	cJSON_AddBoolToObject(properties, "clientAffinityEnabled", true);
	if (scepman->subnet_id)
		cJSON_AddStringToObject(properties, "virtualNetworkSubnetId", scepman->subnet_id);
	add_site_config(world, node, arena, properties);
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s?api-version=" API_WEB, site_id(node, arena)),
		.body = json_print(site, arena),
	};
	cJSON_Delete(site);
}

struct site *site_assume_certificate_master(struct world *world, const struct node *node)
{
	const struct site *scepman = site_of_scepman(node);
	struct site *site = arena_new(&world->arena, struct site);

	*site = (struct site){
		.id = site_id(node, &world->arena),
		.location = scepman->location,
		.kind = scepman->is_linux ? "app,linux" : "app",
		.is_linux = scepman->is_linux,
		.server_farm_id = scepman->server_farm_id,
		.has_system_identity = true,
		.subnet_id = scepman->subnet_id,
	};
	site->name = arm_id_name(site->id);
	return site;
}
