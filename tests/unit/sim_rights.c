/* What the simulated Azure Resource Manager lets an identity do that has no more than it needs. */
#include "sim_arm_client.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"

#define CUSTOM_ROLE "00000000-0000-4000-8000-0000000000aa"

/* The custom role that an administrator would make for the daemon (domain.md 4.13), at the group. */
static const char custom_role[] =
	"{\"properties\":{\"roleName\":\"SCEPman reconciler\",\"assignableScopes\":[\"" GROUP
	"\"],\"permissions\":[{\"actions\":["
	"\"Microsoft.Web/sites/read\",\"Microsoft.Web/sites/slots/read\",\"Microsoft.Web/sites/config/read\","
	"\"Microsoft.Web/sites/config/list/action\",\"Microsoft.Web/sites/config/write\","
	"\"Microsoft.Web/sites/slots/config/read\",\"Microsoft.Web/sites/slots/config/list/action\","
	"\"Microsoft.Web/sites/slots/config/write\",\"Microsoft.Web/sites/hostNameBindings/read\","
	"\"Microsoft.Web/serverfarms/read\",\"Microsoft.Storage/storageAccounts/read\",\"Microsoft.KeyVault/vaults/"
	"read\","
	"\"Microsoft.KeyVault/vaults/accessPolicies/write\",\"Microsoft.OperationalInsights/workspaces/read\","
	"\"Microsoft.OperationalInsights/workspaces/tables/*\",\"Microsoft.Insights/dataCollectionRules/*\","
	"\"Microsoft.Authorization/roleAssignments/read\"],\"notActions\":[\"Microsoft.Insights/dataCollectionRules/"
	"delete\"],"
	"\"dataActions\":[],\"notDataActions\":[]}]}}";

/* Takes everything from the daemon but ROLE at the group. */
static void reduce_to(const char *role)
{
	const char *owner;

	ck_assert_int_eq(arm_assign(GROUP, 77, role, DAEMON), 201);
	ck_assert_int_eq(client_send("GET",
				     SUBSCRIPTION "/providers/Microsoft.Authorization/roleAssignments" RBAC_VERSION
						  "&$filter=atScope()",
				     NULL),
			 200);
	owner = client_printf("%s", client_text("value[0].id"));
	ck_assert_int_eq(client_send("DELETE", client_printf("%s" RBAC_VERSION, owner), NULL), 200);
}

static void make_custom_role(void)
{
	ck_assert_int_eq(client_send("PUT",
				     SUBSCRIPTION
				     "/providers/Microsoft.Authorization/roleDefinitions/" CUSTOM_ROLE RBAC_VERSION,
				     custom_role),
			 201);
	ck_assert_str_eq(client_text("properties.type"), "CustomRole");
}

START_TEST(a_narrow_role_is_enough_for_the_main_job)
{
	static const struct {
		const char *method, *target, *body;
		int status;
	} calls[] = {
		{"GET", SITE WEB_VERSION, NULL, 200},
		{"GET", SITE "/slots" WEB_VERSION, NULL, 200},
		{"GET", SITE "/config/web" WEB_VERSION, NULL, 200},
		{"GET", SITE "/config/slotConfigNames" WEB_VERSION, NULL, 200},
		{"POST", SITE "/config/appsettings/list" WEB_VERSION, NULL, 200},
		{"PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{\"A\":\"1\"}}", 200},
		{"GET", SITE "/hostNameBindings" WEB_VERSION, NULL, 200},
		{"GET", VAULT "?api-version=2022-07-01", NULL, 200},
		{"GET", STORAGE "?api-version=2022-09-01", NULL, 200},
		{"GET", WORKSPACE "/tables/SCEPman_CL?api-version=2022-10-01", NULL, 404},
		{"GET", GROUP "/providers/Microsoft.Insights/dataCollectionRules?api-version=2023-03-11", NULL, 200},
		{"GET", STORAGE "/providers/Microsoft.Authorization/roleAssignments" RBAC_VERSION, NULL, 200},
		{"GET", "/subscriptions?api-version=2022-12-01", NULL, 200},
		/* what it does not need */
		{"PUT", SITE WEB_VERSION, "{\"location\":\"westeurope\"}", 403},
		{"POST", SITE "/restart" WEB_VERSION, NULL, 403},
		{"POST", STORAGE "/listKeys?api-version=2022-09-01", NULL, 403},
		{"DELETE", GROUP "/providers/Microsoft.Insights/dataCollectionRules/x?api-version=2023-03-11", NULL,
		 403},
		{"PUT",
		 STORAGE
		 "/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001" RBAC_VERSION,
		 "{\"properties\":{}}", 403},
		{"GET", GROUP "?api-version=2021-04-01", NULL, 403},
	};

	make_custom_role();
	reduce_to(CUSTOM_ROLE);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		ck_assert_msg(client_send(calls[i].method, calls[i].target, calls[i].body) == calls[i].status,
			      "%s %s: %d %s", calls[i].method, calls[i].target, client.response.status,
			      client.response.body);
}
END_TEST

