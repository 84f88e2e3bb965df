/* The drift history's file: what survives a restart, a crash in the middle of a line, and a disk that takes nothing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "folder.h"
#include "observe/drift_file.h"

/* What the loop, a thread and the loop again do. */
static int save(struct drift_file *file)
{
	struct drift_save on_its_way;

	ck_assert(!drift_file_is_saved(file));
	drift_file_begin_save(file, &on_its_way);
	drift_save_write(&on_its_way);
	ck_assert(drift_file_is_saved(file));
	return drift_file_end_save(file, &on_its_way);
}

static void add_unsaved(struct drift_file *file, int number)
{
	cJSON *event = cJSON_CreateObject();

	cJSON_AddNumberToObject(event, "n", number);
	drift_file_add(file, event);
	cJSON_Delete(event);
}

static int add(struct drift_file *file, int number)
{
	add_unsaved(file, number);
	return save(file);
}

/* The numbers of the newest events are FIRST, FIRST + 1, … up to LAST. */
static void check_events(const struct drift_file *file, int first, int last)
{
	cJSON *list = drift_file_json(file, DRIFT_EVENTS_MAX);

	ck_assert_int_eq(cJSON_GetArraySize(list), last - first + 1);
	for (int i = 0; i < cJSON_GetArraySize(list); i++)
		ck_assert_int_eq((int)cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, i), "n")),
				 first + i);
	cJSON_Delete(list);
}

static void append_raw(const char *text)
{
	FILE *file = fopen("state/drift/t.jsonl", "a");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(events_survive_a_restart)
{
	struct drift_file file;
	struct stat status;

	drift_file_init(&file, "state", "t");
	ck_assert_ptr_null(file.problem);
	for (int i = 1; i <= 3; i++)
		ck_assert_int_eq(add(&file, i), 0);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 3);
	drift_file_done(&file);
	ck_assert_int_eq(stat("state/drift/t.jsonl", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(the_newest_thousand_are_kept_and_the_file_stays_small)
{
	struct drift_file file;
	struct stat status;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 5500; i++)
		ck_assert_int_eq(add(&file, i), 0);
	check_events(&file, 4501, 5500);
	drift_file_done(&file);
	ck_assert_int_eq(stat("state/drift/t.jsonl", &status), 0);
	ck_assert_int_le(status.st_size, 2 * DRIFT_EVENTS_MAX * (off_t)strlen("{\"n\":5500}\n"));
	drift_file_init(&file, "state", "t");
	check_events(&file, 4501, 5500);
	drift_file_done(&file);
}
END_TEST

START_TEST(the_events_of_a_pass_are_saved_together)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	ck_assert(drift_file_is_saved(&file));
	for (int pass = 0; pass < 7; pass++) {
		for (int i = 1; i <= 700; i++)
			add_unsaved(&file, 700 * pass + i);
		ck_assert_int_eq(save(&file), 0);
	}
	check_events(&file, 3901, 4900);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 3901, 4900);
	/* More than can be kept, while the disk is busy. */
	for (int i = 4901; i <= 7000; i++)
		add_unsaved(&file, i);
	ck_assert_int_eq(save(&file), 0);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 6001, 7000);
	drift_file_done(&file);
}
END_TEST

START_TEST(a_torn_line_is_left_out_and_not_continued)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	ck_assert_int_eq(add(&file, 1), 0);
	drift_file_done(&file);
	append_raw("{\"n\":");
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 1);
	ck_assert_int_eq(add(&file, 2), 0);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 2);
	drift_file_done(&file);
}
END_TEST

START_TEST(what_is_no_event_is_left_out)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	ck_assert_int_eq(add(&file, 1), 0);
	drift_file_done(&file);
	append_raw("garbage\n\n[]\n{\"n\":2}\n");
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 2);
	drift_file_done(&file);
}
END_TEST

START_TEST(a_directory_that_cannot_be_written_costs_no_event)
{
	struct drift_file file;

	ck_assert_int_eq(durable_create(".", "state", "", 0), 0);
	drift_file_init(&file, "state", "t");
	ck_assert_int_lt(add(&file, 1), 0);
	ck_assert_ptr_nonnull(strstr(file.problem, "state/drift/t.jsonl"));
	ck_assert_int_lt(add(&file, 2), 0);
	check_events(&file, 1, 2);
	/* It can be written again: what was not is made up for. */
	ck_assert_int_eq(unlink("state"), 0);
	ck_assert_int_eq(add(&file, 3), 0);
	ck_assert_ptr_null(file.problem);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 3);
	drift_file_done(&file);
}
END_TEST

START_TEST(the_newest_word_about_a_thing_counts)
{
	static const char *const events[] = {
		"{\"event\":\"blocked\",\"instance\":\"i\",\"node\":\"a\"}",
		"{\"event\":\"blocked\",\"instance\":\"i\",\"node\":\"b\"}",
		"{\"event\":\"unblocked\",\"instance\":\"i\",\"node\":\"b\"}",
		"{\"event\":\"blocked\",\"instance\":\"i\"}",
	};
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		cJSON *event = cJSON_Parse(events[i]);

		drift_file_add(&file, event);
		cJSON_Delete(event);
		ck_assert_int_eq(save(&file), 0);
	}
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	ck_assert(drift_file_said(&file, "i", "a", "blocked"));
	ck_assert(!drift_file_said(&file, "i", "b", "blocked"));
	ck_assert(drift_file_said(&file, "i", "b", "unblocked"));
	ck_assert(drift_file_said(&file, "i", NULL, "blocked"));
	ck_assert(!drift_file_said(&file, "other", "a", "blocked"));
	drift_file_done(&file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drift file");
	TCase *tcase = tcase_create("drift file");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, folder_make, folder_remove);
	tcase_add_test(tcase, events_survive_a_restart);
	tcase_add_test(tcase, the_newest_thousand_are_kept_and_the_file_stays_small);
	tcase_add_test(tcase, the_events_of_a_pass_are_saved_together);
	tcase_add_test(tcase, a_torn_line_is_left_out_and_not_continued);
	tcase_add_test(tcase, what_is_no_event_is_left_out);
	tcase_add_test(tcase, the_newest_word_about_a_thing_counts);
	tcase_add_test(tcase, a_directory_that_cannot_be_written_costs_no_event);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
