/* The token endpoints, version 1 and 2 and the one of AD FS. Order of the checks and wording: Entra's. */
#include "entra_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "directory.h"
#include "routes.h"

static bool fail_missing(struct call *call, const char *parameter)
{
	entra_error(call, 400, "invalid_request", 900144,
		    "The request body must contain the following parameter: '%s'.", parameter);
	return false;
}

static bool check_tenant(struct call *call, const char *tenant)
{
	if (directory_is_tenant(call->state, tenant))
		return true;
	if (!text_is_guid(tenant) && !strchr(tenant, '.'))
		entra_error(
			call, 400, "invalid_request", 900023,
			"Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain.",
			tenant);
	else
		entra_error(
			call, 400, "invalid_request", 90002,
			"Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into "
			"the correct cloud. Check with your subscription administrator, this may happen if there are "
			"no "
			"active subscriptions for the tenant.",
			tenant);
	return false;
}

static bool check_client(struct call *call, const struct entra_form *form, struct entra_request *request)
{
	const cJSON *application;

	request->client_id = entra_form_get(form, "client_id");
	if (!request->client_id)
		return fail_missing(call, "client_id");
	application = directory_application(call->state, request->client_id);
	request->principal = directory_principal(call->state, request->client_id);
	if (!application && !request->principal) {
		entra_error(
			call, 400, "unauthorized_client", 700016,
			"Application with identifier '%s' was not found in the directory '%s'. This can happen if the "
			"application has not been installed by the administrator of the tenant or consented to by any "
			"user in the tenant. You may have sent your authentication request to the wrong tenant.",
			request->client_id, directory_tenant_id(call->state));
		return false;
	}
	if (!request->principal) {
		entra_error(call, 401, "invalid_client", 7000229,
			    "The client application %s is missing service principal in the tenant %s. See instructions "
			    "here: https://go.microsoft.com/fwlink/?linkid=2225119",
			    request->client_id, directory_tenant_id(call->state));
		return false;
	}
	return true;
}

/* Version 2 names the resource as a scope that ends in /.default, version 1 as a resource. AD FS knows both. */
static bool check_resource(struct call *call, const struct entra_form *form, bool is_v1, struct entra_request *request)
{
	const char *scope = entra_form_get(form, "scope"), *resource = entra_form_get(form, "resource");

	if (is_v1 && !resource) {
		entra_error(call, 400, "invalid_request", 900144,
			    "The request body must contain the following parameter: 'resource'.");
		return false;
	}
	if (!is_v1) {
		if (!scope)
			return fail_missing(call, "scope");
		if (!text_has_suffix_fold(scope, "/.default") || strchr(scope, ' ')) {
			entra_error(call, 400, "invalid_scope", 1002012,
				    "The provided value for scope %s is not valid. Client credential flows must have a "
				    "scope "
				    "value with /.default suffixed to the resource identifier (application ID URI).",
				    scope);
			return false;
		}
		resource = arena_copy_bytes(call->arena, scope, strlen(scope) - strlen("/.default"));
	}
	request->resource = resource;
	if (entra_is_resource(call, resource))
		return true;
	entra_error(call, 400, "invalid_resource", 500011,
		    "The resource principal named %s was not found in the tenant named %s. This can happen if the "
		    "application "
		    "has not been installed by the administrator of the tenant or consented to by any user in the "
		    "tenant. You "
		    "might have sent your authentication request to the wrong tenant.",
		    resource, directory_tenant_id(call->state));
	return false;
}

/* claims={"access_token":{"xms_cc":{"values":["cp1"]}}}: the client declares that it can answer a challenge. */
static bool check_claims(struct call *call, const struct entra_form *form, struct entra_request *request)
{
	const char *text = entra_form_get(form, "claims");
	const cJSON *value;
	cJSON *claims;

	if (!text)
		return true;
	claims = cJSON_Parse(text);
	if (!cJSON_IsObject(claims)) {
		cJSON_Delete(claims);
		entra_error(call, 400, "invalid_request", 50170, "The claims parameter is not valid JSON.");
		return false;
	}
	value = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(claims, "access_token"), "xms_cc");
	cJSON_ArrayForEach (value, cJSON_GetObjectItemCaseSensitive(value, "values")) {
		if (cJSON_IsString(value) && text_equal_fold(value->valuestring, "cp1"))
			request->has_cp1 = true;
	}
	cJSON_Delete(claims);
	return true;
}

static void answer_token(struct call *call, const struct entra_request *request, bool is_v1)
{
	int64_t lifetime_s = entra_lifetime_s(request), now_s = call->now_ms / 1000;
	cJSON *body = cJSON_CreateObject();

	cJSON_AddStringToObject(body, "token_type", "Bearer");
	if (is_v1) { /* version 1 writes every number as text */
		char text[24];

		snprintf(text, sizeof(text), "%lld", (long long)lifetime_s);
		cJSON_AddStringToObject(body, "expires_in", text);
		cJSON_AddStringToObject(body, "ext_expires_in", text);
		snprintf(text, sizeof(text), "%lld", (long long)(now_s + lifetime_s));
		cJSON_AddStringToObject(body, "expires_on", text);
		snprintf(text, sizeof(text), "%lld", (long long)(now_s - 300));
		cJSON_AddStringToObject(body, "not_before", text);
		cJSON_AddStringToObject(body, "resource", request->resource);
	} else {
		cJSON_AddNumberToObject(body, "expires_in", (double)lifetime_s);
		cJSON_AddNumberToObject(body, "ext_expires_in", (double)lifetime_s);
		if (request->has_cp1)
			cJSON_AddNumberToObject(body, "refresh_in", (double)(lifetime_s / 2));
	}
	cJSON_AddStringToObject(body, "access_token", entra_issue(call, request));
	call_answer(call, 200, body);
	call_add_header(call, "Cache-Control", "no-store, no-cache");
}

static void serve_token(struct call *call, const char *tenant, bool is_v1)
{
	struct entra_request request = {0};
	struct entra_form form;
	const char *grant;

	entra_form_parse(call, &form);
	grant = entra_form_get(&form, "grant_type");
	if (!grant) {
		fail_missing(call, "grant_type");
		return;
	}
	if (tenant && !check_tenant(call, tenant))
		return;
	if (!text_equal(grant, "client_credentials")) {
		entra_error(call, 400, "unsupported_grant_type", 70003,
			    "The app requested an unsupported grant type '%s'.", grant);
		return;
	}
	if (check_client(call, &form, &request) && check_resource(call, &form, is_v1, &request) &&
	    check_claims(call, &form, &request) && entra_check_credential(call, &form, &request))
		answer_token(call, &request, is_v1);
}

static void post_token_v1(struct call *call)
{
	serve_token(call, call->arguments[0], true);
}

static void post_token_v2(struct call *call)
{
	serve_token(call, call->arguments[0], false);
}

/* AD FS has one authority for all; clients of version 2 send it a scope, older ones a resource. */
static void post_token_adfs(struct call *call)
{
	struct entra_form form;

	entra_form_parse(call, &form);
	serve_token(call, NULL, !entra_form_get(&form, "scope") && entra_form_get(&form, "resource"));
}

const struct sim_route login_token_routes[] = {
	{"POST", "/adfs/oauth2/token", post_token_adfs},
	{"POST", "/{}/oauth2/v2.0/token", post_token_v2},
	{"POST", "/{}/oauth2/token", post_token_v1},
	{0},
};
