/* Jobs for the disk: in order, together when they wait together, and never on the loop. */
#include <check.h>
#include <stdlib.h>
#include <uv.h>

#include "base/attributes.h"
#include "observe/disk.h"

enum { JOBS = 8 };

/* Each step of each job says its name: a letter for the step, a number for the job. */
struct step {
	char what;
	int job;
	bool is_on_loop;
};

struct numbered {
	struct disk_job job;
	int number;
};

static uv_loop_t loop;
static uv_thread_t loop_thread;
static struct disk disk;
static struct numbered jobs[JOBS];
static struct step steps[3 * JOBS];
static size_t step_count;
static uv_sem_t first_may_end;

static void note(const struct disk_job *job, char what)
{
	const uv_thread_t self = uv_thread_self();

	steps[step_count++] =
		(struct step){what, ((const struct numbered *)job)->number, uv_thread_equal(&self, &loop_thread)};
}

static void on_work(struct disk_job *job)
{
	note(job, 'w');
	if (((const struct numbered *)job)->number == 0)
		uv_sem_wait(&first_may_end);
}

static void on_settle(struct disk_job *job)
{
	note(job, 's');
}

static void give(int number);

static void on_done(struct disk_job *job)
{
	note(job, 'd');
	/* One that is given from here goes after those that wait. */
	if (((const struct numbered *)job)->number == 0)
		give(4);
}

static void give(int number)
{
	jobs[number] = (struct numbered){{.work = on_work, .settle = on_settle, .done = on_done}, number};
	disk_do(&disk, &jobs[number].job);
}

static void check_step(size_t at, char what, int job)
{
	ck_assert_uint_lt(at, step_count);
	ck_assert_int_eq(steps[at].what, what);
	ck_assert_int_eq(steps[at].job, job);
	ck_assert_int_eq(steps[at].is_on_loop, what == 'd');
}

START_TEST(jobs_that_wait_go_together_and_in_order)
{
	static const struct {
		char what;
		int job;
	} expected[] = {{'w', 0}, {'s', 0}, {'d', 0}, {'w', 1}, {'w', 2}, {'w', 3}, {'w', 4}, {'s', 1},
			{'s', 2}, {'s', 3}, {'s', 4}, {'d', 1}, {'d', 2}, {'d', 3}, {'d', 4}};

	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(uv_sem_init(&first_may_end, 0), 0);
	loop_thread = uv_thread_self();
	disk_init(&disk, &loop);
	for (int i = 0; i < 4; i++)
		give(i);
	uv_sem_post(&first_may_end);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(step_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		check_step(i, expected[i].what, expected[i].job);
	ck_assert(!disk.is_busy);
	uv_sem_destroy(&first_may_end);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

START_TEST(a_mark_is_done_after_what_was_before)
{
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	disk_init(&disk, &loop);
	loop_thread = uv_thread_self();
	give(1);
	jobs[5] = (struct numbered){{.done = on_done}, 5};
	disk_do(&disk, &jobs[5].job);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(step_count, 4);
	check_step(2, 'd', 1);
	check_step(3, 'd', 5);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

static void begin(void)
{
	step_count = 0;
}

int main(void)
{
	Suite *suite = suite_create("disk_jobs");
	TCase *tcase = tcase_create("disk");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, NULL);
	tcase_add_test(tcase, jobs_that_wait_go_together_and_in_order);
	tcase_add_test(tcase, a_mark_is_done_after_what_was_before);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
