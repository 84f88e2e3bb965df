/* What is said of a token that the services do not take, although it is new; and what the cloud may say of anything. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "transport/refusal.h"
#include "world/json.h"

START_TEST(each_refused_token_has_its_sentence)
{
	static const struct {
		enum service service;
		const char *body, *client_id, *part;
	} cases[] = {
		{SERVICE_RESOURCE_MANAGER,
		 "{\"error\":{\"code\":\"InvalidAuthenticationTokenAudience\",\"message\":\"The access token has been "
		 "obtained for wrong audience or resource 'x'.\"}}",
		 "app", " The token is for another service than this one: cloud: must be the one"},
		{SERVICE_RESOURCE_MANAGER,
		 "{\"error\":{\"code\":\"InvalidAuthenticationTokenTenant\",\"message\":\"The access token is from the "
		 "wrong issuer.\"}}",
		 "app", " The daemon's identity is of another tenant"},
		{SERVICE_RESOURCE_MANAGER,
		 "{\"error\":{\"code\":\"ExpiredAuthenticationToken\",\"message\":\"The access token expiry UTC time "
		 "is "
		 "earlier than now.\"}}",
		 "app", " The token was new, so the clocks disagree: look at this machine's with timedatectl"},
		{SERVICE_RESOURCE_MANAGER,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"The access token is invalid.\"}}",
		 "app", " may be disabled or deleted: az ad sp show --id app --query accountEnabled."},
		{SERVICE_RESOURCE_MANAGER,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"The access token has been "
		 "revoked.\"}}",
		 "app", " The sessions of the daemon's identity were revoked"},
		{SERVICE_GRAPH,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Access token validation failure. "
		 "Invalid audience.\"}}",
		 "app", " The token is for another service"},
		{SERVICE_GRAPH,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Lifetime validation failed, the "
		 "token "
		 "is expired.\"}}",
		 "app", " so the clocks disagree"},
		{SERVICE_GRAPH,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Access token is not yet valid.\"}}",
		 "app", " so the clocks disagree"},
		{SERVICE_GRAPH,
		 "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Continuous access evaluation "
		 "resulted "
		 "in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp\"}}",
		 "app", " The sessions of the daemon's identity were revoked, or Conditional Access"},
		{SERVICE_GRAPH, "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Something else.\"}}",
		 NULL, " The identity may be disabled, or blocked by Conditional Access, or tenant_id and cloud:"},
		{SERVICE_GRAPH, "", NULL, " It was refused again after a new token was fetched."},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		cJSON *json = json_parse(cases[i].body, strlen(cases[i].body));
		const struct refusal_context context = {.service = cases[i].service,
							.method = METHOD_GET,
							.host = "host",
							.path = "/path",
							.client_id = cases[i].client_id};
		const struct reply reply = {.type = REPLY_ANSWER, .status = 401};
		struct fault fault = refusal_from_answer(&context, &reply, json, &arena);

		ck_assert_int_eq(fault.class, FAULT_CREDENTIAL);
		ck_assert_msg(strstr(fault.message, cases[i].part) != NULL, "%s", fault.message);
		cJSON_Delete(json);
		arena_done(&arena);
	}
}
END_TEST

START_TEST(what_the_cloud_says_is_one_line_for_a_terminal)
{
	struct arena arena = {0};

	ck_assert_str_eq(refusal_clean_text("a\r\nb\tc\x7f"
					    "d",
					    &arena),
			 "a  b c d");
	ck_assert_str_eq(refusal_clean_text("a\x1b[2Jb", &arena), "a [2Jb");
	/* The control characters above ASCII: U+009B is what ESC [ is. */
	ck_assert_str_eq(refusal_clean_text("a\xc2\x9b"
					    "2Jb\xc2\x80"
					    "c\xc2\x9f",
					    &arena),
			 "a  2Jb  c");
	ck_assert_str_eq(refusal_clean_text("M\xc3\xbcller \xc2\xa0 \xe2\x82\xac \xc2", &arena),
			 "M\xc3\xbcller \xc2\xa0 \xe2\x82\xac \xc2");
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remedy_sentences");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, each_refused_token_has_its_sentence);
	tcase_add_test(tcase, what_the_cloud_says_is_one_line_for_a_terminal);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
