/* Role assignments of the simulated tenant, and what they allow. */
#include "sim_arm_client.h"

#include <stdlib.h>
#include <string.h>

#define ASSIGNMENTS "/providers/Microsoft.Authorization/roleAssignments"

static int count_at(const char *scope, const char *filter)
{
	ck_assert_int_eq(client_send("GET", client_printf("%s" ASSIGNMENTS RBAC_VERSION "%s", scope, filter), NULL),
			 200);
	return client_count("value");
}

START_TEST(assignment_is_made_once)
{
	ck_assert_int_eq(arm_assign(VAULT, 1, TABLE_ROLE, SCEPMAN), 201);
	ck_assert_str_eq(client_text("properties.scope"), VAULT);
	ck_assert_str_eq(client_text("properties.principalType"), "ServicePrincipal");
	ck_assert_int_eq(arm_assign(VAULT, 1, TABLE_ROLE, SCEPMAN), 201); /* the same again */
	arm_assign(VAULT, 2, TABLE_ROLE, SCEPMAN);
	assert_error(409, "RoleAssignmentExists");
	ck_assert_ptr_nonnull(strstr(client_text("error.message"), "00000000000040008000000000000001"));
	arm_assign(VAULT, 1, READER_ROLE, SCEPMAN);
	assert_error(400, "RoleAssignmentUpdateNotPermitted");
	ck_assert_int_eq(arm_assign(GROUP, 2, TABLE_ROLE, SCEPMAN), 201); /* another scope is another right */
}
END_TEST

START_TEST(wrong_assignments_are_refused)
{
	arm_assign(VAULT, 1, TABLE_ROLE, "00000000-0000-4000-8000-00000000dead");
	assert_error(400, "PrincipalNotFound");
	arm_assign(VAULT, 1, "00000000-0000-4000-8000-00000000dead", SCEPMAN);
	assert_error(400, "RoleDefinitionDoesNotExist");
	arm_assign(VAULT "x", 1, TABLE_ROLE, SCEPMAN);
	assert_error(404, "ResourceNotFound");
	client_send("PUT", VAULT ASSIGNMENTS "/no-guid" RBAC_VERSION, "{\"properties\":{}}");
	assert_error(400, "InvalidRoleAssignmentId");
	client_send("PUT", VAULT ASSIGNMENTS "/00000000-0000-4000-8000-000000000001" RBAC_VERSION,
		    "{\"properties\":{\"principalID\":\"x\",\"colour\":1}}");
	assert_error(400, "InvalidRequestContent");
	client_send(
		"PUT", VAULT ASSIGNMENTS "/00000000-0000-4000-8000-000000000001" RBAC_VERSION,
		"{\"properties\":{\"roleDefinitionId\":\"/providers/Microsoft.Authorization/roleDefinitions/" TABLE_ROLE
		"\",\"principalId\":\"" SCEPMAN "\",\"principalType\":\"User\"}}");
	assert_error(400, "UnmatchedPrincipalType");
}
END_TEST

START_TEST(lists_inherit_and_filter)
{
	/* at the vault three, and the daemon's own at the subscription */
	ck_assert_int_eq(count_at(VAULT, ""), 4);
	ck_assert_int_eq(count_at(VAULT, "&$filter=atScope()"), 4);
	ck_assert_int_eq(count_at(VAULT, "&$filter=principalId%20eq%20%27" SCEPMAN "%27"), 3);
	ck_assert_int_eq(count_at(SUBSCRIPTION, "&$filter=atScope()"), 1);
	ck_assert_int_eq(count_at(SUBSCRIPTION, ""), 6);
	ck_assert_int_eq(count_at(SUBSCRIPTION, "&$filter=principalId%20eq%20%27" SCEPMAN "%27"), 4);
	ck_assert_int_eq(count_at(GROUP, "&$filter=atScope()"), 1);
	client_send("GET", VAULT ASSIGNMENTS RBAC_VERSION "&$filter=roleName%20eq%20%27x%27", NULL);
	assert_error(400, "UnsupportedQuery");
}
END_TEST

/* "PKI Admins", with one member. */
#define GROUP_ID "5e1f8c37-a0d2-4b69-9c84-7f30e6b2d1a8"
#define MEMBER   "a2c40e7d-3f91-4b58-9d06-e71b25f8c3a4"

