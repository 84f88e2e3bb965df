/* What is made of the answers of the services that hand out managed identities. */
#include <check.h>
#include <openssl/evp.h>
#include <string.h>

#include "transport/identity_reply.h"

#define TENANT "11111111-1111-1111-1111-111111111111"
#define CLIENT "22222222-2222-2222-2222-222222222222"
#define OTHER  "33333333-3333-3333-3333-333333333333"
#define GRAPH  "https://graph.microsoft.com"

enum { NOW = 1790000000 };

static const struct identity_source sources[] = {
	[IDENTITY_METADATA] = {IDENTITY_METADATA, "http://h/t", "h", "the metadata service (h)", "Metadata: true"},
	[IDENTITY_APP_SERVICE] = {IDENTITY_APP_SERVICE, "http://h/t", "h", "the token service of App Service (h)",
				  "X-IDENTITY-HEADER: canary"},
	[IDENTITY_ARC] = {IDENTITY_ARC, "http://h/t", "h", "the agent of Azure Arc (h)", "Metadata: true"},
};
static const struct desired_credential own = {0}, by_client = {.client_id = CLIENT}, by_object = {.object_id = CLIENT},
				       by_resource = {.resource_id = "/subscriptions/s/id"};

struct asked {
	enum identity_service service;
	const struct desired_credential *desired;
	bool is_probe;
};

static struct credential_answer read_reply(struct arena *arena, struct asked asked, int status, const char *body)
{
	const struct identity_question question = {
		.source = &sources[asked.service],
		.desired = asked.desired ? asked.desired : &own,
		.audience = GRAPH,
		.tenant_id = TENANT,
		.has_answered = true,
		.is_probe = asked.is_probe,
	};
	struct reply reply = {
		.type = REPLY_ANSWER, .status = status, .body = body, .body_length = body ? strlen(body) : 0};
	struct credential_answer answer;

	identity_reply_read(&question, &reply, NOW, arena, &answer);
	ck_assert_msg(!answer.token == (answer.fault.class != FAULT_NONE), "%s", body);
	return answer;
}

/* A token whose payload is PAYLOAD. */
static const char *make_token(struct arena *arena, const char *payload)
{
	unsigned char *base64 = arena_alloc(arena, strlen(payload) * 2 + 8);

	EVP_EncodeBlock(base64, (const unsigned char *)payload, (int)strlen(payload));
	return arena_printf(arena, "e30.%.*s.c2ln", (int)strcspn((char *)base64, "="), (char *)base64);
}

START_TEST(a_token_and_its_times)
{
	static const struct {
		const char *times;
		int64_t lifetime_s, refresh_in_s;
	} cases[] = {
		{"\"expires_in\":\"3599\"", 3599, 0},
		{"\"expires_in\":3599", 3599, 0},
		{"\"expires_on\":\"1790003600\"", 3600, 0},
		{"\"expires_on\":1790003600", 3600, 0},
		/* The service's own clock is not ours, so what does not need one counts. */
		{"\"expires_in\":\"3599\",\"expires_on\":\"1\"", 3599, 0},
		{"\"expires_in\":\"7200\"", 7200, 0},
		{"\"expires_in\":\"7201\"", 7201, 3600},
		{"\"expires_in\":\"86400\"", 86400, 43200},
		{"\"expires_in\":\"86400\",\"refresh_in\":\"20000\"", 86400, 20000},
		{"\"expires_on\":\"1790086400\",\"refresh_in\":20000", 86400, 20000},
		{"\"expires_in\":\"99999999\"", 48 * 3600, 24 * 3600},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		const char *body = arena_printf(&arena, "{\"access_token\":\"opaque\",%s,\"resource\":\"" GRAPH "/\"}",
						cases[i].times);
		struct credential_answer answer = read_reply(&arena, (struct asked){0}, 200, body);

		ck_assert_msg(answer.token && strcmp(answer.token, "opaque") == 0, "%s", body);
		ck_assert_msg(answer.lifetime_s == cases[i].lifetime_s && answer.refresh_in_s == cases[i].refresh_in_s,
			      "%s: %lld %lld", body, (long long)answer.lifetime_s, (long long)answer.refresh_in_s);
		arena_done(&arena);
	}
}
END_TEST

