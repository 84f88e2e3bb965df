/* The drift history's file: what survives a restart, a crash in the middle of a line, and a disk that takes nothing. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "folder.h"
#include "observe/drift_file.h"

#define FILE_NAME "state/drift/t.jsonl"

/* What the loop, a thread and the loop again do. */
static int save(struct drift_file *file)
{
	struct drift_save on_its_way;

	int r;

	ck_assert(!drift_file_is_saved(file));
	drift_file_begin_save(file, &on_its_way);
	drift_save_write(&on_its_way);
	ck_assert(drift_file_is_saved(file));
	r = drift_file_end_save(file, &on_its_way);
	ck_assert_int_eq(drift_file_is_saved(file), r == 0);
	return r;
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

/* The numbers of the events in memory are FIRST, FIRST + 1, … up to LAST. */
static void check_events(const struct drift_file *file, int first, int last)
{
	cJSON *list = drift_file_json(file, DRIFT_EVENTS_MAX);

	ck_assert_int_eq(cJSON_GetArraySize(list), last - first + 1);
	for (int i = 0; i < cJSON_GetArraySize(list); i++)
		ck_assert_int_eq((int)cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, i), "n")),
				 first + i);
	cJSON_Delete(list);
}

/* Those that are held when the last one is LAST. */
static void check_held(const struct drift_file *file, int last)
{
	check_events(file, last - DRIFT_EVENTS_HELD + 1, last);
}

/* The file ends with the events FIRST, FIRST + 1, … up to LAST; before them are no more than OLDER_MAX older ones. */
static void check_file(int first, int last, int older_max)
{
	FILE *file = fopen(FILE_NAME, "r");
	int n, previous = 0, older = 0;
	char line[64];

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file)) {
		ck_assert_int_eq(sscanf(line, "{\"n\":%d}\n", &n), 1);
		if (n > first)
			ck_assert_int_eq(n, previous + 1);
		else
			ck_assert_int_gt(n, previous);
		older += n < first;
		previous = n;
	}
	fclose(file);
	ck_assert_int_eq(previous, last);
	ck_assert_int_le(older, older_max);
}

static void append_bytes(const char *bytes, size_t length)
{
	FILE *file = fopen(FILE_NAME, "a");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static void append_raw(const char *text)
{
	append_bytes(text, strlen(text));
}

/* A write that would make a file larger than BYTES stops there, as it does when the disk is full. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static rlim_t file_size(void)
{
	struct stat status;

	ck_assert_int_eq(stat(FILE_NAME, &status), 0);
	return (rlim_t)status.st_size;
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
	ck_assert_int_eq(stat(FILE_NAME, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(the_file_has_the_newest_thousand_and_memory_those_that_are_shown)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 5500; i++)
		ck_assert_int_eq(add(&file, i), 0);
	check_held(&file, 5500);
	drift_file_done(&file);
	check_file(4501, 5500, DRIFT_EVENTS_MAX);
	drift_file_init(&file, "state", "t");
	check_held(&file, 5500);
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
		check_file(pass ? 700 * pass - 299 : 1, 700 * pass + 700, DRIFT_EVENTS_MAX);
	}
	check_held(&file, 4900);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_held(&file, 4900);
	/* More than can be kept, while the disk is busy. */
	for (int i = 4901; i <= 7000; i++)
		add_unsaved(&file, i);
	check_events(&file, 6001, 7000);
	ck_assert_int_eq(save(&file), 0);
	check_held(&file, 7000);
	drift_file_done(&file);
	check_file(6001, 7000, DRIFT_EVENTS_MAX);
}
END_TEST

