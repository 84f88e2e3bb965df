/* PUT …/vaults/NAME/accessPolicies/{add|replace|remove}: changes single entries instead of the whole list. */
#include "arm.h"
#include "base/text.h"
#include "routes.h"

static const char *const kinds[] = {"keys", "secrets", "certificates", "storage"};

/* The entry of POLICIES for the same principal (and application) as WANTED, or NULL. */
static cJSON *find_entry(cJSON *policies, const cJSON *wanted)
{
	cJSON *entry;

	cJSON_ArrayForEach (entry, policies)
		if (text_equal_fold(path_text(entry, "objectId"), path_text(wanted, "objectId")) &&
		    text_equal_fold(path_text(entry, "applicationId"), path_text(wanted, "applicationId")))
			return entry;
	return NULL;
}

static bool has(const cJSON *list, const char *permission)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (text_equal_fold(item->valuestring, permission))
			return true;
	return false;
}

static void add_permissions(cJSON *entry, const cJSON *wanted)
{
	path_default(entry, "permissions", cJSON_CreateObject());
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const cJSON *more = path_get(path_get(wanted, "permissions"), kinds[i]), *item;
		cJSON *own;

		if (!cJSON_IsArray(more))
			continue;
		path_default(path_get(entry, "permissions"), kinds[i], cJSON_CreateArray());
		own = path_get(path_get(entry, "permissions"), kinds[i]);
		cJSON_ArrayForEach (item, more)
			if (!has(own, item->valuestring))
				cJSON_AddItemToArray(own, cJSON_Duplicate(item, true));
	}
}

/* Takes the permissions of WANTED out of ENTRY. True: nothing is left in it. */
static bool remove_permissions(cJSON *entry, const cJSON *wanted)
{
	int left = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const cJSON *less = path_get(path_get(wanted, "permissions"), kinds[i]);
		cJSON *own = path_get(path_get(entry, "permissions"), kinds[i]), *item, *next;

		for (item = own ? own->child : NULL; item; item = next) {
			next = item->next;
			if (has(less, item->valuestring))
				cJSON_Delete(cJSON_DetachItemViaPointer(own, item));
		}
		left += own ? cJSON_GetArraySize(own) : 0;
	}
	return left == 0;
}

static bool has_valid_permissions(const cJSON *entry)
{
	static const char known[] = "all,encrypt,decrypt,wrapKey,unwrapKey,sign,verify,get,list,create,update,import,"
				    "delete,backup,restore,recover,"
				    "purge,release,rotate,getrotationpolicy,setrotationpolicy,set,managecontacts,"
				    "manageissuers,getissuers,listissuers,"
				    "setissuers,deleteissuers,deletesas,getsas,listsas,regeneratekey,setsas";
	const cJSON *kind, *item;

	cJSON_ArrayForEach (kind, path_get(entry, "permissions")) {
		if (!text_list_contains_fold("keys,secrets,certificates,storage", ',', kind->string))
			return false;
		cJSON_ArrayForEach (item, kind)
			if (!cJSON_IsString(item) || !text_list_contains_fold(known, ',', item->valuestring))
				return false;
	}
	return cJSON_IsObject(path_get(entry, "permissions"));
}

/* False: answered. */
static bool check_policies(struct call *call, const cJSON *policies)
{
	const cJSON *entry;
	int i = 0;

	if (!cJSON_IsArray(policies) || !policies->child) {
		call_answer_error(call, 400, "BadRequest", "An invalid value was provided for 'accessPolicies'.");
		return false;
	}
	cJSON_ArrayForEach (entry, policies) {
		if (!text_is_guid(path_text(entry, "objectId")) || !text_is_guid(path_text(entry, "tenantId"))) {
			call_answer_error(call, 400, "BadRequest",
					  "Invalid value found at accessPolicies[%d].ObjectId: %s", i,
					  path_text(entry, "objectId") ? path_text(entry, "objectId") : "");
			return false;
		}
		if (!has_valid_permissions(entry)) {
			call_answer_error(call, 400, "BadRequest",
					  "Invalid value found at accessPolicies[].permissions.");
			return false;
		}
		i++;
	}
	return true;
}

static void put_policies(struct call *call)
{
	const char *kind = call->arguments[3], *vault_id = arm_path_without(call, 2);
	cJSON *vault = arm_find(call, vault_id), *policies, *shown;
	const cJSON *wanted, *item;

	if (!vault || !arm_body(call))
		return;
	wanted = path_get(call->body, "properties.accessPolicies");
	if (!text_list_contains_fold("add,replace,remove", ',', kind)) {
		call_answer_error(call, 400, "BadRequest", "The operation kind '%s' is not valid.", kind);
		return;
	}
	if (!check_policies(call, wanted))
		return;
	path_default(vault, "properties.accessPolicies", cJSON_CreateArray());
	policies = path_get(vault, "properties.accessPolicies");
	if (text_equal_fold(kind, "replace"))
		while (policies->child)
			cJSON_DeleteItemFromArray(policies, 0);
	cJSON_ArrayForEach (item, wanted) {
		cJSON *entry = find_entry(policies, item);

		if (text_equal_fold(kind, "remove")) {
			if (entry && remove_permissions(entry, item))
				cJSON_Delete(cJSON_DetachItemViaPointer(policies, entry));
		} else if (entry) {
			add_permissions(entry, item);
		} else {
			cJSON_AddItemToArray(policies, cJSON_Duplicate(item, true));
		}
	}
	arm_note_activity(call);
	shown = cJSON_CreateObject();
	cJSON_AddStringToObject(shown, "id", arena_printf(call->arena, "%s/accessPolicies/", path_text(vault, "id")));
	cJSON_AddStringToObject(shown, "type", "Microsoft.KeyVault/vaults/accessPolicies");
	path_set(shown, "properties.accessPolicies", cJSON_Duplicate(policies, true));
	call_answer(call, 200, shown);
}

const struct sim_route arm_vault_policy_routes[] = {
	{"PUT", "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.KeyVault/vaults/{}/accessPolicies/{}",
	 put_policies},
	{0},
};
