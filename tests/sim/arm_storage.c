/* Microsoft.Storage: accounts. A new one takes a moment (202 and polls), a change does not. */
#include <ctype.h>
#include <string.h>

#include "arm.h"
#include "arm_operation.h"
#include "base/text.h"
#include "routes.h"

#define ACCOUNTS "/providers/Microsoft.Storage/storageAccounts"
#define ACCOUNT  "/subscriptions/{}/resourceGroups/{}" ACCOUNTS "/{}"
#define TYPE     "Microsoft.Storage/storageAccounts"

static cJSON *show(struct call *call, const cJSON *account)
{
	cJSON *shown = cJSON_Duplicate(account, true), *properties;
	const char *location = path_text(account, "location"), *sku = path_text(account, "sku.name");

	(void)call;
	path_default(shown, "tags", cJSON_CreateObject());
	path_default_text(shown, "kind", "StorageV2");
	if (sku)
		path_default_text(shown, "sku.tier", text_has_prefix_fold(sku, "Premium") ? "Premium" : "Standard");
	path_default(shown, "properties", cJSON_CreateObject());
	properties = path_get(shown, "properties");
	path_default_text(properties, "provisioningState", "Succeeded");
	path_default_text(properties, "creationTime", "2026-01-12T09:00:00.0000000Z");
	path_default_text(properties, "primaryLocation", location);
	path_default_text(properties, "statusOfPrimary", "available");
	path_default_text(properties, "accessTier", "Hot");
	path_default(properties, "privateEndpointConnections", cJSON_CreateArray());
	path_default(properties, "supportsHttpsTrafficOnly", cJSON_CreateTrue());
	path_default_text(properties, "minimumTlsVersion", "TLS1_0");
	path_default_text(properties, "networkAcls.bypass", "AzureServices");
	path_default_text(properties, "networkAcls.defaultAction", "Allow");
	path_default(properties, "networkAcls.virtualNetworkRules", cJSON_CreateArray());
	path_default(properties, "networkAcls.ipRules", cJSON_CreateArray());
	path_default_text(properties, "encryption.keySource", "Microsoft.Storage");
	return shown;
}

static void set_endpoints(struct call *call, cJSON *account, const char *name)
{
	static const char *const services[] = {"dfs", "web", "blob", "queue", "table", "file"};

	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		path_default_text(account, arena_printf(call->arena, "properties.primaryEndpoints.%s", services[i]),
				  arena_printf(call->arena, "https://%s.%s%s.core.windows.net/", name,
					       text_equal(services[i], "web") ? "z6." : "", services[i]));
}

static bool is_account_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *p = name; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p))
			return false;
	return length >= 3 && length <= 24;
}

static bool check_properties(struct call *call)
{
	static const char known[] =
		"accessTier,allowBlobPublicAccess,allowCrossTenantReplication,allowSharedKeyAccess,allowedCopyScope,"
		"azureFilesIdentityBasedAuthentication,customDomain,defaultToOAuthAuthentication,dnsEndpointType,"
		"enableExtendedGroups,encryption,immutableStorageWithVersioning,isHnsEnabled,isLocalUserEnabled,"
		"isNfsV3Enabled,"
		"isSftpEnabled,keyPolicy,largeFileSharesState,minimumTlsVersion,networkAcls,publicNetworkAccess,"
		"routingPreference,"
		"sasPolicy,supportsHttpsTrafficOnly,dualStackEndpointPreference,geoPriorityReplicationStatus,"
		/* what a client that sends back what it read has in it */
		"provisioningState,creationTime,primaryLocation,secondaryLocation,statusOfPrimary,statusOfSecondary,"
		"primaryEndpoints,secondaryEndpoints,privateEndpointConnections,keyCreationTime,geoReplicationStats";
	const cJSON *item;

	cJSON_ArrayForEach (item, path_get(call->body, "properties")) {
		if (text_list_contains_fold(known, ',', item->string))
			continue;
		call_answer_error(call, 400, "InvalidRequestPropertyName",
				  "The request property name '%s' is invalid or not known for this api-version.",
				  item->string);
		return false;
	}
	return true;
}

static bool check_new(struct call *call, const char *name)
{
	const char *sku = path_text(call->body, "sku.name"), *kind = path_text(call->body, "kind");

	if (!is_account_name(name)) {
		call_answer_error(
			call, 400, "AccountNameInvalid",
			"%s is not a valid storage account name. Storage account name must be between 3 and 24 "
			"characters in length and use numbers and lower-case letters only.",
			name);
		return false;
	}
	if (state_find_name(call->state, TYPE, name)) {
		call_answer_error(call, 409, "StorageAccountAlreadyTaken",
				  "The storage account named %s is already taken.", name);
		return false;
	}
	if (text_is_empty(sku) || (!text_has_prefix_fold(sku, "Standard_") && !text_has_prefix_fold(sku, "Premium"))) {
		call_answer_error(call, 400, "InvalidRequestPropertyValue",
				  "The value '%s' is not allowed for property sku.name.", sku ? sku : "");
		return false;
	}
	if (!kind ||
	    !text_list_contains_fold("Storage,StorageV2,BlobStorage,FileStorage,BlockBlobStorage", ',', kind)) {
		call_answer_error(call, 400, "InvalidRequestPropertyValue",
				  "The value '%s' is not allowed for property kind.", kind ? kind : "");
		return false;
	}
	return true;
}