START_TEST(ones_own_permissions_can_be_read)
{
	make_custom_role();
	reduce_to(CUSTOM_ROLE);
	ck_assert_int_eq(client_send("GET", SITE "/providers/Microsoft.Authorization/permissions" RBAC_VERSION, NULL),
			 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].actions[0]"), "Microsoft.Web/sites/read");
	ck_assert_int_eq(
		client_send("GET", SUBSCRIPTION "/providers/Microsoft.Authorization/permissions" RBAC_VERSION, NULL),
		200);
	ck_assert_int_eq(client_count("value"), 0);
}
END_TEST

START_TEST(a_plan_must_be_joined)
{
	/* Website Contributor at the site to be made, but nothing on the plan */
	ck_assert_int_eq(arm_assign(SITE "-cm", 1, "de139f84-1756-47ae-9be6-808fbbe84772", DAEMON), 201);
	reduce_to("43d0d8ad-25c7-4714-9337-8ba259a9fe05"); /* Monitoring Reader */
	client_send("PUT", SITE "-cm" WEB_VERSION,
		    "{\"location\":\"West Europe\",\"properties\":{\"serverFarmId\":\"" GROUP
		    "/providers/Microsoft.Web/serverfarms/asp-scepman-contoso\"}}");
	assert_error(403, "LinkedAuthorizationFailed");
	ck_assert_ptr_nonnull(strstr(client_text("error.message"), "'Microsoft.Web/serverfarms/join/action'"));
}
END_TEST

/* Role Based Access Control Administrator, for one role and for service principals only. */
START_TEST(conditions_limit_what_may_be_assigned)
{
	const char *own = GROUP
		"/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000055" RBAC_VERSION;

	ck_assert_int_eq(
		client_send(
			"PUT", own,
			"{\"properties\":{\"roleDefinitionId\":\"/providers/Microsoft.Authorization/roleDefinitions/"
			"f58310d9-a9f6-439a-9e8d-f62e7b41a168\",\"principalId\":\"" DAEMON
			"\",\"principalType\":\"ServicePrincipal\",\"conditionVersion\":\"2.0\",\"condition\":\""
			"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request["
			"Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
			"{" TABLE_ROLE "} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
			"ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))\"}}"),
		201);
	reduce_to(READER_ROLE);
	ck_assert_int_eq(arm_assign(VAULT, 1, TABLE_ROLE, SCEPMAN), 201);
	arm_assign(VAULT, 2, OWNER_ROLE, SCEPMAN);
	assert_error(403, "AuthorizationFailed");
	ck_assert_ptr_nonnull(strstr(client_text("error.message"), "ABAC condition that is not fulfilled"));
	ck_assert_int_eq(client_send("PUT",
				     VAULT "/providers/Microsoft.Authorization/roleAssignments/"
					   "00000000-0000-4000-8000-000000000003" RBAC_VERSION,
				     "{\"properties\":{\"roleDefinitionId\":\"/providers/Microsoft.Authorization/"
				     "roleDefinitions/" TABLE_ROLE
				     "\",\"principalId\":\"a2c40e7d-3f91-4b58-9d06-e71b25f8c3a4\"}}"),
			 403);
}
END_TEST

#define LOCK(scope) scope "/providers/Microsoft.Authorization/locks/l1?api-version=2020-05-01"

START_TEST(locks_refuse)
{
	client_send("PUT", LOCK(GROUP), "{\"properties\":{\"level\":\"Sometimes\"}}");
	assert_error(400, "InvalidLockLevel");
	ck_assert_int_eq(client_send("PUT", LOCK(GROUP), "{\"properties\":{\"level\":\"CanNotDelete\"}}"), 201);
	ck_assert_int_eq(client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{}}"), 200);
	client_send("DELETE", SITE WEB_VERSION, NULL);
	assert_error(409, "ScopeLocked");
	ck_assert_int_eq(client_send("PUT", LOCK(SITE), "{\"properties\":{\"level\":\"ReadOnly\"}}"), 201);
	client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{}}");
	assert_error(409, "ScopeLocked");
	client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL);
	assert_error(409, "ScopeLocked");
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_send("POST", SITE "-cm/config/appsettings/list" WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_send("GET",
				     SUBSCRIPTION "/providers/Microsoft.Authorization/locks?api-version=2020-05-01",
				     NULL),
			 200);
	ck_assert_int_eq(client_count("value"), 2);
	ck_assert_int_eq(client_send("DELETE", LOCK(SITE), NULL), 200);
	ck_assert_int_eq(client_send("DELETE", LOCK(GROUP), NULL), 200);
	ck_assert_int_eq(client_send("DELETE", SITE WEB_VERSION, NULL), 200);
}
END_TEST

