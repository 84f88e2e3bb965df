/* The metrics as Prometheus reads them: what is counted under which labels, and what is forgotten when. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "observe/exposition.h"
#include "observe/metrics.h"

static const struct desired_instance instances[] = {{.name = "a"}, {.name = "ab"}};
static const struct desired_tenant contoso = {.name = "contoso", .instances = instances, .instance_count = 2};
static const struct desired_tenant only_ab = {.name = "contoso", .instances = &instances[1], .instance_count = 1};
static const struct kind settings_kind = {.name = "app-settings"};

static struct metrics *metrics;
static struct watcher watcher;
static struct buffer text;

static void begin(void)
{
	metrics = metrics_new(1790000000000);
	watcher = metrics_watcher(metrics);
	buffer_init(&text, 1 << 20);
}

static void end(void)
{
	metrics_free(metrics);
	buffer_done(&text);
}

static const char *print(void)
{
	buffer_reset(&text);
	metrics_print(metrics, &(struct metrics_loop){.stall_max_ms = 12, .handles = 17}, &text);
	ck_assert(!text.overflowed);
	return text.data;
}

static bool has_line(const char *line)
{
	const char *printed = print(), *at = strstr(printed, line);

	for (; at; at = strstr(at + 1, line))
		if ((at == printed || at[-1] == '\n') && at[strlen(line)] == '\n')
			return true;
	return false;
}

START_TEST(requests_are_counted_by_host_method_and_code)
{
	for (int i = 0; i < 3; i++)
		watcher.request_finished(watcher.arg, &contoso, "graph.microsoft.com", METHOD_GET, 200, 40, 1);
	watcher.request_finished(watcher.arg, &contoso, "graph.microsoft.com", METHOD_PATCH, 0, 31000, 1);
	ck_assert(
		has_line("scepmand_http_requests_total{tenant=\"contoso\",host=\"graph.microsoft.com\",method=\"GET\","
			 "code=\"200\"} 3"));
	ck_assert(has_line(
		"scepmand_http_requests_total{tenant=\"contoso\",host=\"graph.microsoft.com\",method=\"PATCH\","
		"code=\"0\"} 1"));
	ck_assert(has_line(
		"scepmand_http_request_duration_seconds_bucket{tenant=\"contoso\",host=\"graph.microsoft.com\","
		"le=\"0.025\"} 0"));
	ck_assert(has_line(
		"scepmand_http_request_duration_seconds_bucket{tenant=\"contoso\",host=\"graph.microsoft.com\","
		"le=\"0.05\"} 3"));
	ck_assert(has_line(
		"scepmand_http_request_duration_seconds_bucket{tenant=\"contoso\",host=\"graph.microsoft.com\","
		"le=\"30\"} 3"));
	ck_assert(has_line(
		"scepmand_http_request_duration_seconds_bucket{tenant=\"contoso\",host=\"graph.microsoft.com\","
		"le=\"+Inf\"} 4"));
	ck_assert(
		has_line("scepmand_http_request_duration_seconds_sum{tenant=\"contoso\",host=\"graph.microsoft.com\"} "
			 "31.12"));
}
END_TEST

START_TEST(waits_and_tokens)
{
	watcher.throttled(watcher.arg, &contoso, "management.azure.com", 30000);
	watcher.throttled(watcher.arg, &contoso, "management.azure.com", 1500);
	watcher.token_renewed(watcher.arg, &contoso, "https://graph.microsoft.com", 1790003600);
	ck_assert(has_line("scepmand_throttled_seconds_total{tenant=\"contoso\",host=\"management.azure.com\"} 31.5"));
	ck_assert(has_line("scepmand_token_expiry_timestamp_seconds{tenant=\"contoso\",audience=\"https://"
			   "graph.microsoft.com\"} 1790003600"));
}
END_TEST

START_TEST(writes_are_counted_by_result)
{
	const struct response refused = {.fault = {.class = FAULT_DENIED}}, done = {.status = 200};
	struct installation installation = {.desired = &instances[0]};
	struct node node = {.kind = &settings_kind, .installation = &installation};
	struct world world = {.tenant = &contoso};

	watcher.after_write(watcher.arg, &world, &node, NULL, &done);
	watcher.after_write(watcher.arg, &world, &node, NULL, &refused);
	ck_assert(has_line(
		"scepmand_writes_total{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\",result=\"ok\"} 1"));
	ck_assert(has_line(
		"scepmand_writes_total{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\",result=\"denied\"} 1"));
}
END_TEST

/* ---- after a pass ---- */

