/*
 * Settings through the planner, against a cloud that keeps one dictionary per site: read, read again, one write, read
 * back, and nothing ever after; and what happens when that cloud loses, forgets or contradicts.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reconcile/plan.h"
#include "settings_data.h"
#include "world/json.h"

#define FRESH        "{" PACKAGE "," TENANT "," FOREIGN "}"
#define FRESH_MASTER "{" MASTER_PACKAGE "," TENANT "," FOREIGN "}"

static struct rig rig;

/* The cloud: a site's settings as JSON text, and what it does wrong. */
static struct cloud_site {
	struct rig_site *site;
	char *settings;
	unsigned reads, writes;
	unsigned changes_before_read; /* somebody else adds a setting just before this read, counted from 1; 0: never */
	bool forgets;                 /* it accepts a write and goes on as before */
	bool loses_answer;            /* it takes the write and is not heard of */
} sites[3];

static char order[64]; /* first letters of the sites in the order of their writes */

static struct cloud_site *cloud_site_of(const struct node *node)
{
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++)
		if (sites[i].site->app.settings == node)
			return &sites[i];
	ck_abort_msg("%s was asked about", node->name);
}

static void cloud_set(struct cloud_site *site, const char *settings, size_t length)
{
	free(site->settings);
	site->settings = strndup(settings, length);
}

static void cloud_change(struct cloud_site *site)
{
	const char *text =
		arena_printf(&rig.world.arena, "{\"Changed:By\":\"an administrator\",%s", site->settings + 1);

	cloud_set(site, text, strlen(text));
}

static void cloud_answer(struct node *node, const struct request *request)
{
	struct cloud_site *site = cloud_site_of(node);
	struct response response = {.status = 200, .date_unix_s = rig.world.now_unix_s};
	const char *body = "{}";

	if (request->method == METHOD_POST) {
		ck_assert_ptr_nonnull(strstr(request->path, "/config/appsettings/list?api-version="));
		if (++site->reads == site->changes_before_read)
			cloud_change(site);
		body = arena_printf(&rig.world.arena, "{\"properties\":%s}", site->settings);
	} else {
		size_t head = strlen("{\"properties\":");

		ck_assert_int_eq(request->method, METHOD_PUT);
		ck_assert_ptr_nonnull(strstr(request->path, "/config/appsettings?api-version="));
		order[strlen(order)] = site->site->app.label[0];
		site->writes++;
		if (!site->forgets)
			cloud_set(site, request->body + head, strlen(request->body) - head - 1);
		if (site->loses_answer)
			response = (struct response){.fault = {.class = FAULT_UNREACHABLE, .is_ambiguous = true}};
	}
	response.body = json_parse(body, strlen(body));
	plan_absorb(&rig.world, node, &response);
	cJSON_Delete(response.body);
}

/* Slots first, then Certificate Master, production last, as installation.c ties them. */
static void play(void)
{
	struct node *const slot = rig.staging.app.settings, *const master = rig.master.app.settings;
	struct request request;
	struct node *node;

	for (size_t i = 0; i < ARRAY_SIZE(sites); i++)
		sites[i].reads = sites[i].writes = 0;
	memset(order, 0, sizeof(order));
	world_need(&rig.world, master, slot, NEED_TRIED, STEP_WRITE);
	world_need(&rig.world, rig.production.app.settings, slot, NEED_TRIED, STEP_WRITE);
	world_need(&rig.world, rig.production.app.settings, master, NEED_TRIED, STEP_WRITE);
	while (plan_next(&rig.world, &node, &request))
		cloud_answer(node, &request);
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++)
		ck_assert(node_is_settled(sites[i].site->app.settings));
}

static void setup(void)
{
	rig_init(&rig, false, true);
	sites[0] = (struct cloud_site){.site = &rig.production, .settings = strdup(FRESH)};
	sites[1] = (struct cloud_site){.site = &rig.staging, .settings = strdup(FRESH)};
	sites[2] = (struct cloud_site){.site = &rig.master, .settings = strdup(FRESH_MASTER)};
}

static void teardown(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++)
		free(sites[i].settings);
	rig_done(&rig);
}

/* Cases 39, 54. */
START_TEST(one_write_per_site_in_order_and_then_none_in_a_hundred_passes)
{
	rig.production.level.has_grown = rig.staging.level.has_grown = rig.master.level.has_grown = true;
	play();
	ck_assert_str_eq(order, "scp");
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
		ck_assert_uint_eq(sites[i].writes, 1);
		ck_assert_uint_eq(sites[i].reads, 3);
		ck_assert_int_eq(sites[i].site->app.settings->outcome, OUTCOME_IN_SYNC);
		ck_assert_ptr_nonnull(sites[i].site->app.settings->applied);
		ck_assert_ptr_nonnull(strstr(sites[i].settings, "\"UPPER_lower\":\"\""));
	}
	rig.production.level.has_grown = rig.staging.level.has_grown = rig.master.level.has_grown = false;
	for (int i = 0; i < 100; i++) {
		rig_next_pass(&rig, 900);
		play();
		ck_assert_str_eq(order, "");
		ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_IN_SYNC);
		ck_assert_uint_eq(sites[0].reads, 1);
	}
}
END_TEST

