/* A tenant before anybody completed anything in it: the directory, and what the vendor's template deploys. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "data.h"
#include "path.h"
#include "scenario_parts.h"

/* A key that looks like one, and can be searched for in logs. */
#define SHARED_KEY "c2NlcG1hbi1zaW11bGF0ZWQtd29ya3NwYWNlLXNoYXJlZC1rZXktY2FuYXJ5LTAwMDE="
#define OWNER_ROLE "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

const char *scenario_guid(struct arena *arena, const char *name)
{
	char guid[DIGEST_GUID_SIZE];

	digest_guid_v5("6ba7b811-9dad-11d1-80b4-00c04fd430c8", arena_printf(arena, "tenant-sim/%s", name), guid);
	return arena_copy_text(arena, guid);
}

cJSON *scenario_data(const char *text)
{
	cJSON *json = cJSON_Parse(text);

	if (!json)
		memory_exhausted();
	return json;
}

cJSON *scenario_find(const cJSON *tenant, const char *id)
{
	cJSON *resource;

	cJSON_ArrayForEach (resource, path_get(tenant, "resources"))
		if (text_equal_fold(path_text(resource, "id"), id))
			return resource;
	return NULL;
}

cJSON *scenario_directory(const cJSON *tenant, const char *name)
{
	return path_get(path_get(tenant, "directory"), name);
}

const char *scenario_daemon(const cJSON *tenant)
{
	const char *app_id = path_text(cJSON_GetArrayItem(path_get(tenant, "credentials"), 0), "appId");
	const cJSON *principal;

	cJSON_ArrayForEach (principal, scenario_directory(tenant, "servicePrincipals"))
		if (text_equal_fold(path_text(principal, "appId"), app_id))
			return path_text(principal, "id");
	return NULL;
}

void scenario_assign(struct arena *arena, cJSON *tenant, const char *scope, const char *role, const char *principal)
{
	cJSON *assignment = cJSON_CreateObject();
	const char *name = scenario_guid(arena, arena_printf(arena, "%s/%s/%s", scope, role, principal));

	cJSON_AddStringToObject(
		assignment, "id",
		arena_printf(arena, "%s/providers/Microsoft.Authorization/roleAssignments/%s", scope, name));
	cJSON_AddStringToObject(assignment, "type", "Microsoft.Authorization/roleAssignments");
	cJSON_AddStringToObject(assignment, "name", name);
	path_set_text(assignment, "properties.roleDefinitionId",
		      arena_printf(arena, "/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s",
				   SCENARIO_SUBSCRIPTION, role));
	path_set_text(assignment, "properties.principalId", principal);
	path_set_text(assignment, "properties.principalType", "ServicePrincipal");
	path_set_text(assignment, "properties.scope", scope);
	cJSON_AddItemToArray(path_get(tenant, "resources"), assignment);
}

cJSON *scenario_tenant(struct arena *arena)
{
	cJSON *tenant = scenario_data(data_directory), *subscription = cJSON_CreateObject();

	cJSON_AddStringToObject(tenant, "format_version", "1");
	cJSON_AddStringToObject(subscription, "subscriptionId", SCENARIO_SUBSCRIPTION);
	cJSON_AddStringToObject(subscription, "displayName", "Contoso PKI");
	cJSON_AddStringToObject(subscription, "state", "Enabled");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(tenant, "subscriptions"), subscription);
	cJSON_AddArrayToObject(tenant, "resourceGroups");
	cJSON_AddArrayToObject(tenant, "resources");
	scenario_assign(arena, tenant, "/subscriptions/" SCENARIO_SUBSCRIPTION, OWNER_ROLE, scenario_daemon(tenant));
	return tenant;
}