static void list_accounts(struct call *call)
{
	arm_answer_list(call, state_list_type(call->state, arm_path_without(call, 3), TYPE), NULL, show);
}

static void get_account(struct call *call)
{
	const cJSON *account = arm_find(call, call->path);

	if (account)
		arm_answer_resource(call, 200, account, show);
}

static void put_account(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	cJSON *account = map_get(&call->state->resources, call->path);
	bool exists = account;
	const char *location;

	if (!arm_body(call) || !(location = arm_body_location(call)) || !check_properties(call) ||
	    (!exists && !check_new(call, id.name)))
		return;
	if (!exists)
		account = arm_resource_new(call, &id, location);
	arm_resource_take(account, call->body, "tags,sku,kind,identity");
	arm_merge(path_get(account, "properties"), path_get(call->body, "properties"));
	if (!exists) {
		set_endpoints(call, account, id.name);
		path_set_text(account, "properties.creationTime", arm_now(call));
		path_set_text(account, "properties.provisioningState", "Creating");
	}
	state_put_resource(call->state, account);
	arm_note_activity(call);
	if (exists)
		arm_answer_resource(call, 200, account, show);
	else
		arm_operation_start(call, "Microsoft.Storage", path_text(account, "id"), NULL);
}

static void patch_account(struct call *call)
{
	cJSON *account = arm_find(call, call->path);

	if (!account || !arm_body(call) || !check_properties(call))
		return;
	arm_resource_take(account, call->body, "tags,sku,kind,identity");
	arm_merge(path_get(account, "properties"), path_get(call->body, "properties"));
	arm_note_activity(call);
	arm_answer_resource(call, 200, account, show);
}

static void delete_account(struct call *call)
{
	arm_note_activity(call);
	call_answer(call, state_remove_resource(call->state, call->path) ? 200 : 204, NULL);
}

static void check_name(struct call *call)
{
	const char *name = path_text(call->body, "name");
	cJSON *body;

	if (text_is_empty(name) || !text_equal_fold(path_text(call->body, "type"), TYPE)) {
		call_answer_error(call, 400, "InvalidRequestPropertyValue",
				  "The value is not allowed for property type.");
		return;
	}
	body = cJSON_CreateObject();
	cJSON_AddBoolToObject(body, "nameAvailable",
			      is_account_name(name) && !state_find_name(call->state, TYPE, name));
	if (!is_account_name(name)) {
		cJSON_AddStringToObject(body, "reason", "AccountNameInvalid");
		cJSON_AddStringToObject(
			body, "message",
			arena_printf(call->arena,
				     "%s is not a valid storage account name. Storage account name must be between 3 "
				     "and 24 characters in length and use numbers and lower-case letters only.",
				     name));
	} else if (state_find_name(call->state, TYPE, name)) {
		cJSON_AddStringToObject(body, "reason", "AlreadyExists");
		cJSON_AddStringToObject(
			body, "message",
			arena_printf(call->arena, "The storage account named %s is already taken.", name));
	}
	call_answer(call, 200, body);
}

/* Keys that follow from the name: nothing of the simulated tenant can be opened with them. */
static void list_keys(struct call *call)
{
	const cJSON *account = arm_find(call, arm_path_without(call, 1));
	cJSON *body, *keys;

	if (!account)
		return;
	body = cJSON_CreateObject();
	keys = cJSON_AddArrayToObject(body, "keys");
	for (int i = 1; i <= 2; i++) {
		cJSON *key = cJSON_CreateObject();

		cJSON_AddStringToObject(key, "creationTime", "2026-01-12T09:00:00.0000000Z");
		cJSON_AddStringToObject(key, "keyName", i == 1 ? "key1" : "key2");
		cJSON_AddStringToObject(key, "permissions", "FULL");
		cJSON_AddStringToObject(key, "value",
					i == 1 ? "c2ltdWxhdGVkLXN0b3JhZ2Uta2V5LW9uZS1jYW5hcnktMDAwMQ=="
					       : "c2ltdWxhdGVkLXN0b3JhZ2Uta2V5LXR3by1jYW5hcnktMDAwMg==");
		cJSON_AddItemToArray(keys, key);
	}
	call_answer(call, 200, body);
}

const struct sim_route arm_storage_routes[] = {
	{"GET", "/subscriptions/{}" ACCOUNTS, list_accounts},
	{"GET", "/subscriptions/{}/resourceGroups/{}" ACCOUNTS, list_accounts},
	{"GET", ACCOUNT, get_account},
	{"PUT", ACCOUNT, put_account},
	{"PATCH", ACCOUNT, patch_account},
	{"DELETE", ACCOUNT, delete_account},
	{"POST", ACCOUNT "/listKeys", list_keys},
	{"POST", "/subscriptions/{}/providers/Microsoft.Storage/checkNameAvailability", check_name},
	{0},
};
