/* Azure Arc's challenge: which file is read to answer it, and all those that are not. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "transport/arc_challenge.h"

#define TOKENS "/var/opt/azcmagent/tokens"

static void write_file(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(the_file_that_the_agent_names_is_found)
{
	static const char *const challenges[] = {
		"Basic realm=" TOKENS "/b0c3.key",
		"basic REALM=" TOKENS "/b0c3.key",
		"Basic  realm=\"" TOKENS "/b0c3.key\"",
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(challenges); i++) {
		const char *name, *problem = arc_challenge_parse(challenges[i], TOKENS, &arena, &name);

		ck_assert_msg(!problem, "%s", problem);
		ck_assert_str_eq(name, "b0c3.key");
	}
	arena_done(&arena);
}
END_TEST

START_TEST(no_other_file_is_named)
{
	static const char *const challenges[] = {
		"",
		"Basic",
		"Basic ",
		"Basic realm",
		"Basic realm=",
		"Basic realm=\"\"",
		"Bearer realm=" TOKENS "/a.key",
		"Digest realm=" TOKENS "/a.key",
		"Basic charset=UTF-8, realm=" TOKENS "/a.key",
		"Basic realm=\"" TOKENS "/a.key",
		"Basic realm=\"" TOKENS "/a.key\", charset=\"UTF-8\"",
		"Basic realm=" TOKENS "/a.key\"",
		"Basic realm=" TOKENS "/a.key, Basic realm=/etc/shadow",
		"Basic realm=" TOKENS "/a.key ",
		"Basic realm=/etc/shadow",
		"Basic realm=/etc/ssl/private/server.key",
		"Basic realm=/server.key",
		"Basic realm=server.key",
		"Basic realm=" TOKENS,
		"Basic realm=" TOKENS "/",
		"Basic realm=" TOKENS "/.key",
		"Basic realm=" TOKENS "/a.pem",
		"Basic realm=" TOKENS "/a.key.pem",
		"Basic realm=" TOKENS "/a.KEY",
		"Basic realm=" TOKENS "/../../../../etc/server.key",
		"Basic realm=" TOKENS "/..key",
		"Basic realm=" TOKENS "/./a.key",
		"Basic realm=" TOKENS "//a.key",
		"Basic realm=/" TOKENS "/a.key",
		"Basic realm=/var/opt/azcmagent/../azcmagent/tokens/a.key",
		"Basic realm=" TOKENS "/sub/a.key",
		"Basic realm=" TOKENS "2/a.key",
		"Basic realm=" TOKENS "a.key",
		"Basic realm=" TOKENS "/a%2f..%2fb.key",
		"Basic realm=" TOKENS "/a%00.key",
		"Basic realm=" TOKENS "/a b.key",
		"Basic realm=" TOKENS "/a\r\nX-Evil: 1.key",
		"Basic realm=" TOKENS "/a\\b.key",
		"Basic realm=" TOKENS "/\xc3\xa4.key",
		"Basic realm=" TOKENS "/*.key",
		"Basic realm=C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key",
		"Basic realm=" TOKENS "/"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.key",
		NULL,
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(challenges); i++) {
		const char *name = NULL, *problem = arc_challenge_parse(challenges[i], TOKENS, &arena, &name);

		ck_assert_msg(problem && !name, "%s was accepted", challenges[i]);
		ck_assert_msg(strstr(problem, "azcmagent show") && !strpbrk(problem, "\r\n"), "%s", problem);
	}
	arena_done(&arena);
}
END_TEST

static const char *read_key(struct arena *arena, const char *name, struct buffer *key)
{
	buffer_reset(key);
	return arc_challenge_read("tokens", name, arena, key);
}

START_TEST(what_the_file_holds_is_the_answer)
{
	static const struct {
		const char *content, *key;
	} cases[] = {{"b0c3-canary", "b0c3-canary"}, {"b0c3-canary\r\n", "b0c3-canary"}, {"a b==\n", "a b=="}};
	struct arena arena = {0};
	struct buffer key;

	buffer_init(&key, 8192);
	mkdir("tokens", 0700);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_file("tokens/a.key", cases[i].content, strlen(cases[i].content));
		ck_assert_ptr_null(read_key(&arena, "a.key", &key));
		ck_assert_str_eq(key.data, cases[i].key);
	}
	buffer_done(&key);
	arena_done(&arena);
}
END_TEST

static void expect_refused(const char *name, const char *part)
{
	struct arena arena = {0};
	struct buffer key;
	const char *problem;

	buffer_init(&key, 8192);
	problem = read_key(&arena, name, &key);
	ck_assert_msg(problem && strstr(problem, part), "%s: %s", name, problem);
	ck_assert_msg(!strstr(problem, "canary") && strstr(problem, "tokens/"), "%s", problem);
	ck_assert_uint_eq(key.length, 0);
	buffer_done(&key);
	arena_done(&arena);
}

START_TEST(what_is_no_small_file_is_not_read)
{
	char large[ARC_CHALLENGE_KEY_MAX + 1];

	expect_refused("a.key", "must not hide that folder");
	mkdir("tokens", 0700);
	expect_refused("a.key", "is not there");

	write_file("secret", "canary", 6);
	ck_assert_int_eq(symlink("../secret", "tokens/link.key"), 0);
	expect_refused("link.key", "is a link");
	ck_assert_int_eq(symlink("nowhere", "tokens/dangling.key"), 0);
	expect_refused("dangling.key", "is a link");
	mkdir("tokens/folder.key", 0700);
	expect_refused("folder.key", "is no file");
	ck_assert_int_eq(mkfifo("tokens/pipe.key", 0600), 0);
	expect_refused("pipe.key", "is no file");

	memset(large, 'x', sizeof(large));
	write_file("tokens/large.key", large, sizeof(large));
	expect_refused("large.key", "more than 4096 bytes");
	write_file("tokens/empty.key", "\n", 1);
	expect_refused("empty.key", "holds no key");
	write_file("tokens/lines.key", "canary\r\nX-Evil: 1", 17);
	expect_refused("lines.key", "holds no key");
	write_file("tokens/zero.key", "canary\0canary", 13);
	expect_refused("zero.key", "holds no key");
	write_file("tokens/most.key", large, ARC_CHALLENGE_KEY_MAX);
	{
		struct arena arena = {0};
		struct buffer key;

		buffer_init(&key, 8192);
		ck_assert_ptr_null(read_key(&arena, "most.key", &key));
		ck_assert_uint_eq(key.length, ARC_CHALLENGE_KEY_MAX);
		buffer_done(&key);
		arena_done(&arena);
	}
}
END_TEST

START_TEST(who_may_not_read_it_is_told_how)
{
	mkdir("tokens", 0700);
	write_file("tokens/a.key", "canary", 6);
	ck_assert_int_eq(chmod("tokens/a.key", 0), 0);
	/* Nobody is kept from anything as root. */
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(".", 0711), 0);
		ck_assert_int_eq(chmod("tokens", 0711), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	expect_refused("a.key", "usermod -aG himds USER");
	expect_refused("a.key", "SupplementaryGroups=himds");
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arc_challenge");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, folder_make, folder_remove);
	tcase_add_test(tcase, the_file_that_the_agent_names_is_found);
	tcase_add_test(tcase, no_other_file_is_named);
	tcase_add_test(tcase, what_the_file_holds_is_the_answer);
	tcase_add_test(tcase, what_is_no_small_file_is_not_read);
	tcase_add_test(tcase, who_may_not_read_it_is_told_how);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
