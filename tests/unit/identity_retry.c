/* When a service that hands out managed identities is asked again, in virtual time. */
#include <check.h>

#include "transport/identity_retry.h"

enum { FOREVER = 1000 };

/* How REPLY is met again and again: the waits of a whole acquisition. */
struct story {
	unsigned requests;
	int64_t total_ms;
	int64_t first_wait_ms;
};

static struct story tell(enum identity_service service, const struct reply *reply, bool has_answered)
{
	struct identity_retry retry = {.has_answered = has_answered};
	struct story story = {.first_wait_ms = -1};
	int64_t now_ms = 5000;

	while (story.requests < FOREVER) {
		int64_t wait_ms;

		story.requests++;
		wait_ms = identity_retry_after(&retry, service, reply, now_ms);
		if (story.requests == 1)
			story.first_wait_ms = wait_ms;
		if (wait_ms < 0)
			break;
		now_ms += wait_ms;
		story.total_ms += wait_ms;
	}
	return story;
}

static struct reply answer(int status)
{
	return (struct reply){.type = REPLY_ANSWER, .status = status};
}

START_TEST(each_status_has_its_own_patience)
{
	static const struct {
		enum identity_service service;
		int status;
		unsigned requests;
		int64_t total_ms;
	} cases[] = {
		{IDENTITY_METADATA, 200, 1, 0},
		{IDENTITY_METADATA, 302, 1, 0},
		{IDENTITY_METADATA, 400, 1, 0},
		{IDENTITY_METADATA, 401, 1, 0},
		{IDENTITY_METADATA, 403, 1, 0},
		{IDENTITY_METADATA, 405, 1, 0},
		{IDENTITY_METADATA, 408, 1, 0},
		{IDENTITY_METADATA, 404, 6, 53000},
		{IDENTITY_METADATA, 429, 6, 53000},
		{IDENTITY_METADATA, 500, 6, 53000},
		{IDENTITY_METADATA, 501, 6, 53000},
		{IDENTITY_METADATA, 504, 6, 53000},
		{IDENTITY_METADATA, 599, 6, 53000},
		{IDENTITY_METADATA, 410, 8, 70000},
		{IDENTITY_APP_SERVICE, 404, 1, 0},
		{IDENTITY_APP_SERVICE, 410, 1, 0},
		{IDENTITY_APP_SERVICE, 400, 1, 0},
		{IDENTITY_APP_SERVICE, 501, 1, 0},
		{IDENTITY_APP_SERVICE, 408, 4, 9000},
		{IDENTITY_APP_SERVICE, 429, 4, 9000},
		{IDENTITY_APP_SERVICE, 500, 4, 9000},
		{IDENTITY_APP_SERVICE, 503, 4, 9000},
		{IDENTITY_APP_SERVICE, 504, 4, 9000},
		{IDENTITY_ARC, 401, 1, 0},
		{IDENTITY_ARC, 410, 1, 0},
		{IDENTITY_ARC, 500, 4, 9000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply = answer(cases[i].status);
		struct story story = tell(cases[i].service, &reply, false);

		ck_assert_msg(story.requests == cases[i].requests && story.total_ms == cases[i].total_ms,
			      "%d %d: %u requests in %lld ms", cases[i].service, cases[i].status, story.requests,
			      (long long)story.total_ms);
		/* Never at once: "after waiting for at least one second". */
		ck_assert(story.requests == 1 || story.first_wait_ms >= 1000);
	}
}
END_TEST

START_TEST(a_renewal_of_the_service_is_outlived)
{
	struct reply gone = answer(410), missing = answer(404), good = answer(200);
	struct identity_retry retry = {0};
	int64_t now_ms = 0, wait_ms;

	/* Gone for 65 seconds, then still without the identity for a while, then it is there. */
	for (unsigned i = 0; i < 7; i++) {
		wait_ms = identity_retry_after(&retry, IDENTITY_METADATA, &gone, now_ms);
		ck_assert_int_eq(wait_ms, 10000);
		now_ms += wait_ms;
	}
	ck_assert_int_eq(now_ms, 70000);
	for (unsigned i = 0; i < 5; i++) {
		wait_ms = identity_retry_after(&retry, IDENTITY_METADATA, &missing, now_ms);
		ck_assert_int_gt(wait_ms, 0);
		now_ms += wait_ms;
	}
	ck_assert_int_eq(identity_retry_after(&retry, IDENTITY_METADATA, &missing, now_ms), -1);
	ck_assert_int_eq(identity_retry_after(&retry, IDENTITY_METADATA, &good, now_ms), -1);
}
END_TEST

START_TEST(a_wish_to_be_left_alone_is_obeyed)
{
	static const struct {
		const char *retry_after;
		int64_t first_wait_ms;
	} cases[] = {{"1", 1000}, {"0", 1000}, {"17", 17000}, {"60", 60000}, {"61", -1}, {"3600", -1}, {"x", 1000}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply reply = answer(429);

		reply.headers[REPLY_RETRY_AFTER] = cases[i].retry_after;
		ck_assert_msg(tell(IDENTITY_METADATA, &reply, false).first_wait_ms == cases[i].first_wait_ms, "%s",
			      cases[i].retry_after);
		ck_assert_msg(tell(IDENTITY_APP_SERVICE, &reply, false).first_wait_ms == cases[i].first_wait_ms, "%s",
			      cases[i].retry_after);
	}
}
END_TEST

START_TEST(a_service_that_never_answered_is_not_there)
{
	struct reply lost = {.type = REPLY_LOST}, broken = {.type = REPLY_LOST, .was_sent = true},
		     permanent = {.type = REPLY_LOST, .is_permanent = true}, busy = answer(503);
	struct identity_retry retry = {0};

	ck_assert_uint_eq(tell(IDENTITY_METADATA, &lost, false).requests, 1);
	ck_assert_uint_eq(tell(IDENTITY_ARC, &lost, false).requests, 1);
	ck_assert_uint_eq(tell(IDENTITY_METADATA, &broken, false).requests, 6);
	/* One that did is only away for a moment. */
	ck_assert_uint_eq(tell(IDENTITY_METADATA, &lost, true).requests, 6);
	ck_assert_uint_eq(tell(IDENTITY_APP_SERVICE, &lost, true).requests, 4);
	ck_assert_uint_eq(tell(IDENTITY_METADATA, &permanent, true).requests, 1);
	ck_assert_int_gt(identity_retry_after(&retry, IDENTITY_METADATA, &busy, 0), 0);
	ck_assert(retry.has_answered);
	ck_assert_int_gt(identity_retry_after(&retry, IDENTITY_METADATA, &lost, 1000), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity_retry");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, each_status_has_its_own_patience);
	tcase_add_test(tcase, a_renewal_of_the_service_is_outlived);
	tcase_add_test(tcase, a_wish_to_be_left_alone_is_obeyed);
	tcase_add_test(tcase, a_service_that_never_answered_is_not_there);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