/* Case 51. */
START_TEST(a_change_between_read_and_write_is_seen)
{
	sites[0].changes_before_read = 2;
	play();
	ck_assert_uint_eq(sites[0].writes, 0);
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_FAILED);
	ck_assert_int_eq(rig.production.app.settings->fault.class, FAULT_CONFLICT);
	sites[0].changes_before_read = 0;
	rig_next_pass(&rig, 1);
	play();
	ck_assert_uint_eq(sites[0].writes, 1);
	ck_assert_ptr_nonnull(strstr(sites[0].settings, "Changed:By"));
}
END_TEST

START_TEST(a_change_just_after_the_write_is_seen_too)
{
	sites[0].changes_before_read = 3;
	play();
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_FAILED);
	sites[0].changes_before_read = 0;
	rig_next_pass(&rig, 1);
	play();
	ck_assert_uint_eq(sites[0].writes, 0);
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_IN_SYNC);
}
END_TEST

START_TEST(a_write_that_does_not_show_is_not_repeated_in_the_same_pass)
{
	sites[1].forgets = true;
	play();
	ck_assert_uint_eq(sites[1].writes, 1);
	ck_assert_int_eq(rig.staging.app.settings->outcome, OUTCOME_FAILED);
	/* The others go on. */
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_IN_SYNC);
	ck_assert_int_eq(rig.master.app.settings->outcome, OUTCOME_IN_SYNC);
}
END_TEST

START_TEST(a_write_whose_answer_is_lost_is_not_made_twice)
{
	sites[0].loses_answer = true;
	play();
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_FAILED);
	rig_next_pass(&rig, 60);
	play();
	ck_assert_uint_eq(sites[0].writes, 0);
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_IN_SYNC);
}
END_TEST

/* Case 50: at the first look, and at the last before the write. */
START_TEST(an_empty_dictionary_is_never_written)
{
	cloud_set(&sites[0], "{}", 2);
	play();
	ck_assert_uint_eq(sites[0].writes, 0);
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_BLOCKED);
	ck_assert_int_eq(rig.production.app.settings->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_uint_eq(sites[2].writes, 1);
}
END_TEST

/* Case 74. */
START_TEST(on_hold_nothing_is_written)
{
	rig.instance.hold = true;
	play();
	ck_assert_str_eq(order, "");
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_PLANNED);
	ck_assert_str_eq(sites[0].settings, FRESH);
}
END_TEST

/* Case 71. */
START_TEST(an_observed_production_is_left_as_it_is)
{
	rig.production.app.is_observed_only = true;
	play();
	ck_assert_str_eq(order, "sc");
	ck_assert_str_eq(sites[0].settings, FRESH);
}
END_TEST

/* A level that looks lower holds back nothing but itself; after the write of the rest the site says what it waits for.
 */
START_TEST(a_lower_level_waits_for_another_pass)
{
	cloud_set(&sites[0], "{" PACKAGE "," TENANT "," IDENTITY "}", strlen("{" PACKAGE "," TENANT "," IDENTITY "}"));
	rig.production.level.level = 1;
	play();
	ck_assert_uint_eq(sites[0].writes, 1);
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_BLOCKED);
	ck_assert_int_eq(rig.production.app.settings->condition.retry_after_s, 30);
	ck_assert_ptr_nonnull(strstr(sites[0].settings, LEVEL("2")));
	rig_next_pass(&rig, 30);
	play();
	ck_assert_uint_eq(sites[0].writes, 1);
	ck_assert_ptr_nonnull(strstr(sites[0].settings, LEVEL("1")));
	ck_assert_ptr_nonnull(strstr(sites[0].settings, TIME(OLD_TIME)));
	ck_assert_int_eq(rig.production.app.settings->outcome, OUTCOME_IN_SYNC);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings-write");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, one_write_per_site_in_order_and_then_none_in_a_hundred_passes);
	tcase_add_test(tcase, a_change_between_read_and_write_is_seen);
	tcase_add_test(tcase, a_change_just_after_the_write_is_seen_too);
	tcase_add_test(tcase, a_write_that_does_not_show_is_not_repeated_in_the_same_pass);
	tcase_add_test(tcase, a_write_whose_answer_is_lost_is_not_made_twice);
	tcase_add_test(tcase, an_empty_dictionary_is_never_written);
	tcase_add_test(tcase, on_hold_nothing_is_written);
	tcase_add_test(tcase, an_observed_production_is_left_as_it_is);
	tcase_add_test(tcase, a_lower_level_waits_for_another_pass);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
