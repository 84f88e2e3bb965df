/* Rules that make requests to the simulated tenant fail, and what the journal and the counters say of them. */
#include "sim_arm_client.h"

#include <string.h>

static void rule(const char *json)
{
	ck_assert_int_eq(client_send("POST", "/_sim/faults", json), 204);
}

static int get_site(void)
{
	return client_send("GET", SITE WEB_VERSION, NULL);
}

static int write_settings(const char *value)
{
	return client_send("PUT", SITE "/config/appsettings" WEB_VERSION,
			   client_printf("{\"properties\":{\"MARK\":\"%s\"}}", value));
}

static const char *read_mark(void)
{
	ck_assert_int_eq(client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL), 200);
	return client_text("properties.MARK") ? client_text("properties.MARK") : "";
}

START_TEST(a_status_comes_with_headers_and_body)
{
	rule("{\"method\":\"GET\",\"path\":\"*/sites/"
	     "APP-*\",\"times\":1,\"status\":503,\"headers\":{\"Retry-After\":\"7\"},"
	     "\"body\":{\"error\":{\"code\":\"Busy\",\"message\":\"m\"}}}");
	ck_assert_int_eq(get_site(), 503);
	ck_assert_str_eq(client_header("Retry-After"), "7");
	ck_assert_str_eq(client_text("error.code"), "Busy");
	ck_assert_int_eq(get_site(), 200);
}
END_TEST

START_TEST(rules_count_what_they_match)
{
	static const int wanted[] = {200, 200, 500, 200, 200, 500};

	rule("{\"path\":\"*/sites/*\",\"every\":3,\"status\":500}");
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		ck_assert_int_eq(get_site(), wanted[i]);
	client_send("GET", "/_sim/faults", NULL);
	ck_assert_int_eq(client_item("value[0].matched")->valueint, 6);
	ck_assert_int_eq(client_item("value[0].acted")->valueint, 2);
	client_send("DELETE", "/_sim/faults", NULL);
	client_send("GET", "/_sim/faults", NULL);
	ck_assert_int_eq(client_count("value"), 0);

	rule("{\"path\":\"*/sites/*\",\"nth\":2,\"status\":500}");
	ck_assert_int_eq(get_site(), 200);
	ck_assert_int_eq(get_site(), 500);
	ck_assert_int_eq(get_site(), 200);
}
END_TEST

START_TEST(a_connection_is_lost_before_or_after_the_effect)
{
	rule("{\"method\":\"PUT\",\"times\":1,\"drop\":true}");
	write_settings("one");
	ck_assert_int_eq(client.response.fate, SIM_DROP);
	ck_assert_str_eq(read_mark(), "");
	rule("{\"method\":\"PUT\",\"times\":1,\"drop\":true,\"takes_effect\":true}");
	write_settings("two");
	ck_assert_int_eq(client.response.fate, SIM_DROP);
	ck_assert_str_eq(read_mark(), "two");
	ck_assert_int_eq(client.response.fate, SIM_ANSWER);
}
END_TEST

START_TEST(an_error_may_hide_the_effect)
{
	rule("{\"method\":\"PUT\",\"times\":1,\"status\":500,\"takes_effect\":true}");
	ck_assert_int_eq(write_settings("there"), 500);
	ck_assert_str_eq(read_mark(), "there");
}
END_TEST

START_TEST(answers_are_damaged)
{
	rule("{\"times\":1,\"damage\":\"garbage\"}");
	ck_assert_int_eq(get_site(), 200);
	ck_assert_ptr_null(client.body);
	ck_assert_uint_gt(client.response.body_length, 0);
	rule("{\"times\":1,\"damage\":\"empty\"}");
	ck_assert_int_eq(get_site(), 200);
	ck_assert_uint_eq(client.response.body_length, 0);
	rule("{\"times\":1,\"damage\":\"truncate\"}");
	ck_assert_int_eq(get_site(), 200);
	ck_assert_int_eq(client.response.fate, SIM_TRUNCATE);
}
END_TEST