START_TEST(what_comes_while_others_are_saved_is_saved_later)
{
	struct drift_save on_its_way;
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 150; i++)
		add_unsaved(&file, i);
	drift_file_begin_save(&file, &on_its_way);
	for (int i = 151; i <= 300; i++)
		add_unsaved(&file, i);
	drift_save_write(&on_its_way);
	ck_assert_int_eq(drift_file_end_save(&file, &on_its_way), 0);
	check_file(1, 150, 0);
	check_events(&file, 151, 300);
	ck_assert_int_eq(save(&file), 0);
	check_file(1, 300, 0);
	check_held(&file, 300);
	/* So many that those on their way need not be saved, should that fail. */
	for (int i = 301; i <= 900; i++)
		add_unsaved(&file, i);
	drift_file_begin_save(&file, &on_its_way);
	for (int i = 901; i <= 1850; i++)
		add_unsaved(&file, i);
	on_its_way.result = -EIO;
	ck_assert_int_eq(drift_file_end_save(&file, &on_its_way), -EIO);
	check_events(&file, 851, 1850);
	ck_assert_int_eq(save(&file), 0);
	drift_file_done(&file);
	check_file(851, 1850, 0);
}
END_TEST

/* ---- a disk that fails ---- */

START_TEST(a_part_of_what_was_to_be_added_is_taken_away_again)
{
	struct drift_file file;
	rlim_t size;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 400; i++)
		ck_assert_int_eq(add(&file, i), 0);
	size = file_size();
	/* Two events and a half. */
	limit_files(size + 25);
	for (int i = 401; i <= 404; i++)
		add_unsaved(&file, i);
	ck_assert_int_eq(save(&file), -ENOSPC);
	ck_assert_ptr_nonnull(strstr(file.problem, FILE_NAME));
	ck_assert_ptr_nonnull(strstr(file.problem, "No space left on device"));
	ck_assert_uint_eq(file_size(), size);
	check_file(1, 400, 0);
	/* There is no room for all of the file a second time either, and the one that is there stays. */
	limit_files(size);
	ck_assert_int_lt(add(&file, 405), 0);
	check_file(1, 400, 0);
	check_events(&file, 301, 405);
	/* What could not be saved is saved without anything new. */
	limit_files(RLIM_INFINITY);
	ck_assert_int_eq(save(&file), 0);
	ck_assert_ptr_null(file.problem);
	check_file(1, 405, 0);
	check_held(&file, 405);
	drift_file_done(&file);
}
END_TEST

START_TEST(what_could_not_be_saved_is_added_to_what_was)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 900; i++)
		ck_assert_int_eq(add(&file, i), 0);
	ck_assert_int_eq(rename("state", "away"), 0);
	ck_assert_int_eq(durable_create(".", "state", "", 0), 0);
	for (int i = 901; i <= 1100; i++)
		ck_assert_int_lt(add(&file, i), 0);
	check_events(&file, 801, 1100);
	ck_assert_int_eq(unlink("state"), 0);
	ck_assert_int_eq(rename("away", "state"), 0);
	append_raw("{\"n\":"); /* torn, by a full disk and a crash at once */
	ck_assert_int_eq(add(&file, 1101), 0);
	check_held(&file, 1101);
	drift_file_done(&file);
	check_file(102, 1101, 0);
}
END_TEST

/* The new file is in its place, and then its folder cannot be synced. */
START_TEST(what_is_there_in_spite_of_a_failure_is_not_added_twice)
{
	struct drift_save on_its_way;
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 9; i++)
		add_unsaved(&file, i);
	drift_file_begin_save(&file, &on_its_way);
	drift_save_write(&on_its_way);
	ck_assert_int_eq(on_its_way.result, 0);
	on_its_way.result = -EIO;
	ck_assert_int_eq(drift_file_end_save(&file, &on_its_way), -EIO);
	check_file(1, 9, 0);
	for (int i = 10; i <= 12; i++)
		add_unsaved(&file, i);
	ck_assert_int_eq(save(&file), 0);
	check_file(1, 12, 0);
	drift_file_done(&file);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_not_replaced)
{
	struct drift_file file;

	ck_assert_int_eq(durable_make_folders("state/drift"), 0);
	ck_assert_int_eq(durable_create("state/drift", "old", "{\"n\":1}\n", 8), 0);
	ck_assert_int_eq(mkdir(FILE_NAME, 0700), 0);
	drift_file_init(&file, "state", "t");
	ck_assert_ptr_nonnull(strstr(file.problem, "cannot be read"));
	ck_assert_int_lt(add(&file, 2), 0);
	ck_assert_int_lt(add(&file, 3), 0);
	ck_assert_int_eq(rmdir(FILE_NAME), 0);
	ck_assert_int_eq(rename("state/drift/old", FILE_NAME), 0);
	ck_assert_int_eq(save(&file), 0);
	check_file(1, 3, 0);
	drift_file_done(&file);
}
END_TEST

