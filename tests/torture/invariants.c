#include "invariants_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"

bool invariants_fail(char **ret_problem, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_problem, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return false;
}

static cJSON *invariants_state(struct rig *rig)
{
	char *text = rig_get(rig, NULL, "/_sim/state", NULL);
	cJSON *state = cJSON_Parse(text);

	free(text);
	if (!state)
		abort();
	return state;
}

void invariants_init(struct invariants *invariants, struct rig *rig)
{
	invariants->before = invariants_state(rig);
}

void invariants_done(struct invariants *invariants)
{
	cJSON_Delete(invariants->before);
}

const char *invariants_text(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItem(object, name);

	return cJSON_IsString(member) ? member->valuestring : "";
}

const cJSON *invariants_directory(const cJSON *state, const char *set)
{
	return cJSON_GetObjectItem(cJSON_GetObjectItem(state, "directory"), set);
}

/* ---- nothing exists twice ---- */

typedef void key_fn(const cJSON *object, char *ret, size_t size);

static void key_of_application(const cJSON *object, char *ret, size_t size)
{
	snprintf(ret, size, "%s", invariants_text(object, "displayName"));
}

static void key_of_service_principal(const cJSON *object, char *ret, size_t size)
{
	snprintf(ret, size, "%s", invariants_text(object, "appId"));
}

static void key_of_app_role_assignment(const cJSON *object, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s/%s", invariants_text(object, "principalId"), invariants_text(object, "resourceId"),
		 invariants_text(object, "appRoleId"));
}

static void key_of_grant(const cJSON *object, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s/%s", invariants_text(object, "clientId"), invariants_text(object, "resourceId"),
		 invariants_text(object, "consentType"));
}

static void key_of_role_assignment(const cJSON *object, char *ret, size_t size)
{
	const cJSON *properties = cJSON_GetObjectItem(object, "properties");
	const char *id = invariants_text(object, "id"), *slash = strrchr(id, '/'),
		   *role = invariants_text(properties, "roleDefinitionId");

	*ret = 0;
	if (text_equal_fold(invariants_text(object, "type"), "Microsoft.Authorization/roleAssignments"))
		snprintf(ret, size, "%.*s/%s/%s", slash ? (int)(slash - id) : 0, id,
			 strrchr(role, '/') ? strrchr(role, '/') : role, invariants_text(properties, "principalId"));
}

static bool is_unique(const cJSON *set, const char *what, key_fn *key_of, char **ret_problem)
{
	struct map seen = {0};
	const cJSON *object;
	char key[1024];
	bool ok = true;

	cJSON_ArrayForEach (object, set) {
		key_of(object, key, sizeof(key));
		if (!*key)
			continue;
		if (map_get(&seen, key)) {
			ok = invariants_fail(ret_problem, "two %s: %s", what, key);
			break;
		}
		map_put(&seen, key, (void *)object);
	}
	map_done(&seen);
	return ok;
}

/* ---- nothing foreign changed, no secret is gone ---- */

/* Settings that domain.md 1.11 gives to us; all others must be as they were, byte for byte. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = {
		"AuthConfig:ApplicationId",
		"AuthConfig:ApplicationKey", /* invariants_credentials.c */
		"CertMaster:URL",
		"DirectCSRValidation:Enabled",
		"AuthConfig:ManagedIdentityEnabledOnUnixTime",
		"AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
		"AuthConfig:ManagedIdentityPermissionLevel",
		"CertificateStorage:TableStorageEndpoint",
		"AzureStorage:TableStorageEndpoint",
		"LoggingConfig:DataCollectionEndpointUri",
		"LoggingConfig:RuleId",
		"LoggingConfig:WorkspaceId",
		"LoggingConfig:SharedKey",
		"AuthConfig:SCEPmanAPIScope",
	};
	char plain[256] = "";
	size_t n = 0;

	for (const char *p = name; *p && n < sizeof(plain) - 1; p++) {
		if (p[0] == '_' && p[1] == '_')
			p++;
		plain[n++] = *p == '_' && p[-1] == '_' ? ':' : *p;
	}
	plain[n] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (text_has_suffix_fold(plain, ours[i]))
			return true;
	return false;
}

const cJSON *invariants_find_resource(const cJSON *state, const char *id)
{
	const cJSON *resource;

	cJSON_ArrayForEach (resource, cJSON_GetObjectItem(state, "resources"))
		if (text_equal_fold(invariants_text(resource, "id"), id))
			return resource;
	return NULL;
}