/* The template gives numbers to settings; the service keeps texts. */
static cJSON *settle_settings(const cJSON *properties)
{
	cJSON *settled = cJSON_CreateObject();
	const cJSON *setting;

	cJSON_ArrayForEach (setting, properties) {
		char *text = NULL;

		if (text_has_suffix_fold(setting->string, "SharedKey"))
			text = memory_copy_text(SHARED_KEY);
		else if (cJSON_IsString(setting))
			text = memory_copy_text(setting->valuestring);
		else
			text = cJSON_PrintUnformatted(setting);
		cJSON_AddStringToObject(settled, setting->string, text);
		free(text);
	}
	return settled;
}

void scenario_add_identity(struct arena *arena, cJSON *tenant, const char *name, const char *principal,
			   const char *resource_id)
{
	const char *app_id = scenario_guid(arena, arena_printf(arena, "appId/%s", principal));
	cJSON *object = cJSON_CreateObject(), *names;

	cJSON_AddStringToObject(object, "id", principal);
	cJSON_AddStringToObject(object, "appId", app_id);
	cJSON_AddStringToObject(object, "displayName", name);
	cJSON_AddStringToObject(object, "appDisplayName", name);
	cJSON_AddStringToObject(object, "servicePrincipalType", "ManagedIdentity");
	cJSON_AddTrueToObject(object, "accountEnabled");
	cJSON_AddFalseToObject(object, "appRoleAssignmentRequired");
	cJSON_AddNullToObject(object, "appOwnerOrganizationId");
	cJSON_AddStringToObject(object, "createdDateTime", "2026-01-12T09:00:00Z");
	names = cJSON_AddArrayToObject(object, "servicePrincipalNames");
	cJSON_AddItemToArray(names, cJSON_CreateString(app_id));
	cJSON_AddItemToArray(names, cJSON_CreateString(arena_printf(arena, "https://identity.azure.net/%s", app_id)));
	names = cJSON_AddArrayToObject(object, "alternativeNames");
	cJSON_AddItemToArray(names, cJSON_CreateString("isExplicit=False"));
	cJSON_AddItemToArray(names, cJSON_CreateString(resource_id));
	cJSON_AddArrayToObject(object, "appRoles");
	cJSON_AddArrayToObject(object, "oauth2PermissionScopes");
	cJSON_AddArrayToObject(object, "tags");
	cJSON_AddItemToArray(scenario_directory(tenant, "servicePrincipals"), object);
}

static void add_resource(struct arena *arena, cJSON *tenant, cJSON *resource)
{
	const char *id = path_text(resource, "id"), *principal = path_text(resource, "identity.principalId");

	path_remove(resource, "apiVersion");
	if (text_has_suffix_fold(id, "/config/appsettings"))
		path_set(resource, "properties", settle_settings(path_get(resource, "properties")));
	if (principal)
		scenario_add_identity(arena, tenant, path_text(resource, "name"), principal, id);
	cJSON_AddItemToArray(path_get(tenant, "resources"), resource);
}

static void add_group(struct arena *arena, cJSON *tenant, const char *suffix)
{
	cJSON *group = cJSON_CreateObject();
	const char *name = arena_printf(arena, "rg-scepman%s", suffix);

	cJSON_AddStringToObject(
		group, "id", arena_printf(arena, "/subscriptions/%s/resourceGroups/%s", SCENARIO_SUBSCRIPTION, name));
	cJSON_AddStringToObject(group, "name", name);
	cJSON_AddStringToObject(group, "type", "Microsoft.Resources/resourceGroups");
	cJSON_AddStringToObject(group, "location", "westeurope");
	cJSON_AddItemToArray(path_get(tenant, "resourceGroups"), group);
}

void scenario_deploy(struct arena *arena, cJSON *tenant, bool is_linux, const char *suffix)
{
	const char *text = is_linux ? data_deployed_linux : data_deployed_windows;
	char *renamed = *suffix ? scenario_rename(arena, text, suffix) : memory_copy_text(text);
	cJSON *deployed = scenario_data(renamed), *resources = path_get(deployed, "resources");

	add_group(arena, tenant, suffix);
	while (resources->child)
		add_resource(arena, tenant, cJSON_DetachItemFromArray(resources, 0));
	cJSON_Delete(deployed);
	free(renamed);
}
