/* Objects of the directory for scenarios: app registrations, their service principals, assignments and grants. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data.h"
#include "path.h"
#include "scenario_parts.h"

/* The app roles of the registration NAME, with ids that follow from the application. */
static cJSON *make_roles(struct arena *arena, const char *name, const char *app_id)
{
	cJSON *data = scenario_data(data_app_roles), *roles = cJSON_DetachItemFromObject(data, name), *role;

	cJSON_ArrayForEach (role, roles) {
		cJSON_AddStringToObject(
			role, "id",
			scenario_guid(arena, arena_printf(arena, "role/%s/%s", app_id, path_text(role, "value"))));
		cJSON_AddTrueToObject(role, "isEnabled");
		cJSON_AddStringToObject(role, "origin", "Application");
	}
	cJSON_Delete(data);
	return roles ? roles : cJSON_CreateArray();
}

static void add_null_members(cJSON *object)
{
	static const char *const names[] = {"deletedDateTime",
					    "applicationTemplateId",
					    "certification",
					    "defaultRedirectUri",
					    "description",
					    "disabledByMicrosoftStatus",
					    "groupMembershipClaims",
					    "isFallbackPublicClient",
					    "notes",
					    "optionalClaims",
					    "samlMetadataUrl",
					    "serviceManagementReference",
					    "tokenEncryptionKeyId",
					    "uniqueName"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cJSON_AddNullToObject(object, names[i]);
}

const char *scenario_add_application(struct arena *arena, cJSON *tenant, const char *name, const char *roles,
				     const char *suffix)
{
	const char *app_id = scenario_guid(arena, arena_printf(arena, "application/%s/%s", name, suffix));
	cJSON *app = cJSON_CreateObject(), *principal = cJSON_CreateObject(),
	      *app_roles = make_roles(arena, roles, app_id);
	const char *uri = arena_printf(arena, "api://%s", app_id);

	cJSON_AddStringToObject(app, "id", scenario_guid(arena, arena_printf(arena, "object/%s", app_id)));
	cJSON_AddStringToObject(app, "appId", app_id);
	cJSON_AddStringToObject(app, "displayName", name);
	add_null_members(app);
	cJSON_AddStringToObject(app, "createdDateTime", "2026-01-12T10:00:00Z");
	cJSON_AddStringToObject(app, "publisherDomain", "contoso.onmicrosoft.com");
	cJSON_AddStringToObject(app, "signInAudience", "AzureADMyOrg");
	cJSON_AddItemToObject(app, "identifierUris", cJSON_CreateStringArray(&uri, 1));
	cJSON_AddItemToObject(app, "appRoles", cJSON_Duplicate(app_roles, true));
	cJSON_AddItemToObject(
		app, "api",
		cJSON_Parse("{\"acceptMappedClaims\":null,\"knownClientApplications\":[],\"oauth2PermissionScopes\":"
			    "[],\"preAuthorizedApplications\":[],\"requestedAccessTokenVersion\":null}"));
	cJSON_AddItemToObject(app, "web",
			      cJSON_Parse("{\"homePageUrl\":null,\"logoutUrl\":null,\"redirectUris\":[],"
					  "\"implicitGrantSettings\":{\"enableAccessTokenIssuance\":false,"
					  "\"enableIdTokenIssuance\":false},\"redirectUriSettings\":[]}"));
	cJSON_AddItemToObject(app, "spa", cJSON_Parse("{\"redirectUris\":[]}"));
	cJSON_AddItemToObject(app, "publicClient", cJSON_Parse("{\"redirectUris\":[]}"));
	cJSON_AddArrayToObject(app, "requiredResourceAccess");
	cJSON_AddArrayToObject(app, "keyCredentials");
	cJSON_AddArrayToObject(app, "passwordCredentials");
	cJSON_AddArrayToObject(app, "tags");
	cJSON_AddArrayToObject(app, "addIns");
	cJSON_AddItemToArray(scenario_directory(tenant, "applications"), app);

	cJSON_AddStringToObject(principal, "id", scenario_guid(arena, arena_printf(arena, "principal/%s", app_id)));
	cJSON_AddStringToObject(principal, "appId", app_id);
	cJSON_AddStringToObject(principal, "displayName", name);
	cJSON_AddStringToObject(principal, "appDisplayName", name);
	cJSON_AddStringToObject(principal, "servicePrincipalType", "Application");
	cJSON_AddTrueToObject(principal, "accountEnabled");
	cJSON_AddTrueToObject(principal, "appRoleAssignmentRequired");
	cJSON_AddStringToObject(principal, "appOwnerOrganizationId", SCENARIO_TENANT);
	cJSON_AddStringToObject(principal, "signInAudience", "AzureADMyOrg");
	cJSON_AddItemToObject(principal, "appRoles", app_roles);
	cJSON_AddArrayToObject(principal, "oauth2PermissionScopes");
	cJSON_AddArrayToObject(principal, "alternativeNames");
	cJSON_AddArrayToObject(principal, "replyUrls");
	cJSON_AddArrayToObject(principal, "tags");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(principal, "servicePrincipalNames"), cJSON_CreateString(app_id));
	cJSON_AddItemToArray(path_get(principal, "servicePrincipalNames"), cJSON_CreateString(uri));
	cJSON_AddItemToArray(scenario_directory(tenant, "servicePrincipals"), principal);
	return app_id;
}

