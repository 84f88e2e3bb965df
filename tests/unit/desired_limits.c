/* Files that are too much of something, and files that are not there. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "desired/tree.h"
#include "desired_support.h"

static struct buffer yaml;

static void setup(void)
{
	buffer_init(&yaml, 16 * 1024 * 1024);
}

static void teardown(void)
{
	buffer_done(&yaml);
}

static void repeat(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_append_text(&yaml, text);
}

static void assert_problem(const char *expected)
{
	char *problems;
	struct desired *desired = support_load(yaml.data, &problems);

	ck_assert_ptr_null(desired);
	ck_assert_msg(text_has_prefix(problems, expected), "%.300s", problems);
	free(problems);
}

START_TEST(test_size)
{
	buffer_append_text(&yaml, "tenants: [");
	repeat(" ", TREE_BYTES_MAX - yaml.length - 1);
	buffer_append_text(&yaml, "]");
	assert_problem("1:10: tenants is an empty list");
	buffer_append_text(&yaml, "\n");
	assert_problem("0:0: larger than 1 MiB: split the configuration\n");
}
END_TEST

START_TEST(test_depth)
{
	repeat("[", TREE_DEPTH_MAX);
	repeat("]", TREE_DEPTH_MAX);
	assert_problem("1:1: the configuration must be a mapping");
	buffer_reset(&yaml);
	repeat("[", TREE_DEPTH_MAX + 1);
	repeat("]", TREE_DEPTH_MAX + 1);
	assert_problem("1:33: nested deeper than 32 levels\n");
	buffer_reset(&yaml);
	repeat("{a: ", 100 * 1000);
	assert_problem("1:129: nested deeper than 32 levels\n");
}
END_TEST

/* The billion laughs: nine lists of nine of the one before. */
START_TEST(test_aliases_blow_up)
{
	buffer_append_text(&yaml, "a: &a [x, x, x, x, x, x, x, x, x]\n");
	for (char c = 'b'; c <= 'j'; c++) {
		buffer_printf(&yaml, "%c: &%c [", c, c);
		for (int i = 0; i < 9; i++)
			buffer_printf(&yaml, "*%c%s", c - 1, i < 8 ? ", " : "]\n");
	}
	assert_problem("6:12: more than 200000 values from here on (aliases count each time): split the file\n");
}
END_TEST

START_TEST(test_nodes)
{
	buffer_append_text(&yaml, "tenants: [");
	repeat("a,", TREE_NODES_MAX);
	buffer_append_text(&yaml, "]\n");
	assert_problem("1:400005: more than 200000 values");
}
END_TEST

START_TEST(test_anchors)
{
	for (int i = 0; i <= TREE_ANCHORS_MAX; i++)
		buffer_printf(&yaml, "- &a%d x\n", i);
	assert_problem("1001:3: more than 1000 anchors: write the values out\n");
}
END_TEST

START_TEST(test_anchor_is_set_again)
{
	char *problems;
	struct desired *desired = support_load("daemon: {interval: &a 30s, limits: {request_timeout: &a 45s}}\n"
					       "tenants:\n"
					       "  - name: &A A\n"
					       "    tenant_id: 11111111-2222-3333-4444-555555555555\n"
					       "    credential: {type: azure_cli}\n"
					       "    instances: [{name: *a, app_service: app-scepman}]\n",
					       &problems);

	ck_assert_str_eq(problems, "");
	ck_assert_str_eq(desired->tenants[0].instances[0].name, "45s");
	free(problems);
	desired_free(desired);
}
END_TEST

START_TEST(test_many_problems)
{
	buffer_append_text(&yaml, "tenants:\n");
	repeat("- {nmae: a}\n", 50 * 1000);
	assert_problem(
		"2:3: a tenant needs credential\n2:3: a tenant needs instances\n2:3: a tenant needs name\n"
		"2:3: a tenant needs tenant_id\n2:4: unknown key \"nmae\" in a tenant; did you mean \"name\"?\n3:3: ");
}
END_TEST

