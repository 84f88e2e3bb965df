/* Since when conditions are as they are, over a restart: state/since/t.json. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/durable.h"
#include "folder.h"
#include "observe/since_file.h"

#define EARLIER "2026-03-01T03:12:45.000Z"
#define LATER   "2026-03-04T03:12:45.000Z"

static struct report report;
static struct report_tenant tenant;
static struct report_instance instance;
static struct report_condition ready, blocked;

/* Ready as STATUS says since SINCE, and blocked for REASON at the node "n". */
static void set_report(const char *status, const char *reason, const char *since)
{
	blocked = (struct report_condition){
		.type = reason, .status = "True", .reason = reason, .since = since, .node = "n"};
	ready = (struct report_condition){
		.type = "Ready", .status = status, .reason = "AsExpected", .since = since, .next = &blocked};
	instance = (struct report_instance){.name = "production", .conditions = &ready};
	tenant = (struct report_tenant){.name = "t", .instances = &instance};
	report.tenants = &tenant;
}

static void save(struct since_file *file)
{
	char *text = since_file_begin_save(file, &report);

	ck_assert_ptr_nonnull(text);
	since_file_end_save(file, since_file_write(file, text));
	free(text);
}

/* The next process, whose first pass has just found what set_report() says. */
static void restart(void)
{
	struct since_file file;

	since_file_init(&file, "state", "t");
	since_file_date(&file, &report);
	since_file_done(&file);
}

static void begin(void)
{
	struct since_file file;

	folder_make();
	since_file_init(&file, "state", "t");
	set_report("False", "SlotIsV1", EARLIER);
	since_file_date(&file, &report);
	ck_assert_str_eq(ready.since, EARLIER);
	save(&file);
	since_file_done(&file);
}

static void end(void)
{
	arena_done(&report.arena);
	folder_remove();
}

START_TEST(what_is_as_it_was_keeps_its_date)
{
	set_report("False", "SlotIsV1", LATER);
	restart();
	ck_assert_str_eq(ready.since, EARLIER);
	ck_assert_str_eq(blocked.since, EARLIER);
}
END_TEST

START_TEST(what_has_changed_meanwhile_is_new)
{
	set_report("True", "BackupConflict", LATER);
	restart();
	ck_assert_str_eq(ready.since, LATER);
	ck_assert_str_eq(blocked.since, LATER);
	set_report("False", "SlotIsV1", LATER);
	instance.name = "lab";
	blocked.node = "m";
	restart();
	ck_assert_str_eq(ready.since, LATER);
	ck_assert_str_eq(blocked.since, LATER);
}
END_TEST

START_TEST(the_future_is_not_believed)
{
	set_report("False", "SlotIsV1", "2026-02-01T00:00:00.000Z");
	restart();
	ck_assert_str_eq(ready.since, "2026-02-01T00:00:00.000Z");
}
END_TEST

START_TEST(it_is_written_only_when_it_changes)
{
	struct since_file file;

	since_file_init(&file, "state", "t");
	set_report("False", "SlotIsV1", EARLIER);
	ck_assert_ptr_null(since_file_begin_save(&file, &report));
	set_report("True", "SlotIsV1", LATER);
	save(&file);
	ck_assert_ptr_null(since_file_begin_save(&file, &report));
	/* What could not be written is tried again. */
	since_file_end_save(&file, -ENOSPC);
	save(&file);
	since_file_done(&file);
}
END_TEST

static const char *const rubbish[] = {
	"",
	"{",
	"[]",
	"{\"conditions\":7}",
	"{\"conditions\":[null,{\"instance\":\"production\"},{\"instance\":\"production\",\"type\":\"Ready\","
	"\"status\":\"False\","
	"\"reason\":\"AsExpected\",\"since\":\"1\"}]}",
};

START_TEST(a_file_that_is_none_is_as_good_as_no_file)
{
	ck_assert_int_eq(durable_replace("state/since", "t.json", rubbish[_i], strlen(rubbish[_i])), 0);
	set_report("False", "SlotIsV1", LATER);
	restart();
	ck_assert_str_eq(ready.since, LATER);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("since_dates");
	TCase *tests = tcase_create("since");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, what_is_as_it_was_keeps_its_date);
	tcase_add_test(tests, what_has_changed_meanwhile_is_new);
	tcase_add_test(tests, the_future_is_not_believed);
	tcase_add_test(tests, it_is_written_only_when_it_changes);
	tcase_add_loop_test(tests, a_file_that_is_none_is_as_good_as_no_file, 0, sizeof(rubbish) / sizeof(*rubbish));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
