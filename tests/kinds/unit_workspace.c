/* Which Log Analytics workspace SCEPman logs to. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "logging_data.h"

static struct rig rig;

static void setup(void)
{
	logging_data_init(&rig);
}

static void teardown(void)
{
	rig_done(&rig);
}

/* ---- which workspace ---- */

START_TEST(the_only_workspace_beside_scepman_is_taken)
{
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_IN_SYNC, REASON_NONE);
	rig_expect(&rig, "table/", OUTCOME_IN_SYNC, REASON_NONE);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_ptr_eq(rig.installation.workspace, rig_node(&rig, "workspace/"));
	ck_assert_ptr_eq(rig.installation.data_collection_rule, rig_node(&rig, "data-collection-rule/"));
	/* One for each identity, Certificate Master's too. */
	ck_assert_uint_eq(rig_writes(&rig, RULE_ID "/providers/Microsoft.Authorization/roleAssignments/"), 3);
	ck_assert_uint_eq(rig_writes(&rig, "3913510d-42f4-4e42-8a64-420c390055eb"), 3);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 3);
}
END_TEST

/* Case 97. */
START_TEST(of_two_none_is_taken)
{
	script_says(
		&rig.script, METHOD_GET, RIG_SUBSCRIPTION WORKSPACES, 200,
		"{\"value\":[" WORKSPACE(WORKSPACE_ID, CUSTOMER) "," WORKSPACE(WORKSPACE_ID "2", CUSTOMER "2") "]}");
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_BLOCKED, REASON_WORKSPACE_AMBIGUOUS);
	ck_assert_ptr_null(rig.installation.table);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* One that is named nowhere, in a group that is not SCEPman's, is somebody else's. */
START_TEST(without_a_workspace_there_is_nothing_to_do)
{
	script_says(&rig.script, METHOD_GET, RIG_SUBSCRIPTION WORKSPACES, 200,
		    "{\"value\":[" WORKSPACE("/subscriptions/" RIG_SUBSCRIPTION "/resourceGroups/rg-scepman2" WORKSPACES
					     "/log",
					     CUSTOMER) "]}");
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_int_eq(rig_node(&rig, "workspace/")->knowledge, KNOWLEDGE_ABSENT);
	ck_assert_ptr_null(rig.installation.table);
	ck_assert_ptr_null(rig.installation.data_collection_rule);
}
END_TEST

START_TEST(a_list_that_was_not_read_is_not_an_absence)
{
	script_refuses(&rig.script, METHOD_GET, RIG_SUBSCRIPTION WORKSPACES, 403, "AuthorizationFailed");
	if (_i)
		rig_set(&rig.production, WORKSPACE_SETTING, CUSTOMER);
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_BLOCKED, REASON_WORKSPACE_NOT_FOUND);
}
END_TEST

START_TEST(the_setting_names_it_in_any_group_and_subscription)
{
	const struct workspace *workspace;

	rig_set(&rig.production, WORKSPACE_SETTING, CUSTOMER);
	script_says(&rig.script, METHOD_GET, RIG_SUBSCRIPTION WORKSPACES, 200,
		    "{\"value\":[" WORKSPACE(WORKSPACE_ID "2", CUSTOMER "2") "]}");
	script_says(&rig.script, METHOD_GET, RIG_ELSEWHERE WORKSPACES, 200,
		    "{\"value\":[" WORKSPACE(WORKSPACE_ID, CUSTOMER) "]}");
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_IN_SYNC, REASON_NONE);
	workspace = rig_node(&rig, "workspace/")->observed;
	ck_assert_str_eq(workspace->id, WORKSPACE_ID);
}
END_TEST

/* The cmdlet would take any other; a workspace that was deleted must not silently be replaced by the neighbours'. */
START_TEST(a_named_workspace_is_not_replaced_by_another)
{
	rig_set(&rig.production, WORKSPACE_SETTING, "dddddddd-0000-4000-8000-00000000000d");
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_BLOCKED, REASON_WORKSPACE_NOT_FOUND);
	ck_assert_ptr_null(rig.installation.data_collection_rule);
}
END_TEST

START_TEST(the_configuration_names_it_by_its_id)
{
	rig.instance.logging.workspace = WORKSPACE_ID;
	rig_set(&rig.production, WORKSPACE_SETTING, "dddddddd-0000-4000-8000-00000000000d");
	if (_i) {
		script_refuses(&rig.script, METHOD_GET, WORKSPACE_ID "?", 404, "ResourceNotFound");
		rig_play(&rig);
		rig_expect(&rig, "workspace/", OUTCOME_BLOCKED, REASON_WORKSPACE_NOT_FOUND);
		return;
	}
	script_says(&rig.script, METHOD_GET, WORKSPACE_ID "?", 200, WORKSPACE(WORKSPACE_ID, CUSTOMER));
	rig_play(&rig);
	rig_expect(&rig, "workspace/", OUTCOME_IN_SYNC, REASON_NONE);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

START_TEST(unmanaged_logging_is_not_looked_at)
{
	rig.instance.logging.manage = false;
	rig_play(&rig);
	ck_assert_ptr_null(rig.installation.workspace);
	ck_assert_ptr_null(rig.installation.data_collection_rule);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("workspace");
	TCase *tests = tcase_create("workspace");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, the_only_workspace_beside_scepman_is_taken);
	tcase_add_test(tests, of_two_none_is_taken);
	tcase_add_test(tests, without_a_workspace_there_is_nothing_to_do);
	tcase_add_loop_test(tests, a_list_that_was_not_read_is_not_an_absence, 0, 2);
	tcase_add_test(tests, the_setting_names_it_in_any_group_and_subscription);
	tcase_add_test(tests, a_named_workspace_is_not_replaced_by_another);
	tcase_add_loop_test(tests, the_configuration_names_it_by_its_id, 0, 2);
	tcase_add_test(tests, unmanaged_logging_is_not_looked_at);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