START_TEST(test_many_instances)
{
	char *problems;
	struct desired *desired;

	buffer_append_text(&yaml, "tenants:\n"
				  "  - name: contoso\n"
				  "    tenant_id: 11111111-2222-3333-4444-555555555555\n"
				  "    credential: {type: azure_cli}\n"
				  "    instances:\n");
	for (int i = 0; i < 8000; i++)
		buffer_printf(&yaml, "    - {name: n%d, app_service: app-%d, app_registrations: {shared: true}}\n", i,
			      i);
	desired = support_load(yaml.data, &problems);
	ck_assert_str_eq(problems, "");
	ck_assert_uint_eq(desired->tenants[0].instance_count, 8000);
	ck_assert_str_eq(desired->tenants[0].instances[7999].app_service, "app-7999");
	free(problems);
	desired_free(desired);
}
END_TEST

START_TEST(test_long_words)
{
	buffer_append_text(&yaml, "daemon: {listen: ");
	repeat("a", 100 * 1000);
	buffer_append_text(&yaml, ":80}\n? ");
	repeat("\xc3\xa4", 1000);
	buffer_append_text(&yaml, "\n: b\ntenants: []\n");
	assert_problem(
		"1:18: listen must be ADDRESS:PORT, [IPv6]:PORT, localhost:PORT, unix:/PATH or \"off\"\n"
		"2:3: unknown key \"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4...\" in the "
		"configuration; its keys are daemon, tenants\n");
}
END_TEST

/* One path is too long as it is written, one becomes too long by what its variables hold. */
START_TEST(test_long_path)
{
	const char *parts[] = {"a", "${SECRETS}"};
	const size_t counts[] = {5000, 400};
	char *problems;

	buffer_append_text(&yaml, "tenants: [cloud: {name: AzureCloud, ca_file: '");
	repeat(parts[_i], counts[_i]);
	buffer_append_text(&yaml, "'}]\n");
	ck_assert_ptr_null(support_load(yaml.data, &problems));
	ck_assert_msg(strstr(problems, "1:46: ca_file: the path is too long\n"), "%s", problems);
	free(problems);
}
END_TEST

START_TEST(test_byte_order_mark)
{
	buffer_append_text(&yaml, "\xef\xbb\xbftenants: []\n");
	assert_problem("1:11: tenants is an empty list");
}
END_TEST

START_TEST(test_no_bytes)
{
	assert_problem("0:0: empty: write at least tenants:\n");
}
END_TEST

START_TEST(test_no_file)
{
	struct desired_problems problems = {0};
	struct desired *desired = NULL;
	char *text;

	ck_assert_int_eq(desired_load_file("/nonexistent/scepmand.yaml", support_environment, &desired, &problems),
			 -ENOENT);
	text = support_print_problems(&problems);
	ck_assert_str_eq(text, "0:0: cannot be read: No such file or directory\n");
	ck_assert_ptr_null(desired);
	free(text);
	desired_problems_done(&problems);
	ck_assert_int_eq(desired_load_file("/", support_environment, &desired, &problems), -EISDIR);
	text = support_print_problems(&problems);
	ck_assert_str_eq(text, "0:0: cannot be read: Is a directory\n");
	free(text);
	desired_problems_done(&problems);
	desired_problems_done(&problems);
	desired_free(NULL);
}
END_TEST

START_TEST(test_endless_file)
{
	struct desired_problems problems = {0};
	struct desired *desired = NULL;
	char *text;

	ck_assert_int_eq(desired_load_file("/dev/zero", support_environment, &desired, &problems), -EINVAL);
	text = support_print_problems(&problems);
	ck_assert_str_eq(text, "0:0: larger than 1 MiB: split the configuration\n");
	free(text);
	desired_problems_done(&problems);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("desired_limits");
	TCase *tcase = tcase_create("limits");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_size);
	tcase_add_test(tcase, test_depth);
	tcase_add_test(tcase, test_aliases_blow_up);
	tcase_add_test(tcase, test_nodes);
	tcase_add_test(tcase, test_anchors);
	tcase_add_test(tcase, test_anchor_is_set_again);
	tcase_add_test(tcase, test_many_problems);
	tcase_add_test(tcase, test_many_instances);
	tcase_add_test(tcase, test_long_words);
	tcase_add_loop_test(tcase, test_long_path, 0, 2);
	tcase_add_test(tcase, test_byte_order_mark);
	tcase_add_test(tcase, test_no_bytes);
	tcase_add_test(tcase, test_no_file);
	tcase_add_test(tcase, test_endless_file);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
