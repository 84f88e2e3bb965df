/* Role assignments: what counts as one, what is written, and what a refusal means. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure_rig.h"
#include "kinds/role_assignment.h"

#define ACCOUNT_ID RIG_GROUP "/providers/Microsoft.Storage/storageAccounts/stgscepman"
#define ENDPOINT   "https://stgscepman.table.core.windows.net/"
#define LIST                                                                                                           \
	ACCOUNT_ID "/providers/Microsoft.Authorization/roleAssignments?$filter=atScope%28%29&api-version=2022-04-01"
#define ROLE "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
#define ITEM(at, role, principal)                                                                                      \
	"{\"properties\":{\"scope\":\"" at "\",\"roleDefinitionId\":\"/subscriptions/" RIG_SUBSCRIPTION                \
	"/providers/Microsoft.Authorization/roleDefinitions/" role "\",\"principalId\":\"" principal "\"}}"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig);
	rig.installation.slot_apps = NULL;
	rig.installation.certificate_master = NULL;
	rig.installation.certificate_master_choice = NULL;
	rig_set(&rig.production, "AppConfig:CertificateStorage:TableStorageEndpoint", ENDPOINT);
	script_says(&rig.script, METHOD_GET, RIG_SUBSCRIPTION "/providers/Microsoft.Storage/storageAccounts", 200,
		    "{\"value\":[{\"id\":\"" ACCOUNT_ID
		    "\",\"name\":\"stgscepman\",\"properties\":{\"primaryEndpoints\":"
		    "{\"table\":\"" ENDPOINT "\"}}}]}");
	script_says(&rig.script, METHOD_GET, LIST, 200, "{\"value\":[]}");
	script_says(&rig.script, METHOD_PUT, "/roleAssignments/", 201, ITEM(ACCOUNT_ID, ROLE, RIG_PRODUCTION));
}

static void teardown(void)
{
	rig_done(&rig);
}

START_TEST(a_missing_one_is_made_under_a_name_that_follows_from_it)
{
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_IN_SYNC, REASON_NONE);
	/* The name must never change: it is what makes a second attempt the same one. */
	ck_assert_str_eq(rig.script.writes.data,
			 "PUT " ACCOUNT_ID "/providers/Microsoft.Authorization/roleAssignments/"
			 "bbfdbcc6-ed1d-59d0-9809-c19a333797d4?api-version=2022-04-01 "
			 "{\"properties\":{\"roleDefinitionId\":\"/subscriptions/" RIG_SUBSCRIPTION
			 "/providers/Microsoft.Authorization/roleDefinitions/" ROLE
			 "\",\"principalId\":\"" RIG_PRODUCTION "\",\"principalType\":\"ServicePrincipal\"}}\n");
}
END_TEST

/* On the account, the group, the subscription, a management group, everywhere; in whatever case. */
static const char *const satisfying[] = {
	ITEM(ACCOUNT_ID, ROLE, RIG_PRODUCTION),
	ITEM(RIG_GROUP, ROLE, RIG_PRODUCTION),
	ITEM("/subscriptions/" RIG_SUBSCRIPTION, "0A9A7E1F-B9D0-4CC4-A60D-0319B160AAA3", RIG_PRODUCTION),
	ITEM("/SUBSCRIPTIONS/" RIG_SUBSCRIPTION "/RESOURCEGROUPS/RG-SCEPMAN", ROLE,
	     "AAAAAAAA-0000-4000-8000-000000000001"),
	ITEM("/providers/Microsoft.Management/managementGroups/root", ROLE, RIG_PRODUCTION),
	ITEM("/", ROLE, RIG_PRODUCTION),
};

START_TEST(one_that_reaches_it_is_enough)
{
	char answer[1024];

	snprintf(answer, sizeof(answer), "{\"value\":[%s]}", satisfying[_i]);
	script_says(&rig.script, METHOD_GET, LIST, 200, answer);
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

static const char *const others[] = {
	ITEM(ACCOUNT_ID, ROLE, RIG_MASTER),
	ITEM(ACCOUNT_ID, "b24988ac-6180-42a0-ab88-20f7382dd24c", RIG_PRODUCTION),
	ITEM(ACCOUNT_ID "2", ROLE, RIG_PRODUCTION),
	ITEM(RIG_GROUP "/providers/Microsoft.Storage/storageAccounts/stg", ROLE, RIG_PRODUCTION),
	ITEM("/subscriptions/" RIG_ELSEWHERE, ROLE, RIG_PRODUCTION),
};

START_TEST(another_one_is_not)
{
	char answer[1024];

	snprintf(answer, sizeof(answer), "{\"value\":[%s]}", others[_i]);
	script_says(&rig.script, METHOD_GET, LIST, 200, answer);
	rig_play(&rig);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 1);
}
END_TEST