START_TEST(throttling_comes_with_and_without_a_time)
{
	rule("[{\"nth\":1,\"throttle\":{\"retry_after_s\":3}},{\"nth\":2,\"throttle\":true}]");
	ck_assert_int_eq(get_site(), 429);
	ck_assert_str_eq(client_header("Retry-After"), "3");
	ck_assert_int_eq(get_site(), 429);
	ck_assert_ptr_null(client_header("Retry-After"));
	ck_assert_int_eq(get_site(), 200);
}
END_TEST

START_TEST(answers_are_held_back)
{
	rule("{\"service\":\"arm\",\"delay_ms\":250}");
	ck_assert_int_eq(get_site(), 200);
	ck_assert_int_eq(client.response.delay_ms, 250);
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default");
	ck_assert_int_eq(client.response.delay_ms, 0);
}
END_TEST

START_TEST(another_writer_comes_between_read_and_write)
{
	rule("{\"method\":\"PUT\",\"path\":\"*/config/"
	     "appsettings\",\"times\":1,\"edit_when\":\"after\",\"edit\":{\"id\":\"" SITE
	     "/config/appsettings\",\"merge\":{\"properties\":{\"OTHER\":\"x\",\"MARK\":null}}}}");
	ck_assert_int_eq(write_settings("mine"), 200);
	ck_assert_str_eq(client_text("properties.MARK"), "mine");
	ck_assert_str_eq(read_mark(), "");
	ck_assert_str_eq(client_text("properties.OTHER"), "x");
}
END_TEST

START_TEST(writers_work_on_a_schedule)
{
	int64_t start_ms = client.now_ms;

	ck_assert_int_eq(client_send("POST", "/_sim/writers",
				     "{\"after_ms\":1000,\"every_ms\":5000,\"times\":2,\"edit\":{\"id\":\"" SITE
				     "/config/appsettings\",\"merge\":{\"properties\":{\"MARK\":\"theirs\"}}}}"),
			 204);
	ck_assert_str_eq(read_mark(), "");
	client.now_ms = start_ms + 1000;
	ck_assert_str_eq(read_mark(), "theirs");
	write_settings("mine");
	client.now_ms = start_ms + 5999;
	ck_assert_str_eq(read_mark(), "mine");
	client.now_ms = start_ms + 6000;
	ck_assert_str_eq(read_mark(), "theirs");
	write_settings("mine");
	client.now_ms = start_ms + 60000;
	ck_assert_str_eq(read_mark(), "mine");
	client_send("GET", "/_sim/writers", NULL);
	ck_assert_int_eq(client_item("value[0].done")->valueint, 2);
}
END_TEST

/* A body, and how the complaint begins. */
static const struct {
	const char *target, *body, *complaint;
} wrong[] = {
	{"faults", "{\"statuss\":1}", "rule.statuss: unknown member"},
	{"faults", "[{},{\"status\":\"x\"}]", "rules[1].status: must be a whole number"},
	{"faults", "{\"status\":99}", "rule.status: must be from 200 to 599"},
	{"faults", "{\"service\":\"armm\"}", "rule.service: must be arm"},
	{"faults", "{\"damage\":\"half\"}", "rule.damage: must be truncate"},
	{"faults", "{\"chance\":2}", "rule.chance: must be from 0 to 1"},
	{"faults", "{\"nth\":1,\"every\":1}", "rule: has both nth and every"},
	{"faults", "{\"throttle\":{\"retry_after\":1}}", "rule.throttle.retry_after: unknown member"},
	{"faults", "{\"lag\":{\"ms\":-1}}", "rule.lag.ms: must be a whole number"},
	{"faults", "{\"edit\":{\"id\":\"/x\"}}", "rule.edit: needs exactly one of put, merge and remove"},
	{"faults", "{\"edit\":[{\"id\":\"/x\",\"put\":{}}]}", "rule.edit[0].put.type: missing"},
	{"faults", "[1]", "rules[0]: must be an object"},
	{"faults", "{", "body: is not JSON"},
	{"writers", "{\"every_ms\":0,\"edit\":{\"id\":\"x\",\"remove\":true}}", "writer.every_ms: must be 1 or more"},
	{"writers", "{\"after_ms\":1}", "writer.edit: missing"},
	{"edit", "{\"id\":\"\",\"remove\":true}", "edit.id: missing"},
};