#define IDENTITY GROUP "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-one"

START_TEST(user_assigned_identities)
{
	const char *principal;

	ck_assert_int_eq(client_send("PUT", IDENTITY "?api-version=2023-01-31", "{\"location\":\"westeurope\"}"), 201);
	principal = client_printf("%s", client_text("properties.principalId"));
	ck_assert_ptr_nonnull(map_get(&client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS], principal));
	ck_assert_int_eq(client_send("PATCH", SITE WEB_VERSION,
				     "{\"identity\":{\"type\":\"SystemAssigned, "
				     "UserAssigned\",\"userAssignedIdentities\":{\"" IDENTITY "\":{}}}}"),
			 200);
	ck_assert_str_eq(client_text("identity.principalId"), SCEPMAN);
	ck_assert_str_eq(
		cJSON_GetStringValue(cJSON_GetObjectItem(
			cJSON_GetObjectItem(client_item("identity.userAssignedIdentities"), IDENTITY), "principalId")),
		principal);
	client_send("PATCH", SITE WEB_VERSION,
		    "{\"identity\":{\"type\":\"UserAssigned\",\"userAssignedIdentities\":{\"" IDENTITY "x\":{}}}}");
	assert_error(400, "FailedIdentityOperation");
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	ck_assert_str_eq(client_text("identity.principalId"), SCEPMAN); /* nothing was half done */
	ck_assert_int_eq(client_send("DELETE", IDENTITY "?api-version=2023-01-31", NULL), 200);
	ck_assert_ptr_null(map_get(&client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS], principal));
}
END_TEST

#define NETWORK GROUP "/providers/Microsoft.Network/virtualNetworks/vnet-one"

START_TEST(networks_have_subnets)
{
	ck_assert_int_eq(
		client_send("PUT", NETWORK "?api-version=2023-09-01",
			    "{\"location\":\"West Europe\",\"properties\":{\"addressSpace\":{\"addressPrefixes\":"
			    "[\"10.0.0.0/16\"]},\"subnets\":[{\"name\":\"one\",\"properties\":{\"addressPrefix\":"
			    "\"10.0.0.0/24\"}}]}}"),
		201);
	ck_assert_str_eq(client_text("location"), "westeurope");
	ck_assert_int_eq(client_send("PUT", NETWORK "/subnets/two?api-version=2023-09-01",
				     "{\"properties\":{\"addressPrefix\":\"10.0.1.0/24\"}}"),
			 201);
	ck_assert_int_eq(client_send("GET", NETWORK "?api-version=2023-09-01", NULL), 200);
	ck_assert_int_eq(client_count("properties.subnets"), 2);
	ck_assert_int_eq(client_send("DELETE", NETWORK "?api-version=2023-09-01", NULL), 200);
	client_send("GET", NETWORK "/subnets/one?api-version=2023-09-01", NULL);
	assert_error(404, "ParentResourceNotFound");
}
END_TEST

START_TEST(new_ids_take_the_casing_of_what_contains_them)
{
	ck_assert_int_eq(client_send("PUT",
				     SUBSCRIPTION "/resourcegroups/RG-scepman/providers/microsoft.managedidentity/"
						  "USERassignedidentities/Id-Two?api-version=2023-01-31",
				     "{\"location\":\"West Europe\"}"),
			 201);
	ck_assert_str_eq(client_text("id"), GROUP "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Id-Two");
	ck_assert_str_eq(client_text("type"), "Microsoft.ManagedIdentity/userAssignedIdentities");
	ck_assert_str_eq(client_text("location"), "westeurope");
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	ck_assert_str_eq(client_text("location"), "West Europe"); /* the web provider's way */
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, a_narrow_role_is_enough_for_the_main_job);
	tcase_add_test(tcase, ones_own_permissions_can_be_read);
	tcase_add_test(tcase, a_plan_must_be_joined);
	tcase_add_test(tcase, conditions_limit_what_may_be_assigned);
	tcase_add_test(tcase, locks_refuse);
	tcase_add_test(tcase, user_assigned_identities);
	tcase_add_test(tcase, networks_have_subnets);
	tcase_add_test(tcase, new_ids_take_the_casing_of_what_contains_them);
}

int main(void)
{
	return arm_run("sim-rights", add);
}
