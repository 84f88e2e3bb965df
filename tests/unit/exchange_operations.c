/* Long-running operations: what is followed, what is refused, and how it ends. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "exchange_support.h"
#include "world/json.h"

#define PUT                                                                                                            \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_PUT, .path = "/a", .body = "{}",                 \
		.is_write = true                                                                                       \
	}
#define POST                                                                                                           \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_POST, .path = "/a/restart", .is_write = true     \
	}
#define LIST                                                                                                           \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .path = "/l", .is_collection = true         \
	}
#define OPERATION "https://cloud.example/op?t=1"

static const struct script operations[] = {
	{"status document",
	 PUT,
	 {{202, .async_operation = OPERATION, .retry_after = "4"},
	  {200, "{\"status\":\"InProgress\"}", "2"},
	  {200, "{\"status\":\"Succeeded\"}"},
	  {200, "{\"name\":\"a\"}"}},
	 "PUT /a|GET /op?t=1|GET /op?t=1|GET /a",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 6000,
	 .slept_max_ms = 6000,
	 .body = "{\"name\":\"a\"}"},
	{"status document beside a 201",
	 PUT,
	 {{201, "{}", .async_operation = OPERATION}, {200, "{\"status\":\"Succeeded\"}"}, {200, "{\"x\":1}"}},
	 "PUT /a|GET /op?t=1|GET /a",
	 200,
	 FAULT_NONE},
	{"operation fails",
	 PUT,
	 {{202, .async_operation = OPERATION},
	  {200, "{\"status\":\"Failed\",\"error\":{\"code\":\"NameTaken\",\"message\":\"taken\"}}"}},
	 "PUT /a|GET /op?t=1",
	 200,
	 FAULT_REJECTED,
	 .message = "NameTaken): taken"},
	{"operation is canceled",
	 PUT,
	 {{202, .async_operation = OPERATION}, {200, "{\"status\":\"Canceled\"}"}},
	 "PUT /a|GET /op?t=1",
	 200,
	 FAULT_REJECTED},
	{"operation is lost",
	 PUT,
	 {{202, .async_operation = OPERATION}, {500}, {500}, {500}, {500}},
	 "PUT /a|GET /op?t=1|GET /op?t=1|GET /op?t=1|GET /op?t=1",
	 500,
	 FAULT_TRANSIENT,
	 true},
	{"operation is forgotten",
	 PUT,
	 {{202, .async_operation = OPERATION}, {404, "{\"error\":{\"code\":\"NotFound\",\"message\":\"gone\"}}"}},
	 "PUT /a|GET /op?t=1",
	 404,
	 FAULT_TRANSIENT,
	 true},
	{"operation never ends",
	 PUT,
	 {{202, .async_operation = OPERATION, .retry_after = "290"},
	  {202, NULL, "290"},
	  {202, NULL, "290"},
	  {202, NULL, "290"},
	  {202, NULL, "290"}},
	 "PUT /a|GET /op?t=1|GET /op?t=1|GET /op?t=1|GET /op?t=1",
	 0,
	 FAULT_TRANSIENT,
	 true,
	 .message = "still at work"},
	{"poll is interrupted once",
	 PUT,
	 {{202, .async_operation = OPERATION}, {.was_sent = true}, {200, "{\"status\":\"Succeeded\"}"}, {200, "{}"}},
	 "PUT /a|GET /op?t=1|GET /op?t=1|GET /a",
	 200,
	 FAULT_NONE},
	{"token expires during the operation",
	 PUT,
	 {{202, .async_operation = OPERATION}, {401}, {200, "{\"status\":\"Succeeded\"}"}, {200, "{}"}},
	 "PUT /a|GET /op?t=1|GET /op?t=1|GET /a",
	 200,
	 FAULT_NONE,
	 .renewals = 1},
	{"Location with the result",
	 PUT,
	 {{202, .location = "/op"}, {202}, {200, "{\"name\":\"a\"}"}},
	 "PUT /a|GET /op|GET /op",
	 200,
	 FAULT_NONE,
	 .body = "{\"name\":\"a\"}"},
	{"Location without a result",
	 PUT,
	 {{202, .location = "/op"}, {204}, {200, "{\"name\":\"a\"}"}},
	 "PUT /a|GET /op|GET /a",
	 200,
	 FAULT_NONE},
	{"Location with Retry-After: 0 does not spin",
	 PUT,
	 {{202, .location = "/op", .retry_after = "0"}, {202, NULL, "0"}, {200, "{\"n\":1}"}},
	 "PUT /a|GET /op|GET /op",
	 200,
	 FAULT_NONE,
	 .slept_min_ms = 2000},
	{"action without a result",
	 POST,
	 {{202, .async_operation = OPERATION}, {200, "{\"status\":\"Succeeded\"}"}},
	 "POST /a/restart|GET /op?t=1",
	 200,
	 FAULT_NONE},
	{"202 without a word",
	 PUT,
	 {{202}, {200, "{\"name\":\"a\"}"}},
	 "PUT /a|GET /a",
	 200,
	 FAULT_NONE,
	 .body = "{\"name\":\"a\"}"},
	{"the resource says that it is being made",
	 PUT,
	 {{200, "{\"properties\":{\"provisioningState\":\"RegisteringDns\"}}"},
	  {200, "{\"properties\":{\"provisioningState\":\"RegisteringDns\"}}"},
	  {200, "{\"properties\":{\"provisioningState\":\"Succeeded\"}}"}},
	 "PUT /a|GET /a|GET /a",
	 200,
	 FAULT_NONE},
	{"the resource says that it could not be made",
	 PUT,
	 {{201, "{\"properties\":{\"provisioningState\":\"Creating\"}}"},
	  {200, "{\"properties\":{\"provisioningState\":\"Failed\"}}"}},
	 "PUT /a|GET /a",
	 200,
	 FAULT_REJECTED},
	{"the result is not there yet",
	 PUT,
	 {{202, .async_operation = OPERATION},
	  {200, "{\"status\":\"Succeeded\"}"},
	  {404, "{\"error\":{\"code\":\"ResourceNotFound\"}}"}},
	 "PUT /a|GET /op?t=1|GET /a",
	 404,
	 FAULT_TRANSIENT,
	 true},
	{"Graph has no operations",
	 {.service = SERVICE_GRAPH, .method = METHOD_PATCH, .path = "/v1.0/a", .body = "{}", .is_write = true},
	 {{202, .location = "https://elsewhere.example/"}},
	 "PATCH /v1.0/a",
	 202,
	 FAULT_NONE},
};

static const struct script foreign[] = {
	{"operation elsewhere",
	 PUT,
	 {{202, .async_operation = "https://evil.example/op"}},
	 "PUT /a",
	 0,
	 FAULT_REFUSED,
	 true,
	 .message = "configured hosts only"},
	{"Location elsewhere", PUT, {{202, .location = "https://evil.example/op"}}, "PUT /a", 0, FAULT_REFUSED, true},
	{"host in the user information",
	 PUT,
	 {{202, .location = "https://cloud.example@evil.example/op"}},
	 "PUT /a",
	 0,
	 FAULT_REFUSED,
	 true},
	{"another port", PUT, {{202, .location = "https://cloud.example:8443/op"}}, "PUT /a", 0, FAULT_REFUSED, true},
	{"another scheme", PUT, {{202, .location = "http://cloud.example/op"}}, "PUT /a", 0, FAULT_REFUSED, true},
	{"a longer host",
	 PUT,
	 {{202, .location = "https://cloud.example.evil.example/op"}},
	 "PUT /a",
	 0,
	 FAULT_REFUSED,
	 true},
	{"no scheme", PUT, {{202, .location = "//evil.example/op"}}, "PUT /a", 0, FAULT_REFUSED, true},
	{"backslash", PUT, {{202, .location = "/\\evil.example/op"}}, "PUT /a", 0, FAULT_REFUSED, true},
	{"backslash in the host",
	 PUT,
	 {{202, .location = "https://evil.example\\@cloud.example/"}},
	 "PUT /a",
	 0,
	 FAULT_REFUSED,
	 true},
	{"the port that https implies",
	 PUT,
	 {{202, .location = "HTTPS://CLOUD.example:443/op"}, {200, "{\"n\":1}"}},
	 "PUT /a|GET /op",
	 200,
	 FAULT_NONE},
	{"nextLink elsewhere",
	 LIST,
	 {{200, "{\"value\":[],\"nextLink\":\"https://evil.example/l\"}"}},
	 "GET /l",
	 0,
	 FAULT_REFUSED},
	{"@odata.nextLink elsewhere",
	 LIST,
	 {{200, "{\"value\":[],\"@odata.nextLink\":\"https://evil.example/l\"}"}},
	 "GET /l",
	 0,
	 FAULT_REFUSED},
};

START_TEST(operations_are_followed_to_their_end)
{
	script_check_all(operations, ARRAY_SIZE(operations));
}
END_TEST

START_TEST(no_other_host_is_ever_asked)
{
	script_check_all(foreign, ARRAY_SIZE(foreign));
}
END_TEST

static struct exchange_move absorb_text(struct exchange *exchange, const char *body)
{
	struct reply reply = {.type = REPLY_ANSWER, .status = 200, .body = body, .body_length = strlen(body)};

	exchange_absorb(exchange, &(struct reply){.type = REPLY_READY}, 0);
	return exchange_absorb(exchange, &reply, 0);
}

START_TEST(a_body_nested_too_deeply_is_garbage)
{
	struct exchange_request request = {.service = SERVICE_GRAPH, .method = METHOD_GET, .path = "/v1.0/a"};
	struct exchange exchange;
	struct exchange_move move;
	struct buffer body;

	buffer_init(&body, 4096);
	for (int i = 0; i < 1000; i++)
		buffer_append_char(&body, '[');
	for (int i = 0; i < 1000; i++)
		buffer_append_char(&body, ']');
	request.base_url = script_base_url;
	exchange_init(&exchange, &request, 1);
	exchange_begin(&exchange);
	move = absorb_text(&exchange, body.data);
	ck_assert_int_eq(move.type, MOVE_SLEEP);
	exchange_done(&exchange);
	buffer_done(&body);
}
END_TEST

START_TEST(a_service_below_a_path_keeps_it)
{
	struct exchange_request request = LIST;
	struct exchange exchange;
	struct exchange_move move;

	request.base_url = "https://cloud.example:8443/arm";
	exchange_init(&exchange, &request, 1);
	ck_assert_int_eq(exchange_begin(&exchange).type, MOVE_TOKEN);
	move = exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	ck_assert_str_eq(move.url, "https://cloud.example:8443/arm/l");
	exchange_done(&exchange);
}
END_TEST

START_TEST(a_base_url_that_is_none_is_refused)
{
	static const char *const urls[] = {"cloud.example", "ftp://cloud.example", "https://",
					   "https://a b",   "https://u@h",         "https://h:99999999"};

	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		struct exchange_request request = LIST;
		struct exchange exchange;

		request.base_url = urls[i];
		exchange_init(&exchange, &request, 1);
		ck_assert_int_eq(exchange_begin(&exchange).type, MOVE_DONE);
		ck_assert_int_eq(exchange_response(&exchange)->fault.class, FAULT_REFUSED);
		exchange_done(&exchange);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exchange_operations");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, operations_are_followed_to_their_end);
	tcase_add_test(tcase, no_other_host_is_ever_asked);
	tcase_add_test(tcase, a_body_nested_too_deeply_is_garbage);
	tcase_add_test(tcase, a_service_below_a_path_keeps_it);
	tcase_add_test(tcase, a_base_url_that_is_none_is_refused);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
