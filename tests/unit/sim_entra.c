/* Tokens of the simulated tenant: who gets one, what is in it, what happens to one that is not good. */
#include "sim_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core.h"
#include "entra_jwt.h"

static const char endpoint[] = "/" TENANT_ID "/oauth2/v2.0/token";

static const char *form(const char *client_id, const char *secret, const char *scope)
{
	return client_printf("grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s", client_id, secret,
			     scope);
}

static void assert_aadsts(int status, const char *error, int code)
{
	const cJSON *number = client_item("error_codes[0]");

	ck_assert_int_eq(client.response.status, status);
	ck_assert_str_eq(client_text("error"), error);
	ck_assert_msg(cJSON_IsNumber(number) && number->valueint == code, "%s", client.response.body);
	ck_assert_ptr_nonnull(strstr(client_text("error_description"), client_printf("AADSTS%d: ", code)));
	ck_assert_ptr_nonnull(client_text("trace_id"));
	ck_assert_ptr_nonnull(client_text("correlation_id"));
	ck_assert_str_eq(client_text("timestamp"), "2026-01-01 00:00:00Z");
}

START_TEST(token_is_signed_and_complete)
{
	struct arena arena = {0};
	struct entra_jwt jwt;

	ck_assert_int_eq(
		client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default")),
		200);
	ck_assert_str_eq(client_text("token_type"), "Bearer");
	ck_assert_int_eq(client_item("expires_in")->valueint, 3599);
	ck_assert_int_eq(entra_jwt_parse(&arena, client_text("access_token"), &jwt), 0);
	ck_assert(entra_jwt_is_signed_by(&jwt, entra_signing_key()));
	ck_assert_str_eq(cJSON_GetObjectItem(jwt.header, "alg")->valuestring, "RS256");
	ck_assert_str_eq(cJSON_GetObjectItem(jwt.claims, "aud")->valuestring, "https://graph.microsoft.com");
	ck_assert_str_eq(cJSON_GetObjectItem(jwt.claims, "tid")->valuestring, TENANT_ID);
	ck_assert_str_eq(cJSON_GetObjectItem(jwt.claims, "appid")->valuestring, CLIENT_ID);
	ck_assert_int_gt(cJSON_GetArraySize(cJSON_GetObjectItem(jwt.claims, "roles")), 0);
	ck_assert_ptr_null(cJSON_GetObjectItem(jwt.claims, "xms_cc"));
	entra_jwt_done(&jwt);
	arena_done(&arena);
}
END_TEST

START_TEST(token_is_the_same_in_every_run)
{
	char *first;

	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://management.azure.com/.default"));
	first = strdup(client_text("access_token"));
	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://management.azure.com/.default"));
	ck_assert_str_eq(client_text("access_token"), first);
	free(first);
}
END_TEST

START_TEST(cp1_gets_a_long_token)
{
	ck_assert_int_eq(
		client_send(
			"POST", endpoint,
			client_printf(
				"%s&claims=%%7B%%22access_token%%22%%3A+%%7B%%22xms_cc%%22%%3A+%%7B%%22values%%22%%3A+"
				"%%5B%%22CP1%%22%%5D%%7D%%7D%%7D",
				form(CLIENT_ID, CLIENT_SECRET, "https%3A%2F%2Flocalhost%3A4430%2F.default"))),
		200);
	ck_assert_int_eq(client_item("expires_in")->valueint, 86399);
	client_send("POST", endpoint,
		    client_printf("%s&claims=nonsense", form(CLIENT_ID, CLIENT_SECRET, "x/.default")));
	ck_assert_int_eq(client.response.status, 400);
}
END_TEST

START_TEST(version_1_and_adfs)
{
	const char *v1 = client_printf("grant_type=client_credentials&client_id=%s&client_secret=%s&resource=%s",
				       CLIENT_ID, CLIENT_SECRET, "https://management.core.windows.net/");

	ck_assert_int_eq(client_send("POST", "/contoso.onmicrosoft.com/oauth2/token", v1), 200);
	ck_assert_str_eq(client_text("expires_in"), "3599");
	ck_assert_str_eq(client_text("resource"), "https://management.core.windows.net/");
	ck_assert_str_eq(client_text("expires_on"), "1767229199");
	ck_assert_int_eq(client_send("POST", "/adfs/oauth2/token", v1), 200);
	ck_assert_int_eq(client_send("POST", "/adfs/oauth2/token",
				     form(CLIENT_ID, CLIENT_SECRET, "https%3A%2F%2Flocalhost%3A4430%2F.default")),
			 200);
	ck_assert_int_eq(client_item("expires_in")->valueint, 3599);
}
END_TEST

