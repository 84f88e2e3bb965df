/*
 * Managed identities, as the machine that the client runs on hands them out: the instance metadata service, App Service
 * and Azure Arc (auth.md section 3). Which identities the machine has stands among the credentials of the state:
 *   {"appId":…,"identity":"system"|"user","resourceId":…,"availableAt":TIME,"updatingUntil":TIME,"identityHeader":…,
 *    "arcIsOld":true}
 * Where no entry names an identity, the application of the first is the machine's own.
 */
#include "entra_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "core.h"
#include "directory.h"
#include "routes.h"

/* Where the client runs, unless the state says otherwise. */
static const char machine_id[] = "/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/rg-ops/providers"
				 "/Microsoft.Compute/virtualMachines/vm-ops";

/* The query parameters by which a client says whom it means; the name for the resource id differs by service. */
struct selection {
	const char *client_id, *object_id, *resource_id;
};

static void refuse(struct call *call, int status, const char *error, const char *description)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddStringToObject(body, "error", error);
	cJSON_AddStringToObject(body, "error_description", description);
	call_answer(call, status, body);
}

static const char *object_id_of(const struct call *call, const cJSON *entry)
{
	const char *app_id = directory_text(entry, "appId");
	const cJSON *principal = app_id ? directory_principal(call->state, app_id) : NULL;

	return directory_text(principal, "id");
}

static bool is_selected(const struct call *call, const cJSON *entry, const struct selection *selection)
{
	if (selection->client_id)
		return text_equal_fold(directory_text(entry, "appId"), selection->client_id);
	if (selection->object_id)
		return text_equal_fold(object_id_of(call, entry), selection->object_id);
	if (selection->resource_id)
		return text_equal_fold(directory_text(entry, "resourceId"), selection->resource_id);
	return text_equal(directory_text(entry, "identity"), "system");
}

/* Without a selection: the system-assigned identity, otherwise the only user-assigned one. */
static const cJSON *find_identity(const struct call *call, const struct selection *selection)
{
	const cJSON *entry, *only = NULL;
	bool is_any = !selection->client_id && !selection->object_id && !selection->resource_id;
	size_t count = 0;

	cJSON_ArrayForEach (entry, call->state->credentials) {
		if (!directory_text(entry, "identity"))
			continue;
		count++;
		only = entry;
		if (is_selected(call, entry, selection))
			return entry;
	}
	if (count == 0) {
		entry = call->state->credentials->child;
		return entry && (is_any || is_selected(call, entry, selection)) ? entry : NULL;
	}
	return is_any && count == 1 ? only : NULL;
}

static bool is_before(const struct call *call, const char *time)
{
	char now[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(call->now_ms, now);
	return time && text_compare_fold(now, time) < 0;
}

static cJSON *make_token(struct call *call, const cJSON *entry, const char *resource, int64_t *ret_lifetime_s)
{
	struct entra_request request = {
		.client_id = directory_text(entry, "appId"), .resource = resource, .credential = "2"};
	long long now_s = (long long)(call->now_ms / 1000);
	cJSON *body = cJSON_CreateObject();

	request.resource_id = directory_text(entry, "resourceId");
	if (!request.resource_id)
		request.resource_id = machine_id;
	request.has_cp1 = true; /* the platform's tokens live for a day */
	request.principal = directory_principal(call->state, request.client_id);
	cJSON_AddStringToObject(body, "access_token", entra_issue_kept(call, &request, ret_lifetime_s));
	cJSON_AddStringToObject(body, "client_id", request.client_id);
	cJSON_AddStringToObject(body, "expires_on",
				arena_printf(call->arena, "%lld", now_s + (long long)*ret_lifetime_s));
	cJSON_AddStringToObject(body, "resource", resource);
	cJSON_AddStringToObject(body, "token_type", "Bearer");
	return body;
}

/* What the metadata service and Azure Arc add to that. */
static cJSON *make_long_token(struct call *call, const cJSON *entry, const char *resource)
{
	int64_t lifetime_s;
	cJSON *body = make_token(call, entry, resource, &lifetime_s);
	const char *text = arena_printf(call->arena, "%lld", (long long)lifetime_s);
	long long now_s = (long long)(call->now_ms / 1000);

	cJSON_AddStringToObject(body, "expires_in", text);
	cJSON_AddStringToObject(body, "ext_expires_in", text);
	cJSON_AddStringToObject(body, "not_before", arena_printf(call->arena, "%lld", now_s - 300));
	return body;
}

static bool check_metadata_request(struct call *call)
{
	if (!text_equal_fold(call_header(call, "Metadata"), "true"))
		refuse(call, 400, "invalid_request", "Required metadata header not specified");
	else if (call_header(call, "X-Forwarded-For"))
		refuse(call, 400, "invalid_request", "Request must not come through a proxy");
	else if (!call_query(call, "api-version"))
		refuse(call, 400, "invalid_request", "Required query variable 'api-version' is missing");
	else if (!call_query(call, "resource"))
		refuse(call, 400, "invalid_request", "Required query variable 'resource' is missing");
	else
		return true;
	return false;
}

/* While a machine gets its identity the service says 404; while the service itself is renewed, for up to 70 seconds,
 * 410. */
static bool check_ready(struct call *call, const cJSON *entry)
{
	if (is_before(call, directory_text(entry, "updatingUntil")))
		refuse(call, 410, "gone", "IMDS is going through updates. IMDS will be available within 70 seconds");
	else if (is_before(call, directory_text(entry, "availableAt")))
		refuse(call, 404, "not_found", "IMDS endpoint is updating. Retry with exponential backoff");
	else
		return true;
	return false;
}

/* Agents of Azure Arc that know user-assigned identities say which one it is in the words of the request; older ones
 * know only the machine's own and ignore these words. */
static void add_echo(cJSON *body, const struct selection *selection, bool is_old)
{
	if (is_old)
		cJSON_DeleteItemFromObjectCaseSensitive(body, "client_id");
	if (selection->object_id)
		cJSON_AddStringToObject(body, "object_id", selection->object_id);
	if (selection->resource_id)
		cJSON_AddStringToObject(body, "msi_res_id", selection->resource_id);
}

static void serve_machine(struct call *call, bool is_arc)
{
	struct selection selection = {.client_id = call_query(call, "client_id"),
				      .object_id = call_query(call, "object_id"),
				      .resource_id = call_query(call, "msi_res_id")};
	bool is_old =
		is_arc && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(call->state->credentials->child, "arcIsOld"));
	const char *resource = call_query(call, "resource");
	const cJSON *entry;
	cJSON *body;

	if (is_old)
		selection = (struct selection){0};
	entry = find_identity(call, &selection);

	if (!check_ready(call, entry))
		return;
	if (!entry || !object_id_of(call, entry))
		refuse(call, 400, "invalid_request", "Identity not found");
	else if (!entra_is_resource(call, resource))
		refuse(call, 400, "invalid_resource",
		       arena_printf(
			       call->arena,
			       "AADSTS500011: The resource principal named %s was not found in the tenant named %s.",
			       resource, directory_tenant_id(call->state)));
	else {
		body = make_long_token(call, entry, resource);
		if (is_arc)
			add_echo(body, &selection, is_old);
		call_answer(call, 200, body);
	}
}

