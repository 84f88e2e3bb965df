/* Collections: all pages or a fault, never a part of a list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_support.h"

#define LIST                                                                                                           \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .path = "/l", .is_collection = true         \
	}
#define QUERY                                                                                                          \
	{                                                                                                              \
		.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_POST,                                            \
		.path = "/providers/Microsoft.ResourceGraph/resources", .body = "{\"query\":\"Resources\"}",           \
		.is_collection = true                                                                                  \
	}

static const struct script pages[] = {
	{"one page", LIST, {{200, "{\"value\":[1,2]}"}}, "GET /l", 200, FAULT_NONE, .body = "{\"value\":[1,2]}"},
	{"nothing", LIST, {{200, "{\"value\":[]}"}}, "GET /l", 200, FAULT_NONE, .body = "{\"value\":[]}"},
	{"three pages",
	 LIST,
	 {{200, "{\"value\":[1],\"nextLink\":\"https://cloud.example/l?p=2\"}"},
	  {200, "{\"value\":[],\"@odata.nextLink\":\"https://cloud.example/l?p=3\"}"},
	  {200, "{\"value\":[2,3],\"nextLink\":null}"}},
	 "GET /l|GET /l?p=2|GET /l?p=3",
	 200,
	 FAULT_NONE,
	 .body = "{\"value\":[1,2,3]}"},
	{"a blank in the link",
	 LIST,
	 {{200, "{\"value\":[],\"nextLink\":\"https://cloud.example/l?f=a b\"}"}, {200, "{\"value\":[]}"}},
	 "GET /l|GET /l?f=a%20b",
	 200,
	 FAULT_NONE},
	{"second page fails",
	 LIST,
	 {{200, "{\"value\":[1],\"nextLink\":\"/l2\"}"}, {500}, {500}, {500}, {500}},
	 "GET /l|GET /l2|GET /l2|GET /l2|GET /l2",
	 500,
	 FAULT_TRANSIENT},
	{"second page is gone: the list is not",
	 LIST,
	 {{200, "{\"value\":[1],\"nextLink\":\"/l2\"}"}, {404, "{\"error\":{\"code\":\"ResourceNotFound\"}}"}},
	 "GET /l|GET /l2",
	 404,
	 FAULT_TRANSIENT},
	{"the same page again", LIST, {{200, "{\"value\":[1],\"nextLink\":\"/l\"}"}}, "GET /l", 200, FAULT_GARBLED},
	{"no list",
	 LIST,
	 {{200, "{\"name\":1}"}, {200, "{}"}, {200, "[]"}, {200, "{\"value\":{}}"}},
	 "GET /l|GET /l|GET /l|GET /l",
	 200,
	 FAULT_GARBLED,
	 .message = "without the list"},
	{"a page is garbage once",
	 LIST,
	 {{200, "{\"value\":[1],\"nextLink\":\"/l2\"}"}, {200, "{\"value\":["}, {200, "{\"value\":[2]}"}},
	 "GET /l|GET /l2|GET /l2",
	 200,
	 FAULT_NONE,
	 .body = "{\"value\":[1,2]}"},
	{"Resource Graph",
	 QUERY,
	 {{200, "{\"data\":[1],\"$skipToken\":\"t1\",\"resultTruncated\":\"false\"}"},
	  {200, "{\"data\":[2],\"resultTruncated\":\"false\"}"}},
	 "POST /providers/Microsoft.ResourceGraph/resources|POST /providers/Microsoft.ResourceGraph/resources",
	 200,
	 FAULT_NONE,
	 .body = "{\"value\":[1,2]}"},
	{"Resource Graph cut the list off",
	 QUERY,
	 {{200, "{\"data\":[1],\"resultTruncated\":\"true\"}"}},
	 "POST /providers/Microsoft.ResourceGraph/resources",
	 200,
	 FAULT_GARBLED,
	 .message = "cut off"},
};

START_TEST(a_list_is_whole_or_a_fault)
{
	script_check_all(pages, ARRAY_SIZE(pages));
}
END_TEST

static struct exchange_move absorb_text(struct exchange *exchange, const char *body)
{
	struct reply reply = {.type = REPLY_ANSWER, .status = 200, .body = body, .body_length = strlen(body)};

	exchange_absorb(exchange, &(struct reply){.type = REPLY_READY}, 0);
	return exchange_absorb(exchange, &reply, 0);
}

START_TEST(a_list_without_end_is_given_up)
{
	struct exchange_request request = LIST;
	struct exchange exchange;
	struct exchange_move move = {.type = MOVE_TOKEN};
	unsigned count = 0;
	char body[100];

	request.base_url = script_base_url;
	exchange_init(&exchange, &request, 1);
	exchange_begin(&exchange);
	for (; move.type != MOVE_DONE && count < 2000; count++) {
		snprintf(body, sizeof(body), "{\"value\":[1],\"nextLink\":\"/l?p=%u\"}", count);
		move = absorb_text(&exchange, body);
	}
	ck_assert_uint_eq(count, EXCHANGE_PAGES_MAX);
	ck_assert_int_eq(exchange_response(&exchange)->fault.class, FAULT_GARBLED);
	exchange_done(&exchange);
}
END_TEST

START_TEST(the_second_page_of_a_query_carries_its_token)
{
	struct exchange_request request = QUERY;
	struct exchange exchange;
	struct exchange_move move;

	request.base_url = script_base_url;
	exchange_init(&exchange, &request, 1);
	exchange_begin(&exchange);
	absorb_text(&exchange, "{\"data\":[1],\"$skipToken\":\"t1\"}");
	move = exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	ck_assert_str_eq(move.body, "{\"query\":\"Resources\",\"options\":{\"$skipToken\":\"t1\"}}");
	ck_assert(!move.may_share);
	exchange_done(&exchange);
}
END_TEST

START_TEST(only_the_first_try_of_the_first_page_travels_in_company)
{
	struct exchange_request request = LIST;
	struct exchange exchange;
	struct exchange_move move;

	request.base_url = script_base_url;
	exchange_init(&exchange, &request, 1);
	exchange_begin(&exchange);
	move = exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	ck_assert(move.may_share);
	/* In place of an answer: its token went away while it waited. */
	exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	absorb_text(&exchange, "{\"value\":[],\"nextLink\":\"/l?p=2\"}");
	move = exchange_absorb(&exchange, &(struct reply){.type = REPLY_READY}, 0);
	ck_assert_str_eq(move.url, "https://cloud.example/l?p=2");
	ck_assert(!move.may_share);
	exchange_done(&exchange);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exchange_pages");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, a_list_is_whole_or_a_fault);
	tcase_add_test(tcase, a_list_without_end_is_given_up);
	tcase_add_test(tcase, only_the_first_try_of_the_first_page_travels_in_company);
	tcase_add_test(tcase, the_second_page_of_a_query_carries_its_token);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
