/* What may leave in plan mode, what headers mean, and what is said when something is refused or there is no answer. */
#include <check.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "transport/http_guard.h"
#include "transport/http_loss.h"
#include "transport/remedy.h"

START_TEST(only_reading_leaves_in_plan_mode)
{
	static const struct {
		enum method method;
		const char *url, *body;
		bool is_harmless;
	} cases[] = {
		{METHOD_GET, "https://arm/x", NULL, true},
		{METHOD_PUT, "https://arm/x", "{}", false},
		{METHOD_PATCH, "https://graph/v1.0/x", "{}", false},
		{METHOD_POST, "https://graph/v1.0/applications", "{}", false},
		{METHOD_PUT, "https://arm/sites/a/config/appsettings/list", "{}", false},
		{METHOD_POST, "https://arm/sites/a/config/appsettings/list?api-version=1", NULL, true},
		{METHOD_POST, "https://arm/sites/a/restart?x=/config/appsettings/list", NULL, false},
		{METHOD_POST, "https://arm/providers/Microsoft.ResourceGraph/resources?a=1", "{}", true},
		{METHOD_POST, "https://graph/v1.0/directoryObjects/getByIds", "{}", true},
		{METHOD_POST, "https://login/t/oauth2/v2.0/token", "a=b", true},
		{METHOD_POST, "https://login.evil/t/oauth2/v2.0/token", "a=b", false},
		{METHOD_POST, "https://graph/v1.0/$batch", "{\"requests\":[{\"method\":\"GET\"},{\"method\":\"GET\"}]}",
		 true},
		{METHOD_POST, "https://graph/v1.0/$batch",
		 "{\"requests\":[{\"method\":\"GET\"},{\"method\":\"POST\"}]}", false},
		{METHOD_POST, "https://graph/v1.0/$batch", "{\"requests\":[{\"method\":\"get\"},{}]}", false},
		{METHOD_POST, "https://graph/v1.0/$batch", "{\"requests\":[]}", false},
		{METHOD_POST, "https://graph/v1.0/$batch", "{\"requests\":", false},
		{METHOD_POST, "https://graph/v1.0/$batch", NULL, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_request request = {.method = cases[i].method, .url = cases[i].url, .body = cases[i].body};

		ck_assert_msg(http_guard_is_harmless(&request, "https://login") == cases[i].is_harmless, "%s %s",
			      method_name(cases[i].method), cases[i].url);
	}
}
END_TEST

START_TEST(dates_are_read_strictly)
{
	static const struct {
		const char *text;
		int64_t unix_s; /* -1: refused */
	} cases[] = {
		{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"Thu, 29 Feb 2024 12:00:00 GMT", 1709208000},
		{"Fri, 31 Dec 2100 23:59:59 GMT", 4133980799},
		{"Sun, 06 Nov 1994 08:49:37", -1},
		{"Sun, 06 Nov 1994 08:49:37 UTC", -1},
		{"Sun, 06 nov 1994 08:49:37 GMT", -1},
		{"Sun, 06 anF 1994 08:49:37 GMT", -1},
		{"Sun, 06 Nov 1994 28:49:37 GMT", -1},
		{"", -1},
		{"784111777", -1},
		{"Sunday, 06-Nov-94 08:49:37 GMT", -1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t unix_s = -1;

		ck_assert_msg(reply_parse_date(cases[i].text, &unix_s) == (cases[i].unix_s >= 0), "%s", cases[i].text);
		ck_assert_int_eq(unix_s, cases[i].unix_s);
	}
}
END_TEST

START_TEST(retry_after_has_many_forms)
{
	static const struct {
		const char *seconds, *ms, *date;
		int64_t wait_ms;
	} cases[] = {
		{NULL, NULL, NULL, -1},
		{"5", NULL, NULL, 5000},
		{"5", "250", NULL, 250},
		{"99999999999", NULL, NULL, 86400000},
		{"99999999999999999999999", NULL, NULL, -1},
		{"-5", NULL, NULL, -1},
		{"5.5", NULL, NULL, -1},
		{"Sun, 06 Nov 1994 08:49:47 GMT", NULL, "Sun, 06 Nov 1994 08:49:37 GMT", 10000},
		{"Sun, 06 Nov 1994 08:49:47 GMT", NULL, "Sun, 06 Nov 1994 08:50:37 GMT", 0},
		{"Sun, 06 Nov 1994 08:49:47 GMT", NULL, NULL, -1},
		{"Sun, 06 Nov 2094 08:49:47 GMT", NULL, "Sun, 06 Nov 1994 08:49:37 GMT", 86400000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply = {.type = REPLY_ANSWER};

		reply.headers[REPLY_RETRY_AFTER] = cases[i].seconds;
		reply.headers[REPLY_RETRY_AFTER_MS] = cases[i].ms;
		reply.headers[REPLY_DATE] = cases[i].date;
		ck_assert_int_eq(reply_retry_after_ms(&reply), cases[i].wait_ms);
	}
}
END_TEST

START_TEST(claims_are_decoded_or_ignored)
{
	static const struct {
		const char *challenge, *claims;
	} cases[] = {
		{NULL, NULL},
		{"Bearer realm=\"x\"", NULL},
		{"Bearer claims=\"eyJhIjoxfQ==\"", "{\"a\":1}"},
		{"Bearer error=\"insufficient_claims\", claims=\"eyJhIjoxfQ\"", "{\"a\":1}"},
		{"Bearer claims=\"eyJhIjoiw78_In0\"", "{\"a\":\"\xc3\xbf?\"}"},
		{"Bearer claims=\"eyJhIjoxfQ==", NULL},
		{"Bearer claims=\"\"", NULL},
		{"Bearer claims=\"%%%\"", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply = {.type = REPLY_ANSWER};

		reply.headers[REPLY_CHALLENGE] = cases[i].challenge;
		ck_assert_pstr_eq(reply_claims(&reply, &arena), cases[i].claims);
	}
	arena_done(&arena);
}
END_TEST

START_TEST(a_missing_right_comes_with_its_command)
{
	struct refusal_context context = {.service = SERVICE_RESOURCE_MANAGER,
					  .method = METHOD_PUT,
					  .host = "management.example",
					  .path = "/subscriptions/s/x?secret=1",
					  .client_id = "the-client"};
	struct reply reply = {.type = REPLY_ANSWER, .status = 403};
	cJSON *json = cJSON_Parse(
		"{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client 'app' with object id "
		"'3f0c' does not have authorization to perform action 'Microsoft.Web/sites/config/write' over "
		"scope '/subscriptions/s/resourceGroups/rg' or the scope is invalid.\"}}");
	struct arena arena = {0};
	struct fault fault = refusal_from_answer(&context, &reply, json, &arena);

	ck_assert_int_eq(fault.class, FAULT_DENIED);
	ck_assert_ptr_nonnull(strstr(
		fault.message, "management.example answered PUT /subscriptions/s/x with 403 AuthorizationFailed"));
	ck_assert_ptr_nonnull(
		strstr(fault.message, "Microsoft.Web/sites/config/write at /subscriptions/s/resourceGroups/rg"));
	ck_assert_ptr_nonnull(strstr(fault.message,
				     "az role assignment create --assignee-object-id 3f0c --assignee-principal-type "
				     "ServicePrincipal --role \"Website Contributor\" --scope "
				     "\"/subscriptions/s/resourceGroups/rg\""));
	ck_assert_ptr_null(strstr(fault.message, "secret"));
	cJSON_Delete(json);
	arena_done(&arena);
}
END_TEST

START_TEST(a_managed_identity_is_sent_to_the_doctor)
{
	struct refusal_context context = {.service = SERVICE_GRAPH,
					  .method = METHOD_POST,
					  .host = "graph.example",
					  .path = "/v1.0/servicePrincipals/s/appRoleAssignedTo",
					  .client_id = "the-client",
					  .is_managed_identity = true};
	struct reply reply = {.type = REPLY_ANSWER, .status = 403};
	cJSON *json = cJSON_Parse("{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"no\"}}");
	struct arena arena = {0};
	struct fault fault = refusal_from_answer(&context, &reply, json, &arena);

	ck_assert_ptr_nonnull(strstr(fault.message, "AppRoleAssignment.ReadWrite.All for the managed identity with "
						    "client id the-client"));
	ck_assert_ptr_nonnull(strstr(fault.message, "scepmand doctor"));
	ck_assert_ptr_null(strstr(fault.message, "az ad app"));
	cJSON_Delete(json);
	arena_done(&arena);
}
END_TEST

START_TEST(nothing_from_the_cloud_gets_into_a_command)
{
	struct refusal_context context = {
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .host = "h", .path = "/x"};
	struct reply reply = {.type = REPLY_ANSWER, .status = 403};
	cJSON *json = cJSON_Parse(
		"{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"with object id '1' to perform action "
		"'a/read' over scope '/x\\\"; rm -rf $HOME; \\\"' \\u001b[2J\"}}");
	struct arena arena = {0};
	struct fault fault = refusal_from_answer(&context, &reply, json, &arena);

	ck_assert_ptr_null(strstr(fault.message, "--scope"));
	ck_assert_ptr_null(strchr(fault.message, 0x1b));
	cJSON_Delete(json);
	arena_done(&arena);
}
END_TEST

START_TEST(graph_is_told_by_what_was_asked)
{
	static const struct {
		enum method method;
		const char *path, *permission;
	} cases[] = {
		{METHOD_GET, "/v1.0/applications?$filter=x", "Application.Read.All"},
		{METHOD_POST, "/v1.0/applications", "Application.ReadWrite.All"},
		{METHOD_POST, "/v1.0/servicePrincipals/1/appRoleAssignments", "AppRoleAssignment.ReadWrite.All"},
		{METHOD_POST, "/v1.0/oauth2PermissionGrants", "DelegatedPermissionGrant.ReadWrite.All"},
		{METHOD_GET, "/v1.0/groups?$filter=x", "Group.Read.All"},
		{METHOD_GET, "/v1.0/whatever", "Directory.Read.All"},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct refusal_context context = {.service = SERVICE_GRAPH,
						  .method = cases[i].method,
						  .host = "graph",
						  .path = cases[i].path,
						  .client_id = "the-client"};
		struct reply reply = {.type = REPLY_ANSWER, .status = 403};
		struct fault fault = refusal_from_answer(&context, &reply, NULL, &arena);

		ck_assert_msg(strstr(fault.message, cases[i].permission) != NULL, "%s", fault.message);
	}
	arena_done(&arena);
}
END_TEST

START_TEST(a_policy_is_no_missing_role)
{
	struct refusal_context context = {
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_PUT, .host = "h", .path = "/x"};
	struct reply reply = {.type = REPLY_ANSWER, .status = 403};
	cJSON *json =
		cJSON_Parse("{\"error\":{\"code\":\"RequestDisallowedByPolicy\",\"message\":\"Policy P says no.\"}}");
	struct arena arena = {0};
	struct fault fault = refusal_from_answer(&context, &reply, json, &arena);

	ck_assert_str_eq(fault.message, "h answered PUT /x with 403 RequestDisallowedByPolicy: Policy P says no.");
	cJSON_Delete(json);
	arena_done(&arena);
}
END_TEST

START_TEST(a_failed_login_names_its_remedy)
{
	static const char *const codes[] = {"AADSTS7000215", "AADSTS7000222", "AADSTS90002", "AADSTS700016",
					    "AADSTS7000112", "AADSTS500011",  "AADSTS53003", "AADSTS900023"};
	struct remedy_login login = {
		.client_id = "the-client", .tenant_id = "the-tenant", .secret_file = "/etc/secret"};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const char *sentence = remedy_for_login(&login, codes[i], NULL, &arena);

		ck_assert_ptr_nonnull(sentence);
		ck_assert(strstr(sentence, "the-client") || strstr(sentence, "the-tenant"));
	}
	ck_assert_ptr_nonnull(strstr(remedy_for_login(&login, "AADSTS7000222", NULL, &arena),
				     "az ad app credential reset --id the-client --append"));
	ck_assert_ptr_nonnull(strstr(remedy_for_login(&login, "AADSTS7000222", NULL, &arena), "into /etc/secret"));
	login.secret_file = "/run/credentials/scepmand.service/client-secret";
	ck_assert_ptr_nonnull(strstr(remedy_for_login(&login, "AADSTS7000222", NULL, &arena),
				     "into the original of /run/credentials/scepmand.service/client-secret in "
				     "/etc/credstore (a restart"));
	ck_assert_ptr_null(remedy_for_login(&login, "AADSTS1", NULL, &arena));
	ck_assert_ptr_null(remedy_for_login(&login, NULL, NULL, &arena));
	arena_done(&arena);
}
END_TEST

START_TEST(a_loss_names_host_and_remedy)
{
	static const struct {
		struct http_loss loss;
		const char *part;
		bool is_permanent;
	} cases[] = {
		{{.code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
		 "cloud.ca_file",
		 true},
		{{.code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_ERR_CERT_HAS_EXPIRED},
		 "has expired",
		 true},
		{{.code = CURLE_PEER_FAILED_VERIFICATION, .verify_result = X509_V_ERR_CERT_NOT_YET_VALID},
		 "clock",
		 true},
		{{.code = CURLE_PEER_FAILED_VERIFICATION}, "another name", true},
		{{.code = CURLE_COULDNT_RESOLVE_HOST}, "DNS", false},
		{{.code = CURLE_COULDNT_RESOLVE_PROXY, .proxy = "proxy:3128"}, "proxy:3128", false},
		{{.code = CURLE_COULDNT_CONNECT}, "firewall", false},
		{{.code = CURLE_OPERATION_TIMEDOUT, .was_sent = true, .timeout_ms = 30000},
		 "did not answer within 30 s",
		 false},
		{{.code = CURLE_OPERATION_TIMEDOUT, .timeout_ms = 30000}, "accept a connection", false},
		{{.code = CURLE_RECV_ERROR, .connect_status = 407, .proxy = "proxy:3128"},
		 "refused the connection with 407",
		 true},
		{{.code = CURLE_RECV_ERROR, .connect_status = 503}, "refused the connection with 503", false},
		{{.code = CURLE_WRITE_ERROR, .was_sent = true, .is_too_large = true}, "16 MiB", true},
		{{.code = CURLE_UNSUPPORTED_PROTOCOL}, "https URL", true},
		{{.code = CURLE_GOT_NOTHING, .was_sent = true}, "before the answer was complete", false},
		{{.code = CURLE_SSL_CONNECT_ERROR, .detail = "no ciphers"}, "TLS 1.2 or newer", false},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_loss loss = cases[i].loss;
		struct reply reply;

		loss.host = "the-host";
		if (!loss.detail)
			loss.detail = "";
		reply = http_loss_reply(&loss, &arena);
		ck_assert_int_eq(reply.type, REPLY_LOST);
		ck_assert_msg(strstr(reply.message, cases[i].part) && strstr(reply.message, "the-host"), "%s",
			      reply.message);
		ck_assert_msg(reply.is_permanent == cases[i].is_permanent, "%s", reply.message);
		ck_assert_int_eq(reply.was_sent, loss.was_sent);
	}
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_rules");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, only_reading_leaves_in_plan_mode);
	tcase_add_test(tcase, dates_are_read_strictly);
	tcase_add_test(tcase, retry_after_has_many_forms);
	tcase_add_test(tcase, claims_are_decoded_or_ignored);
	tcase_add_test(tcase, a_missing_right_comes_with_its_command);
	tcase_add_test(tcase, a_managed_identity_is_sent_to_the_doctor);
	tcase_add_test(tcase, nothing_from_the_cloud_gets_into_a_command);
	tcase_add_test(tcase, graph_is_told_by_what_was_asked);
	tcase_add_test(tcase, a_policy_is_no_missing_role);
	tcase_add_test(tcase, a_failed_login_names_its_remedy);
	tcase_add_test(tcase, a_loss_names_host_and_remedy);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