/* Azure Arc proves that the client may read a file that only certain users can: it names the file, and wants its
 * content. */
static bool check_challenge(struct call *call)
{
	const char *header = call_header(call, "Authorization");
	const char *path = entra_challenge_path(call);

	if (header && text_equal(header, arena_printf(call->arena, "Basic %s", entra_challenge_key(call))))
		return true;
	refuse(call, 401, "unauthorized_client", "Missing Basic Authorization header");
	call_add_header(call, "WWW-Authenticate", arena_printf(call->arena, "Basic realm=%s", path));
	return false;
}

static void get_metadata_token(struct call *call)
{
	const char *version;

	if (!check_metadata_request(call))
		return;
	version = call_query(call, "api-version");
	if (text_equal(version, "2020-06-01") || text_equal(version, "2019-11-01")) {
		if (check_challenge(call))
			serve_machine(call, true);
	} else if (text_equal(version, "2018-02-01")) {
		if (entra_take_metadata_request(call))
			serve_machine(call, false);
		else
			refuse(call, 429, "too_many_requests", "IMDS Throttle limit reached");
	} else {
		refuse(call, 400, "invalid_request", "Unsupported api-version");
	}
}

static void refuse_app_service(struct call *call, int status, const char *message)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddNumberToObject(body, "statusCode", status);
	cJSON_AddStringToObject(body, "message", message);
	call_answer(call, status, body);
}

static void get_app_service_token(struct call *call)
{
	struct selection selection = {.client_id = call_query(call, "client_id"),
				      .object_id = call_query(call, "principal_id"),
				      .resource_id = call_query(call, "mi_res_id")};
	const char *resource = call_query(call, "resource"), *header = call_header(call, "X-IDENTITY-HEADER"), *wanted;
	const cJSON *entry;
	int64_t lifetime_s;

	if (!selection.object_id)
		selection.object_id = call_query(call, "object_id");
	entry = find_identity(call, &selection);
	wanted = directory_text(entry, "identityHeader");
	if (text_is_empty(header) || (wanted && !text_equal(header, wanted)))
		refuse_app_service(call, 401, "The X-IDENTITY-HEADER header is missing or wrong.");
	else if (!text_equal(call_query(call, "api-version"), "2019-08-01"))
		refuse_app_service(call, 400, "Unsupported api-version.");
	else if (!resource || !entra_is_resource(call, resource))
		refuse_app_service(call, 400, "The resource is missing or not known.");
	else if (!entry || !object_id_of(call, entry))
		refuse_app_service(call, 400,
				   "No User Assigned or Delegated Managed Identity found for specified "
				   "ClientId/ResourceId/PrincipalId.");
	else
		call_answer(call, 200, make_token(call, entry, resource, &lifetime_s));
}

const struct sim_route metadata_identity_routes[] = {
	{"GET", "/metadata/identity/oauth2/token", get_metadata_token},
	{"GET", "/msi/token", get_app_service_token},
	{0},
};
