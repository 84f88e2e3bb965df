/* What an application may look like: the rules that the directory enforces on roles, scopes, addresses and names. */
#include "graph_internal.h"

#include <string.h>

#include "base/text.h"

enum { DISPLAY_NAME_MAX = 256, ROLE_VALUE_MAX = 250, ROLES_MAX = 1200 };

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool is_enabled(const cJSON *entitlement)
{
	return !cJSON_IsFalse(member(entitlement, "isEnabled"));
}

static bool has_duplicate(const cJSON *array, const char *name)
{
	const cJSON *a, *b;

	cJSON_ArrayForEach (a, array) {
		for (b = a->next; b; b = b->next) {
			const char *text = name ? directory_text(a, name) : cJSON_GetStringValue(a);

			if (!text_is_empty(text) &&
			    text_equal_fold(text, name ? directory_text(b, name) : cJSON_GetStringValue(b)))
				return true;
		}
	}
	return false;
}

/* Graph's errors about one property of several may carry details. */
static bool fail_detail(struct call *call, const char *code, const char *detail_code, const char *target,
			const char *message)
{
	cJSON *error = cJSON_CreateObject(), *detail = cJSON_CreateObject();

	cJSON_AddStringToObject(error, "code", code);
	cJSON_AddStringToObject(error, "message", message);
	cJSON_AddStringToObject(detail, "code", detail_code);
	cJSON_AddStringToObject(detail, "message", message);
	cJSON_AddStringToObject(detail, "target", target);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(error, "details"), detail);
	call_answer_error_object(call, 400, error);
	return false;
}

/* What OLD has and is enabled must still be there under its id; the error's wording as reported in
 * msgraph-bicep-types#196 and others. */
static bool check_kept(struct call *call, const cJSON *old, const cJSON *candidate)
{
	const cJSON *before, *after;

	cJSON_ArrayForEach (before, old) {
		bool is_kept = false;

		cJSON_ArrayForEach (after, candidate)
			is_kept = is_kept || text_equal_fold(directory_text(before, "id"), directory_text(after, "id"));
		if (is_kept || !is_enabled(before))
			continue;
		call_answer_error(call, 400, "CannotDeleteOrUpdateEnabledEntitlement",
				  "Permission (scope or role) cannot be deleted or updated unless disabled first.");
		return false;
	}
	return true;
}

static bool check_member_types(struct call *call, const cJSON *role)
{
	const cJSON *types = member(role, "allowedMemberTypes"), *type;

	cJSON_ArrayForEach (type, types) {
		if (!text_equal_fold(cJSON_GetStringValue(type), "User") &&
		    !text_equal_fold(cJSON_GetStringValue(type), "Application"))
			types = NULL;
	}
	if (cJSON_IsArray(types) && types->child)
		return true;
	return fail_detail(call, "Request_BadRequest", "InvalidValue", "appRoles",
			   "The allowed member types of an app role must be User, Application, or both.");
}

static bool check_role(struct call *call, const cJSON *role)
{
	const char *value = directory_text(role, "value"), *id = directory_text(role, "id");

	if (!id || !text_is_guid(id) || text_equal(id, "00000000-0000-0000-0000-000000000000"))
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "appRoles",
				   "The id of an app role must be a GUID other than the empty one.");
	if (text_is_empty(directory_text(role, "displayName")) || text_is_empty(directory_text(role, "description")))
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "appRoles",
				   "An app role must have a display name and a description.");
	if (value && (strlen(value) > ROLE_VALUE_MAX || strchr(value, ' ') || value[0] == '.'))
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "appRoles",
				   "The value of an app role has characters that are not allowed, or is too long.");
	return check_member_types(call, role);
}

static bool check_roles(struct call *call, const cJSON *old, const cJSON *candidate)
{
	const cJSON *roles = member(candidate, "appRoles"), *role;
	const cJSON *scopes = member(member(candidate, "api"), "oauth2PermissionScopes");

	cJSON_ArrayForEach (role, roles) {
		if (!check_role(call, role))
			return false;
	}
	if (cJSON_GetArraySize(roles) > ROLES_MAX)
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "appRoles",
				   "The application has too many app roles.");
	if (has_duplicate(roles, "id") || has_duplicate(roles, "value"))
		return fail_detail(call, "Request_BadRequest", "DuplicateValue", "appRoles",
				   "Request contains a property with duplicate values.");
	if (has_duplicate(scopes, "id") || has_duplicate(scopes, "value"))
		return fail_detail(call, "Request_BadRequest", "DuplicateValue", "api.oauth2PermissionScopes",
				   "Request contains a property with duplicate values.");
	return check_kept(call, member(old, "appRoles"), roles) &&
	       check_kept(call, member(member(old, "api"), "oauth2PermissionScopes"), scopes);
}

/* The host of "https://host/…" and "api://host/…"; NULL when URI is not such an address. */
static const char *host_of(struct call *call, const char *uri)
{
	const char *start = strstr(uri, "://");

	return start && start[3] ? arena_copy_bytes(call->arena, start + 3, strcspn(start + 3, "/:?#")) : NULL;
}

static bool is_verified_host(const struct call *call, const char *host)
{
	for (; host; host = strchr(host, '.')) {
		host += *host == '.';
		if (directory_is_tenant(call->state, host))
			return true;
	}
	return false;
}

