/* domain.md 1.2 and section 6, cases 1 to 16: what an identity may do, and how it comes to be allowed it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "graph_rig.h"
#include "kinds/graph.h"
#include "kinds/permission_level.h"
#include "kinds/service_principal.h"

#define LIST   "GET /v1.0/servicePrincipals/" GRAPH_RIG_SCEPMAN "/appRoleAssignments"
#define POST   "POST /v1.0/servicePrincipals/" GRAPH_RIG_SCEPMAN "/appRoleAssignments"
#define MASTER "GET /v1.0/servicePrincipals/" GRAPH_RIG_MASTER "/appRoleAssignments"

#define HOLDS(resource, role) "{\"resourceId\":\"" resource "\",\"appRoleId\":\"" role "\"}"
#define DIRECTORY             HOLDS(GRAPH_RIG_GRAPH, GRAPH_DIRECTORY_READ_ALL_ID)
#define DEVICES               HOLDS(GRAPH_RIG_GRAPH, GRAPH_MANAGED_DEVICES_READ_ALL_ID)
#define CONFIGURATION         HOLDS(GRAPH_RIG_GRAPH, GRAPH_CONFIGURATION_READ_ALL_ID)
#define RISKY                 HOLDS(GRAPH_RIG_GRAPH, GRAPH_RISKY_USER_READ_ALL_ID)
#define CHALLENGE             HOLDS(GRAPH_RIG_INTUNE, INTUNE_SCEP_CHALLENGE_PROVIDER_ID)
#define LIST_OF(items)        "{\"value\":[" items "]}"
#define ALL                   LIST_OF(DIRECTORY "," DEVICES "," CONFIGURATION "," RISKY "," CHALLENGE)
#define ALL_BUT_RISKY         LIST_OF(DIRECTORY "," DEVICES "," CONFIGURATION "," CHALLENGE)

static struct graph_rig rig;
static struct node *level;

static void start(size_t index, bool is_master)
{
	struct graph_rig_web_app *app = is_master ? &rig.master[index] : &rig.production[index];

	service_principal_state_well_known(&rig.world);
	level = permission_level_state(&rig.world, &app->principal);
}

static void setup(void)
{
	graph_rig_init(&rig, 1);
}

static void teardown(void)
{
	graph_rig_done(&rig);
}

static const struct permission_level *result(void)
{
	ck_assert_int_eq(level->outcome, OUTCOME_IN_SYNC);
	return level->observed;
}

static struct node *assignment_of(const char *value)
{
	for (struct node *node = rig.world.nodes; node; node = node->next_in_world)
		if (node->kind == &app_role_assignment_kind && strstr(node->name, value))
			return node;
	ck_abort_msg("no assignment of %s", value);
	return NULL;
}

/* ---- what is read ---- */

/* Case 1. */
START_TEST(all_roles_are_level_2_and_nothing_is_sent)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert(!result()->has_grown);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_uint_eq(graph_rig_count(&rig, "GET"), 3);
}
END_TEST

/* The cmdlet compares the role's id alone. */
START_TEST(the_same_role_id_on_another_resource_does_not_count)
{
	rig.tenant.entra_grants = POLICY_REPORT;
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(
		&rig, LIST, 200,
		LIST_OF(HOLDS("bbbbbbbb-0000-4000-8000-000000000009", GRAPH_DIRECTORY_READ_ALL_ID) "," CHALLENGE), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, -1);
}
END_TEST

/* Case 5. */
START_TEST(without_intune_its_role_is_not_required)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, false);
	graph_rig_answer(&rig, LIST, 200, LIST_OF(DIRECTORY "," DEVICES "," CONFIGURATION "," RISKY), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_int_eq(assignment_of("scep_challenge_provider")->outcome, OUTCOME_IN_SYNC);
}
END_TEST

/* Case 7. */
START_TEST(certificate_master_with_one_of_two)
{
	rig.tenant.entra_grants = POLICY_REPORT;
	start(0, true);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, MASTER, 200, LIST_OF(DEVICES), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 1);
}
END_TEST