START_TEST(assigned_to_looks_through_groups)
{
	const char *target = VAULT ASSIGNMENTS "/00000000-0000-4000-8000-000000000009" RBAC_VERSION;

	ck_assert_int_eq(client_send("PUT", target,
				     "{\"properties\":{\"roleDefinitionId\":\"/providers/Microsoft.Authorization/"
				     "roleDefinitions/" READER_ROLE "\",\"principalId\":\"" GROUP_ID
				     "\",\"principalType\":\"Group\"}}"),
			 201);
	ck_assert_int_eq(count_at(VAULT, "&$filter=assignedTo(%27" MEMBER "%27)"), 1);
	ck_assert_int_eq(count_at(VAULT, "&$filter=principalId%20eq%20%27" MEMBER "%27"), 0);
}
END_TEST

START_TEST(deleting_twice_is_no_error)
{
	const char *target = VAULT ASSIGNMENTS "/00000000-0000-4000-8000-000000000001" RBAC_VERSION;

	ck_assert_int_eq(arm_assign(VAULT, 1, TABLE_ROLE, SCEPMAN), 201);
	ck_assert_int_eq(client_send("DELETE", target, NULL), 200);
	ck_assert_int_eq(client_send("DELETE", target, NULL), 204);
	client_send("GET", target, NULL);
	assert_error(404, "RoleAssignmentNotFound");
}
END_TEST

START_TEST(definitions_are_found_by_name)
{
	ck_assert_int_eq(
		client_send("GET",
			    VAULT "/providers/Microsoft.Authorization/roleDefinitions?api-version=2018-01-01-preview&"
				  "$filter=roleName%20eq%20%27Storage%20Table%20Data%20Contributor%27",
			    NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].name"), TABLE_ROLE);
	ck_assert_int_eq(client_send("GET", "/providers/Microsoft.Authorization/roleDefinitions" RBAC_VERSION, NULL),
			 200);
	ck_assert_int_gt(client_count("value"), 20);
	ck_assert_int_eq(client_send("GET",
				     SUBSCRIPTION
				     "/providers/Microsoft.Authorization/roleDefinitions/" OWNER_ROLE RBAC_VERSION,
				     NULL),
			 200);
	ck_assert_str_eq(client_text("properties.roleName"), "Owner");
}
END_TEST

/* Leaves the daemon with ROLE at SCOPE only. */
static void reduce_to(const char *scope, const char *role)
{
	const char *owner;

	ck_assert_int_eq(arm_assign(scope, 77, role, DAEMON), 201);
	ck_assert_int_eq(count_at(SUBSCRIPTION, "&$filter=principalId%20eq%20%27" DAEMON "%27"), 2);
	owner = client_printf("%s", client_text("value[0].id"));
	ck_assert_int_eq(client_send("DELETE", client_printf("%s" RBAC_VERSION, owner), NULL), 200);
}

START_TEST(reader_may_not_write_or_see_settings)
{
	reduce_to(GROUP, READER_ROLE);
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL);
	assert_error(403, "AuthorizationFailed");
	ck_assert_str_eq(
		client_text("error.message"),
		"The client '" DAEMON "' with object id '" DAEMON "' does not have authorization to perform action "
		"'Microsoft.Web/sites/config/list/action' over scope '" SITE
		"/config/appsettings' or the scope is invalid. If access was recently granted, please refresh your "
		"credentials.");
	client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{}}");
	assert_error(403, "AuthorizationFailed");
	arm_assign(VAULT, 1, TABLE_ROLE, SCEPMAN);
	assert_error(403, "AuthorizationFailed");
	client_send("GET", SUBSCRIPTION "?api-version=2022-12-01", NULL);
	assert_error(403, "AuthorizationFailed");
	ck_assert_int_eq(client_send("GET", "/subscriptions?api-version=2022-12-01", NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
}
END_TEST

START_TEST(lists_show_what_may_be_read)
{
	reduce_to(SITE, READER_ROLE);
	ck_assert_int_eq(client_send("GET", SUBSCRIPTION "/providers/Microsoft.Web/sites" WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("GET",
				     SUBSCRIPTION "/providers/Microsoft.Storage/storageAccounts?api-version=2022-09-01",
				     NULL),
			 200);
	ck_assert_int_eq(client_count("value"), 0);
	client_send("GET", SITE "-cm" WEB_VERSION, NULL);
	assert_error(403, "AuthorizationFailed");
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, assignment_is_made_once);
	tcase_add_test(tcase, wrong_assignments_are_refused);
	tcase_add_test(tcase, lists_inherit_and_filter);
	tcase_add_test(tcase, assigned_to_looks_through_groups);
	tcase_add_test(tcase, deleting_twice_is_no_error);
	tcase_add_test(tcase, definitions_are_found_by_name);
	tcase_add_test(tcase, reader_may_not_write_or_see_settings);
	tcase_add_test(tcase, lists_show_what_may_be_read);
}

int main(void)
{
	return arm_run("sim-roles", add);
}