static bool is_taken(const struct call *call, const cJSON *candidate, const char *uri)
{
	const struct map *map = &call->state->directory[DIRECTORY_APPLICATIONS];

	for (size_t i = 0; i < map->count; i++) {
		const cJSON *application = map->entries[i].value, *item;

		if (!application || text_equal_fold(directory_text(application, "id"), directory_text(candidate, "id")))
			continue;
		cJSON_ArrayForEach (item, member(application, "identifierUris")) {
			if (text_equal_fold(cJSON_GetStringValue(item), uri))
				return true;
		}
	}
	return false;
}

static bool has_text(const cJSON *array, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, array) {
		if (text_equal_fold(cJSON_GetStringValue(item), text))
			return true;
	}
	return false;
}

static bool check_identifier_uri(struct call *call, const cJSON *old, const cJSON *candidate, const char *uri)
{
	const char *host = host_of(call, uri), *app_id = directory_text(candidate, "appId");

	if (has_text(member(old, "identifierUris"), uri)) /* what was there when the rule came is left in peace */
		return true;
	if (!host)
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "identifierUris",
				   "Invalid value specified for property 'identifierUris' of resource 'Application'.");
	if (is_taken(call, candidate, uri))
		return fail_detail(call, "Request_BadRequest", "ObjectConflict", "identifierUris",
				   "Another object with the same value for property identifierUris already exists.");
	if ((app_id && text_contains_fold(uri, app_id)) || is_verified_host(call, host))
		return true;
	return fail_detail(
		call, "HostNameNotOnVerifiedDomain", "UnsupportedDomain", "identifierUris",
		arena_printf(call->arena,
			     "Values of identifierUris property must use a verified domain of the organization or its "
			     "subdomain: '%s'",
			     uri));
}

static bool check_identifier_uris(struct call *call, const cJSON *old, const cJSON *candidate)
{
	const cJSON *uris = member(candidate, "identifierUris"), *uri;

	if (has_duplicate(uris, NULL))
		return fail_detail(call, "Request_BadRequest", "DuplicateValue", "identifierUris",
				   "Request contains a property with duplicate values.");
	cJSON_ArrayForEach (uri, uris) {
		if (cJSON_IsString(uri) && !check_identifier_uri(call, old, candidate, uri->valuestring))
			return false;
	}
	return true;
}

/* A web page that tokens are sent to must be https, or http on the client's own machine; no fragment, no blank. */
static bool check_redirect_uris(struct call *call, const cJSON *candidate, const char *platform)
{
	const cJSON *uri;

	cJSON_ArrayForEach (uri, member(member(candidate, platform), "redirectUris")) {
		const char *text = cJSON_IsString(uri) ? uri->valuestring : "", *host = host_of(call, text);

		if (host && !strpbrk(text, "# ") &&
		    (text_has_prefix_fold(text, "https://") || text_equal_fold(host, "localhost")))
			continue;
		return fail_detail(call, "Request_BadRequest", "InvalidValue",
				   arena_printf(call->arena, "%s.redirectUris", platform),
				   arena_printf(call->arena,
						"Invalid value specified for property 'redirectUris' of resource "
						"'Application': '%.200s'.",
						text));
	}
	return true;
}

static bool check_names(struct call *call, const cJSON *old, const cJSON *candidate)
{
	const char *name = directory_text(candidate, "displayName"), *unique = directory_text(candidate, "uniqueName");
	const cJSON *other = unique ? directory_find(call->state, DIRECTORY_APPLICATIONS, "uniqueName", unique) : NULL;

	if (text_is_empty(name) || strlen(name) > DISPLAY_NAME_MAX)
		return fail_detail(call, "Request_BadRequest", "InvalidLength", "displayName",
				   "Invalid value specified for property 'displayName' of resource 'Application'.");
	if (directory_text(old, "uniqueName") && !text_equal(directory_text(old, "uniqueName"), unique))
		return fail_detail(call, "Request_BadRequest", "InvalidValue", "uniqueName",
				   "Property 'uniqueName' is immutable and cannot be changed once it is set.");
	if (other && !text_equal_fold(directory_text(other, "id"), directory_text(candidate, "id")))
		return fail_detail(call, "Request_BadRequest", "ObjectConflict", "uniqueName",
				   "Another object with the same value for property uniqueName already exists.");
	return true;
}

static bool check_audience(struct call *call, const cJSON *candidate)
{
	const char *audience = directory_text(candidate, "signInAudience");

	if (!audience || text_list_contains_fold("AzureADMyOrg|AzureADMultipleOrgs|AzureADandPersonalMicrosoftAccount|"
						 "PersonalMicrosoftAccount",
						 '|', audience))
		return true;
	return fail_detail(call, "Request_BadRequest", "InvalidValue", "signInAudience",
			   "Invalid value specified for property 'signInAudience' of resource 'Application'.");
}

bool graph_check_application(struct call *call, const cJSON *old, const cJSON *candidate)
{
	return check_names(call, old, candidate) && check_audience(call, candidate) &&
	       check_roles(call, old, candidate) && check_identifier_uris(call, old, candidate) &&
	       check_redirect_uris(call, candidate, "web") && check_redirect_uris(call, candidate, "spa");
}