static void end_pass(struct report_instance *instance)
{
	const struct pass_record record = {.began_unix_ms = 1790000100000, .duration_ms = 2000, .result = PASS_DRIFT};
	struct report_tenant tenant = {.name = "contoso", .instances = instance};
	struct report report = {.tenants = &tenant};

	metrics_pass_ends(metrics, &contoso, &record, &report);
}

static void end_pass_with_drift(const char *name)
{
	struct report_change planned = {.kind = "app-settings", .is_planned = true},
			     done = {.kind = "app-settings", .next = &planned};
	struct report_condition blocking = {.reason = "SlotIsV1", .is_blocking = true},
				ready = {.reason = "Ready", .next = &blocking};
	struct report_withheld withheld = {.kind = "app-role-assignment"};

	end_pass(
		&(struct report_instance){.name = name, .changes = &done, .conditions = &ready, .withheld = &withheld});
}

START_TEST(what_a_pass_left_is_a_gauge)
{
	end_pass_with_drift("a");
	ck_assert(has_line("scepmand_passes_total{tenant=\"contoso\",result=\"drift\"} 1"));
	ck_assert(has_line("scepmand_pass_duration_seconds_bucket{tenant=\"contoso\",le=\"2.5\"} 1"));
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\"} 1"));
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"a\",kind=\"app-role-assignment\"} 1"));
	ck_assert(has_line("scepmand_blocked{tenant=\"contoso\",instance=\"a\",reason=\"SlotIsV1\"} 1"));
	ck_assert_ptr_null(strstr(print(), "scepmand_last_pass_success_timestamp_seconds{"));
}
END_TEST

START_TEST(what_is_healed_is_zero)
{
	end_pass_with_drift("a");
	end_pass_with_drift("ab");
	end_pass(&(struct report_instance){.name = "a", .in_sync = true});
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\"} 0"));
	ck_assert(has_line("scepmand_blocked{tenant=\"contoso\",instance=\"a\",reason=\"SlotIsV1\"} 0"));
	ck_assert(has_line("scepmand_blocked{tenant=\"contoso\",instance=\"ab\",reason=\"SlotIsV1\"} 1"));
	ck_assert(
		has_line("scepmand_last_pass_success_timestamp_seconds{tenant=\"contoso\",instance=\"a\"} 1790000102"));
}
END_TEST

START_TEST(drift_is_not_healed_by_a_pass_that_saw_nothing)
{
	const struct pass_record record = {.began_unix_ms = 1790000100000, .result = PASS_FAILED};
	struct report_condition rejected = {.reason = "CredentialRejected", .is_blocking = true};
	struct report_instance instance = {.name = "a", .conditions = &rejected};
	struct report_tenant tenant = {.name = "contoso", .instances = &instance, .is_unreachable = true};

	end_pass_with_drift("a");
	metrics_pass_ends(metrics, &contoso, &record, &(struct report){.tenants = &tenant});
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\"} 1"));
	ck_assert(has_line("scepmand_blocked{tenant=\"contoso\",instance=\"a\",reason=\"SlotIsV1\"} 0"));
	ck_assert(has_line("scepmand_blocked{tenant=\"contoso\",instance=\"a\",reason=\"CredentialRejected\"} 1"));
}
END_TEST

START_TEST(tokens_of_tenants_that_are_no_longer_configured_are_forgotten)
{
	static const struct desired_tenant other = {.name = "contoso-lab"};
	const struct desired desired = {.tenants = &other, .tenant_count = 1};

	watcher.token_renewed(watcher.arg, &contoso, "https://graph.microsoft.com", 1790003600);
	watcher.token_renewed(watcher.arg, &other, "https://graph.microsoft.com", 1790007200);
	watcher.request_finished(watcher.arg, &contoso, "graph.microsoft.com", METHOD_GET, 200, 40, 1);
	metrics_set_desired(metrics, &desired);
	ck_assert_ptr_null(strstr(print(), "scepmand_token_expiry_timestamp_seconds{tenant=\"contoso\""));
	ck_assert_ptr_nonnull(strstr(print(), "scepmand_token_expiry_timestamp_seconds{tenant=\"contoso-lab\""));
	ck_assert_ptr_nonnull(strstr(print(), "scepmand_http_requests_total{tenant=\"contoso\""));
}
END_TEST

