/* Microsoft.KeyVault: vaults, with both permission models. */
#include <ctype.h>
#include <string.h>

#include "arm.h"
#include "arm_versions.h"
#include "base/text.h"
#include "directory.h"
#include "routes.h"

#define VAULTS "/providers/Microsoft.KeyVault/vaults"
#define VAULT  "/subscriptions/{}/resourceGroups/{}" VAULTS "/{}"
#define TYPE   "Microsoft.KeyVault/vaults"

static cJSON *show(struct call *call, const cJSON *vault)
{
	cJSON *shown = cJSON_Duplicate(vault, true), *properties;

	(void)call;
	path_default(shown, "tags", cJSON_CreateObject());
	path_default(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_default(properties, "accessPolicies", cJSON_CreateArray());
	path_default(properties, "enabledForDeployment", cJSON_CreateFalse());
	path_default_text(properties, "publicNetworkAccess", "Enabled");
	path_default_text(properties, "provisioningState", "Succeeded");
	return shown;
}

static bool is_vault_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *p = name; *p; p++)
		if ((!isalnum((unsigned char)*p) && *p != '-') || (*p == '-' && p[1] == '-'))
			return false;
	return length >= 3 && length <= 24 && isalpha((unsigned char)name[0]) && name[length - 1] != '-';
}

/* The members of a vault's properties that Azure knows. False: answered. */
static bool check_properties(struct call *call, const cJSON *properties)
{
	static const char known[] =
		"tenantId,sku,accessPolicies,vaultUri,hsmPoolResourceId,enabledForDeployment,"
		"enabledForDiskEncryption,enabledForTemplateDeployment,enableSoftDelete,"
		"softDeleteRetentionInDays,enableRbacAuthorization,createMode,enablePurgeProtection,"
		"networkAcls,provisioningState,privateEndpointConnections,publicNetworkAccess";
	const cJSON *item;

	cJSON_ArrayForEach (item, properties) {
		if (text_list_contains_fold(known, ',', item->string))
			continue;
		call_answer_error(
			call, 400, "BadRequest",
			"Could not find member '%s' on object of type 'VaultProperties'. Path 'properties.%s'.",
			item->string, item->string);
		return false;
	}
	return true;
}

/* Are the parts that a vault cannot do without there? False: answered. */
static bool check_required(struct call *call, const cJSON *properties)
{
	const char *sku = path_text(properties, "sku.name");

	if (!text_is_guid(path_text(properties, "tenantId"))) {
		call_answer_error(
			call, 400, "BadRequest",
			"The value of parameter 'tenantId' is not valid: a tenant id is required for a vault.");
		return false;
	}
	if (!sku || !text_list_contains_fold("standard,premium", ',', sku)) {
		call_answer_error(call, 400, "BadRequest", "The SKU of a vault must be 'standard' or 'premium'.");
		return false;
	}
	if (!path_get(properties, "accessPolicies") && !path_is_true(properties, "enableRbacAuthorization") &&
	    !arm_version_is_at_least(call, "2026-02-01")) {
		call_answer_error(
			call, 400, "BadRequest",
			"The parameter 'accessPolicies' is required unless 'enableRbacAuthorization' is true.");
		return false;
	}
	return true;
}

static bool check_new(struct call *call, const char *name)
{
	if (!is_vault_name(name)) {
		call_answer_error(
			call, 400, "VaultNameNotValid",
			"The vault name '%s' is invalid. A vault's name must be between 3-24 alphanumeric characters. "
			"The name must begin with a letter, end with a letter or digit, and not contain consecutive "
			"hyphens. Follow this link for more information: "
			"https://go.microsoft.com/fwlink/?linkid=2147742",
			name);
		return false;
	}
	if (state_find_name(call->state, TYPE, name)) {
		call_answer_error(
			call, 409, "VaultAlreadyExists",
			"The name '%s' is already in use. Vault names are globally unique so it is possible that the "
			"name is already taken.",
			name);
		return false;
	}
	return true;
}

static void list_vaults(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), TYPE), NULL, show);
}

/* "az keyvault list" asks for these, too. */
static void list_hardware_modules(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), "Microsoft.KeyVault/managedHSMs"),
			NULL, NULL);
}

static void get_vault(struct call *call)
{
	const cJSON *vault = arm_find(call, call->path);

	if (vault)
		arm_answer_resource(call, 200, vault, show);
}

static void put_vault(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *vault = map_get(&call->state->resources, call->path);
	const cJSON *properties;
	bool exists = vault;
	const char *location;

	if (!arm_body(call) || !(location = arm_body_location(call)))
		return;
	properties = path_get(call->body, "properties");
	if (!check_properties(call, properties) || !check_required(call, properties) ||
	    (!exists && !check_new(call, id.name)))
		return;
	if (exists && path_is_true(vault, "properties.enablePurgeProtection") &&
	    cJSON_IsFalse(path_get(properties, "enablePurgeProtection"))) {
		call_answer_error(
			call, 400, "BadRequest",
			"The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection "
			"for a vault is an irreversible action.");
		return;
	}
	if (!exists)
		vault = arm_resource_new(call, &id, location);
	arm_resource_take(vault, call->body, "tags");
	arm_merge(path_get(vault, "properties"), properties);
	if (arm_version_is_at_least(call, "2026-02-01") && !exists)
		path_default(vault, "properties.enableRbacAuthorization", cJSON_CreateTrue());
	path_default(vault, "properties.enableSoftDelete", cJSON_CreateTrue());
	path_set_text(vault, "properties.vaultUri",
		      path_text(vault, "properties.vaultUri") && exists
			      ? arena_copy_text(call->arena, path_text(vault, "properties.vaultUri"))
			      : arena_printf(call->arena, "https://%s.vault.azure.net/", id.name));
	state_put_resource(call->state, vault);
	arm_note_activity(call);
	arm_answer_resource(call, exists ? 200 : 201, vault, show);
}

static void patch_vault(struct call *call)
{
	cJSON *vault = arm_find(call, call->path);

	if (!vault || !arm_body(call) || !check_properties(call, path_get(call->body, "properties")))
		return;
	arm_resource_take(vault, call->body, "tags");
	arm_merge(path_get(vault, "properties"), path_get(call->body, "properties"));
	arm_note_activity(call);
	arm_answer_resource(call, 200, vault, show);
}

static void delete_vault(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

static void check_name(struct call *call)
{
	const char *name = path_text(call->body, "name");
	cJSON *body = cJSON_CreateObject();
	bool taken = name && state_find_name(call->state, TYPE, name);

	cJSON_AddBoolToObject(body, "nameAvailable", name && is_vault_name(name) && !taken);
	if (taken)
		cJSON_AddStringToObject(body, "reason", "AlreadyExists");
	else if (!name || !is_vault_name(name))
		cJSON_AddStringToObject(body, "reason", "AccountNameInvalid");
	call_answer(call, 200, body);
}

const struct sim_route arm_vault_routes[] = {
	{"GET", "/subscriptions/{}" VAULTS, list_vaults},
	{"GET", "/subscriptions/{}/resourceGroups/{}" VAULTS, list_vaults},
	{"GET", "/subscriptions/{}/providers/Microsoft.KeyVault/managedHSMs", list_hardware_modules},
	{"GET", "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.KeyVault/managedHSMs", list_hardware_modules},
	{"GET", VAULT, get_vault},
	{"PUT", VAULT, put_vault},
	{"PATCH", VAULT, patch_vault},
	{"DELETE", VAULT, delete_vault},
	{"POST", "/subscriptions/{}/providers/Microsoft.KeyVault/checkNameAvailability", check_name},
	{0},
};
