/* When the next pass of a tenant is, in tables: all times are given, none is measured. */
#include <check.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "service/schedule.h"

enum { INTERVAL_S = 900, START_MS = 5000 };

static const uint64_t middle = 1ULL << 63; /* no jitter */

static struct schedule begun(double jitter)
{
	struct schedule schedule;

	schedule_init(&schedule, INTERVAL_S, jitter, START_MS);
	ck_assert(schedule_is_due(&schedule, START_MS));
	schedule_begin(&schedule);
	return schedule;
}

START_TEST(first_pass_is_due_at_once_and_only_once)
{
	struct schedule schedule = begun(0);

	ck_assert(!schedule_is_due(&schedule, START_MS + 10 * INTERVAL_S * 1000));
	ck_assert_int_eq(schedule_wait_ms(&schedule, START_MS), INT64_MAX);
}
END_TEST

static const struct {
	const char *name;
	double jitter;
	uint64_t random;
	int64_t expected_ms;
} intervals[] = {
	{"none", 0, 0, 900000},
	{"none, whatever the random number", 0, UINT64_MAX, 900000},
	{"a tenth, earliest", 0.1, 0, 810000},
	{"a tenth, middle", 0.1, 1ULL << 63, 900000},
	{"a tenth, latest", 0.1, UINT64_MAX, 989999},
	{"half, earliest", 0.5, 0, 450000},
};

START_TEST(interval_counts_from_the_end)
{
	const int64_t end_ms = START_MS + 123456;
	struct schedule schedule = begun(intervals[_i].jitter);

	schedule_end(&schedule, &(struct schedule_outcome){0}, end_ms, intervals[_i].random);
	ck_assert_msg(schedule_wait_ms(&schedule, end_ms) == intervals[_i].expected_ms, "%s: %lld ms",
		      intervals[_i].name, (long long)schedule_wait_ms(&schedule, end_ms));
	ck_assert(!schedule_is_due(&schedule, end_ms + intervals[_i].expected_ms - 1));
	ck_assert(schedule_is_due(&schedule, end_ms + intervals[_i].expected_ms));
}
END_TEST

START_TEST(failures_back_off_up_to_the_interval)
{
	static const int64_t waits_s[] = {2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900};
	struct schedule schedule = begun(0);
	int64_t now_ms = START_MS;

	for (size_t i = 0; i < ARRAY_SIZE(waits_s); i++) {
		schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true}, now_ms, middle);
		ck_assert_int_eq(schedule_wait_ms(&schedule, now_ms), waits_s[i] * 1000);
		now_ms += waits_s[i] * 1000;
		schedule_begin(&schedule);
	}
	/* A good pass ends it. */
	schedule_end(&schedule, &(struct schedule_outcome){0}, now_ms, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, now_ms), INTERVAL_S * 1000);
	schedule_begin(&schedule);
	schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true}, now_ms, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, now_ms), 2000);
}
END_TEST

START_TEST(thousand_failures_do_not_overflow)
{
	struct schedule schedule = begun(0.5);

	for (int i = 0; i < 1000; i++) {
		schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true, .retry_after_s = INT64_MAX},
			     START_MS, i % 2 ? UINT64_MAX : 0);
		ck_assert_int_ge(schedule_wait_ms(&schedule, START_MS), 1000);
		ck_assert_int_le(schedule_wait_ms(&schedule, START_MS), INTERVAL_S * 1500);
		schedule_begin(&schedule);
	}
}
END_TEST

static const struct {
	int64_t asked_s, expected_ms;
} asked[] = {
	{0, 2000}, {1, 2000}, {30, 30000}, {600, 600000}, {900, 900000}, {901, 900000}, {INT64_MAX, 900000}, {-5, 2000},
};

START_TEST(what_the_cloud_asks_brings_the_pass_forward)
{
	struct schedule schedule = begun(0);

	schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true, .retry_after_s = asked[_i].asked_s},
		     START_MS, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, START_MS), asked[_i].expected_ms);
}
END_TEST

/* A service that always says "in a second" does not make us ask every second. */
START_TEST(asking_again_and_again_backs_off_too)
{
	struct schedule schedule = begun(0);

	for (int i = 0; i < 20; i++) {
		schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true, .retry_after_s = 1}, START_MS,
			     middle);
		schedule_begin(&schedule);
	}
	schedule_end(&schedule, &(struct schedule_outcome){.is_unsettled = true, .retry_after_s = 1}, START_MS, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, START_MS), INTERVAL_S * 1000);
}
END_TEST

START_TEST(trigger_while_waiting_is_now)
{
	struct schedule schedule = begun(0);

	schedule_end(&schedule, &(struct schedule_outcome){0}, START_MS, middle);
	schedule_trigger(&schedule, START_MS + 7);
	ck_assert(schedule_is_due(&schedule, START_MS + 7));
	schedule_begin(&schedule);
	schedule_end(&schedule, &(struct schedule_outcome){0}, START_MS + 8, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, START_MS + 8), INTERVAL_S * 1000);
}
END_TEST

START_TEST(triggers_during_a_pass_make_exactly_one_more)
{
	struct schedule schedule = begun(0);

	for (int i = 0; i < 5; i++)
		schedule_trigger(&schedule, START_MS + i);
	ck_assert(!schedule_is_due(&schedule, START_MS + 100));
	schedule_end(&schedule, &(struct schedule_outcome){0}, START_MS + 100, middle);
	ck_assert(schedule_is_due(&schedule, START_MS + 100));
	schedule_begin(&schedule);
	schedule_end(&schedule, &(struct schedule_outcome){0}, START_MS + 200, middle);
	ck_assert_int_eq(schedule_wait_ms(&schedule, START_MS + 200), INTERVAL_S * 1000);
}
END_TEST

START_TEST(trigger_does_not_put_off_what_is_overdue)
{
	struct schedule schedule;

	schedule_init(&schedule, INTERVAL_S, 0, START_MS);
	schedule_trigger(&schedule, START_MS + 50);
	ck_assert_int_eq(schedule.next_ms, START_MS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule");
	TCase *tcase = tcase_create("schedule");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, first_pass_is_due_at_once_and_only_once);
	tcase_add_loop_test(tcase, interval_counts_from_the_end, 0, ARRAY_SIZE(intervals));
	tcase_add_test(tcase, failures_back_off_up_to_the_interval);
	tcase_add_test(tcase, thousand_failures_do_not_overflow);
	tcase_add_loop_test(tcase, what_the_cloud_asks_brings_the_pass_forward, 0, ARRAY_SIZE(asked));
	tcase_add_test(tcase, asking_again_and_again_backs_off_too);
	tcase_add_test(tcase, trigger_while_waiting_is_now);
	tcase_add_test(tcase, triggers_during_a_pass_make_exactly_one_more);
	tcase_add_test(tcase, trigger_does_not_put_off_what_is_overdue);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
