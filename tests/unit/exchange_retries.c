/* Which failures are tried again, how long after, and what is said when not: above all that a write is never sent
 * twice. */
#include <stdlib.h>

#include "exchange_support.h"

#define READ                                                                                                           \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .path = "/a"                                \
	}
#define WRITE                                                                                                          \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_PUT, .path = "/a", .body = "{}",                 \
		.is_write = true                                                                                       \
	}
#define NOT_FOUND "{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"not there\"}}"

static const struct script reads[] = {
	{"read", READ, {{200, "{\"a\":1}"}}, "GET /a", 200, FAULT_NONE, .body = "{\"a\":1}"},
	{"read, 500 once",
	 READ,
	 {{500}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 250,
	 .slept_max_ms = 501},
	{"read, 408 once", READ, {{408}, {200, "{}"}}, "GET /a|GET /a", 200, FAULT_NONE},
	{"read, 503 for ever",
	 READ,
	 {{503}, {503}, {503}, {503}},
	 "GET /a|GET /a|GET /a|GET /a",
	 503,
	 FAULT_TRANSIENT,
	 .slept_min_ms = 1750,
	 .slept_max_ms = 3503},
	{"read, 503 asks for 7 s",
	 READ,
	 {{503, NULL, "7"}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 7000,
	 .slept_max_ms = 7000},
	{"read, 503 asks for an hour",
	 READ,
	 {{503, NULL, "3600"}},
	 "GET /a",
	 503,
	 FAULT_THROTTLED,
	 .retry_after_s = 3600},
	{"read, lost after sending", READ, {{.was_sent = true}, {200, "{}"}}, "GET /a|GET /a", 200, FAULT_NONE},
	{"read, never connected", READ, {{0}, {0}, {0}, {0}}, "GET /a|GET /a|GET /a|GET /a", 0, FAULT_UNREACHABLE},
	{"read, bad certificate", READ, {{.is_permanent = true}}, "GET /a", 0, FAULT_UNREACHABLE},
	{"read, garbage once", READ, {{200, "<html>"}, {200, "{}"}}, "GET /a|GET /a", 200, FAULT_NONE},
	{"read, garbage for ever",
	 READ,
	 {{200, "{\"a\":"}, {200, "{\"a\":"}, {200, "{\"a\":"}, {200, "{\"a\":"}},
	 "GET /a|GET /a|GET /a|GET /a",
	 200,
	 FAULT_GARBLED,
	 .message = "not valid JSON"},
	{"read, empty for ever",
	 READ,
	 {{200}, {200}, {200}, {200}},
	 "GET /a|GET /a|GET /a|GET /a",
	 200,
	 FAULT_GARBLED,
	 .message = "no body"},
	{"read, 204 is no thing",
	 READ,
	 {{204}, {204}, {204}, {204}},
	 "GET /a|GET /a|GET /a|GET /a",
	 204,
	 FAULT_GARBLED},
	{"read, not found", READ, {{404, NOT_FOUND}}, "GET /a", 404, FAULT_NOT_FOUND, .message = "not there"},
	{"read, a proxy's 404 is not the cloud's",
	 READ,
	 {{404, "<html>Not found</html>"}},
	 "GET /a",
	 404,
	 FAULT_GARBLED},
	{"read, redirected",
	 READ,
	 {{302, NULL, .location = "https://cloud.example/b"}},
	 "GET /a",
	 302,
	 FAULT_REJECTED,
	 .message = "redirects are not followed"},
	{"read, 400",
	 READ,
	 {{400, "{\"error\":{\"code\":\"Bad\",\"message\":\"no such filter\"}}"}},
	 "GET /a",
	 400,
	 FAULT_REJECTED,
	 .message = "no such filter"},
};

static const struct script throttles[] = {
	{"read, 429",
	 READ,
	 {{429, NULL, "3"}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 3000,
	 .slept_max_ms = 3301},
	{"read, 429 until a date",
	 READ,
	 {{429, NULL, "Sun, 06 Nov 1994 08:49:47 GMT", .date = "Sun, 06 Nov 1994 08:49:37 GMT"}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 10000,
	 .slept_max_ms = 11001},
	{"read, 429 without a word",
	 READ,
	 {{429}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 1000,
	 .slept_max_ms = 1101},
	{"read, 429 of 0 s is no invitation to spin",
	 READ,
	 {{429, NULL, "0"}, {200, "{}"}},
	 "GET /a|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 100},
	{"read, 429 for 10 minutes",
	 READ,
	 {{429, NULL, "600"}},
	 "GET /a",
	 429,
	 FAULT_THROTTLED,
	 .retry_after_s = 600,
	 .message = "600 s"},
	{"read, 429 for 2 minutes again and again",
	 READ,
	 {{429, NULL, "120"}, {429, NULL, "120"}, {429, NULL, "120"}},
	 "GET /a|GET /a|GET /a",
	 429,
	 FAULT_THROTTLED,
	 .retry_after_s = 120,
	 .slept_max_ms = 270000},
	{"write, 429 was not processed", WRITE, {{429, NULL, "1"}, {200, "{}"}}, "PUT /a|PUT /a", 200, FAULT_NONE},
	{"write, 429 for ever",
	 WRITE,
	 {{429}, {429}, {429}, {429}, {429}, {429}, {429}, {429}},
	 "PUT /a|PUT /a|PUT /a|PUT /a|PUT /a|PUT /a|PUT /a|PUT /a",
	 429,
	 FAULT_THROTTLED},
};

static const struct script writes[] = {
	{"write", WRITE, {{200, "{\"b\":2}"}}, "PUT /a", 200, FAULT_NONE, .body = "{\"b\":2}"},
	{"write, no content", WRITE, {{204}}, "PUT /a", 204, FAULT_NONE},
	{"write, 500", WRITE, {{500}}, "PUT /a", 500, FAULT_TRANSIENT, true},
	{"write, 503 with a time", WRITE, {{503, NULL, "5"}}, "PUT /a", 503, FAULT_THROTTLED, true, .retry_after_s = 5},
	{"write, 408", WRITE, {{408}}, "PUT /a", 408, FAULT_TRANSIENT, true},
	{"write, lost after sending", WRITE, {{.was_sent = true}}, "PUT /a", 0, FAULT_UNREACHABLE, true},
	{"write, unreadable answer", WRITE, {{200, "{"}}, "PUT /a", 200, FAULT_GARBLED, true},
	{"write, answer too large",
	 WRITE,
	 {{.was_sent = true, .is_permanent = true}},
	 "PUT /a",
	 0,
	 FAULT_UNREACHABLE,
	 true},
	{"write, unfinished status", WRITE, {{100}}, "PUT /a", 100, FAULT_GARBLED, true},
	{"write, never connected", WRITE, {{0}, {0}, {201, "{}"}}, "PUT /a|PUT /a|PUT /a", 201, FAULT_NONE},
	{"write, never connected for ever",
	 WRITE,
	 {{0}, {0}, {0}, {0}},
	 "PUT /a|PUT /a|PUT /a|PUT /a",
	 0,
	 FAULT_UNREACHABLE,
	 false},
	{"write, bad certificate", WRITE, {{.is_permanent = true}}, "PUT /a", 0, FAULT_UNREACHABLE, false},
	{"write, 400", WRITE, {{400}}, "PUT /a", 400, FAULT_REJECTED, false},
	{"write, 409", WRITE, {{409}}, "PUT /a", 409, FAULT_CONFLICT, false},
	{"write, exists",
	 WRITE,
	 {{409, "{\"error\":{\"code\":\"RoleAssignmentExists\",\"message\":\"x\"}}"}},
	 "PUT /a",
	 409,
	 FAULT_EXISTS,
	 false},
	{"write, redirected", WRITE, {{307, NULL, .location = "/b"}}, "PUT /a", 307, FAULT_REJECTED, false},
	{"write, Microsoft.Web's own form of an error",
	 WRITE,
	 {{400, "{\"Code\":\"BadRequest\",\"Message\":\"no such stack\"}"}},
	 "PUT /a",
	 400,
	 FAULT_REJECTED,
	 .message = "BadRequest: no such stack"},
};

/* {"access_token":{"nbf":{"essential":true}}} */
#define CHALLENGE                                                                                                      \
	"Bearer realm=\"\", error=\"insufficient_claims\", "                                                           \
	"claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==\""

static const struct script tokens[] = {
	{"read, token refused once", READ, {{401}, {200, "{}"}}, "GET /a|GET /a", 200, FAULT_NONE, .renewals = 1},
	{"read, token refused twice", READ, {{401}, {401}}, "GET /a|GET /a", 401, FAULT_CREDENTIAL, .renewals = 1},
	{"write, token refused once",
	 WRITE,
	 {{401, .challenge = CHALLENGE}, {200, "{}"}},
	 "PUT /a|PUT /a",
	 200,
	 FAULT_NONE,
	 .renewals = 1},
	{"write, token refused twice", WRITE, {{401}, {401}}, "PUT /a|PUT /a", 401, FAULT_CREDENTIAL, .renewals = 1},
	{"refused again after a failure in between",
	 READ,
	 {{401}, {500}, {401}, {200, "{}"}},
	 "GET /a|GET /a|GET /a",
	 401,
	 FAULT_CREDENTIAL,
	 .renewals = 1},
	{"anonymous, 401",
	 {.service = SERVICE_SITE, .method = METHOD_GET, .path = "/probe", .is_anonymous = true},
	 {{401}},
	 "GET /probe",
	 401,
	 FAULT_CREDENTIAL},
	{"a site answers in plain text",
	 {.service = SERVICE_SITE, .method = METHOD_GET, .path = "/probe", .is_anonymous = true, .accepts_text = true},
	 {{200, "Healthy"}},
	 "GET /probe",
	 200,
	 FAULT_NONE,
	 .body = "\"Healthy\""},
};

START_TEST(reads_are_tried_again)
{
	script_check_all(reads, ARRAY_SIZE(reads));
}
END_TEST

START_TEST(throttling_is_obeyed)
{
	script_check_all(throttles, ARRAY_SIZE(throttles));
}
END_TEST

START_TEST(writes_are_never_sent_twice)
{
	script_check_all(writes, ARRAY_SIZE(writes));
}
END_TEST

START_TEST(a_refused_token_is_renewed_once)
{
	script_check_all(tokens, ARRAY_SIZE(tokens));
}
END_TEST

START_TEST(the_claims_of_a_challenge_reach_the_token)
{
	struct exchange_request request = READ;
	struct exchange exchange;
	struct exchange_move move;

	request.base_url = script_base_url;
	exchange_init(&exchange, &request, 1);
	exchange_begin(&exchange);
	exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	move = exchange_absorb(
		&exchange, &(struct reply){.type = REPLY_ANSWER, .status = 401, .headers[REPLY_CHALLENGE] = CHALLENGE},
		0);
	ck_assert_int_eq(move.type, MOVE_TOKEN);
	ck_assert(move.renew);
	ck_assert_str_eq(move.claims, "{\"access_token\":{\"nbf\":{\"essential\":true}}}");
	exchange_done(&exchange);
}
END_TEST

START_TEST(stopping_is_ambiguous_only_for_what_is_under_way)
{
	static const struct fault stop = {.class = FAULT_REFUSED, .message = "stop"};

	for (int is_on_wire = 0; is_on_wire < 2; is_on_wire++) {
		struct exchange_request request = WRITE;
		struct exchange exchange;

		request.base_url = script_base_url;
		exchange_init(&exchange, &request, 1);
		exchange_begin(&exchange);
		exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
		ck_assert_int_eq(exchange_abort(&exchange, &stop, is_on_wire).type, MOVE_DONE);
		ck_assert_int_eq(exchange_response(&exchange)->fault.is_ambiguous, is_on_wire);
		exchange_done(&exchange);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exchange_retries");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, reads_are_tried_again);
	tcase_add_test(tcase, throttling_is_obeyed);
	tcase_add_test(tcase, writes_are_never_sent_twice);
	tcase_add_test(tcase, a_refused_token_is_renewed_once);
	tcase_add_test(tcase, the_claims_of_a_challenge_reach_the_token);
	tcase_add_test(tcase, stopping_is_ambiguous_only_for_what_is_under_way);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
