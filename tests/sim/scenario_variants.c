/* Deployed installations that are not as the template leaves them: slots, another permission model, an older age. */
#include <string.h>

#include "base/text.h"
#include "path.h"
#include "scenario_parts.h"

#define GROUP "/subscriptions/" SCENARIO_SUBSCRIPTION "/resourceGroups/rg-scepman"
#define SITE  GROUP "/providers/Microsoft.Web/sites/app-scepman-contoso"
#define VAULT GROUP "/providers/Microsoft.KeyVault/vaults/kv-scepman-contoso"

cJSON *scenario_add_resource(cJSON *tenant, const char *id, const char *type, const char *name)
{
	cJSON *resource = cJSON_CreateObject();

	cJSON_AddStringToObject(resource, "id", id);
	cJSON_AddStringToObject(resource, "type", type);
	cJSON_AddStringToObject(resource, "name", name);
	cJSON_AddObjectToObject(resource, "properties");
	cJSON_AddItemToArray(path_get(tenant, "resources"), resource);
	return resource;
}

cJSON *scenario_settings(struct arena *arena, const cJSON *tenant, const char *site)
{
	return path_get(scenario_find(tenant, arena_printf(arena, "%s/config/appsettings", site)), "properties");
}

cJSON *scenario_add_slot(struct arena *arena, cJSON *tenant, const char *suffix, const char *name)
{
	const char *site_id =
		arena_printf(arena, GROUP "%s/providers/Microsoft.Web/sites/app-scepman-contoso%s", suffix, suffix);
	const char *id = arena_printf(arena, "%s/slots/%s", site_id, name), *principal = scenario_guid(arena, id);
	const cJSON *site = scenario_find(tenant, site_id);
	const char *site_name = path_text(site, "name");
	cJSON *slot = scenario_add_resource(tenant, id, "Microsoft.Web/sites/slots",
					    arena_printf(arena, "%s/%s", site_name, name));
	cJSON *settings;

	cJSON_AddStringToObject(slot, "location", path_text(site, "location"));
	path_set(slot, "properties", cJSON_Duplicate(path_get(site, "properties"), true));
	path_set_text(slot, "properties.defaultHostName",
		      arena_printf(arena, "%s-%s.azurewebsites.net", site_name, name));
	path_remove(slot, "properties.hostNames");
	path_set_text(slot, "identity.type", "SystemAssigned");
	path_set_text(slot, "identity.principalId", principal);
	path_set_text(slot, "identity.tenantId", SCENARIO_TENANT);
	scenario_add_identity(arena, tenant, arena_printf(arena, "%s/slots/%s", site_name, name), principal, id);
	settings = scenario_add_resource(tenant, arena_printf(arena, "%s/config/appsettings", id),
					 "Microsoft.Web/sites/slots/config", "appsettings");
	path_set(settings, "properties", cJSON_Duplicate(scenario_settings(arena, tenant, site_id), true));
	return path_get(settings, "properties");
}

/* Removes the resource ID and everything under it. */
static void remove_resource(cJSON *tenant, const char *id)
{
	cJSON *resources = path_get(tenant, "resources");
	size_t length = strlen(id);

	for (cJSON *resource = resources->child, *next; resource; resource = next) {
		const char *own = path_text(resource, "id");

		next = resource->next;
		if (text_has_prefix_fold(own, id) && (own[length] == 0 || own[length] == '/'))
			cJSON_Delete(cJSON_DetachItemViaPointer(resources, resource));
	}
}

void scenario_use_policies(cJSON *tenant)
{
	cJSON *vault = cJSON_Duplicate(scenario_find(tenant, VAULT), true);

	remove_resource(tenant, VAULT);
	path_set(vault, "properties.enableRbacAuthorization", cJSON_CreateFalse());
	path_set(vault, "properties.accessPolicies", cJSON_CreateArray());
	cJSON_AddItemToArray(path_get(tenant, "resources"), vault);
}

/* The rights that the template of 1.x gave its identity. */
static void use_old_policies(struct arena *arena, cJSON *tenant, const char *principal)
{
	char *policies = arena_printf(
		arena,
		"[{\"tenantId\":\"%s\",\"objectId\":\"%s\",\"permissions\":{\"keys\":[\"get\",\"create\","
		"\"unwrapKey\",\"sign\"],\"secrets\":[\"get\",\"list\",\"set\",\"delete\"],\"certificates\":"
		"[\"get\",\"list\",\"create\",\"managecontacts\"]}}]",
		SCENARIO_TENANT, principal);

	scenario_use_policies(tenant);
	path_set(scenario_find(tenant, VAULT), "properties.accessPolicies", scenario_data(policies));
}

void scenario_age(struct arena *arena, cJSON *tenant)
{
	static const char *const later[] = {
		"AppConfig:CertificateStorage:TableStorageEndpoint",
		"AppConfig:EnableCertificateStorage",
		"AppConfig:DbCSRValidation:ReenrollmentAllowedCertificateTypes",
		"AppConfig:CRL:Source",
		"AppConfig:DirectCSRValidation:Enabled",
		"AppConfig:LoggingConfig:WorkspaceId",
		"AppConfig:LoggingConfig:SharedKey",
	};
	const char *principal = path_text(scenario_find(tenant, SITE), "identity.principalId");
	const char *master = path_text(scenario_find(tenant, SITE "-cm"), "identity.principalId");
	const char *app_id = scenario_add_application(arena, tenant, "SCEPman", "", "1x");
	cJSON *settings = scenario_settings(arena, tenant, SITE), *principals, *object;

	scenario_assign_app_role(arena, tenant,
				 path_text(scenario_find_object(tenant, "servicePrincipals", "appId", app_id), "id"),
				 "00000003-0000-0000-c000-000000000000", "Directory.Read.All");
	scenario_assign_app_role(arena, tenant,
				 path_text(scenario_find_object(tenant, "servicePrincipals", "appId", app_id), "id"),
				 "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4", "scep_challenge_provider");
	use_old_policies(arena, tenant, principal);
	principals = scenario_directory(tenant, "servicePrincipals");
	object = scenario_find_object(tenant, "servicePrincipals", "id", master);
	cJSON_Delete(cJSON_DetachItemViaPointer(principals, object));
	remove_resource(tenant, SITE "-cm");
	remove_resource(tenant, GROUP "/providers/Microsoft.Storage/storageAccounts/stscepmancontoso");
	remove_resource(tenant, GROUP "/providers/Microsoft.OperationalInsights/workspaces/log-scepman-contoso");
	for (size_t i = 0; i < ARRAY_SIZE(later); i++)
		scenario_set(arena, settings, later[i], NULL);
	scenario_set(arena, settings, "AppConfig:AuthConfig:ApplicationId", app_id);
	scenario_set(arena, settings, "AppConfig:AuthConfig:ApplicationKey",
		     "1x8Q~simulated-application-key-canary-0001");
	scenario_set(arena, settings, "AppConfig:KeyVaultConfig:RootCertificateConfig:CertificateName",
		     "SCEPman-Device-Root-CA-V1");
}