START_TEST(an_answer_without_a_token_is_none)
{
	static const char *const bodies[] = {
		NULL,
		"",
		"<html>",
		"[]",
		"{}",
		"{\"access_token\":\"canary\"}",
		"{\"access_token\":\"\",\"expires_in\":\"3599\"}",
		"{\"access_token\":7,\"expires_in\":\"3599\"}",
		"{\"access_token\":\"canary\",\"expires_in\":\"soon\"}",
		"{\"access_token\":\"canary\",\"expires_in\":\"-5\"}",
		"{\"access_token\":\"canary\",\"expires_on\":\"09/14/2026 00:00:00 PM +00:00\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct arena arena = {0};
		struct credential_answer answer = read_reply(&arena, (struct asked){0}, 200, bodies[i]);

		ck_assert_int_eq(answer.fault.class, FAULT_GARBLED);
		ck_assert_ptr_null(strstr(answer.fault.message, "canary"));
		arena_done(&arena);
	}
}
END_TEST

START_TEST(the_token_of_somebody_else_is_not_used)
{
	static const struct {
		struct asked asked;
		const char *members; /* besides token and time */
		const char *payload; /* NULL: the token is opaque */
		const char *part;    /* of the sentence; NULL: it is used */
	} cases[] = {
		{{IDENTITY_METADATA, &own, false}, "", "{\"aud\":\"" GRAPH "\",\"tid\":\"" TENANT "\"}", NULL},
		{{IDENTITY_METADATA, &own, false},
		 ",\"resource\":\"https://vault.azure.net\"",
		 NULL,
		 "vault.azure.net"},
		{{IDENTITY_METADATA, &own, false}, "", "{\"aud\":\"https://vault.azure.net\"}", "vault.azure.net"},
		{{IDENTITY_METADATA, &own, false},
		 "",
		 "{\"aud\":\"" GRAPH "\",\"tid\":\"" OTHER "\"}",
		 "belongs to tenant " OTHER},
		/* These need not say whose it is, but if they do, it must be right. */
		{{IDENTITY_METADATA, &by_client, false}, "", NULL, NULL},
		{{IDENTITY_METADATA, &by_client, false}, ",\"client_id\":\"" CLIENT "\"", NULL, NULL},
		{{IDENTITY_METADATA, &by_client, false}, ",\"client_id\":\"" OTHER "\"", NULL, "the token of another"},
		{{IDENTITY_APP_SERVICE, &by_client, false},
		 ",\"client_id\":\"" OTHER "\"",
		 NULL,
		 "the token of another"},
		{{IDENTITY_APP_SERVICE, &by_object, false}, ",\"client_id\":\"" OTHER "\"", NULL, NULL},
		/* An old agent of Azure Arc knows only one identity. */
		{{IDENTITY_ARC, &own, false}, "", NULL, NULL},
		{{IDENTITY_ARC, &by_client, false}, "", NULL, "Update the agent"},
		{{IDENTITY_ARC, &by_client, false}, ",\"client_id\":\"" OTHER "\"", NULL, "Update the agent"},
		{{IDENTITY_ARC, &by_client, false}, ",\"client_id\":null", NULL, "Update the agent"},
		{{IDENTITY_ARC, &by_client, false}, ",\"client_id\":\"" CLIENT "\"", NULL, NULL},
		{{IDENTITY_ARC, &by_object, false}, ",\"client_id\":\"" CLIENT "\"", NULL, "Update the agent"},
		{{IDENTITY_ARC, &by_object, false}, ",\"object_id\":\"" CLIENT "\"", NULL, NULL},
		{{IDENTITY_ARC, &by_resource, false}, ",\"msi_res_id\":\"/Subscriptions/S/ID\"", NULL, NULL},
		{{IDENTITY_ARC, &by_resource, false}, ",\"mi_res_id\":\"/subscriptions/s/id\"", NULL, NULL},
		{{IDENTITY_ARC, &by_resource, false}, ",\"msi_res_id\":\"/subscriptions/s/id2\"", NULL, "Update the"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		const char *token = cases[i].payload ? make_token(&arena, cases[i].payload) : "opaque-canary";
		const char *body = arena_printf(&arena, "{\"access_token\":\"%s\",\"expires_in\":\"3599\"%s}", token,
						cases[i].members);
		struct credential_answer answer = read_reply(&arena, cases[i].asked, 200, body);

		ck_assert_msg(!answer.token == !!cases[i].part, "%zu: %s", i, answer.fault.message);
		if (cases[i].part) {
			ck_assert_int_eq(answer.fault.class, FAULT_CREDENTIAL);
			ck_assert_msg(strstr(answer.fault.message, cases[i].part) != NULL, "%s", answer.fault.message);
			ck_assert_ptr_null(strstr(answer.fault.message, "canary"));
		}
		arena_done(&arena);
	}
}
END_TEST

START_TEST(a_token_that_has_expired_points_to_the_clock)
{
	struct arena arena = {0};
	struct credential_answer answer =
		read_reply(&arena, (struct asked){0}, 200, "{\"access_token\":\"x\",\"expires_on\":\"1789999999\"}");

	ck_assert_int_eq(answer.fault.class, FAULT_CREDENTIAL);
	ck_assert_ptr_nonnull(strstr(answer.fault.message, "timedatectl"));
	arena_done(&arena);
}
END_TEST

START_TEST(each_refusal_says_what_helps)
{
	static const char not_found[] = "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}",
			  not_found_app[] =
				  "{\"statusCode\":400,\"message\":\"No User Assigned or Delegated Managed Identity "
				  "found for specified ClientId/ResourceId/PrincipalId.\"}",
			  several[] = "{\"error\":\"invalid_request\",\"error_description\":\"Multiple user assigned "
				      "identities exist, please specify the clientId / resourceId of the identity in "
				      "the token request\"}";
	static const struct {
		struct asked asked;
		int status;
		const char *body;
		enum fault_class class;
		bool is_unavailable;
		const char *part;
	} cases[] = {
		{{IDENTITY_METADATA, &own, false},
		 400,
		 not_found,
		 FAULT_CREDENTIAL,
		 true,
		 "az vm identity assign --resource-group GROUP --name MACHINE"},
		{{IDENTITY_METADATA, &by_client, false}, 400, not_found, FAULT_CREDENTIAL, false, "client id " CLIENT},
		{{IDENTITY_METADATA, &by_object, false},
		 400,
		 not_found,
		 FAULT_CREDENTIAL,
		 false,
		 "--identities RESOURCE-ID-OF-THE-IDENTITY"},
		{{IDENTITY_METADATA, &by_resource, false},
		 400,
		 not_found,
		 FAULT_CREDENTIAL,
		 false,
		 "--identities /subscriptions/s/id"},
		{{IDENTITY_APP_SERVICE, &own, false},
		 400,
		 not_found_app,
		 FAULT_CREDENTIAL,
		 true,
		 "az webapp identity assign --resource-group GROUP --name APP"},
		{{IDENTITY_APP_SERVICE, &by_client, false},
		 400,
		 not_found_app,
		 FAULT_CREDENTIAL,
		 false,
		 "az webapp identity assign"},
		{{IDENTITY_ARC, &own, false}, 400, not_found, FAULT_CREDENTIAL, true, "azcmagent show"},
		{{IDENTITY_ARC, &by_client, false}, 400, not_found, FAULT_CREDENTIAL, false, "its own is used"},
		{{IDENTITY_METADATA, &own, false}, 400, several, FAULT_CREDENTIAL, false, "credential.client_id"},
		{{IDENTITY_APP_SERVICE, &own, false},
		 401,
		 "{\"statusCode\":401,\"message\":\"no\"}",
		 FAULT_CREDENTIAL,
		 false,
		 "IDENTITY_HEADER"},
		{{IDENTITY_ARC, &own, false}, 401, "{\"error\":\"x\"}", FAULT_CREDENTIAL, false, "himdsd"},
		{{IDENTITY_METADATA, &own, false}, 302, NULL, FAULT_CREDENTIAL, false, "redirects are not followed"},
		{{IDENTITY_METADATA, &own, false},
		 400,
		 "{\"error\":\"invalid_resource\",\"error_description\":\"AADSTS500011: The resource\\u001b[2J\"}",
		 FAULT_CREDENTIAL,
		 false,
		 "400, AADSTS500011: The resource [2J"},
		{{IDENTITY_METADATA, &own, false}, 404, "{}", FAULT_TRANSIENT, false, "404, it gave no reason"},
		{{IDENTITY_METADATA, &own, false}, 410, "{}", FAULT_TRANSIENT, false, "410"},
		{{IDENTITY_METADATA, &own, false}, 429, "{}", FAULT_THROTTLED, false, "429"},
		{{IDENTITY_METADATA, &own, false}, 500, "{}", FAULT_TRANSIENT, false, "500"},
		/* What is at that address in another cloud. */
		{{IDENTITY_METADATA, &own, false},
		 404,
		 "<?xml version=\"1.0\"?>",
		 FAULT_TRANSIENT,
		 false,
		 "not in the way of Azure's"},
		{{IDENTITY_METADATA, &own, true},
		 404,
		 "<?xml version=\"1.0\"?>",
		 FAULT_UNREACHABLE,
		 true,
		 "no managed identity here"},
		{{IDENTITY_METADATA, &own, true}, 403, NULL, FAULT_UNREACHABLE, true, "no managed identity here"},
		{{IDENTITY_METADATA, &own, true},
		 403,
		 "{\"error\":\"A socket operation was attempted to an unreachable network.\"}",
		 FAULT_CREDENTIAL,
		 true,
		 "unreachable network"},
		{{IDENTITY_APP_SERVICE, &own, true}, 500, "oops", FAULT_TRANSIENT, false, "500"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		struct credential_answer answer = read_reply(&arena, cases[i].asked, cases[i].status, cases[i].body);

		ck_assert_msg(answer.fault.class == cases[i].class, "%zu: %d", i, answer.fault.class);
		ck_assert_msg(answer.is_unavailable == cases[i].is_unavailable, "%zu", i);
		ck_assert_msg(strstr(answer.fault.message, cases[i].part) != NULL, "%zu: %s", i, answer.fault.message);
		ck_assert_str_eq(answer.fault.host, "h");
		arena_done(&arena);
	}
}
END_TEST

START_TEST(a_service_that_is_away_is_another_than_none)
{
	static const struct {
		bool has_answered, is_probe, was_sent, is_garbled, is_unavailable;
		enum fault_class class;
		const char *part;
	} cases[] = {
		{false, false, false, false, true, FAULT_UNREACHABLE, "so there is no managed identity here"},
		{false, true, true, false, true, FAULT_UNREACHABLE, "so there is no managed identity here"},
		{false, false, true, false, false, FAULT_UNREACHABLE, "gave no token: h broke off"},
		{true, false, false, false, false, FAULT_UNREACHABLE, "gave no token: h broke off"},
		{true, true, false, false, false, FAULT_UNREACHABLE, "gave no token: h broke off"},
		{true, false, false, true, false, FAULT_GARBLED, "gave no token: h broke off"},
		{false, false, true, true, false, FAULT_GARBLED, "gave no token: h broke off"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		const struct identity_question question = {.source = &sources[IDENTITY_METADATA],
							   .desired = &own,
							   .audience = GRAPH,
							   .tenant_id = TENANT,
							   .has_answered = cases[i].has_answered,
							   .is_probe = cases[i].is_probe};
		struct reply reply = {.type = REPLY_LOST,
				      .message = "h broke off",
				      .was_sent = cases[i].was_sent,
				      .is_garbled = cases[i].is_garbled};
		struct credential_answer answer;

		identity_reply_read(&question, &reply, NOW, &arena, &answer);
		ck_assert_ptr_null(answer.token);
		ck_assert_int_eq(answer.is_unavailable, cases[i].is_unavailable);
		ck_assert_int_eq(answer.fault.class, cases[i].class);
		ck_assert_msg(strstr(answer.fault.message, cases[i].part) != NULL, "%s", answer.fault.message);
		arena_done(&arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity_reply");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, a_token_and_its_times);
	tcase_add_test(tcase, an_answer_without_a_token_is_none);
	tcase_add_test(tcase, the_token_of_somebody_else_is_not_used);
	tcase_add_test(tcase, a_token_that_has_expired_points_to_the_clock);
	tcase_add_test(tcase, each_refusal_says_what_helps);
	tcase_add_test(tcase, a_service_that_is_away_is_another_than_none);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
