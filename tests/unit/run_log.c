/* What an entry of the log looks like, whatever is in it. */
#include <check.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/attributes.h"
#include "folder.h"
#include "observe/journal.h"
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

/* ---- the journal ---- */

static void add_entry(struct buffer *ret)
{
	buffer_init(ret, 4096);
	journal_add_field(ret, "MESSAGE", "two\nlines");
	journal_add_field(ret, "TENANT", NULL);
	journal_add_field(ret, "PRIORITY", "6");
}

START_TEST(fields_are_as_the_journal_reads_them)
{
	static const char expected[] = "MESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\nPRIORITY=6\n";
	struct buffer entry;

	add_entry(&entry);
	ck_assert_uint_eq(entry.length, sizeof(expected) - 1);
	ck_assert_mem_eq(entry.data, expected, entry.length);
	buffer_done(&entry);
}
END_TEST

START_TEST(an_entry_is_one_datagram_and_a_full_journal_is_not_waited_for)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "journal"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), sent = 0, r;
	struct buffer entry;
	char got[4096];

	add_entry(&entry);
	ck_assert_int_eq(journal_send("journal", &entry), -ENOENT);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	while ((r = journal_send("journal", &entry)) == 0)
		sent++;
	ck_assert_int_eq(r, -EAGAIN);
	ck_assert_int_gt(sent, 0);
	ck_assert_int_eq(read(fd, got, sizeof(got)), (ssize_t)entry.length);
	ck_assert_mem_eq(got, entry.data, entry.length);
	close(fd);
	ck_assert_int_eq(journal_send("journal", &entry), -ECONNREFUSED);
	buffer_done(&entry);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log"), *journal = tcase_create("journal");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, entry_is_one_line_in_each_form, 0, ARRAY_SIZE(entries));
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(journal, folder_make, folder_remove);
	tcase_add_test(journal, fields_are_as_the_journal_reads_them);
	tcase_add_test(journal, an_entry_is_one_datagram_and_a_full_journal_is_not_waited_for);
	suite_add_tcase(suite, journal);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
