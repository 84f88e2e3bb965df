#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "invariants_internal.h"

/*
 * What an upgrade from 1.x must never break, wherever it was interrupted (domain.md 2.20): the key exists, in its place
 * or in the backup, and SCEPman can sign in, with the key and the id that belong together or with its managed identity.
 */

#define KEY       "AppConfig:AuthConfig:ApplicationKey"
#define ID        "AppConfig:AuthConfig:ApplicationId"
#define LEVEL     "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"
#define TIME      "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
#define HOST      "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"
#define BACKUP(n) "BackUp:" n

/* Without these no token of the identity is of use: level 0 of domain.md 1.2. */
static const char *const roles[] = {"7ab1d382-f21e-4acd-a863-ba3e13f7da61", "39d724e8-6a34-4930-9a36-364082c35716"};

/* As the scenarios with slots and keys spell them: on Windows. */
static const char *setting(const cJSON *settings, const char *name)
{
	return invariants_text(cJSON_GetObjectItem(settings, "properties"), name);
}

static bool has_role(const cJSON *state, const char *principal, const char *role)
{
	const cJSON *assignment;

	cJSON_ArrayForEach (assignment, invariants_directory(state, "appRoleAssignments"))
		if (text_equal_fold(invariants_text(assignment, "principalId"), principal) &&
		    text_equal_fold(invariants_text(assignment, "appRoleId"), role))
			return true;
	return false;
}

/* The web app or slot that SETTINGS belong to. */
static const cJSON *site_of(const cJSON *state, const cJSON *settings)
{
	static const char config[] = "/config/appsettings";
	const char *id = invariants_text(settings, "id");
	char *site_id = strndup(id, strlen(id) - strlen(config));
	const cJSON *site = invariants_find_resource(state, site_id);

	free(site_id);
	return site;
}

static bool can_use_identity(const cJSON *state, const cJSON *settings)
{
	const cJSON *site = site_of(state, settings);
	const char *principal = invariants_text(cJSON_GetObjectItem(site, "identity"), "principalId");
	const char *host = invariants_text(cJSON_GetObjectItem(site, "properties"), "defaultHostName");
	const char *level = setting(settings, LEVEL);

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (!has_role(state, principal, roles[i]))
			return false;
	return *level && *level != '-' && *setting(settings, TIME) && text_equal_fold(setting(settings, HOST), host);
}

static bool credential_holds(const cJSON *before, const cJSON *now, const cJSON *state, char **ret_problem)
{
	const char *key = setting(before, KEY), *id = setting(before, ID);
	bool has_key = text_equal(setting(now, KEY), key);

	if (!has_key && !text_equal(setting(now, BACKUP(KEY)), key))
		return invariants_fail(ret_problem, "the ApplicationKey of %s is lost", invariants_text(before, "id"));
	if (!text_equal(setting(now, ID), id) && !text_equal(setting(now, BACKUP(ID)), id))
		return invariants_fail(ret_problem, "the ApplicationId of %s is lost", invariants_text(before, "id"));
	if (!(has_key && text_equal(setting(now, ID), id)) && !can_use_identity(state, now))
		return invariants_fail(ret_problem, "%s has no credential that works", invariants_text(before, "id"));
	return true;
}

bool invariants_credentials_hold(const cJSON *before, const cJSON *after, char **ret_problem)
{
	const cJSON *resource;

	cJSON_ArrayForEach (resource, cJSON_GetObjectItem(before, "resources"))
		if (text_has_suffix_fold(invariants_text(resource, "id"), "/config/appsettings") &&
		    *setting(resource, KEY) &&
		    !credential_holds(resource, invariants_find_resource(after, invariants_text(resource, "id")), after,
				      ret_problem))
			return false;
	return true;
}