START_TEST(refusals)
{
	const char *graph = "https://graph.microsoft.com/.default";

	client_send("POST", endpoint, form(CLIENT_ID, "wrong", graph));
	assert_aadsts(401, "invalid_client", 7000215);
	client_send("POST", endpoint, form("11111111-1111-1111-1111-111111111111", "x", graph));
	assert_aadsts(400, "unauthorized_client", 700016);
	client_send("POST", "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
		    form(CLIENT_ID, CLIENT_SECRET, graph));
	assert_aadsts(400, "invalid_request", 90002);
	client_send("POST", "/nonsense/oauth2/v2.0/token", form(CLIENT_ID, CLIENT_SECRET, graph));
	assert_aadsts(400, "invalid_request", 900023);
	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://nobody.example/.default"));
	assert_aadsts(400, "invalid_resource", 500011);
	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/User.Read"));
	assert_aadsts(400, "invalid_scope", 1002012);
	client_send("POST", endpoint, client_printf("grant_type=password&client_id=%s", CLIENT_ID));
	assert_aadsts(400, "unsupported_grant_type", 70003);
	client_send("POST", endpoint, "client_id=x");
	assert_aadsts(400, "invalid_request", 900144);
	client_send("POST", endpoint, client_printf("grant_type=client_credentials&scope=%s", graph));
	assert_aadsts(400, "invalid_request", 900144);
	client_send("POST", endpoint,
		    client_printf("grant_type=client_credentials&client_id=%s&scope=%s", CLIENT_ID, graph));
	assert_aadsts(401, "invalid_client", 7000218);
}
END_TEST

START_TEST(secret_expires)
{
	const char *id = "2b7c9f14-6e0d-4a58-b391-d5f87a20c46e", *secret;

	ck_assert_int_eq(client_send("POST", client_printf("/v1.0/applications/%s/addPassword", id),
				     "{\"passwordCredential\":{\"displayName\":\"short\",\"endDateTime\":\"2026-01-"
				     "02T00:00:00Z\"}}"),
			 200);
	secret = client_printf("%s", client_text("secretText"));
	ck_assert_uint_eq(strlen(secret), 40);
	ck_assert_int_eq(client_send("POST", endpoint, form(CLIENT_ID, secret, "https://graph.microsoft.com/.default")),
			 200);
	client.now_ms += INT64_C(2) * 24 * 3600 * 1000;
	client_send("POST", endpoint, form(CLIENT_ID, secret, "https://graph.microsoft.com/.default"));
	ck_assert_int_eq(client_item("error_codes[0]")->valueint, 7000222);
}
END_TEST

START_TEST(bearer_is_judged)
{
	char *good = client.token;

	ck_assert_int_eq(client_send("GET", "/v1.0/applications", NULL), 200);
	client.token = NULL;
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	ck_assert_str_eq(client_text("error.message"), "Access token is empty.");
	ck_assert_ptr_nonnull(strstr(client_header("WWW-Authenticate"), "00000003-0000-0000-c000-000000000000"));
	ck_assert_str_eq(client_text("error.innerError.request-id"), client_header("request-id"));
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "AuthenticationFailed");

	client.token = strdup(good); /* for Graph: not for Azure */
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "InvalidAuthenticationTokenAudience");
	client.token[strlen(client.token) - 20] ^= 1;
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	free(client.token);

	client.token = good;
	client.now_ms += INT64_C(3600) * 1000;
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	ck_assert_str_eq(client_text("error.message"), "Lifetime validation failed, the token is expired.");
}
END_TEST

/* The tenant changes under a token that was good. */
START_TEST(token_of_somebody_gone)
{
	cJSON *principal = client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS].entries[3].value;
	const char *id = client_printf("%s", cJSON_GetObjectItem(principal, "id")->valuestring);

	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://localhost:4430/.default");
	cJSON_Delete(state_take_object(&client.sim->state, DIRECTORY_SERVICE_PRINCIPALS, id));
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default"));
	assert_aadsts(401, "invalid_client", 7000229);
	cJSON_SetValuestring(cJSON_GetObjectItem(client.sim->state.tenant, "tenantId"), GRAPH_SP);
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "InvalidAuthenticationTokenTenant");
}
END_TEST

START_TEST(disabled_applications_get_nothing)
{
	cJSON *principal = client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS].entries[3].value;

	cJSON_ReplaceItemInObjectCaseSensitive(principal, "accountEnabled", cJSON_CreateFalse());
	client_send("POST", endpoint, form(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default"));
	assert_aadsts(401, "unauthorized_client", 7000112);
}
END_TEST

static void revoke(void)
{
	cJSON *principals = client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS].entries[3].value;

	ck_assert_str_eq(cJSON_GetObjectItem(principals, "appId")->valuestring, CLIENT_ID);
	cJSON_AddStringToObject(principals, "tokensRevokedAt", "2026-01-01T00:00:30Z");
}

