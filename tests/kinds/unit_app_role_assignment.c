/* domain.md 3.3, 4.1 and section 6, case 38: roles of our own applications, for identities and for whom the
 * configuration names. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "graph_rig.h"
#include "kinds/app_role_assignment.h"

#define ROLE   "eeeeeeee-0000-4000-8000-000000000001"
#define GROUP  "99999999-0000-4000-8000-000000000001"
#define NONE   "{\"value\":[]}"
#define MASTER "/v1.0/servicePrincipals/" GRAPH_RIG_MASTER "/appRoleAssignments"
#define GROUPS "/v1.0/groups/" GROUP "/appRoleAssignments"
#define HELD   "{\"resourceId\":\"" GRAPH_RIG_API "\",\"appRoleId\":\"" ROLE "\"}"
#define MISSING                                                                                                        \
	"{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"Permission being assigned was not found on "        \
	"application 'x'.\"}}"

static const struct kind neighbour_kind = {.name = "neighbour"};
static struct graph_rig rig;
static struct app_role role;
static struct application application;
static struct service_principal resource;
static struct node *application_node, *resource_node;

static struct node *neighbour(const char *label, void *observed)
{
	struct node *node = world_state(&rig.world, &neighbour_kind, graph_rig_installation(&rig, 0), NULL, label,
					"neighbour/%p", observed);

	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
	node->observed = observed;
	return node;
}

static void begin(void)
{
	role = (struct app_role){.id = ROLE,
				 .value = "CSR.Request",
				 .is_enabled = true,
				 .allows_applications = true,
				 .allows_users = true};
	application = (struct application){.roles = &role, .role_count = 1};
	resource = (struct service_principal){.id = GRAPH_RIG_API};
	application_node = neighbour("SCEPman-api", &application);
	resource_node = neighbour("SCEPman-api", &resource);
}

static void setup(void)
{
	graph_rig_init(&rig, 1);
	begin();
}

static void teardown(void)
{
	graph_rig_done(&rig);
}

static struct node *state_for_master(void)
{
	const struct role_holder holder = role_holder_of_identity(&rig.master[0].principal);

	return app_role_assignment_state(&rig.world, graph_rig_installation(&rig, 0), &holder, application_node,
					 resource_node, "CSR.Request");
}

static struct node *state_for(enum principal_type type, const char *name)
{
	static struct desired_role_assignment desired;

	desired = (struct desired_role_assignment){.principal = {type, name}, .role = "CSR.Request"};
	return app_role_assignment_state_desired(&rig.world, graph_rig_installation(&rig, 0), &desired,
						 application_node, resource_node);
}

static const struct node *principal_node(void)
{
	for (struct node *node = rig.world.nodes; node; node = node->next_in_world)
		if (text_has_prefix(node->name, "directory-principal/"))
			return node;
	return NULL;
}

/* ---- identities ---- */