START_TEST(one_that_exists_under_another_name_is_a_success)
{
	script_refuses(&rig.script, METHOD_PUT, "/roleAssignments/", 409, "RoleAssignmentExists");
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert(!rig_node(&rig, "role-assignment/")->was_created);
}
END_TEST

START_TEST(an_identity_that_the_directory_has_not_heard_of_is_tried_again_later)
{
	script_refuses(&rig.script, METHOD_PUT, "/roleAssignments/", 400, "PrincipalNotFound");
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_FAILED, REASON_NONE);
	ck_assert(fault_is_retryable(&rig_node(&rig, "role-assignment/")->fault));
	ck_assert_uint_eq(rig_writes(&rig, NULL), 1);
}
END_TEST

/* An answer that is not about what exists is no reason to write. */
START_TEST(nothing_is_assigned_on_the_strength_of_a_list_that_was_not_read)
{
	switch (_i) {
	case 0:
		script_refuses(&rig.script, METHOD_GET, LIST, 403, "AuthorizationFailed");
		break;
	case 1:
		script_says(&rig.script, METHOD_GET, LIST, 200, "{\"value\":[{\"properties\":{\"scope\":\"/\"}}]}");
		break;
	case 2:
		script_refuses(&rig.script, METHOD_GET, LIST, 404, "ResourceNotFound");
		break;
	case 3:
		script_says(&rig.script, METHOD_GET, LIST, 200, "{\"value\":{}}");
		break;
	}
	rig_play(&rig);
	ck_assert_int_eq(rig_node(&rig, "role-assignment/")->outcome, OUTCOME_BLOCKED);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

START_TEST(it_is_left_to_an_administrator_where_the_configuration_says_so)
{
	rig.tenant.azure_roles = POLICY_REPORT;
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_WITHHELD, REASON_NONE);
	ck_assert_ptr_nonnull(rig_node(&rig, "role-assignment/")->changes);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

START_TEST(user_assigned_identities_count_too)
{
	const struct user_assigned_identity identity = {.id = "/i/id-scepman", .principal_id = RIG_STAGING};
	struct principal principal = {.label = "id-scepman",
				      .web_app = &rig.production.app,
				      .site = rig.production.app.site,
				      .user_assigned = 1};

	rig.production.site.user_assigned = &identity;
	rig.production.site.user_assigned_count = 1;
	rig.production.principal.next = &principal;
	rig_play(&rig);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 2);
	ck_assert_uint_eq(rig_writes(&rig, RIG_STAGING), 1);
}
END_TEST

/* An installation on hold is only looked at. */
START_TEST(a_hold_holds)
{
	rig.instance.hold = true;
	rig_play(&rig);
	rig_expect(&rig, "role-assignment/", OUTCOME_PLANNED, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("role-assignment");
	TCase *tests = tcase_create("role-assignment");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_missing_one_is_made_under_a_name_that_follows_from_it);
	tcase_add_loop_test(tests, one_that_reaches_it_is_enough, 0, ARRAY_SIZE(satisfying));
	tcase_add_loop_test(tests, another_one_is_not, 0, ARRAY_SIZE(others));
	tcase_add_test(tests, one_that_exists_under_another_name_is_a_success);
	tcase_add_test(tests, an_identity_that_the_directory_has_not_heard_of_is_tried_again_later);
	tcase_add_loop_test(tests, nothing_is_assigned_on_the_strength_of_a_list_that_was_not_read, 0, 4);
	tcase_add_test(tests, it_is_left_to_an_administrator_where_the_configuration_says_so);
	tcase_add_test(tests, user_assigned_identities_count_too);
	tcase_add_test(tests, a_hold_holds);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
