/* domain.md 1.3, 1.4 and section 6, case 35: service principals and the consent of Certificate Master's. */
#include <check.h>
#include <stdlib.h>

#include "base/text.h"
#include "graph_rig.h"
#include "kinds/oauth2_permission_grant.h"
#include "kinds/service_principal.h"

#define APP    "cccccccc-0000-4000-8000-000000000001"
#define FIND   "GET /v1.0/servicePrincipals?$filter=appId eq '" APP "'"
#define CREATE "PATCH /v1.0/servicePrincipals(appId='" APP "') "
#define UPDATE "PATCH /v1.0/servicePrincipals/" GRAPH_RIG_API " "
#define NONE   "{\"value\":[]}"
#define OBJECT(required)                                                                                               \
	"{\"id\":\"" GRAPH_RIG_API "\",\"appId\":\"" APP "\",\"appRoleAssignmentRequired\":" required                  \
	",\"appRoles\":[]}"
#define LIST(required) "{\"value\":[" OBJECT(required) "]}"

#define GRANTS "GET /v1.0/oauth2PermissionGrants?$filter=clientId eq '" GRAPH_RIG_API "'"
#define GRANT(id, type, resource, scope)                                                                               \
	"{\"id\":\"" id "\",\"clientId\":\"" GRAPH_RIG_API "\",\"consentType\":\"" type                                \
	"\",\"resourceId\":\"" resource "\",\"scope\":" scope "}"
#define OF_ALL(scope) GRANT("g1", "AllPrincipals", GRAPH_RIG_GRAPH, scope)
#define OTHERS                                                                                                         \
	GRANT("g2", "Principal", GRAPH_RIG_GRAPH, "\"User.Read\"")                                                     \
	"," GRANT("g3", "AllPrincipals", GRAPH_RIG_INTUNE, "\"User.Read\"")

static const struct kind neighbour_kind = {.name = "neighbour"};
static struct graph_rig rig;
static struct application application;
static struct node *application_node, *principal;

static void start(void)
{
	struct installation *installation = graph_rig_installation(&rig, 0);

	service_principal_state_well_known(&rig.world);
	graph_rig_answer_well_known(&rig, true);
	application = (struct application){.app_id = APP};
	application_node = world_state(&rig.world, &neighbour_kind, installation, NULL, "SCEPman-api", "application");
	application_node->knowledge = KNOWLEDGE_PRESENT;
	application_node->outcome = OUTCOME_IN_SYNC;
	application_node->observed = &application;
	principal = service_principal_state(&rig.world, installation, application_node);
}

static void setup(void)
{
	graph_rig_init(&rig, 1);
}

static void teardown(void)
{
	graph_rig_done(&rig);
}

/* ---- service principals ---- */

