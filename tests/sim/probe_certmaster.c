/* What Certificate Master needs: people who can sign in, SCEPman's API, storage. */
#include <string.h>

#include "base/text.h"
#include "directory.h"
#include "path.h"
#include "probe.h"

static bool list_has(const cJSON *list, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (text_equal_fold(cJSON_GetStringValue(item), text))
			return true;
	return false;
}

/* People sign in with any host name of the app. */
static void check_sign_in(struct probe *probe, const cJSON *application)
{
	const char *host = path_text(probe->site, "properties.defaultHostName");
	const cJSON *names = path_get(probe->site, "properties.hostNames"), *name;
	cJSON *hosts = cJSON_IsArray(names) ? cJSON_Duplicate(names, true) : cJSON_CreateStringArray(&host, 1);

	cJSON_ArrayForEach (name, hosts) {
		const char *uri = arena_printf(probe->arena, "https://%s/signin-oidc", name->valuestring);

		if (!list_has(path_get(application, "web.redirectUris"), uri) &&
		    !list_has(path_get(application, "spa.redirectUris"), uri))
			probe_miss(probe, "the application has no redirect URI %s", uri);
	}
	cJSON_Delete(hosts);
	if (!path_is_true(application, "web.implicitGrantSettings.enableIdTokenIssuance"))
		probe_miss(probe, "the application issues no id tokens");
}

/* Is WORD one of the parts of LIST between blanks? */
static bool has_scope(const char *list, const char *word)
{
	return list && text_list_contains_fold(list, ' ', word);
}

static void check_consent(struct probe *probe, const cJSON *principal)
{
	const cJSON *graph = directory_principal(probe->state, DIRECTORY_GRAPH_APP_ID);
	const struct map *grants = &probe->state->directory[DIRECTORY_OAUTH2_PERMISSION_GRANTS];

	for (size_t i = 0; i < grants->count; i++) {
		const cJSON *grant = grants->entries[i].value;

		if (grant && text_equal_fold(path_text(grant, "clientId"), path_text(principal, "id")) &&
		    text_equal_fold(path_text(grant, "resourceId"), path_text(graph, "id")) &&
		    text_equal_fold(path_text(grant, "consentType"), "AllPrincipals") &&
		    has_scope(path_text(grant, "scope"), "User.Read"))
			return;
	}
	probe_miss(probe, "nobody consented to User.Read");
}

static const char *role_id(const cJSON *application, const char *value)
{
	const cJSON *role;

	cJSON_ArrayForEach (role, path_get(application, "appRoles"))
		if (text_equal(path_text(role, "value"), value))
			return path_text(role, "id");
	return NULL;
}

static void check_api(struct probe *probe)
{
	static const char setting[] = "AppConfig:AuthConfig:SCEPmanAPIScope";
	const char *scope = probe_setting(probe, setting);
	const cJSON *application, *principal;

	application = probe_check_application(
		probe, setting, scope && text_has_prefix_fold(scope, "api://") ? scope + strlen("api://") : NULL,
		"CSR.Request", &principal);
	if (!application)
		return;
	if (!list_has(path_get(application, "identifierUris"), scope))
		probe_miss(probe, "%s: is no identifier URI of the application", setting);
	if (!probe->principal_count ||
	    !probe_has_role(probe, probe->principals[0], principal, role_id(application, "CSR.Request")))
		probe_miss(probe, "%s: the managed identity has no role CSR.Request", setting);
}

/* domain.md 1.2: both roles give 2, one gives 1. */
static int level_of(const struct probe *probe)
{
	const cJSON *graph = directory_principal(probe->state, DIRECTORY_GRAPH_APP_ID);
	int count = 0;

	if (!probe->principal_count || !graph)
		return -1;
	count += probe_has_role(probe, probe->principals[0], graph, "2f51be20-0bb4-4fed-bf7b-db946066c75e");
	count += probe_has_role(probe, probe->principals[0], graph, "dc377aa6-52d8-4e23-b271-2a7ae04cedf3");
	return count ? count : -1;
}

void probe_certificate_master(struct probe *probe)
{
	static const char home[] = "AppConfig:AuthConfig:HomeApplicationId",
			  own[] = "AppConfig:AuthConfig:ApplicationId";
	const char *setting = probe_setting(probe, home) ? home : own;
	const char *host = probe_host(probe, probe_setting(probe, "AppConfig:SCEPman:URL"));
	const cJSON *application, *principal = NULL;

	probe_check_package(probe, "Certificate Master");
	probe_check_tenant(probe);
	probe_check_identity(probe, level_of(probe));
	if (!host || !state_find_host(probe->state, host))
		probe_miss(probe, "AppConfig:SCEPman:URL: names no web app");
	application = probe_check_application(probe, setting, probe_setting(probe, setting), "Admin.Full", &principal);
	if (application) {
		check_sign_in(probe, application);
		check_consent(probe, principal);
	}
	check_api(probe);
	probe_check_storage(probe, "AppConfig:AzureStorage:TableStorageEndpoint");
	probe_check_logging(probe);
}
