/* What SCEPman itself needs: its identity's roles, its application, its vault. */
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "directory.h"
#include "probe.h"

#define INTUNE_APP_ID "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4"

/* domain.md 1.2: what an identity must have, by level. */
static const struct {
	const char *resource_app_id, *role_id;
	int level;
} required[] = {
	{DIRECTORY_GRAPH_APP_ID, "7ab1d382-f21e-4acd-a863-ba3e13f7da61", 0}, /* Directory.Read.All */
	{INTUNE_APP_ID, "39d724e8-6a34-4930-9a36-364082c35716", 0},          /* scep_challenge_provider */
	{DIRECTORY_GRAPH_APP_ID, "2f51be20-0bb4-4fed-bf7b-db946066c75e",
	 1}, /* DeviceManagementManagedDevices.Read.All */
	{DIRECTORY_GRAPH_APP_ID, "dc377aa6-52d8-4e23-b271-2a7ae04cedf3",
	 1}, /* DeviceManagementConfiguration.Read.All */
	{DIRECTORY_GRAPH_APP_ID, "dc5007c0-2d7d-4c42-879c-2dab87571379", 2}, /* IdentityRiskyUser.Read.All */
};

/* The level that PRINCIPAL's roles give: one below the first that is not complete. Intune counts only where it is used.
 */
static int level_of(const struct probe *probe, const char *principal)
{
	int level = 2;

	for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
		const cJSON *resource = directory_principal(probe->state, required[i].resource_app_id);

		if (!resource && text_equal(required[i].resource_app_id, INTUNE_APP_ID))
			continue;
		if (!resource || !probe_has_role(probe, principal, resource, required[i].role_id))
			level = level < required[i].level ? level : required[i].level - 1;
	}
	return level;
}

static bool has_permission(const cJSON *list, const char *permission)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (text_equal_fold(cJSON_GetStringValue(item), permission) ||
		    text_equal_fold(cJSON_GetStringValue(item), "all"))
			return true;
	return false;
}

static const cJSON *find_policy(const cJSON *vault, const char *principal)
{
	const cJSON *policy;

	cJSON_ArrayForEach (policy, path_get(vault, "properties.accessPolicies"))
		if (text_equal_fold(path_text(policy, "objectId"), principal))
			return policy;
	return NULL;
}

static void check_policies(struct probe *probe, const cJSON *vault, const char *principal)
{
	static const struct {
		const char *kind, *permission;
	} needed[] = {
		{"keys", "get"},
		{"keys", "create"},
		{"keys", "unwrapKey"},
		{"keys", "sign"},
		{"secrets", "get"},
		{"secrets", "list"},
		{"certificates", "get"},
		{"certificates", "list"},
		{"certificates", "create"},
		{"certificates", "managecontacts"},
	};
	const cJSON *permissions = path_get(find_policy(vault, principal), "permissions");

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!has_permission(path_get(permissions, needed[i].kind), needed[i].permission))
			probe_miss(probe, "Key Vault: %s may not %s %s", principal, needed[i].permission,
				   needed[i].kind);
}

static void check_rights(struct probe *probe, const cJSON *vault, const char *principal)
{
	static const char *const needed[] = {
		"Microsoft.KeyVault/vaults/keys/create/action",
		"Microsoft.KeyVault/vaults/keys/sign/action",
		"Microsoft.KeyVault/vaults/keys/unwrap/action",
		"Microsoft.KeyVault/vaults/certificates/create/action",
		"Microsoft.KeyVault/vaults/certificates/read",
		"Microsoft.KeyVault/vaults/certificatecontacts/write",
		"Microsoft.KeyVault/vaults/secrets/getSecret/action",
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!arm_principal_may_data(probe->state, principal, needed[i], path_text(vault, "id")))
			probe_miss(probe, "Key Vault: %s has no right %s", principal, needed[i]);
}

static void check_vault(struct probe *probe)
{
	static const char setting[] = "AppConfig:KeyVaultConfig:KeyVaultURL";
	const char *host = probe_host(probe, probe_setting(probe, setting));
	const cJSON *vault = host ? state_find_name(probe->state, "Microsoft.KeyVault/vaults",
						    arena_copy_bytes(probe->arena, host, strcspn(host, ".")))
				  : NULL;

	if (!vault || !text_equal_fold(probe_host(probe, path_text(vault, "properties.vaultUri")), host)) {
		probe_miss(probe, "%s: names no vault", setting);
		return;
	}
	for (size_t i = 0; i < probe->principal_count; i++)
		if (path_is_true(vault, "properties.enableRbacAuthorization"))
			check_rights(probe, vault, probe->principals[i]);
		else
			check_policies(probe, vault, probe->principals[i]);
}

static void check_certificate_master(struct probe *probe)
{
	static const char setting[] = "AppConfig:CertMaster:URL";
	const char *url = probe_setting(probe, setting), *host = probe_host(probe, url);

	if (!url)
		return;
	if (!host || !state_find_host(probe->state, host))
		probe_miss(probe, "%s: names no web app", setting);
	if (!text_equal_fold(probe_setting(probe, "AppConfig:DirectCSRValidation:Enabled"), "true"))
		probe_miss(probe, "AppConfig:DirectCSRValidation:Enabled: is not true");
}

/* In split tenancy a secret speaks for SCEPman in the other tenant; otherwise its managed identity does. */
static void check_identity(struct probe *probe)
{
	static const char setting[] = "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname";
	int level = 2;

	if (probe_setting(probe, "AppConfig:AuthConfig:HomeTenantId") ||
	    probe_setting(probe, "AppConfig:AuthConfig:HomeApplicationId")) {
		if (text_is_empty(probe_setting(probe, "AppConfig:AuthConfig:ApplicationKey")))
			probe_miss(probe, "AppConfig:AuthConfig:ApplicationKey: is empty");
		return;
	}
	for (size_t i = 0; i < probe->principal_count; i++)
		if (level_of(probe, probe->principals[i]) < level)
			level = level_of(probe, probe->principals[i]);
	probe_check_identity(probe, level);
	if (!text_equal_fold(probe_setting(probe, setting), path_text(probe->site, "properties.defaultHostName")))
		probe_miss(probe, "%s: is not the host of this slot", setting);
}

void probe_scepman(struct probe *probe)
{
	static const char home[] = "AppConfig:AuthConfig:HomeApplicationId",
			  own[] = "AppConfig:AuthConfig:ApplicationId";
	const char *setting = probe_setting(probe, home) ? home : own;
	const cJSON *principal;

	probe_check_package(probe, "SCEPman");
	probe_check_tenant(probe);
	check_identity(probe);
	(void)probe_check_application(probe, setting, probe_setting(probe, setting), "CSR.Request", &principal);
	check_vault(probe);
	probe_check_storage(probe, "AppConfig:CertificateStorage:TableStorageEndpoint");
	check_certificate_master(probe);
	probe_check_logging(probe);
}