START_TEST(an_unreadable_list_is_no_level)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, "{\"value\":[{\"resourceId\":\"x\"}]}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(level->outcome, OUTCOME_BLOCKED);
	ck_assert_ptr_eq(level->blocked_by, rig.production[0].principal.assignments);
	ck_assert_ptr_null(level->observed);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(without_microsoft_graph_itself_nothing_is_granted)
{
	start(0, false);
	graph_rig_answer(&rig, "GET /v1.0/servicePrincipals?$filter=appId", 200, "{\"value\":[]}", 0);
	graph_rig_answer(&rig, LIST, 200, LIST_OF(""), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(level->outcome, OUTCOME_BLOCKED);
	ck_assert_int_eq(rig.world.graph_service_principal->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_int_eq(rig.world.intune_service_principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* ---- what is granted ---- */

START_TEST(what_is_missing_is_granted_and_read_back)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(&rig, POST, 201, RISKY, 1);
	graph_rig_answer(&rig, LIST, 200, ALL, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert(result()->has_grown);
	ck_assert_int_eq(level->condition.reason, REASON_NONE);
	ck_assert(graph_rig_has(&rig, POST,
				"{\"principalId\":\"" GRAPH_RIG_SCEPMAN "\",\"resourceId\":\"" GRAPH_RIG_GRAPH
				"\",\"appRoleId\":\"" GRAPH_RISKY_USER_READ_ALL_ID "\"}"));
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

START_TEST(only_what_is_read_back_counts)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 2);
	graph_rig_answer(&rig, POST, 201, RISKY, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 1);
	ck_assert(!result()->has_grown);
	ck_assert_int_eq(level->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_int_gt(level->condition.retry_after_s, 0);
}
END_TEST

/* Case 11: four wordings, one meaning. */
static const char *const exists[] = {
	("{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"Permission being assigned already exists on the "
	 "object\"}}"),
	"{\"error\":{\"code\":\"RoleAssignmentExists\",\"message\":\"The role assignment already exists.\"}}",
	"{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"Permission already assigned\"}}",
	"{\"error\":{\"code\":\"Conflict\",\"message\":\"A role assignment with ID 1 already exists\"}}",
};

START_TEST(what_exists_already_is_a_success)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(&rig, POST, _i == 1 ? 409 : 400, exists[_i], 1);
	graph_rig_answer(&rig, LIST, 200, ALL, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->outcome, OUTCOME_IN_SYNC);
	/* It was there before: no new token is needed, and so no restart. */
	ck_assert(!result()->has_grown);
}
END_TEST

/* Case 12. */
START_TEST(a_role_that_this_cloud_refuses_lowers_the_level)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(
		&rig, POST, 400,
		"{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"Permission being assigned was not found on "
		"application '00000003-0000-0000-c000-000000000000'.\"}}",
		1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 1);
	ck_assert_int_eq(level->condition.reason, REASON_NONE);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->condition.reason, REASON_ROLE_UNAVAILABLE_IN_CLOUD);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->condition.retry_after_s, 0);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

/* The same, when Microsoft Graph does not even list it: not attempted. */
START_TEST(a_role_that_this_cloud_does_not_list_is_not_attempted)
{
	start(0, false);
	graph_rig_answer(
		&rig, "GET /v1.0/servicePrincipals?$filter=appId eq '" GRAPH_APP_ID "'", 200,
		"{\"value\":[{\"id\":\"" GRAPH_RIG_GRAPH "\",\"appId\":\"" GRAPH_APP_ID "\",\"appRoles\":[]}]}", 1);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 1);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->condition.reason, REASON_ROLE_UNAVAILABLE_IN_CLOUD);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* Case 14: the identity is new to the replica that was asked. The settings wait for the next pass. */
START_TEST(a_principal_that_is_not_replicated_is_tried_again)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(
		&rig, POST, 404,
		"{\"error\":{\"code\":\"Request_ResourceNotFound\",\"message\":\"Resource 'x' does not exist or one of "
		"its queried reference-property objects are not present.\"}}",
		1);
	graph_rig_run(&rig);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->outcome, OUTCOME_FAILED);
	ck_assert(fault_is_retryable(&assignment_of("IdentityRiskyUser")->fault));
	ck_assert_int_eq(result()->level, 1);
}
END_TEST

/* Case 15. */
START_TEST(a_denied_grant_leaves_the_level_as_it_is)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, LIST_OF(DIRECTORY "," CHALLENGE), 1);
	graph_rig_answer(
		&rig, POST, 403,
		"{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"Insufficient privileges\"}}", 0);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 0);
	ck_assert_int_eq(level->condition.reason, REASON_NONE);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->fault.class, FAULT_DENIED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 3);
}
END_TEST

START_TEST(a_lost_answer_is_looked_up)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(&rig, POST, 0, NULL, 1);
	graph_rig_answer(&rig, LIST, 200, ALL, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert(result()->has_grown);
}
END_TEST

