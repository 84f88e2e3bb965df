/* What clients look up before they ask for a token: OpenID configuration, keys, instance discovery. */
#include "entra_internal.h"

#include <string.h>

#include "base/text.h"
#include "directory.h"
#include "entra_jwt.h"
#include "routes.h"

static void add_text_array(cJSON *object, const char *name, const char *const *values, size_t count)
{
	cJSON *array = cJSON_AddArrayToObject(object, name);

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(values[i]));
}

/* The document with the endpoints under BASE; VERSION is "" or "/v2.0". */
static void answer_configuration(struct call *call, const char *base, const char *version, const char *issuer,
				 const char *keys)
{
	static const char *const methods[] = {"client_secret_post", "private_key_jwt", "client_secret_basic"};
	static const char *const modes[] = {"query", "fragment", "form_post"};
	static const char *const types[] = {"code", "id_token", "code id_token", "id_token token"};
	static const char *const scopes[] = {"openid", "profile", "email", "offline_access"};
	static const char *const claims[] = {"sub",       "iss", "aud",   "exp", "iat",
					     "auth_time", "acr", "nonce", "tid", "ver"};
	static const char *const subjects[] = {"pairwise"}, *const algorithms[] = {"RS256"};
	cJSON *body = cJSON_CreateObject();
	struct arena *arena = call->arena;

	cJSON_AddStringToObject(body, "token_endpoint", arena_printf(arena, "%s/oauth2%s/token", base, version));
	add_text_array(body, "token_endpoint_auth_methods_supported", methods, ARRAY_SIZE(methods));
	cJSON_AddStringToObject(body, "jwks_uri", arena_printf(arena, "%s/discovery%s/keys", base, keys));
	add_text_array(body, "response_modes_supported", modes, ARRAY_SIZE(modes));
	add_text_array(body, "subject_types_supported", subjects, ARRAY_SIZE(subjects));
	add_text_array(body, "id_token_signing_alg_values_supported", algorithms, ARRAY_SIZE(algorithms));
	add_text_array(body, "response_types_supported", types, ARRAY_SIZE(types));
	add_text_array(body, "scopes_supported", scopes, ARRAY_SIZE(scopes));
	cJSON_AddStringToObject(body, "issuer", issuer);
	cJSON_AddFalseToObject(body, "request_uri_parameter_supported");
	cJSON_AddStringToObject(body, "authorization_endpoint",
				arena_printf(arena, "%s/oauth2%s/authorize", base, version));
	cJSON_AddStringToObject(body, "device_authorization_endpoint",
				arena_printf(arena, "%s/oauth2%s/devicecode", base, version));
	cJSON_AddTrueToObject(body, "http_logout_supported");
	cJSON_AddTrueToObject(body, "frontchannel_logout_supported");
	cJSON_AddStringToObject(body, "end_session_endpoint", arena_printf(arena, "%s/oauth2%s/logout", base, version));
	add_text_array(body, "claims_supported", claims, ARRAY_SIZE(claims));
	cJSON_AddNullToObject(body, "tenant_region_scope");
	call_answer(call, 200, body);
}

/* The tenant as its id. "common" and "organizations" keep their place; Entra puts {tenantid} into their issuer. */
static const char *canonical_tenant(struct call *call, const char *tenant)
{
	if (text_equal_fold(tenant, "common") || text_equal_fold(tenant, "organizations"))
		return tenant;
	if (directory_is_tenant(call->state, tenant))
		return directory_tenant_id(call->state);
	entra_error(call, 400, "invalid_tenant", 90002,
		    "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the "
		    "correct "
		    "cloud. Check with your subscription administrator, this may happen if there are no active "
		    "subscriptions "
		    "for the tenant.",
		    tenant);
	return NULL;
}