/* Case 10: the transport joins the pages; the role stands on the second one. */
START_TEST(what_is_held_is_not_granted_again)
{
	struct node *node = state_for_master();

	graph_rig_answer(&rig, "GET " MASTER, 200,
			 "{\"value\":[{\"resourceId\":\"x\",\"appRoleId\":\"" ROLE "\"}," HELD "]}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* A grant of a role of our own needs no administrator of the tenant, so `report` does not withhold it (domain.md 2.14).
 */
START_TEST(what_is_missing_is_granted_under_report_too)
{
	struct node *node = state_for_master();

	rig.tenant.entra_grants = POLICY_REPORT;
	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_answer(&rig,
			 "POST " MASTER " {\"principalId\":\"" GRAPH_RIG_MASTER "\",\"resourceId\":\"" GRAPH_RIG_API
			 "\",\"appRoleId\":\"" ROLE "\"}",
			 201, HELD, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
	ck_assert_str_eq(node->applied->target, "CSR.Request on SCEPman-api");
}
END_TEST

/* Case 38. */
START_TEST(without_the_role_nothing_is_attempted)
{
	struct node *node = state_for_master();

	application.role_count = 0;
	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->condition.reason, REASON_ROLE_UNAVAILABLE_IN_CLOUD);
	ck_assert_ptr_nonnull(strstr(node->condition.message, "does not exist"));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

static const struct {
	bool is_enabled, allows_applications;
	const char *why;
} unsuitable[] = {{false, true, "is disabled"}, {true, false, "is for users and groups only"}};

/* Graph would say of these what it says of a role that does not exist. */
START_TEST(a_role_that_cannot_be_had_is_not_attempted)
{
	struct node *node = state_for_master();

	role.is_enabled = unsuitable[_i].is_enabled;
	role.allows_applications = unsuitable[_i].allows_applications;
	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->condition.reason, REASON_ROLE_UNAVAILABLE_IN_CLOUD);
	ck_assert_ptr_nonnull(strstr(node->condition.message, unsuitable[_i].why));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(nothing_is_attempted_on_an_application_that_is_not_as_it_should_be)
{
	struct node *node = state_for_master();

	application_node->outcome = OUTCOME_FAILED;
	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->outcome, OUTCOME_BLOCKED);
	ck_assert_ptr_eq(node->blocked_by, application_node);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* Graph says the same of a role that its replica has not heard of and of one that cannot be had. */
START_TEST(a_role_that_is_not_replicated_is_tried_again)
{
	struct node *node = state_for_master();

	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_answer(&rig, "POST", 400, MISSING, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_int_gt(node->condition.retry_after_s, 0);
}
END_TEST

START_TEST(a_role_that_is_replicated_and_refused_is_refused)
{
	struct node *node = state_for_master();

	resource.roles = &role;
	resource.role_count = 1;
	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_answer(&rig, "POST", 400, MISSING, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->condition.reason, REASON_ROLE_UNAVAILABLE_IN_CLOUD);
	ck_assert_int_eq(node->condition.retry_after_s, 0);
}
END_TEST

START_TEST(an_echo_of_something_else_is_no_success)
{
	struct node *node = state_for_master();

	graph_rig_answer(&rig, "GET " MASTER, 200, NONE, 1);
	graph_rig_answer(&rig, "POST", 201, "{\"resourceId\":\"x\",\"appRoleId\":\"" ROLE "\"}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->fault.class, FAULT_GARBLED);
}
END_TEST

/* ---- whom the configuration names ---- */

START_TEST(a_group_is_found_by_its_name)
{
	struct node *node = state_for(PRINCIPAL_GROUP, "PKI 'Admins'");

	graph_rig_answer(&rig, "GET /v1.0/groups?$filter=displayName eq 'PKI ''Admins'''", 200,
			 "{\"value\":[{\"id\":\"" GROUP "\",\"displayName\":\"PKI 'Admins'\"}]}", 1);
	graph_rig_answer(&rig, "GET " GROUPS, 200, NONE, 1);
	graph_rig_answer(&rig, "POST " GROUPS " {\"principalId\":\"" GROUP "\"", 201, HELD, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
}
END_TEST

static const struct {
	enum principal_type type;
	const char *name, *question;
} questions[] = {
	{PRINCIPAL_GROUP, GROUP, "GET /v1.0/groups?$filter=id eq '" GROUP "'"},
	{PRINCIPAL_USER, "anna@contoso.example", "GET /v1.0/users?$filter=userPrincipalName eq 'anna@contoso.example'"},
	{PRINCIPAL_USER, GROUP, "GET /v1.0/users?$filter=id eq '" GROUP "'"},
	{PRINCIPAL_SERVICE_PRINCIPAL, "mdm", "GET /v1.0/servicePrincipals?$filter=displayName eq 'mdm'"},
};

START_TEST(nobody_is_said_so)
{
	struct node *node = state_for(questions[_i].type, questions[_i].name);

	graph_rig_answer(&rig, questions[_i].question, 200, NONE, 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal_node()->condition.reason, REASON_PRINCIPAL_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(principal_node()->condition.message, questions[_i].name));
	ck_assert_int_eq(node->outcome, OUTCOME_BLOCKED);
}
END_TEST

START_TEST(two_of_one_name_are_one_too_many)
{
	state_for(PRINCIPAL_GROUP, "Admins");
	graph_rig_answer(&rig, "GET /v1.0/groups", 200, "{\"value\":[{\"id\":\"g1\"},{\"id\":\"g2\"}]}", 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal_node()->condition.reason, REASON_PRINCIPAL_AMBIGUOUS);
	ck_assert_ptr_nonnull(strstr(principal_node()->condition.message, "g1, g2"));
}
END_TEST

static const char *const unreadable[] = {"{}", "{\"value\":[{}]}", "{\"value\":[{\"id\":\"a/../b\"}]}",
					 "{\"value\":[{\"id\":1},{}]}"};

START_TEST(an_unreadable_answer_is_nobody_in_particular)
{
	state_for(PRINCIPAL_GROUP, "Admins");
	graph_rig_answer(&rig, "GET /v1.0/groups", 200, unreadable[_i], 1);
	graph_rig_run(&rig);
	ck_assert_int_eq(principal_node()->fault.class, FAULT_GARBLED);
}
END_TEST

START_TEST(a_role_for_applications_is_not_given_to_people)
{
	struct node *node = state_for(PRINCIPAL_GROUP, GROUP);

	role.allows_users = false;
	graph_rig_answer(&rig, "GET /v1.0/groups?", 200, "{\"value\":[{\"id\":\"" GROUP "\"}]}", 1);
	graph_rig_answer(&rig, "GET " GROUPS, 200, NONE, 1);
	graph_rig_run(&rig);
	ck_assert_ptr_nonnull(strstr(node->condition.message, "is for applications only"));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("app role assignment");
	TCase *cases = tcase_create("app role assignment");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, what_is_held_is_not_granted_again);
	tcase_add_test(cases, what_is_missing_is_granted_under_report_too);
	tcase_add_test(cases, without_the_role_nothing_is_attempted);
	tcase_add_loop_test(cases, a_role_that_cannot_be_had_is_not_attempted, 0, (int)ARRAY_SIZE(unsuitable));
	tcase_add_test(cases, nothing_is_attempted_on_an_application_that_is_not_as_it_should_be);
	tcase_add_test(cases, a_role_that_is_not_replicated_is_tried_again);
	tcase_add_test(cases, a_role_that_is_replicated_and_refused_is_refused);
	tcase_add_test(cases, an_echo_of_something_else_is_no_success);
	tcase_add_test(cases, a_group_is_found_by_its_name);
	tcase_add_loop_test(cases, nobody_is_said_so, 0, (int)ARRAY_SIZE(questions));
	tcase_add_test(cases, two_of_one_name_are_one_too_many);
	tcase_add_loop_test(cases, an_unreadable_answer_is_nobody_in_particular, 0, (int)ARRAY_SIZE(unreadable));
	tcase_add_test(cases, a_role_for_applications_is_not_given_to_people);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
