/* The transport against a server that behaves: services, tokens, batches, pages, operations, limits. */
#include <string.h>

#include "base/text.h"
#include "net_support.h"
#include "world/json.h"

static void answer_thing(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	if (!text_equal(request->authorization, "Bearer token-1"))
		answer->status = 401;
	answer->body = "{\"name\":\"thing\"}";
}

START_TEST(reads_with_a_token)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_thing);
	net_connect(&net);
	answer = net_ask(
		&net, &(struct request){.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions/s?api-version=1"});
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_int_eq(answer->status, 200);
	ck_assert_str_eq(json_get(answer->body, "name")->valuestring, "thing");
	ck_assert_int_gt(answer->date_unix_s, 1600000000);
	ck_assert_uint_eq(server_count(net.server, "GET /subscriptions/s?api-version=1"), 1);
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "client_secret=canary%20secret%2B%26"));
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "%2F.default"));
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "cp1"));
	net_done(&net);
}
END_TEST

TCase *net_azure_case(void)
{
	TCase *tcase = tcase_create("azure");

	tcase_add_test(tcase, reads_with_a_token);
	return tcase;
}
