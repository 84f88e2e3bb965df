/*
 * Files that are wrong, each with the exact messages it must bring, and files that are right.
 *
 * A file in desired/bad/ ends with the lines "#! LINE:COLUMN: message" that are expected, in this order. To add one,
 * write the YAML and append what "desired_golden --print FILE" prints; then read it as an administrator would.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "desired_support.h"

static struct {
	char **paths;
	size_t count;
} bad, good;

/* The lines that begin with "#! ", without it. The search is by bytes: some files hold zeros. */
static char *expected_problems(const struct buffer *text)
{
	const char *c = text->data, *end = text->data + text->length;
	struct buffer expected;

	buffer_init(&expected, text->length + 1);
	while (c < end) {
		const char *line_end = memchr(c, '\n', (size_t)(end - c));

		line_end = line_end ? line_end + 1 : end;
		if (line_end - c > 3 && memcmp(c, "#! ", 3) == 0)
			buffer_append(&expected, c + 3, (size_t)(line_end - c - 3));
		c = line_end;
	}
	return buffer_steal(&expected);
}

static char *actual_problems(const char *path)
{
	struct desired_problems problems = {0};
	struct desired *desired = NULL;
	int r = desired_load_file(path, support_environment, &desired, &problems);
	char *text;

	/* No assertion here: --print runs outside of a test. */
	if ((r == 0) != (problems.count == 0) || (r == 0) != (desired != NULL))
		abort();
	text = support_print_problems(&problems);
	desired_problems_done(&problems);
	desired_free(desired);
	return text;
}

START_TEST(test_bad)
{
	const char *path = bad.paths[_i];
	struct buffer text;
	char *expected, *actual;

	buffer_init(&text, 2 * 1024 * 1024);
	support_read_file(path, &text);
	expected = expected_problems(&text);
	actual = actual_problems(path);
	ck_assert_msg(expected && *expected, "%s expects nothing: add its #! lines", path);
	ck_assert_msg(text_equal(expected, actual), "%s\n--- expected\n%s--- actual\n%s", path, expected, actual);
	ck_assert_msg(!strstr(actual, "canary"), "%s: a secret is in a message", path);
	free(expected);
	free(actual);
	buffer_done(&text);
}
END_TEST

START_TEST(test_good)
{
	char *actual = actual_problems(good.paths[_i]);

	ck_assert_msg(!*actual, "%s\n%s", good.paths[_i], actual);
	free(actual);
}
END_TEST

static int is_yaml(const struct dirent *entry)
{
	return text_has_suffix_fold(entry->d_name, ".yaml");
}

static void add_folder(const char *folder, char ***paths, size_t *count)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_yaml, alphasort);

	if (n <= 0) {
		fprintf(stderr, "no YAML files in %s\n", folder);
		exit(EXIT_FAILURE);
	}
	*paths = realloc(*paths, (*count + (size_t)n) * sizeof(**paths));
	for (int i = 0; i < n; i++) {
		if (!*paths || asprintf(&(*paths)[(*count)++], "%s/%s", folder, entries[i]->d_name) < 0)
			abort();
		free(entries[i]);
	}
	free(entries);
}

static void free_paths(char **paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}

static int print(const char *path)
{
	char *text = actual_problems(path), *rest = text;

	for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n"))
		printf("#! %s\n", line);
	free(text);
	return EXIT_SUCCESS;
}

/* BAD_FOLDER GOOD_FOLDER..., or --print FILE */
int main(int argc, char **argv)
{
	TCase *tcase = tcase_create("files");
	Suite *suite = suite_create("desired_golden");
	SRunner *runner;
	int failed;

	if (argc == 3 && text_equal(argv[1], "--print"))
		return print(argv[2]);
	if (argc < 3)
		return 64;
	add_folder(argv[1], &bad.paths, &bad.count);
	for (int i = 2; i < argc; i++)
		add_folder(argv[i], &good.paths, &good.count);
	tcase_add_loop_test(tcase, test_bad, 0, (int)bad.count);
	tcase_add_loop_test(tcase, test_good, 0, (int)good.count);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	printf("%zu wrong files, %zu right ones\n", bad.count, good.count);
	srunner_free(runner);
	free_paths(bad.paths, bad.count);
	free_paths(good.paths, good.count);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