START_TEST(what_is_wrong_is_refused_with_its_path)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_int_eq(client_send("POST", client_printf("/_sim/%s", wrong[i].target), wrong[i].body), 400);
		ck_assert_msg(strncmp(client_text("error.message"), wrong[i].complaint, strlen(wrong[i].complaint)) ==
				      0,
			      "%s: %s", wrong[i].body, client_text("error.message"));
	}
	client_send("GET", "/_sim/faults", NULL);
	ck_assert_int_eq(client_count("value"), 0);
	ck_assert_int_eq(client_send("GET", "/_sim/nothing", NULL), 404);
	ck_assert_int_eq(client_send("PUT", "/_sim/faults", "{}"), 405);
}
END_TEST

START_TEST(the_journal_has_no_secrets)
{
	static const char *const secrets[] = {"license-canary", "shared-canary", CLIENT_SECRET, "Bearer ey"};

	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://management.azure.com/.default");
	client_send(
		"PUT", SITE "/config/appsettings" WEB_VERSION,
		"{\"properties\":{\"AppConfig:LicenseKey\":\"license-canary\",\"AppConfig:LoggingConfig:SharedKey\":"
		"\"shared-canary\",\"AppConfig:BaseUrl\":\"https://plain.example\"}}");
	client_send("GET", "/_sim/journal", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		ck_assert_msg(!strstr(client.response.body, secrets[i]), "%s", secrets[i]);
	ck_assert_ptr_nonnull(strstr(client.response.body, "https://plain.example"));
	ck_assert_ptr_nonnull(strstr(client.response.body, "\"AppConfig:LicenseKey\":\"***\""));
	ck_assert_ptr_nonnull(strstr(client.response.body, "client_secret=***&scope="));
	ck_assert_ptr_nonnull(strstr(client.response.body, "\"Authorization\":\"***\""));
}
END_TEST

START_TEST(the_counters_count)
{
	client_send("DELETE", "/_sim/counters", NULL);
	client_send("DELETE", "/_sim/journal", NULL);
	get_site();
	write_settings("1");
	write_settings("2");
	client_send("GET", GROUP "/providers/Microsoft.Nothing/things" WEB_VERSION, NULL);
	client_send("GET", "/_sim/counters", NULL);
	ck_assert_int_eq(client_item("requests.localhost.GET")->valueint, 2);
	ck_assert_int_eq(client_item("requests.localhost.PUT")->valueint, 2);
	ck_assert_int_eq(client_item("total")->valueint, 4);
	ck_assert_int_eq(client_item("writes")->valueint, 2);
	ck_assert_int_eq(client_item("unknown_routes")->valueint, 1);
	ck_assert_int_eq(cJSON_GetObjectItem(client_item("restarts"), SITE)->valueint, 2);
	client_send("GET", "/_sim/journal", NULL);
	ck_assert_ptr_nonnull(strstr(client.response.body, "\"unknown_route\":true"));
	ck_assert_ptr_null(strstr(client.response.body, "/_sim/"));
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, a_status_comes_with_headers_and_body);
	tcase_add_test(tcase, rules_count_what_they_match);
	tcase_add_test(tcase, a_connection_is_lost_before_or_after_the_effect);
	tcase_add_test(tcase, an_error_may_hide_the_effect);
	tcase_add_test(tcase, answers_are_damaged);
	tcase_add_test(tcase, throttling_comes_with_and_without_a_time);
	tcase_add_test(tcase, answers_are_held_back);
	tcase_add_test(tcase, another_writer_comes_between_read_and_write);
	tcase_add_test(tcase, writers_work_on_a_schedule);
	tcase_add_test(tcase, what_is_wrong_is_refused_with_its_path);
	tcase_add_test(tcase, the_journal_has_no_secrets);
	tcase_add_test(tcase, the_counters_count);
}

int main(void)
{
	return arm_run("faults", add);
}