static bool settings_are_kept(const cJSON *before, const cJSON *after, char **ret_problem)
{
	const cJSON *setting;

	cJSON_ArrayForEach (setting, cJSON_GetObjectItem(before, "properties")) {
		const cJSON *now =
			cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItem(after, "properties"), setting->string);

		if (is_ours(setting->string))
			continue;
		if (!now || !cJSON_Compare(setting, now, true))
			return invariants_fail(ret_problem, "the foreign setting %s of %s was changed or lost",
					       setting->string, invariants_text(before, "id"));
	}
	return true;
}

/* Every resource that was there is there, with everything that it said. */
static bool resources_are_kept(const cJSON *before, const cJSON *after, char **ret_problem)
{
	const cJSON *resource;

	cJSON_ArrayForEach (resource, cJSON_GetObjectItem(before, "resources")) {
		const cJSON *now = invariants_find_resource(after, invariants_text(resource, "id"));

		if (!now)
			return invariants_fail(ret_problem, "%s is gone", invariants_text(resource, "id"));
		if (text_has_suffix_fold(invariants_text(resource, "id"), "/config/appsettings")) {
			if (!settings_are_kept(resource, now, ret_problem))
				return false;
		} else if (text_equal_fold(invariants_text(resource, "type"), "Microsoft.KeyVault/vaults") ||
			   text_has_suffix_fold(invariants_text(resource, "id"), "/config/slotConfigNames")) {
			continue; /* these are added to; the golden cases say how */
		} else if (!cJSON_Compare(resource, now, true)) {
			return invariants_fail(ret_problem, "%s was changed", invariants_text(resource, "id"));
		}
	}
	return true;
}

/* Objects of the directory that were there before are there, unchanged. */
static bool directory_is_kept(const cJSON *before, const cJSON *after, const char *set, char **ret_problem)
{
	const cJSON *object, *other;

	cJSON_ArrayForEach (object, invariants_directory(before, set)) {
		bool is_kept = false;

		cJSON_ArrayForEach (other, invariants_directory(after, set))
			if (text_equal(invariants_text(object, "id"), invariants_text(other, "id")))
				is_kept = cJSON_Compare(object, other, true);
		if (!is_kept)
			return invariants_fail(ret_problem, "%s %s was changed or is gone", set,
					       invariants_text(object, "id"));
	}
	return true;
}

static bool meddling_is_kept(const cJSON *after, char **ret_problem)
{
	const cJSON *resource;

	cJSON_ArrayForEach (resource, cJSON_GetObjectItem(after, "resources"))
		if (cJSON_GetObjectItem(cJSON_GetObjectItem(resource, "properties"), RIG_MEDDLED))
			return true;
	return invariants_fail(ret_problem, "what somebody else had set was lost");
}

static bool state_holds(const cJSON *before, const cJSON *after, char **ret_problem)
{
	static const char *const sets[] = {
		"applications", "servicePrincipals", "appRoleAssignments", "oauth2PermissionGrants", "groups", "users"};

	if (!is_unique(invariants_directory(after, "applications"), "applications", key_of_application, ret_problem) ||
	    !is_unique(invariants_directory(after, "servicePrincipals"), "service principals", key_of_service_principal,
		       ret_problem) ||
	    !is_unique(invariants_directory(after, "appRoleAssignments"), "app role assignments",
		       key_of_app_role_assignment, ret_problem) ||
	    !is_unique(invariants_directory(after, "oauth2PermissionGrants"), "grants", key_of_grant, ret_problem) ||
	    !is_unique(cJSON_GetObjectItem(after, "resources"), "role assignments", key_of_role_assignment,
		       ret_problem) ||
	    !resources_are_kept(before, after, ret_problem))
		return false;
	if (!invariants_credentials_hold(before, after, ret_problem))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (!directory_is_kept(before, after, sets[i], ret_problem))
			return false;
	return true;
}

bool invariants_hold(const struct invariants *invariants, struct rig *rig, char **ret_problem)
{
	cJSON *after = invariants_state(rig);
	bool ok = state_holds(invariants->before, after, ret_problem) &&
		  (!rig->was_meddled || meddling_is_kept(after, ret_problem));

	cJSON_Delete(after);
	return ok;
}

/* ---- health ---- */

bool invariants_are_healthy(struct rig *rig, char **ret_problem)
{
	static const char *const hosts[] = {"app-scepman-contoso.azurewebsites.net",
					    "app-scepman-contoso-cm.azurewebsites.net"};

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		int status;
		char *body = rig_get(rig, hosts[i], "/probe", &status);
		bool ok = status == 200;

		if (!ok)
			invariants_fail(ret_problem, "https://%s/probe: %d %s", hosts[i], status, body);
		free(body);
		if (!ok)
			return false;
	}
	return true;
}