cJSON *scenario_find_object(const cJSON *tenant, const char *set, const char *member, const char *value)
{
	cJSON *object;

	cJSON_ArrayForEach (object, scenario_directory(tenant, set))
		if (text_equal_fold(path_text(object, member), value))
			return object;
	return NULL;
}

void scenario_assign_app_role(struct arena *arena, cJSON *tenant, const char *principal_id, const char *app_id,
			      const char *role_value)
{
	const cJSON *resource = scenario_find_object(tenant, "servicePrincipals", "appId", app_id), *role;
	const cJSON *principal = scenario_find_object(tenant, "servicePrincipals", "id", principal_id);
	cJSON *assignment = cJSON_CreateObject();

	cJSON_ArrayForEach (role, path_get(resource, "appRoles"))
		if (text_equal(path_text(role, "value"), role_value))
			break;
	if (!role || !principal)
		abort();
	cJSON_AddStringToObject(
		assignment, "id",
		scenario_guid(arena, arena_printf(arena, "assignment/%s/%s/%s", principal_id, app_id, role_value)));
	cJSON_AddNullToObject(assignment, "deletedDateTime");
	cJSON_AddStringToObject(assignment, "appRoleId", path_text(role, "id"));
	cJSON_AddStringToObject(assignment, "createdDateTime", "2026-01-12T10:05:00Z");
	cJSON_AddStringToObject(assignment, "principalDisplayName", path_text(principal, "displayName"));
	cJSON_AddStringToObject(assignment, "principalId", principal_id);
	cJSON_AddStringToObject(assignment, "principalType", "ServicePrincipal");
	cJSON_AddStringToObject(assignment, "resourceDisplayName", path_text(resource, "displayName"));
	cJSON_AddStringToObject(assignment, "resourceId", path_text(resource, "id"));
	cJSON_AddItemToArray(scenario_directory(tenant, "appRoleAssignments"), assignment);
}

void scenario_grant(struct arena *arena, cJSON *tenant, const char *app_id, const char *resource_app_id,
		    const char *scope)
{
	const char *client = path_text(scenario_find_object(tenant, "servicePrincipals", "appId", app_id), "id");
	const char *resource =
		path_text(scenario_find_object(tenant, "servicePrincipals", "appId", resource_app_id), "id");
	cJSON *grant = cJSON_CreateObject();

	cJSON_AddStringToObject(grant, "id",
				scenario_guid(arena, arena_printf(arena, "grant/%s/%s", client, resource)));
	cJSON_AddStringToObject(grant, "clientId", client);
	cJSON_AddStringToObject(grant, "consentType", "AllPrincipals");
	cJSON_AddNullToObject(grant, "principalId");
	cJSON_AddStringToObject(grant, "resourceId", resource);
	cJSON_AddStringToObject(grant, "scope", scope);
	cJSON_AddItemToArray(scenario_directory(tenant, "oauth2PermissionGrants"), grant);
}