START_TEST(revoked_tokens_are_challenged)
{
	const char *cp1 =
		client_printf("%s&claims=%%7B%%22access_token%%22%%3A%%7B%%22xms_cc%%22%%3A%%7B%%22values%%22%%3A"
			      "%%5B%%22cp1%%22%%5D%%7D%%7D%%7D",
			      form(CLIENT_ID, CLIENT_SECRET, "https%3A%2F%2Flocalhost%3A4430%2F.default"));

	revoke();
	client.now_ms += 60000;
	ck_assert_int_eq(client_send("GET", "/v1.0/applications", NULL), 200); /* a client that declared nothing */
	client.now_ms -= 60000;
	client_send("POST", endpoint, cp1);
	free(client.token);
	client.token = strdup(client_text("access_token"));
	client.now_ms += 60000;
	client_send("GET", "/v1.0/applications", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	ck_assert_ptr_nonnull(strstr(client_header("WWW-Authenticate"), "error=\"insufficient_claims\", claims=\"eyJ"));
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "InvalidAuthenticationToken");
	ck_assert_ptr_nonnull(strstr(client_header("WWW-Authenticate"), "error=\"insufficient_claims\", claims=\"eyJ"));
	client_send("POST", endpoint, cp1);
	free(client.token);
	client.token = strdup(client_text("access_token"));
	ck_assert_int_eq(client_send("GET", "/v1.0/applications", NULL), 200);
}
END_TEST

START_TEST(one_address_serves_both)
{
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://localhost:4430//.default");
	ck_assert_int_eq(client_send("GET", "/v1.0/applications", NULL), 200);
	ck_assert_int_eq(client_send("GET", "/subscriptions?api-version=2022-12-01", NULL), 200);
	client.now_ms += INT64_C(3600) * 1000;
	client_send("GET", "/subscriptions?api-version=2022-12-01", NULL);
	assert_error(401, "ExpiredAuthenticationToken");
}
END_TEST

START_TEST(discovery)
{
	free(client.token);
	client.token = NULL;
	ck_assert_int_eq(client_send("GET", "/" TENANT_ID "/v2.0/.well-known/openid-configuration", NULL), 200);
	ck_assert_str_eq(client_text("token_endpoint"), "https://localhost:4430/" TENANT_ID "/oauth2/v2.0/token");
	ck_assert_str_eq(client_text("issuer"), "https://localhost:4430/" TENANT_ID "/v2.0");
	ck_assert_int_eq(client_send("GET", "/" TENANT_ID "/.well-known/openid-configuration", NULL), 200);
	ck_assert_str_eq(client_text("issuer"), "https://sts.windows.net/" TENANT_ID "/");
	ck_assert_int_eq(client_send("GET", "/adfs/.well-known/openid-configuration", NULL), 200);
	ck_assert_str_eq(client_text("token_endpoint"), "https://localhost:4430/adfs/oauth2/token");
	ck_assert_int_eq(client_send("GET", "/" TENANT_ID "/discovery/v2.0/keys", NULL), 200);
	ck_assert_str_eq(client_text("keys[0].kid"), entra_signing_key_id());
	ck_assert_int_eq(client_send("GET",
				     "/common/discovery/instance?api-version=1.1&authorization_endpoint="
				     "https%3A%2F%2Flocalhost%2F" TENANT_ID "%2Foauth2%2Fv2.0%2Fauthorize",
				     NULL),
			 200);
	ck_assert_str_eq(client_text("tenant_discovery_endpoint"),
			 "https://localhost:4430/" TENANT_ID "/v2.0/.well-known/openid-configuration");
	ck_assert_str_eq(client_text("metadata[0].preferred_network"), "localhost:4430");
	ck_assert_int_eq(client_send("GET", "/elsewhere.example/v2.0/.well-known/openid-configuration", NULL), 400);
	ck_assert_str_eq(client_text("error"), "invalid_tenant");
}
END_TEST

START_TEST(cloud_describes_itself)
{
	ck_assert_msg(client_send("GET", "/metadata/endpoints?api-version=2015-01-01", NULL) == 200, "%s",
		      client.response.body);
	ck_assert_str_eq(client_text("authentication.loginEndpoint"), "https://localhost:4430/");
	ck_assert_int_eq(client_send("GET", "/metadata/endpoints?api-version=2019-05-01", NULL), 200);
	ck_assert_str_eq(client_text("[0].resourceManager"), "https://localhost:4430");
	ck_assert_int_eq(client_send("GET", "/metadata/endpoints?api-version=2022-09-01", NULL), 200);
	ck_assert_str_eq(client_text("microsoftGraphResourceId"), "https://localhost:4430/");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("entra");
	TCase *tcase = tcase_create("tokens");
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, token_is_signed_and_complete);
	tcase_add_test(tcase, token_is_the_same_in_every_run);
	tcase_add_test(tcase, cp1_gets_a_long_token);
	tcase_add_test(tcase, version_1_and_adfs);
	tcase_add_test(tcase, refusals);
	tcase_add_test(tcase, secret_expires);
	tcase_add_test(tcase, bearer_is_judged);
	tcase_add_test(tcase, revoked_tokens_are_challenged);
	tcase_add_test(tcase, token_of_somebody_gone);
	tcase_add_test(tcase, disabled_applications_get_nothing);
	tcase_add_test(tcase, one_address_serves_both);
	tcase_add_test(tcase, discovery);
	tcase_add_test(tcase, cloud_describes_itself);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
