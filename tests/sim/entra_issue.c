#include "entra_internal.h"

#include <string.h>

#include "base/text.h"
#include "clouds.h"
#include "directory.h"
#include "entra_jwt.h"

/* Microsoft's own services that anybody can ask a token for, whether or not the tenant shows a service principal. */
static const char *const other_resources[] = {
	"https://storage.azure.com",       "https://vault.azure.net",          "https://monitor.azure.com",
	"https://api.loganalytics.io",     "https://api.manage.microsoft.com", "https://database.windows.net",
	"https://vault.usgovcloudapi.net", "https://vault.azure.cn",           "https://graph.windows.net",
};

/* Clients write an audience with and without its trailing slash, and Azure takes both. */
static bool is_audience(const char *audience, const char *expected)
{
	size_t length = strlen(audience), expected_length = expected ? strlen(expected) : 0;

	while (length > 0 && audience[length - 1] == '/')
		length--;
	while (expected_length > 0 && expected[expected_length - 1] == '/')
		expected_length--;
	return expected_length > 0 && length == expected_length && strncasecmp(audience, expected, length) == 0;
}

static bool is_listed(const char *audience, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_audience(audience, list[i]))
			return true;
	}
	return false;
}

/* A registered cloud has one address for everything, so a token for it is good for both services. */
static bool is_own_audience(const struct call *call, const char *audience)
{
	return is_audience(audience, call_base_url(call)) || is_audience(audience, entra_public_url(call));
}

/* The cloud that CALL came to by its public name, or NULL: by an address of its own, or to the machine's metadata
 * service, which does not know in which cloud it is. */
static const struct cloud *cloud_of_call(const struct call *call, enum sim_service *ret)
{
	const char *host = call->request->host;

	return host ? cloud_of_host(arena_copy_bytes(call->arena, host, strcspn(host, ":")), ret) : NULL;
}

bool entra_is_arm_audience(const struct call *call, const char *audience)
{
	enum sim_service service;
	const struct cloud *cloud = cloud_of_call(call, &service);

	if (cloud)
		return cloud_is_audience(audience, cloud->arms);
	for (size_t i = 0; i < CLOUDS; i++)
		if (cloud_is_audience(audience, clouds[i].arms))
			return true;
	return is_own_audience(call, audience);
}

bool entra_is_graph_audience(const struct call *call, const char *audience)
{
	enum sim_service service;
	const struct cloud *cloud = cloud_of_call(call, &service);

	if (text_equal_fold(audience, DIRECTORY_GRAPH_APP_ID))
		return true;
	/* Each address of Graph wants tokens for itself. */
	if (cloud && service == SERVICE_GRAPH)
		return is_audience(audience, call_base_url(call));
	if (cloud)
		return cloud_is_audience(audience, cloud->graphs);
	for (size_t i = 0; i < CLOUDS; i++)
		if (cloud_is_audience(audience, clouds[i].graphs))
			return true;
	return is_own_audience(call, audience);
}

bool entra_is_resource(const struct call *call, const char *resource)
{
	enum sim_service service;
	const struct cloud *cloud = cloud_of_call(call, &service);

	/* Whatever names the scenario's principals have: those of other clouds are nobody's here. */
	for (size_t i = 0; cloud && i < CLOUDS; i++)
		if (&clouds[i] != cloud &&
		    (cloud_is_audience(resource, clouds[i].arms) || cloud_is_audience(resource, clouds[i].graphs)))
			return false;
	return entra_is_arm_audience(call, resource) || entra_is_graph_audience(call, resource) ||
	       is_listed(resource, other_resources, ARRAY_SIZE(other_resources)) ||
	       directory_principal_by_name(call->state, resource) != NULL;
}

int64_t entra_lifetime_s(const struct entra_request *request)
{
	return request->has_cp1 ? ENTRA_LIFETIME_CP1_S : ENTRA_LIFETIME_S;
}

static bool add_role(void *arg, const char *value)
{
	cJSON_AddItemToArray(arg, cJSON_CreateString(value));
	return true;
}

/* The roles that the client has been assigned on the resource, for those who look into the token. */
static void add_roles(const struct call *call, const struct entra_request *request, cJSON *claims)
{
	const cJSON *resource = entra_is_graph_audience(call, request->resource)
					? directory_principal(call->state, DIRECTORY_GRAPH_APP_ID)
					: directory_principal_by_name(call->state, request->resource);
	cJSON *roles = cJSON_CreateArray();

	if (resource)
		directory_each_role(call->state, directory_text(request->principal, "id"), resource, add_role, roles);
	if (roles->child)
		cJSON_AddItemToObject(claims, "roles", roles);
	else
		cJSON_Delete(roles);
}

const char *entra_issue(struct call *call, const struct entra_request *request)
{
	const char *tenant = directory_tenant_id(call->state), *object_id = directory_text(request->principal, "id");
	const char *issuer = arena_printf(call->arena, "https://sts.windows.net/%s/", tenant), *token;
	double now_s = (double)(call->now_ms / 1000);
	cJSON *claims = cJSON_CreateObject();

	cJSON_AddStringToObject(claims, "aud", request->resource);
	cJSON_AddStringToObject(claims, "iss", issuer);
	cJSON_AddNumberToObject(claims, "iat", now_s);
	cJSON_AddNumberToObject(claims, "nbf", now_s - 300);
	cJSON_AddNumberToObject(claims, "exp", now_s + (double)entra_lifetime_s(request));
	cJSON_AddStringToObject(claims, "appid", request->client_id);
	cJSON_AddStringToObject(claims, "appidacr", request->credential);
	cJSON_AddStringToObject(claims, "idp", issuer);
	cJSON_AddStringToObject(claims, "idtyp", "app");
	cJSON_AddStringToObject(claims, "oid", object_id);
	add_roles(call, request, claims);
	cJSON_AddStringToObject(claims, "sub", object_id);
	cJSON_AddStringToObject(claims, "tid", tenant);
	cJSON_AddStringToObject(claims, "ver", "1.0");
	if (request->resource_id)
		cJSON_AddStringToObject(claims, "xms_mirid", request->resource_id);
	if (request->has_cp1) {
		cJSON *capabilities = cJSON_AddArrayToObject(claims, "xms_cc");

		cJSON_AddItemToArray(capabilities, cJSON_CreateString("CP1"));
	}
	token = entra_jwt_sign(call->arena, claims);
	cJSON_Delete(claims);
	return token;
}
