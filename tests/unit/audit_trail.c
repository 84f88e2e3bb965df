/* The audit trail: what is in it, what shows when somebody has changed it, and that nothing is written without it. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "folder.h"
#include "observe/audit.h"
#include "observe/audit_check.h"
#include "observe/audit_trail.h"

#define TRAIL "state/audit.jsonl"

enum { NOW_MS = 1790000000 };

/* ---- a write, made by hand ---- */

static const struct kind settings_kind = {.name = "app-settings"};
static const struct desired_tenant tenant = {.name = "contoso", .tenant_id = "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"};
static const struct desired_instance desired = {.name = "production"};
static const struct request request = {.method = METHOD_PUT, .path = "/subscriptions/1/config/appsettings"};
static struct installation installation = {.desired = &desired};
static struct memory_of_passes memory;
static struct world world;

static void begin(void)
{
	folder_make();
	memory_of_passes_init(&memory);
	world_init(&world, &tenant, &memory, false, NOW_MS / 1000, 10);
}

static void end(void)
{
	world_done(&world);
	memory_of_passes_done(&memory);
	folder_remove();
}

static struct node *settings(const char *name, const char *before, const char *after)
{
	struct node *node =
		world_state(&world, &settings_kind, &installation, NULL, "app-scepman", "settings/%s", name);

	node_add_change(
		&world, node,
		&(struct change){.action = ACTION_UPDATE, .key = "Url", .before = "http://a", .after = "http://b"});
	node_add_change(&world, node,
			&(struct change){.action = ACTION_UPDATE,
					 .key = "Secret",
					 .before = before,
					 .after = after,
					 .is_sensitive = true});
	return node;
}

/* As the daemon does it: put down, and then on the disk. */
static int before_write(struct audit *audit, const struct node *node, const char **ret_message)
{
	int r = audit_before_write(audit, &world.arena, &tenant, node, &request, NOW_MS, ret_message);

	return r < 0 ? r : audit_commit_write(audit, &world.arena, node->name, ret_message);
}

static int after_write(struct audit *audit, const struct node *node, const struct response *response,
		       const char **ret_message)
{
	int r = audit_after_write(audit, &world.arena, node->name, response, NOW_MS + 1, ret_message);

	return r < 0 ? r : audit_commit_result(audit, &world.arena, ret_message);
}

static void write_once(struct audit *audit, const struct node *node, const struct response *response)
{
	const char *message = NULL;

	ck_assert_int_eq(before_write(audit, node, &message), 0);
	ck_assert_int_eq(after_write(audit, node, response, &message), 0);
}

static const struct response done = {.status = 200, .request_id = "req-1"};
static const struct response refused = {.status = 403, .fault = {.class = FAULT_DENIED, .code = "AuthorizationFailed"}};

/* COUNT writes: two lines each. */
static void make_trail(unsigned count)
{
	struct audit *audit = audit_new("state", "apply", "0123456789abcdef");
	const struct node *node = settings("one", "canary-old", "canary-new");

	for (unsigned i = 0; i < count; i++)
		write_once(audit, node, i % 2 ? &refused : &done);
	audit_free(audit);
}

/* ---- looking at it ---- */

static struct audit_findings check_trail(const char *noted)
{
	struct audit_findings findings;
	FILE *stream = fopen(TRAIL, "re");

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(audit_check(stream, noted, &findings), 0);
	fclose(stream);
	return findings;
}

static char *read_trail(void)
{
	size_t length;
	char *text;

	ck_assert_int_eq(durable_read(TRAIL, 1 << 20, &text, &length), 0);
	return text;
}

static void replace_trail(const char *text, size_t length)
{
	ck_assert_int_eq(durable_replace("state", "audit.jsonl", text, length), 0);
}

static char *line_of(char *text, unsigned number)
{
	while (--number)
		text = strchr(text, '\n') + 1;
	return text;
}