START_TEST(one_that_asks_for_assignment_is_in_sync)
{
	start();
	graph_rig_answer(&rig, FIND, 200, LIST("true"), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(one_that_does_not_is_told_to)
{
	start();
	graph_rig_answer(&rig, FIND, 200, LIST("false"), 1);
	graph_rig_answer(&rig, UPDATE "{\"appRoleAssignmentRequired\":true}", 204, NULL, 1);
	graph_rig_answer(&rig, FIND, 200, LIST("true"), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_str_eq(principal->applied->key, "appRoleAssignmentRequired");
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

static const char *const unknown[] = {LIST("null"), LIST("\"false\""), "{\"value\":[{\"id\":\"" GRAPH_RIG_API "\"}]}"};

START_TEST(not_knowing_is_not_false)
{
	start();
	graph_rig_answer(&rig, FIND, 200, unknown[_i], 0);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(a_failed_read_writes_nothing)
{
	start();
	graph_rig_answer(&rig, FIND, 503, "{\"error\":{\"code\":\"ServiceUnavailable\",\"message\":\"\"}}", 0);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* What is made says nothing of tags: an object that exists after all would lose its own. */
START_TEST(a_missing_one_is_made)
{
	start();
	graph_rig_answer(&rig, FIND, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE "{\"appRoleAssignmentRequired\":true}", 201, OBJECT("true"), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_str_eq(((const struct service_principal *)principal->observed)->id, GRAPH_RIG_API);
	ck_assert(principal->was_created);
	ck_assert_uint_eq(graph_rig_count(&rig, FIND), 1);
}
END_TEST

START_TEST(of_a_new_application_none_is_looked_for)
{
	start();
	application_node->was_created = true;
	graph_rig_answer(&rig, CREATE, 201, OBJECT("true"), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_count(&rig, FIND), 0);
}
END_TEST

START_TEST(one_that_a_replica_concealed_is_looked_up)
{
	start();
	graph_rig_answer(&rig, FIND, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE, 204, NULL, 1);
	graph_rig_answer(&rig, FIND, 200, LIST("true"), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

START_TEST(a_plan_makes_none)
{
	rig.is_plan = true;
	graph_rig_next_pass(&rig, 1);
	start();
	application = (struct application){0};
	application_node->is_assumed = true;
	graph_rig_run(&rig);
	ck_assert_int_eq(principal->outcome, OUTCOME_PLANNED);
	ck_assert_int_eq(principal->changes->action, ACTION_CREATE);
	ck_assert_ptr_null(((const struct service_principal *)principal->observed)->id);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* ---- consent ---- */

static struct node *consent_with(const char *grants)
{
	struct node *consent;

	start();
	graph_rig_answer(&rig, FIND, 200, LIST("true"), 1);
	graph_rig_answer(&rig, GRANTS, 200, grants, 1);
	consent = oauth2_permission_grant_state(&rig.world, graph_rig_installation(&rig, 0), principal);
	return consent;
}

static const char *const enough[] = {
	"{\"value\":[" OF_ALL("\"User.Read\"") "]}",
	"{\"value\":[" OTHERS "," OF_ALL("\" offline_access user.read\"") "]}", /* case 32 */
};

START_TEST(a_consent_that_contains_it_is_enough)
{
	struct node *consent = consent_with(enough[_i]);

	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(a_missing_consent_is_given)
{
	struct node *consent = consent_with("{\"value\":[" OTHERS "]}");

	graph_rig_answer(&rig,
			 "POST /v1.0/oauth2PermissionGrants {\"clientId\":\"" GRAPH_RIG_API
			 "\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"" GRAPH_RIG_GRAPH
			 "\",\"scope\":\"User.Read\"}",
			 201, OF_ALL("\"User.Read\""), 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

START_TEST(a_scope_is_added_to_those_that_are_there)
{
	struct node *consent = consent_with("{\"value\":[" OF_ALL("\"offline_access User.ReadBasic.All\"") "]}");

	graph_rig_answer(
		&rig,
		"PATCH /v1.0/oauth2PermissionGrants/g1 {\"scope\":\"offline_access User.ReadBasic.All User.Read\"}",
		204, NULL, 1);
	graph_rig_answer(&rig, GRANTS, 200,
			 "{\"value\":[" OF_ALL("\"offline_access User.ReadBasic.All User.Read\"") "]}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_IN_SYNC);
	ck_assert_str_eq(consent->applied->before, "offline_access User.ReadBasic.All");
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

START_TEST(a_consent_that_exists_already_is_a_success)
{
	struct node *consent = consent_with(NONE);

	graph_rig_answer(&rig, "POST", 409,
			 "{\"error\":{\"code\":\"Request_MultipleObjectsWithSameKeyValue\",\"message\":\"Permission "
			 "entry already "
			 "exists.\"}}",
			 1);
	graph_rig_answer(&rig, GRANTS, 200, enough[0], 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_IN_SYNC);
}
END_TEST

START_TEST(under_report_consent_is_left_to_an_administrator)
{
	struct node *consent;

	rig.tenant.entra_grants = POLICY_REPORT;
	consent = consent_with(NONE);
	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_WITHHELD);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(an_unreadable_list_of_consents_writes_nothing)
{
	struct node *consent = consent_with("{\"value\":[{\"id\":\"g1\"}]}");

	graph_rig_run(&rig);
	ck_assert_int_eq(consent->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service principal");
	TCase *cases = tcase_create("service principal");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, one_that_asks_for_assignment_is_in_sync);
	tcase_add_test(cases, one_that_does_not_is_told_to);
	tcase_add_loop_test(cases, not_knowing_is_not_false, 0, (int)ARRAY_SIZE(unknown));
	tcase_add_test(cases, a_failed_read_writes_nothing);
	tcase_add_test(cases, a_missing_one_is_made);
	tcase_add_test(cases, of_a_new_application_none_is_looked_for);
	tcase_add_test(cases, one_that_a_replica_concealed_is_looked_up);
	tcase_add_test(cases, a_plan_makes_none);
	tcase_add_loop_test(cases, a_consent_that_contains_it_is_enough, 0, (int)ARRAY_SIZE(enough));
	tcase_add_test(cases, a_missing_consent_is_given);
	tcase_add_test(cases, a_scope_is_added_to_those_that_are_there);
	tcase_add_test(cases, a_consent_that_exists_already_is_a_success);
	tcase_add_test(cases, under_report_consent_is_left_to_an_administrator);
	tcase_add_test(cases, an_unreadable_list_of_consents_writes_nothing);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