START_TEST(a_failed_second_look_is_no_level)
{
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, ALL_BUT_RISKY, 1);
	graph_rig_answer(&rig, POST, 201, RISKY, 1);
	graph_rig_answer(&rig, LIST, 503, "{\"error\":{\"code\":\"ServiceUnavailable\",\"message\":\"\"}}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(level->outcome, OUTCOME_BLOCKED);
	ck_assert(fault_is_retryable(&level->blocked_by->fault));
}
END_TEST

/* ---- plans and reports ---- */

START_TEST(a_plan_counts_what_it_plans)
{
	rig.is_plan = true;
	graph_rig_next_pass(&rig, 1);
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, LIST_OF(""), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_uint_eq(graph_rig_count(&rig, LIST), 1);
	ck_assert_int_eq(assignment_of("Directory.Read.All")->outcome, OUTCOME_PLANNED);
	ck_assert_str_eq(assignment_of("Directory.Read.All")->changes->target, "Directory.Read.All on Microsoft Graph");
	ck_assert_str_eq(assignment_of("Directory.Read.All")->changes->after, "app-scepman");
}
END_TEST

/* Certificate Master is planned: it has no identity to ask about, and will have what is planned for it. */
START_TEST(a_plan_counts_for_what_does_not_exist)
{
	rig.is_plan = true;
	graph_rig_next_pass(&rig, 1);
	rig.master[0].site.principal_id = NULL;
	rig.master[0].app.site->is_assumed = true;
	start(0, true);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert_uint_eq(graph_rig_count(&rig, MASTER), 0);
}
END_TEST

/* Certificate Master was made in this pass: nothing is asked before the grants, but after them. */
START_TEST(a_new_identity_is_read_back)
{
	rig.master[0].app.site->was_created = true;
	start(0, true);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, "POST /v1.0/servicePrincipals/" GRAPH_RIG_MASTER, 201, DEVICES, 1);
	graph_rig_answer(&rig, "POST /v1.0/servicePrincipals/" GRAPH_RIG_MASTER, 201, CONFIGURATION, 1);
	graph_rig_answer(&rig, MASTER, 200, LIST_OF(DEVICES "," CONFIGURATION), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 2);
	ck_assert(result()->has_grown);
	ck_assert_uint_eq(graph_rig_count(&rig, MASTER), 1);
}
END_TEST

/* Case 16. */
START_TEST(under_report_nothing_is_written_and_the_level_is_what_is_there)
{
	rig.tenant.entra_grants = POLICY_REPORT;
	start(0, false);
	graph_rig_answer_well_known(&rig, true);
	graph_rig_answer(&rig, LIST, 200, LIST_OF(DIRECTORY "," CHALLENGE), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(result()->level, 0);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_int_eq(assignment_of("IdentityRiskyUser")->outcome, OUTCOME_WITHHELD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("permission level");
	TCase *cases = tcase_create("permission level");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, all_roles_are_level_2_and_nothing_is_sent);
	tcase_add_test(cases, the_same_role_id_on_another_resource_does_not_count);
	tcase_add_test(cases, without_intune_its_role_is_not_required);
	tcase_add_test(cases, certificate_master_with_one_of_two);
	tcase_add_test(cases, an_unreadable_list_is_no_level);
	tcase_add_test(cases, without_microsoft_graph_itself_nothing_is_granted);
	tcase_add_test(cases, what_is_missing_is_granted_and_read_back);
	tcase_add_test(cases, only_what_is_read_back_counts);
	tcase_add_loop_test(cases, what_exists_already_is_a_success, 0, (int)ARRAY_SIZE(exists));
	tcase_add_test(cases, a_role_that_this_cloud_refuses_lowers_the_level);
	tcase_add_test(cases, a_role_that_this_cloud_does_not_list_is_not_attempted);
	tcase_add_test(cases, a_principal_that_is_not_replicated_is_tried_again);
	tcase_add_test(cases, a_denied_grant_leaves_the_level_as_it_is);
	tcase_add_test(cases, a_lost_answer_is_looked_up);
	tcase_add_test(cases, a_failed_second_look_is_no_level);
	tcase_add_test(cases, a_plan_counts_what_it_plans);
	tcase_add_test(cases, a_plan_counts_for_what_does_not_exist);
	tcase_add_test(cases, a_new_identity_is_read_back);
	tcase_add_test(cases, under_report_nothing_is_written_and_the_level_is_what_is_there);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
