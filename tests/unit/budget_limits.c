/* Which requests share a budget, and how the cloud's headers open and close it. */
#include <check.h>
#include <stdlib.h>

#include "transport/budget.h"

enum { NOW = 5000000 };

static struct reply answer(int status, enum reply_header header, const char *value)
{
	struct reply reply = {.type = REPLY_ANSWER, .status = status};

	reply.headers[header] = value;
	return reply;
}

START_TEST(each_subscription_and_direction_has_its_own)
{
	static const struct {
		enum service service;
		enum method method;
		const char *path;
		enum budget_kind kind;
		const char *name;
	} cases[] = {
		{SERVICE_RESOURCE_MANAGER, METHOD_GET, "/subscriptions/S1/resourceGroups", BUDGET_SUBSCRIPTION_READS,
		 "reads S1"},
		{SERVICE_RESOURCE_MANAGER, METHOD_GET, "/subscriptions/S2?api-version=1", BUDGET_SUBSCRIPTION_READS,
		 "reads S2"},
		{SERVICE_RESOURCE_MANAGER, METHOD_PUT, "/subscriptions/S1/x", BUDGET_SUBSCRIPTION_WRITES, "writes S1"},
		{SERVICE_RESOURCE_MANAGER, METHOD_POST, "/subscriptions/S1/x/list", BUDGET_SUBSCRIPTION_WRITES,
		 "writes S1"},
		{SERVICE_RESOURCE_MANAGER, METHOD_GET, "/subscriptions?api-version=1", BUDGET_TENANT_READS,
		 "tenant reads"},
		{SERVICE_RESOURCE_MANAGER, METHOD_PUT, "/providers/x", BUDGET_TENANT_WRITES, "tenant writes"},
		{SERVICE_RESOURCE_MANAGER, METHOD_POST, "/providers/Microsoft.ResourceGraph/resources?a",
		 BUDGET_RESOURCE_GRAPH, "resource-graph"},
		{SERVICE_GRAPH, METHOD_POST, "/v1.0/applications", BUDGET_GRAPH, "graph"},
		{SERVICE_SITE, METHOD_GET, "/probe", BUDGET_SITE, "site h.example"},
	};
	struct arena arena = {0};
	const char *name;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(
			budget_find(cases[i].service, cases[i].method, "h.example", cases[i].path, &arena, &name),
			cases[i].kind);
		ck_assert_str_eq(name, cases[i].name);
	}
	arena_done(&arena);
}
END_TEST

START_TEST(nothing_goes_before_retry_after)
{
	struct budget budget = {.kind = BUDGET_GRAPH};
	struct reply reply = answer(429, REPLY_RETRY_AFTER, "17");

	ck_assert_int_eq(budget_delay_ms(&budget, NOW), 0);
	budget_spend(&budget, NOW);
	ck_assert_int_eq(budget_absorb(&budget, &reply, NOW), 17000);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW + 1), 16999);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW + 17000), 0);
}
END_TEST

START_TEST(a_shorter_wait_does_not_end_a_longer_one)
{
	struct budget budget = {.kind = BUDGET_GRAPH};
	struct reply longer = answer(503, REPLY_RETRY_AFTER, "20"), shorter = answer(429, REPLY_RETRY_AFTER, "1");

	budget_absorb(&budget, &longer, NOW);
	budget_absorb(&budget, &shorter, NOW);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW), 20000);
}
END_TEST

START_TEST(one_busy_object_blocks_nobody_else)
{
	struct budget budget = {.kind = BUDGET_SUBSCRIPTION_WRITES};
	struct reply reply = answer(429, REPLY_RETRY_AFTER, "20");

	reply.body = "{\"error\":{\"code\":\"RetryableErrorDueToAnotherOperation\"}}";
	ck_assert_int_eq(budget_absorb(&budget, &reply, NOW), 0);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW), 0);
}
END_TEST

START_TEST(an_empty_bucket_refills)
{
	struct budget budget = {.kind = BUDGET_SUBSCRIPTION_READS};
	struct reply reply = answer(200, REPLY_REMAINING_SUBSCRIPTION_READS, "2");

	budget_spend(&budget, NOW);
	budget_absorb(&budget, &reply, NOW);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(budget_delay_ms(&budget, NOW), 0);
		budget_spend(&budget, NOW);
	}
	/* 25 a second: the next is there after 40 ms. */
	ck_assert_int_eq(budget_delay_ms(&budget, NOW), 40);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW + 40), 0);
}
END_TEST

START_TEST(what_is_under_way_counts)
{
	struct budget budget = {.kind = BUDGET_SUBSCRIPTION_WRITES};
	struct reply reply = answer(200, REPLY_REMAINING_SUBSCRIPTION_WRITES, "3");

	for (int i = 0; i < 4; i++)
		budget_spend(&budget, NOW);
	budget_absorb(&budget, &reply, NOW);
	ck_assert_int_gt(budget_delay_ms(&budget, NOW), 0);
}
END_TEST

START_TEST(the_old_hourly_headers_do_no_harm)
{
	struct budget budget = {.kind = BUDGET_SUBSCRIPTION_READS};
	struct reply reply = answer(200, REPLY_REMAINING_SUBSCRIPTION_READS, "11999"),
		     odd = answer(200, REPLY_REMAINING_SUBSCRIPTION_READS, "many");

	budget_spend(&budget, NOW);
	budget_absorb(&budget, &reply, NOW);
	budget_absorb(&budget, &odd, NOW);
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(budget_delay_ms(&budget, NOW), 0);
		budget_spend(&budget, NOW);
	}
}
END_TEST

START_TEST(resource_graph_says_when_it_resets)
{
	struct budget budget = {.kind = BUDGET_RESOURCE_GRAPH};
	struct reply reply = answer(200, REPLY_QUOTA_REMAINING, "0");

	reply.headers[REPLY_QUOTA_RESETS_AFTER] = "00:00:05";
	ck_assert_int_eq(budget_absorb(&budget, &reply, NOW), 5000);
	ck_assert_int_eq(budget_delay_ms(&budget, NOW), 5000);
	reply.headers[REPLY_QUOTA_RESETS_AFTER] = "soon";
	ck_assert_int_eq(budget_absorb(&budget, &reply, NOW), 0);
}
END_TEST

START_TEST(a_loss_says_nothing)
{
	struct budget budget = {.kind = BUDGET_GRAPH};
	struct reply reply = {.type = REPLY_LOST};

	budget_spend(&budget, NOW);
	ck_assert_int_eq(budget_absorb(&budget, &reply, NOW), 0);
	ck_assert_uint_eq(budget.in_flight, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("budget_limits");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, each_subscription_and_direction_has_its_own);
	tcase_add_test(tcase, nothing_goes_before_retry_after);
	tcase_add_test(tcase, a_shorter_wait_does_not_end_a_longer_one);
	tcase_add_test(tcase, one_busy_object_blocks_nobody_else);
	tcase_add_test(tcase, an_empty_bucket_refills);
	tcase_add_test(tcase, what_is_under_way_counts);
	tcase_add_test(tcase, the_old_hourly_headers_do_no_harm);
	tcase_add_test(tcase, resource_graph_says_when_it_resets);
	tcase_add_test(tcase, a_loss_says_nothing);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
