#include "graph_microsoft.h"

#include "base/memory.h"
#include "base/text.h"
#include "data.h"
#include "directory.h"

/* Application ids: domain.md 1.1. */
static const struct {
	const char *app_id, *name;
} applications[] = {
	{DIRECTORY_GRAPH_APP_ID, "Microsoft Graph"},
	{"c161e42e-d4df-4a3d-9b42-e7a3c31f59d4", "Microsoft Intune API"},
	{"0000000a-0000-0000-c000-000000000000", "Microsoft Intune"},
	{"04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"},
};

bool graph_is_microsoft_application(const char *app_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(applications); i++) {
		if (text_equal_fold(applications[i].app_id, app_id))
			return true;
	}
	return false;
}

/* The roles and scopes stand in the data from which the scenarios are made. */
static cJSON *copy_from_data(const char *app_id)
{
	cJSON *data = cJSON_Parse(data_directory), *principal, *found = NULL;

	if (!data)
		memory_exhausted();
	cJSON_ArrayForEach (principal,
			    cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(data, "directory"),
							     "servicePrincipals")) {
		if (!found && text_equal_fold(directory_text(principal, "appId"), app_id))
			found = cJSON_Duplicate(principal, true);
	}
	cJSON_Delete(data);
	return found;
}

cJSON *graph_make_microsoft_principal(const char *app_id)
{
	cJSON *principal = copy_from_data(app_id), *names;

	if (principal) {
		cJSON_DeleteItemFromObjectCaseSensitive(principal, "servicePrincipalType");
		return principal;
	}
	principal = cJSON_CreateObject();
	for (size_t i = 0; i < ARRAY_SIZE(applications); i++) {
		if (!text_equal_fold(applications[i].app_id, app_id))
			continue;
		cJSON_AddStringToObject(principal, "displayName", applications[i].name);
		cJSON_AddStringToObject(principal, "appDisplayName", applications[i].name);
	}
	names = cJSON_AddArrayToObject(principal, "servicePrincipalNames");
	cJSON_AddItemToArray(names, cJSON_CreateString(app_id));
	return principal;
}