START_TEST(a_write_is_two_lines)
{
	struct audit_findings findings;
	struct stat status;
	char *text;

	make_trail(2);
	findings = check_trail(NULL);
	ck_assert_uint_eq(findings.lines, 4);
	ck_assert_uint_eq(findings.writes, 2);
	ck_assert_uint_eq(findings.unanswered, 0);
	ck_assert_uint_eq(findings.broken_line, 0);
	text = read_trail();
	ck_assert_ptr_nonnull(strstr(text, "\"tenant\":\"contoso\""));
	ck_assert_ptr_nonnull(strstr(text, "\"before\":\"http://a\",\"after\":\"http://b\""));
	ck_assert_ptr_nonnull(strstr(text, "\"request_id\":\"req-1\""));
	ck_assert_ptr_nonnull(strstr(text, "\"result\":\"refused\",\"status\":403,\"code\":\"AuthorizationFailed\""));
	ck_assert_ptr_null(strstr(text, "canary"));
	free(text);
	ck_assert_int_eq(stat(TRAIL, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

/* The fingerprint of line NUMBER's new secret. */
static void fingerprint_of(unsigned number, char ret[DIGEST_FINGERPRINT_SIZE])
{
	char *text = read_trail();
	cJSON *entry = cJSON_Parse(line_of(text, number));
	const cJSON *secret = cJSON_GetArrayItem(cJSON_GetObjectItem(entry, "changes"), 1);

	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(secret, "key")), "Secret");
	snprintf(ret, DIGEST_FINGERPRINT_SIZE, "%s", cJSON_GetStringValue(cJSON_GetObjectItem(secret, "after")));
	cJSON_Delete(entry);
	free(text);
}

START_TEST(the_same_secret_is_recognised_later)
{
	char first[DIGEST_FINGERPRINT_SIZE], second[DIGEST_FINGERPRINT_SIZE], other[DIGEST_FINGERPRINT_SIZE];
	struct audit *audit;

	make_trail(2); /* a key of its own, read again by the next process */
	audit = audit_new("state", "run", "0123456789abcdef");
	write_once(audit, settings("two", "x", "canary-new"), &done);
	write_once(audit, settings("three", "x", "canary-other"), &done);
	audit_free(audit);
	fingerprint_of(1, first);
	fingerprint_of(5, second);
	fingerprint_of(7, other);
	ck_assert_str_eq(first, second);
	ck_assert_str_ne(first, other);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 0);
}
END_TEST

/* ---- changed afterwards ---- */

START_TEST(a_changed_line_shows)
{
	struct audit_findings findings;
	char *text;

	make_trail(3);
	text = read_trail();
	*strstr(line_of(text, 3), "http://b") = 'X';
	replace_trail(text, strlen(text));
	free(text);
	findings = check_trail(NULL);
	ck_assert_uint_eq(findings.broken_line, 4);
	ck_assert_ptr_nonnull(strstr(findings.problem, "the line before it"));
}
END_TEST

START_TEST(a_missing_line_shows)
{
	char *text;

	make_trail(3);
	text = read_trail();
	memmove(line_of(text, 3), line_of(text, 5), strlen(line_of(text, 5)) + 1);
	replace_trail(text, strlen(text));
	free(text);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 3);
}
END_TEST

START_TEST(a_missing_beginning_shows)
{
	char *text;

	make_trail(2);
	text = read_trail();
	replace_trail(line_of(text, 3), strlen(line_of(text, 3)));
	free(text);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 1);
}
END_TEST

/* The end can be taken away unseen, unless somebody has noted down what it was. */
START_TEST(a_missing_end_shows_to_whom_knows_it)
{
	struct audit_findings findings;
	char noted[DIGEST_SHA256_HEX_SIZE], *text;

	make_trail(2);
	memcpy(noted, check_trail(NULL).last, sizeof(noted));
	make_trail(1);
	ck_assert(check_trail(noted).has_noted);
	text = read_trail();
	replace_trail(text, (size_t)(line_of(text, 3) - text));
	free(text);
	findings = check_trail(noted);
	ck_assert_uint_eq(findings.broken_line, 0);
	ck_assert(!findings.has_noted);
}
END_TEST

/* ---- crashes, disks, other processes ---- */

START_TEST(a_write_without_a_result_is_counted)
{
	struct audit *audit = audit_new("state", "apply", "g");
	const char *message;

	ck_assert_int_eq(before_write(audit, settings("one", "a", "b"), &message), 0);
	audit_free(audit);
	make_trail(1);
	ck_assert_uint_eq(check_trail(NULL).unanswered, 1);
	ck_assert_uint_eq(check_trail(NULL).writes, 2);
}
END_TEST

START_TEST(a_torn_line_stays_and_the_chain_goes_on)
{
	struct audit_findings findings;
	char *text;

	make_trail(2);
	text = read_trail();
	replace_trail(text, strlen(text) - 20);
	free(text);
	make_trail(1);
	findings = check_trail(NULL);
	ck_assert_uint_eq(findings.torn, 1);
	ck_assert_uint_eq(findings.broken_line, 0);
	ck_assert_uint_eq(findings.lines, 6);
	ck_assert_uint_eq(findings.unanswered, 1);
}
END_TEST

START_TEST(two_processes_take_turns)
{
	struct audit *daemon = audit_new("state", "run", "g"), *shell = audit_new("state", "apply", "g");
	const struct node *node = settings("one", "a", "b");

	for (int i = 0; i < 3; i++) {
		write_once(daemon, node, &done);
		write_once(shell, node, &done);
	}
	audit_free(daemon);
	audit_free(shell);
	ck_assert_uint_eq(check_trail(NULL).lines, 12);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 0);
}
END_TEST

START_TEST(a_trail_that_was_moved_away_begins_anew)
{
	struct audit *audit = audit_new("state", "run", "g");
	const struct node *node = settings("one", "a", "b");

	write_once(audit, node, &done);
	ck_assert_int_eq(rename(TRAIL, "state/audit-2026.jsonl"), 0);
	write_once(audit, node, &done);
	audit_free(audit);
	ck_assert_uint_eq(check_trail(NULL).lines, 2);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 0);
}
END_TEST

