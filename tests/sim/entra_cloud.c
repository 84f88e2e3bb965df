/* GET /metadata/endpoints: how a cloud describes itself to clients that are given nothing but its address. Each version
 * of the question has its own form of answer (wire.md section 1). */
#include "entra_internal.h"

#include "base/text.h"
#include "routes.h"

static cJSON *make_authentication(const char *login, const char *base)
{
	cJSON *authentication = cJSON_CreateObject(), *audiences;

	cJSON_AddStringToObject(authentication, "loginEndpoint", login);
	audiences = cJSON_AddArrayToObject(authentication, "audiences");
	cJSON_AddItemToArray(audiences, cJSON_CreateString(base));
	return authentication;
}

static cJSON *make_version_2015(struct call *call, const char *base)
{
	const char *with_slash = arena_printf(call->arena, "%s/", base);
	cJSON *body = cJSON_CreateObject();

	cJSON_AddStringToObject(body, "galleryEndpoint", with_slash);
	cJSON_AddStringToObject(body, "graphEndpoint", with_slash);
	cJSON_AddStringToObject(body, "portalEndpoint", with_slash);
	cJSON_AddItemToObject(body, "authentication", make_authentication(with_slash, with_slash));
	return body;
}

static cJSON *make_cloud(struct call *call, const char *base)
{
	const char *with_slash = arena_printf(call->arena, "%s/", base);
	cJSON *body = cJSON_CreateObject(), *authentication = make_authentication(base, with_slash), *suffixes;

	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(authentication, "audiences"), cJSON_CreateString(base));
	cJSON_AddStringToObject(authentication, "tenant", "common");
	cJSON_AddStringToObject(authentication, "identityProvider", "AAD");
	cJSON_AddStringToObject(body, "name", "simcloud");
	cJSON_AddStringToObject(body, "portal", base);
	cJSON_AddItemToObject(body, "authentication", authentication);
	cJSON_AddStringToObject(body, "media", base);
	cJSON_AddStringToObject(body, "graphAudience", with_slash);
	cJSON_AddStringToObject(body, "graph", with_slash);
	suffixes = cJSON_AddObjectToObject(body, "suffixes");
	cJSON_AddStringToObject(suffixes, "keyVaultDns", "vault.localhost");
	cJSON_AddStringToObject(suffixes, "storage", "core.localhost");
	cJSON_AddStringToObject(suffixes, "acrLoginServer", "azurecr.localhost");
	cJSON_AddStringToObject(suffixes, "sqlServerHostname", "database.localhost");
	cJSON_AddStringToObject(body, "batch", base);
	cJSON_AddStringToObject(body, "resourceManager", base);
	cJSON_AddStringToObject(body, "vmImageAliasDoc", arena_printf(call->arena, "%s/aliases.json", base));
	cJSON_AddStringToObject(body, "activeDirectoryDataLake", base);
	cJSON_AddStringToObject(body, "sqlManagement", base);
	cJSON_AddStringToObject(body, "gallery", base);
	cJSON_AddStringToObject(body, "microsoftGraphResourceId", with_slash);
	return body;
}

static void get_endpoints(struct call *call)
{
	const char *version = call_query(call, "api-version"), *base = call_base_url(call);
	cJSON *list;

	if (!version) {
		call_answer_error(call, 400, "MissingApiVersionParameter",
				  "The api-version query parameter (?api-version=) is required for all requests.");
	} else if (text_compare_fold(version, "2018-05-01") < 0) {
		call_answer(call, 200, make_version_2015(call, base));
	} else if (text_compare_fold(version, "2022-09-01") < 0) {
		list = cJSON_CreateArray();
		cJSON_AddItemToArray(list, make_cloud(call, base));
		call_answer(call, 200, list);
	} else {
		call_answer(call, 200, make_cloud(call, base));
	}
}

const struct sim_route metadata_cloud_routes[] = {
	{"GET", "/metadata/endpoints", get_endpoints},
	{0},
};
