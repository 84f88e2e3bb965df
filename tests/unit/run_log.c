/* What an entry of the log looks like, whatever is in it. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "observe/log.h"

enum { NOW_MS = 1000 };

static const struct {
	const char *message;
	struct log_context context;
	const char *json, *text;
} entries[] = {
	{"plain",
	 {0},
	 "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"pass-ended\",\"message\":\"plain\"}",
	 "1970-01-01T00:00:01.000Z info    plain"},
	{"of a tenant",
	 {.tenant = "Contoso"},
	 "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"pass-ended\",\"message\":\"of a "
	 "tenant\","
	 "\"tenant\":\"Contoso\"}",
	 "1970-01-01T00:00:01.000Z info    Contoso: of a tenant"},
	{"all",
	 {.tenant = "Contoso", .instance = "a", .node = "site/a", .action = "create", .reason = "Drift"},
	 "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"pass-ended\",\"message\":\"all\","
	 "\"tenant\":\"Contoso\",\"instance\":\"a\",\"node\":\"site/a\",\"action\":\"create\",\"reason\":\"Drift\"}",
	 "1970-01-01T00:00:01.000Z info    Contoso/a: all"},
	{"two\nlines \"quoted\"\x1b[31m",
	 {0},
	 "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\",\"event\":\"pass-ended\",\"message\":\"two\\nlines "
	 "\\\"quoted\\\"\\u001b[31m\"}",
	 "1970-01-01T00:00:01.000Z info    two lines \"quoted\" [31m"},
};

START_TEST(entry_is_one_line_in_each_form)
{
	struct buffer json, text;
	cJSON *parsed;

	buffer_init(&json, 4096);
	buffer_init(&text, 4096);
	log_format_json(&json, NOW_MS, LOG_LEVEL_INFO, EVENT_PASS_ENDED, &entries[_i].context, entries[_i].message);
	log_format_text(&text, NOW_MS, LOG_LEVEL_INFO, &entries[_i].context, entries[_i].message);
	ck_assert_str_eq(json.data, entries[_i].json);
	ck_assert_str_eq(text.data, entries[_i].text);
	parsed = cJSON_Parse(json.data);
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "message")), entries[_i].message);
	cJSON_Delete(parsed);
	buffer_done(&json);
	buffer_done(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, entry_is_one_line_in_each_form, 0, ARRAY_SIZE(entries));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
