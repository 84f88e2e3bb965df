/* Files that must be there after a crash: who may read them, what they hold, what is refused. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attributes.h"
#include "base/durable.h"
#include "folder.h"

static void check_content(const char *path, const char *expected)
{
	size_t length;
	char *text;

	ck_assert_int_eq(durable_read(path, 100, &text, &length), 0);
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(length, strlen(expected));
	free(text);
}

START_TEST(folders_are_private)
{
	struct stat status;

	ck_assert_int_eq(durable_make_folders("a/b/c"), 0);
	ck_assert_int_eq(durable_make_folders("a/b/c"), 0);
	ck_assert_int_eq(stat("a/b", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0700);
}
END_TEST

START_TEST(a_file_in_the_place_of_a_folder)
{
	ck_assert_int_eq(durable_create(".", "file", "x", 1), 0);
	ck_assert_int_lt(durable_make_folders("file/b"), 0);
}
END_TEST

START_TEST(what_exists_is_not_created_again)
{
	struct stat status;

	ck_assert_int_eq(durable_create(".", "one", "first", 5), 0);
	ck_assert_int_eq(durable_create(".", "one", "second", 6), -EEXIST);
	check_content("one", "first");
	ck_assert_int_eq(stat("one", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(what_is_replaced_is_whole)
{
	/* What a crash left behind is longer than what comes. */
	ck_assert_int_eq(durable_create(".", "two.new", "left behind by a crash", 22), 0);
	ck_assert_int_eq(durable_replace(".", "two", "first", 5), 0);
	check_content("two", "first");
	ck_assert_int_eq(durable_replace(".", "two", "2nd", 3), 0);
	check_content("two", "2nd");
	ck_assert_int_lt(access("two.new", F_OK), 0);
	ck_assert_int_eq(durable_replace("nowhere", "two", "", 0), -ENOENT);
}
END_TEST

START_TEST(a_symbolic_link_leads_nowhere)
{
	size_t length;
	char *text;

	ck_assert_int_eq(durable_create(".", "target", "kept", 4), 0);
	ck_assert_int_eq(symlink("target", "link"), 0);
	ck_assert_int_eq(symlink("target", "link2.new"), 0);
	ck_assert_int_eq(durable_create(".", "link", "x", 1), -EEXIST);
	ck_assert_int_eq(durable_replace(".", "link2", "x", 1), -ELOOP);
	ck_assert_int_eq(durable_read("link", 100, &text, &length), -ELOOP);
	/* The link itself is replaced, not what it points to. */
	ck_assert_int_eq(durable_replace(".", "link", "new", 3), 0);
	check_content("target", "kept");
	check_content("link", "new");
}
END_TEST

START_TEST(what_is_read_is_capped)
{
	size_t length;
	char *text;

	ck_assert_int_eq(durable_create(".", "long", "0123456789", 10), 0);
	ck_assert_int_eq(durable_read("long", 9, &text, &length), -EFBIG);
	ck_assert_int_eq(durable_read("absent", 9, &text, &length), -ENOENT);
	check_content("long", "0123456789");
}
END_TEST

START_TEST(what_root_makes_is_the_owners_of_the_folder)
{
	static const char *const made[] = {"theirs/a", "theirs/a/b", "theirs/one", "theirs/two", "theirs/three"};
	struct stat status;
	int fd;

	if (geteuid() != 0) {
		puts("skip what_root_makes_is_the_owners_of_the_folder: only root can give files away");
		return;
	}
	ck_assert_int_eq(mkdir("theirs", 0700), 0);
	ck_assert_int_eq(chown("theirs", 1234, 1235), 0);
	ck_assert_int_eq(durable_make_folders("theirs/a/b"), 0);
	ck_assert_int_eq(durable_create("theirs", "one", "x", 1), 0);
	ck_assert_int_eq(durable_replace("theirs", "two", "x", 1), 0);
	fd = durable_open("theirs/three", O_RDWR | O_APPEND);
	ck_assert_int_ge(fd, 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		ck_assert_int_eq(stat(made[i], &status), 0);
		ck_assert_msg(status.st_uid == 1234 && status.st_gid == 1235, "%s is %u's", made[i], status.st_uid);
	}
}
END_TEST

START_TEST(what_is_somebody_elses_or_linked_is_not_given_away)
{
	struct stat status;
	int fd;

	if (geteuid() != 0) {
		puts("skip what_is_somebody_elses_or_linked_is_not_given_away: only root can give files away");
		return;
	}
	ck_assert_int_eq(mkdir("theirs", 0700), 0);
	ck_assert_int_eq(chown("theirs", 1234, 1235), 0);
	ck_assert_int_eq(durable_create(".", "roots", "x", 1), 0);
	ck_assert_int_eq(link("roots", "theirs/link"), 0);
	fd = durable_open("theirs/link", O_RDWR);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(stat("roots", &status), 0);
	ck_assert_uint_eq(status.st_uid, 0);
	ck_assert_int_eq(durable_create("theirs", "other", "x", 1), 0);
	ck_assert_int_eq(chown("theirs/other", 77, 77), 0);
	fd = durable_open("theirs/other", O_RDWR);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(stat("theirs/other", &status), 0);
	ck_assert_uint_eq(status.st_uid, 77);
}
END_TEST

START_TEST(a_full_disk_is_said)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(durable_write(fd, "x", 1), -ENOSPC);
	close(fd);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("durable");
	Suite *suite = suite_create("durable");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, folder_make, folder_remove);
	tcase_add_test(tests, folders_are_private);
	tcase_add_test(tests, a_file_in_the_place_of_a_folder);
	tcase_add_test(tests, what_exists_is_not_created_again);
	tcase_add_test(tests, what_is_replaced_is_whole);
	tcase_add_test(tests, a_symbolic_link_leads_nowhere);
	tcase_add_test(tests, what_is_read_is_capped);
	tcase_add_test(tests, what_root_makes_is_the_owners_of_the_folder);
	tcase_add_test(tests, what_is_somebody_elses_or_linked_is_not_given_away);
	tcase_add_test(tests, a_full_disk_is_said);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