START_TEST(nothing_is_written_after_what_is_no_entry)
{
	struct audit *audit = audit_new("state", "run", "g");
	const char *message = NULL;

	make_trail(1);
	replace_trail("something else\n", 15);
	ck_assert_int_eq(before_write(audit, settings("one", "a", "b"), &message), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(message, "nothing was written"));
	audit_free(audit);
}
END_TEST

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The limit of a file's size stops a write halfway, as a full disk does. */
START_TEST(a_full_disk_stops_writes_and_harms_nothing)
{
	struct audit *audit = audit_new("state", "run", "g");
	const struct node *node = settings("one", "a", "b");
	const char *message = NULL;
	struct stat status;

	write_once(audit, node, &done);
	ck_assert_int_eq(stat(TRAIL, &status), 0);
	limit_files((rlim_t)status.st_size + 100);
	ck_assert_int_lt(before_write(audit, node, &message), 0);
	limit_files(RLIM_INFINITY);
	ck_assert_ptr_nonnull(strstr(message, "nothing was written"));
	ck_assert_uint_eq(check_trail(NULL).torn, 0);
	write_once(audit, node, &done);
	audit_free(audit);
	ck_assert_uint_eq(check_trail(NULL).lines, 4);
	ck_assert_uint_eq(check_trail(NULL).broken_line, 0);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_stops_writes)
{
	struct audit *audit = audit_new("file/state", "run", "g");
	const char *message = NULL;

	ck_assert_int_eq(durable_create(".", "file", "", 0), 0);
	ck_assert_int_lt(before_write(audit, settings("one", "a", "b"), &message), 0);
	ck_assert_ptr_nonnull(strstr(message, "daemon.state_directory"));
	audit_free(audit);
}
END_TEST

/* ---- shown ---- */

static char *show_trail(const char *instance, bool is_json)
{
	const struct audit_selection selection = {
		.instances = &instance, .instance_count = instance ? 1 : 0, .is_json = is_json};
	FILE *stream = fopen(TRAIL, "re"), *out;
	char *text = NULL;
	size_t length;

	out = open_memstream(&text, &length);
	ck_assert_int_eq(audit_show(stream, &selection, out), 0);
	fclose(out);
	fclose(stream);
	return text;
}

START_TEST(it_is_shown_to_people)
{
	char *text;

	make_trail(2);
	text = show_trail(NULL, false);
	ck_assert_ptr_nonnull(strstr(text, "contoso/production  app-settings app-scepman\n"));
	ck_assert_ptr_nonnull(strstr(text, "update Url: \"http://a\" -> \"http://b\"\n"));
	ck_assert_ptr_nonnull(strstr(text, "update Secret: (sensitive "));
	ck_assert_ptr_nonnull(strstr(text, "PUT /subscriptions/1/config/appsettings\n"));
	ck_assert_ptr_nonnull(strstr(text, "done, HTTP 200, request req-1\n"));
	ck_assert_ptr_nonnull(strstr(text, "refused, HTTP 403 AuthorizationFailed\n"));
	free(text);
	text = show_trail("fabrikam/production", false);
	ck_assert_str_eq(text, "No write to an installation of this name is on record.\n");
	free(text);
}
END_TEST

START_TEST(it_is_shown_to_programs)
{
	cJSON *entries;
	char *text;

	make_trail(2);
	text = show_trail("contoso/production", true);
	entries = cJSON_Parse(text);
	ck_assert_int_eq(cJSON_GetArraySize(entries), 2);
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(
				 cJSON_GetObjectItem(cJSON_GetArrayItem(entries, 1), "result"), "result")),
			 "refused");
	cJSON_Delete(entries);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit_trail");
	TCase *tcase = tcase_create("audit");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_write_is_two_lines);
	tcase_add_test(tcase, the_same_secret_is_recognised_later);
	tcase_add_test(tcase, a_changed_line_shows);
	tcase_add_test(tcase, a_missing_line_shows);
	tcase_add_test(tcase, a_missing_beginning_shows);
	tcase_add_test(tcase, a_missing_end_shows_to_whom_knows_it);
	tcase_add_test(tcase, a_write_without_a_result_is_counted);
	tcase_add_test(tcase, a_torn_line_stays_and_the_chain_goes_on);
	tcase_add_test(tcase, two_processes_take_turns);
	tcase_add_test(tcase, a_trail_that_was_moved_away_begins_anew);
	tcase_add_test(tcase, nothing_is_written_after_what_is_no_entry);
	tcase_add_test(tcase, a_full_disk_stops_writes_and_harms_nothing);
	tcase_add_test(tcase, a_folder_that_cannot_be_made_stops_writes);
	tcase_add_test(tcase, it_is_shown_to_people);
	tcase_add_test(tcase, it_is_shown_to_programs);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
