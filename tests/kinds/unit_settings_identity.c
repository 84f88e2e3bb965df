/* The three settings of the managed identity (domain.md 1.2, 2.17): when they are written, and above all when not. */
#include <check.h>
#include <stdlib.h>

#include "settings_data.h"

#define LEVEL_NAME "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"
#define TIME_NAME  "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
#define HOST_NAME  "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"
#define NOW        "1790000000"

#define WITH(identity) "{" SCEPMAN_BUT_IDENTITY "," identity "}"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, false, true);
}

static void teardown(void)
{
	rig_done(&rig);
}

static void expect(const char *json, const char *plan)
{
	rig_expect(&rig, &rig.production, json, plan);
}

/* ---- the time ---- */

/* Case 40. */
START_TEST(an_old_time_stays)
{
	expect(WITH(LEVEL("2") "," TIME("1") "," HOST(OWN_HOST)), "in sync");
	expect(WITH(LEVEL("2") "," TIME("1790000600") "," HOST(OWN_HOST)), "in sync");
}
END_TEST

START_TEST(a_time_that_is_none_is_written_anew)
{
	expect(WITH(LEVEL("2") "," TIME("1790000601") "," HOST(OWN_HOST)), "~ " TIME_NAME " = 1790000601 -> " NOW "\n");
	expect(WITH(LEVEL("2") "," TIME("0") "," HOST(OWN_HOST)), "~ " TIME_NAME " = 0 -> " NOW "\n");
	expect(WITH(LEVEL("2") "," TIME("-5") "," HOST(OWN_HOST)), "~ " TIME_NAME " = -5 -> " NOW "\n");
	expect(WITH(LEVEL("2") "," TIME("") "," HOST(OWN_HOST)), "~ " TIME_NAME " =  -> " NOW "\n");
	expect(WITH(LEVEL("2") "," TIME("soon") "," HOST(OWN_HOST)), "~ " TIME_NAME " = soon -> " NOW "\n");
	expect(WITH(LEVEL("2") "," TIME("99999999999999999999") "," HOST(OWN_HOST)),
	       "~ " TIME_NAME " = 99999999999999999999 -> " NOW "\n");
	expect(WITH(LEVEL("2") "," HOST(OWN_HOST)), "+ " TIME_NAME " = " NOW "\n");
}
END_TEST

/* Case 115: the time is the cloud's, which the planner takes from every answer. */
START_TEST(the_time_is_the_clouds)
{
	rig.world.now_unix_s = 1790003600;
	expect(WITH(LEVEL("2") "," HOST(OWN_HOST)), "+ " TIME_NAME " = 1790003600\n");
}
END_TEST

/* Case 113: granted before a crash, told after it. */
START_TEST(a_level_that_rises_renews_the_time)
{
	expect(WITH(LEVEL("1") "," TIME(OLD_TIME) "," HOST(OWN_HOST)),
	       "~ " LEVEL_NAME " = 1 -> 2\n~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n");
	expect(WITH(LEVEL("x") "," TIME(OLD_TIME) "," HOST(OWN_HOST)),
	       "~ " LEVEL_NAME " = x -> 2\n~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n");
}
END_TEST

START_TEST(rights_granted_in_this_pass_renew_the_time_once)
{
	rig.production.level.has_grown = true;
	expect("{" SCEPMAN "}", "~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n");
	rig.production.app.settings->was_written = true;
	expect("{" SCEPMAN "}", "in sync");
}
END_TEST

START_TEST(rights_granted_to_another_site_do_not)
{
	rig.staging.level.has_grown = rig.master.level.has_grown = true;
	expect("{" SCEPMAN "}", "in sync");
}
END_TEST

/* ---- the level ---- */

/* Case 4. */
START_TEST(without_rights_the_time_is_not_touched)
{
	rig.production.level.level = -1;
	expect(WITH(HOST(OWN_HOST)), "+ " LEVEL_NAME " = -1\n");
	expect(WITH(LEVEL("-1") "," TIME("soon") "," HOST(OWN_HOST)), "in sync");
}
END_TEST