START_TEST(a_file_that_was_taken_away_is_begun_with_what_is_held)
{
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	for (int i = 1; i <= 300; i++)
		ck_assert_int_eq(add(&file, i), 0);
	ck_assert_int_eq(unlink(FILE_NAME), 0);
	ck_assert_int_eq(rmdir("state/drift"), 0);
	ck_assert_int_eq(add(&file, 301), 0);
	check_file(201, 301, 0);
	ck_assert_int_eq(add(&file, 302), 0);
	check_file(201, 302, 0);
	drift_file_done(&file);
}
END_TEST

START_TEST(a_file_that_is_too_large_is_begun_anew)
{
	struct drift_file file;

	ck_assert_int_eq(durable_make_folders("state/drift"), 0);
	ck_assert_int_eq(durable_create("state/drift", "t.jsonl", "{\"n\":1}\n", 8), 0);
	ck_assert_int_eq(truncate(FILE_NAME, DRIFT_FILE_SIZE_MAX + 1), 0);
	drift_file_init(&file, "state", "t");
	ck_assert_ptr_nonnull(strstr(file.problem, "File too large"));
	ck_assert_int_eq(add(&file, 2), 0);
	ck_assert_ptr_null(file.problem);
	check_file(2, 2, 0);
	drift_file_done(&file);
}
END_TEST

/* ---- a file that is not as we wrote it ---- */

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
	append_raw("garbage\n\n[]\n{\"n\":2}\n{broken}\n");
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 2);
	drift_file_done(&file);
}
END_TEST

/* Zero bytes, as a power failure leaves them, a line that is no event, and one without its end. */
START_TEST(what_is_damaged_costs_no_other_event)
{
	static const char zeros[] = "\0\0\0\0\0\0\0\0{\"n\":2}\nga\0rbage\n{\"n\":3}\n{\"n\":4}";
	struct drift_file file;

	drift_file_init(&file, "state", "t");
	ck_assert_int_eq(add(&file, 1), 0);
	drift_file_done(&file);
	append_bytes(zeros, sizeof(zeros) - 1);
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 4);
	ck_assert_int_eq(add(&file, 5), 0);
	check_file(1, 5, 0);
	drift_file_done(&file);
	drift_file_init(&file, "state", "t");
	check_events(&file, 1, 5);
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
	drift_file_forget_said(&file);
	ck_assert(!drift_file_said(&file, "i", "a", "blocked"));
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
	tcase_add_test(tcase, the_file_has_the_newest_thousand_and_memory_those_that_are_shown);
	tcase_add_test(tcase, the_events_of_a_pass_are_saved_together);
	tcase_add_test(tcase, what_comes_while_others_are_saved_is_saved_later);
	tcase_add_test(tcase, a_part_of_what_was_to_be_added_is_taken_away_again);
	tcase_add_test(tcase, what_could_not_be_saved_is_added_to_what_was);
	tcase_add_test(tcase, what_is_there_in_spite_of_a_failure_is_not_added_twice);
	tcase_add_test(tcase, a_file_that_cannot_be_read_is_not_replaced);
	tcase_add_test(tcase, a_file_that_was_taken_away_is_begun_with_what_is_held);
	tcase_add_test(tcase, a_file_that_is_too_large_is_begun_anew);
	tcase_add_test(tcase, a_torn_line_is_left_out_and_not_continued);
	tcase_add_test(tcase, what_is_no_event_is_left_out);
	tcase_add_test(tcase, what_is_damaged_costs_no_other_event);
	tcase_add_test(tcase, the_newest_word_about_a_thing_counts);
	tcase_add_test(tcase, a_directory_that_cannot_be_written_costs_no_event);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