START_TEST(installations_that_are_no_longer_configured_are_forgotten)
{
	const struct desired desired = {.tenants = &only_ab, .tenant_count = 1};

	end_pass_with_drift("a");
	end_pass_with_drift("ab");
	end_pass(&(struct report_instance){.name = "a", .in_sync = true});
	metrics_set_desired(metrics, &desired);
	ck_assert_ptr_null(strstr(print(), "instance=\"a\""));
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"ab\",kind=\"app-settings\"} 1"));
	ck_assert(has_line("scepmand_passes_total{tenant=\"contoso\",result=\"drift\"} 3"));
	end_pass_with_drift("a");
	ck_assert(has_line("scepmand_drift{tenant=\"contoso\",instance=\"a\",kind=\"app-settings\"} 1"));
}
END_TEST

/* More than any table has room for at first. */
START_TEST(what_was_counted_is_counted_on_after_a_reload)
{
	const struct desired desired = {.tenants = &contoso, .tenant_count = 1};
	char host[16], line[200];

	for (int round = 1; round <= 3; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(host, sizeof(host), "host-%d", i);
			watcher.request_finished(watcher.arg, &contoso, host, METHOD_GET, 200, 500, 1);
		}
		metrics_set_desired(metrics, &desired);
		for (int i = 0; i < 100; i++) {
			snprintf(line, sizeof(line),
				 "scepmand_http_requests_total{tenant=\"contoso\",host=\"host-%d\",method=\"GET\","
				 "code=\"200\"} %d",
				 i, round);
			ck_assert(has_line(line));
			snprintf(line, sizeof(line),
				 "scepmand_http_request_duration_seconds_bucket{tenant=\"contoso\",host=\"host-%d\","
				 "le=\"0.5\"} %d",
				 i, round);
			ck_assert(has_line(line));
		}
	}
	ck_assert(has_line("process_start_time_seconds 1790000000"));
}
END_TEST

START_TEST(labels_are_escaped)
{
	struct arena arena = {0};
	const char *const labels[] = {"a", "quote \" slash \\ line\n", "b", NULL};

	ck_assert_str_eq(exposition_labels(&arena, labels, 4), "{a=\"quote \\\" slash \\\\ line\\n\",b=\"\"}");
	ck_assert_str_eq(exposition_labels(&arena, NULL, 0), "");
	arena_done(&arena);
}
END_TEST

START_TEST(the_process_is_there)
{
	ck_assert(has_line("process_start_time_seconds 1790000000"));
	ck_assert(has_line("scepmand_loop_stall_seconds_max 0.012"));
	ck_assert(has_line("scepmand_loop_handles 17"));
	ck_assert_ptr_nonnull(strstr(print(), "\nprocess_resident_memory_bytes "));
	ck_assert_ptr_nonnull(strstr(print(), "\nprocess_open_fds "));
	ck_assert_ptr_nonnull(strstr(print(), "\nprocess_cpu_seconds_total "));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tcase = tcase_create("text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, requests_are_counted_by_host_method_and_code);
	tcase_add_test(tcase, waits_and_tokens);
	tcase_add_test(tcase, writes_are_counted_by_result);
	tcase_add_test(tcase, what_a_pass_left_is_a_gauge);
	tcase_add_test(tcase, what_is_healed_is_zero);
	tcase_add_test(tcase, installations_that_are_no_longer_configured_are_forgotten);
	tcase_add_test(tcase, drift_is_not_healed_by_a_pass_that_saw_nothing);
	tcase_add_test(tcase, tokens_of_tenants_that_are_no_longer_configured_are_forgotten);
	tcase_add_test(tcase, what_was_counted_is_counted_on_after_a_reload);
	tcase_add_test(tcase, labels_are_escaped);
	tcase_add_test(tcase, the_process_is_there);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