START_TEST(the_level_is_the_lowest_of_all_sites)
{
	rig.staging.level.level = 1;
	expect(WITH(HOST(OWN_HOST)), "+ " LEVEL_NAME " = 1\n+ " TIME_NAME " = " NOW "\n");
	rig.staging.level.level = 2;
	rig.production.level.level = 0;
	rig.production.app.is_observed_only = true;
	rig_absorb(&rig, &rig.staging,
		   "{" SCEPMAN_BUT_IDENTITY
		   "," LEVEL("2") "," TIME(OLD_TIME) "," HOST("app-scepman-staging.azurewebsites.net") "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.staging), "in sync");
	rig.production.app.is_observed_only = false;
	rig.production.level.level = 2;
	rig.staging.level.level = 1;
	/* One that is only observed, or could not be judged, does not count. */
	rig.staging.app.is_observed_only = true;
	expect(WITH(HOST(OWN_HOST)), "+ " LEVEL_NAME " = 2\n+ " TIME_NAME " = " NOW "\n");
	rig.staging.app.is_observed_only = false;
	rig.staging.level_node->outcome = OUTCOME_FAILED;
	expect(WITH(HOST(OWN_HOST)), "+ " LEVEL_NAME " = 2\n+ " TIME_NAME " = " NOW "\n");
}
END_TEST

START_TEST(certificate_masters_level_is_its_own)
{
	rig.production.level.level = 0;
	rig_absorb(&rig, &rig.master, "{" MASTER "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.master), "in sync");
	rig.master.level.level = 1;
	rig_absorb(&rig, &rig.master, "{" MASTER_BUT_IDENTITY "," LEVEL("0") "," TIME(OLD_TIME) "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.master),
			 "~ " LEVEL_NAME " = 0 -> 1\n~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n");
}
END_TEST

START_TEST(an_identity_that_is_not_known_leaves_all_three_alone)
{
	static struct permission_level other = {.level = 0};
	struct principal user_assigned = {
		.label = "id-scepman", .web_app = &rig.production.app, .site = rig.production.site_node};

	rig.production.principal.next = &user_assigned;
	user_assigned.level = rig_neighbour(&rig, "level/id-scepman", &other);
	expect(WITH(HOST(OWN_HOST)), "+ " LEVEL_NAME " = 0\n+ " TIME_NAME " = " NOW "\n");
	user_assigned.level->outcome = OUTCOME_FAILED;
	expect(WITH(HOST("elsewhere.azurewebsites.net")), "in sync");
}
END_TEST

/* ---- lowering ---- */

#define WAITING "blocked: ReadInconsistent"

START_TEST(a_level_is_lowered_when_seen_twice)
{
	struct condition *condition = &rig.production.app.settings->condition;

	rig.production.level.level = 1;
	expect("{" SCEPMAN "}", WAITING);
	ck_assert_int_eq(condition->retry_after_s, 30);
	/* Twice in one pass is seen once. */
	expect("{" SCEPMAN "}", WAITING);
	rig_next_pass(&rig, 10);
	expect("{" SCEPMAN "}", WAITING);
	ck_assert_int_eq(rig.production.app.settings->condition.retry_after_s, 20);
	rig_next_pass(&rig, 20);
	expect("{" SCEPMAN "}", "~ " LEVEL_NAME " = 2 -> 1\n");
}
END_TEST

START_TEST(a_level_that_comes_back_is_forgotten)
{
	rig.production.level.level = 1;
	expect("{" SCEPMAN "}", WAITING);
	rig_next_pass(&rig, 60);
	rig.production.level.level = 2;
	expect("{" SCEPMAN "}", "in sync");
	rig_next_pass(&rig, 60);
	rig_next_pass(&rig, 60);
	rig.production.level.level = 1;
	expect("{" SCEPMAN "}", WAITING);
}
END_TEST

/* Each site has its own claim, and another lower level is another one. */
START_TEST(claims_are_not_mixed_up)
{
	rig.production.level.level = 1;
	expect("{" SCEPMAN "}", WAITING);
	rig_next_pass(&rig, 60);
	rig_absorb(&rig, &rig.master, "{" MASTER "}");
	rig.master.level.level = 1;
	ck_assert_str_eq(rig_plan(&rig, &rig.master), WAITING);
	rig.production.level.level = 0;
	expect("{" SCEPMAN "}", WAITING);
	rig_absorb(&rig, &rig.staging,
		   "{" SCEPMAN_BUT_IDENTITY
		   "," LEVEL("2") "," TIME(OLD_TIME) "," HOST("app-scepman-staging.azurewebsites.net") "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.staging), WAITING);
}
END_TEST

START_TEST(what_is_certain_does_not_wait_for_it)
{
	rig.production.level.level = 1;
	expect("{" PACKAGE "," TENANT "," APPLICATION "," MASTER_LINK "," LOGGING "," IDENTITY "}",
	       "+ AppConfig:CertificateStorage:TableStorageEndpoint = " RIG_TABLE "\n");
	rig.production.app.settings->was_written = true;
	expect("{" SCEPMAN "}", WAITING);
}
END_TEST

START_TEST(a_plan_shows_it_at_once)
{
	rig.production.level.level = 1;
	rig.world.is_plan = true;
	expect("{" SCEPMAN "}", "~ " LEVEL_NAME " = 2 -> 1\n");
	rig.world.is_plan = false;
	rig.instance.hold = true;
	expect("{" SCEPMAN "}", "~ " LEVEL_NAME " = 2 -> 1\n");
}
END_TEST

START_TEST(losing_all_rights_does_not_touch_the_time)
{
	rig.production.level.level = -1;
	expect("{" SCEPMAN "}", WAITING);
	rig_next_pass(&rig, 60);
	expect("{" SCEPMAN "}", "~ " LEVEL_NAME " = 2 -> -1\n");
}
END_TEST

/* ---- the host name ---- */

START_TEST(a_foreign_host_name_is_a_swap_or_a_copy)
{
	expect(WITH(LEVEL("2") "," TIME(OLD_TIME) "," HOST("app-scepman-staging.azurewebsites.net")),
	       "~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n"
	       "~ " HOST_NAME " = app-scepman-staging.azurewebsites.net -> " OWN_HOST "\n");
	rig_absorb(&rig, &rig.staging, "{" SCEPMAN "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.staging),
			 "~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n"
			 "~ " HOST_NAME " = " OWN_HOST " -> app-scepman-staging.azurewebsites.net\n");
}
END_TEST

/* The order of a site's host names means nothing, so none of them is a reason to restart. */
START_TEST(any_own_host_name_will_do_until_something_is_written)
{
	static const char *const hosts[] = {"scepman.contoso.com"};

	rig.production.site.hosts = hosts;
	rig.production.site.host_count = 1;
	expect(WITH(LEVEL("2") "," TIME(OLD_TIME) "," HOST("scepman.contoso.com")), "in sync");
	expect(WITH(LEVEL("1") "," TIME(OLD_TIME) "," HOST("scepman.contoso.com")),
	       "~ " LEVEL_NAME " = 1 -> 2\n~ " TIME_NAME " = " OLD_TIME " -> " NOW "\n"
	       "~ " HOST_NAME " = scepman.contoso.com -> " OWN_HOST "\n");
}
END_TEST

/* Settings copied from production must not come alive in a slot whose identity may do nothing yet. */
START_TEST(a_copied_identity_is_not_switched_on_without_rights)
{
	rig.staging.level.level = -1;
	rig_absorb(&rig, &rig.staging,
		   "{" SCEPMAN_BUT_IDENTITY "," LEVEL("-1") "," TIME(OLD_TIME) "," HOST(OWN_HOST) "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.staging), "in sync");
	rig_absorb(&rig, &rig.staging, "{" SCEPMAN_BUT_IDENTITY "," LEVEL("-1") "}");
	ck_assert_str_eq(rig_plan(&rig, &rig.staging), "+ " HOST_NAME " = app-scepman-staging.azurewebsites.net\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings-identity");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_old_time_stays);
	tcase_add_test(tcase, a_time_that_is_none_is_written_anew);
	tcase_add_test(tcase, the_time_is_the_clouds);
	tcase_add_test(tcase, a_level_that_rises_renews_the_time);
	tcase_add_test(tcase, rights_granted_in_this_pass_renew_the_time_once);
	tcase_add_test(tcase, rights_granted_to_another_site_do_not);
	tcase_add_test(tcase, without_rights_the_time_is_not_touched);
	tcase_add_test(tcase, the_level_is_the_lowest_of_all_sites);
	tcase_add_test(tcase, certificate_masters_level_is_its_own);
	tcase_add_test(tcase, an_identity_that_is_not_known_leaves_all_three_alone);
	tcase_add_test(tcase, a_level_is_lowered_when_seen_twice);
	tcase_add_test(tcase, a_level_that_comes_back_is_forgotten);
	tcase_add_test(tcase, claims_are_not_mixed_up);
	tcase_add_test(tcase, what_is_certain_does_not_wait_for_it);
	tcase_add_test(tcase, a_plan_shows_it_at_once);
	tcase_add_test(tcase, losing_all_rights_does_not_touch_the_time);
	tcase_add_test(tcase, a_foreign_host_name_is_a_swap_or_a_copy);
	tcase_add_test(tcase, any_own_host_name_will_do_until_something_is_written);
	tcase_add_test(tcase, a_copied_identity_is_not_switched_on_without_rights);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