static void get_configuration_v2(struct call *call)
{
	const char *tenant = canonical_tenant(call, call->arguments[0]), *base = call_base_url(call);
	const char *named;

	if (!tenant)
		return;
	named = text_is_guid(tenant) ? tenant : "{tenantid}";
	answer_configuration(call, arena_printf(call->arena, "%s/%s", base, tenant), "/v2.0",
			     arena_printf(call->arena, "%s/%s/v2.0", base, named), "/v2.0");
}

static void get_configuration_v1(struct call *call)
{
	const char *tenant = canonical_tenant(call, call->arguments[0]), *named;

	if (!tenant)
		return;
	named = text_is_guid(tenant) ? tenant : "{tenantid}";
	answer_configuration(call, arena_printf(call->arena, "%s/%s", call_base_url(call), tenant), "",
			     arena_printf(call->arena, "https://sts.windows.net/%s/", named), "");
}

static void get_configuration_adfs(struct call *call)
{
	const char *base = arena_printf(call->arena, "%s/adfs", call_base_url(call));

	answer_configuration(call, base, "", base, "");
}

static void get_keys(struct call *call)
{
	cJSON *body = cJSON_CreateObject(), *keys = cJSON_AddArrayToObject(body, "keys");

	cJSON_AddItemToArray(keys, entra_signing_key_json());
	call_answer(call, 200, body);
}

/* "authorization_endpoint=https://HOST/TENANT/oauth2/v2.0/authorize": the path of that URL's tenant. MSAL drops the
 * port from HOST, so the address in the answer is made of the one that the client reached us by. */
static const char *tenant_of_endpoint(struct call *call)
{
	const char *endpoint = call_query(call, "authorization_endpoint");
	const char *host = endpoint ? strstr(endpoint, "://") : NULL, *path = host ? strchr(host + 3, '/') : NULL;

	return path ? arena_copy_bytes(call->arena, path + 1, strcspn(path + 1, "/")) : "common";
}

static void get_instance(struct call *call)
{
	const char *base = call_base_url(call), *host = strstr(base, "://") + 3, *tenant = tenant_of_endpoint(call);
	/* Behind the proxy we are login.microsoftonline.com, asked about an authority that only base_url names. */
	const char *endpoint = call_query(call, "authorization_endpoint");
	cJSON *body, *entry;
	const char *aliases[2] = {host, NULL};
	size_t alias_count = 1;

	if (!endpoint) {
		entra_error(call, 400, "invalid_request", 900144,
			    "The request body must contain the following parameter: 'authorization_endpoint'.");
		return;
	}
	if (text_has_prefix_fold(host, "login.microsoftonline.com") && !strstr(endpoint, "login.microsoftonline.com") &&
	    entra_public_url(call))
		base = entra_public_url(call);
	if (text_equal_fold(host, "login.microsoftonline.com"))
		aliases[alias_count++] = "login.windows.net";
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "tenant_discovery_endpoint",
				arena_printf(call->arena, "%s/%s/v2.0/.well-known/openid-configuration", base, tenant));
	cJSON_AddStringToObject(body, "api-version", "1.1");
	entry = cJSON_CreateObject();
	cJSON_AddStringToObject(entry, "preferred_network", host);
	cJSON_AddStringToObject(entry, "preferred_cache", host);
	add_text_array(entry, "aliases", aliases, alias_count);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "metadata"), entry);
	call_answer(call, 200, body);
}

const struct sim_route login_discovery_routes[] = {
	{"GET", "/adfs/.well-known/openid-configuration", get_configuration_adfs},
	{"GET", "/adfs/discovery/keys", get_keys},
	{"GET", "/common/discovery/instance", get_instance},
	{"GET", "/{}/v2.0/.well-known/openid-configuration", get_configuration_v2},
	{"GET", "/{}/.well-known/openid-configuration", get_configuration_v1},
	{"GET", "/{}/discovery/v2.0/keys", get_keys},
	{"GET", "/{}/discovery/keys", get_keys},
	{0},
};
