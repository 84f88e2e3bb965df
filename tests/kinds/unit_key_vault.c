/* Which vault it is, and what SCEPman's identities may do in it: by roles, or by access policies. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "azure_rig.h"
#include "kinds/key_vault.h"
#include "world/json.h"

#define SETTING        "AppConfig:KeyVaultConfig:KeyVaultURL"
#define URL            "https://kv-scepman.vault.azure.net/"
#define VAULT_ID       RIG_GROUP "/providers/Microsoft.KeyVault/vaults/kv-scepman"
#define LIST_HERE      RIG_SUBSCRIPTION "/providers/Microsoft.KeyVault/vaults"
#define LIST_ELSEWHERE RIG_ELSEWHERE "/providers/Microsoft.KeyVault/vaults"
#define ASSIGNED       "{\"properties\":{\"scope\":\"/\",\"roleDefinitionId\":\"/r\",\"principalId\":\"p\"}}"

/* RBAC is "true", "false" or "null"; POLICIES what is between the brackets. */
#define VAULT(rbac, policies)                                                                                          \
	"{\"id\":\"" VAULT_ID "\",\"name\":\"kv-scepman\",\"location\":\"westeurope\",\"properties\":{\"tenantId\":"   \
	"\"" RIG_TENANT "\",\"vaultUri\":\"" URL "\",\"enableRbacAuthorization\":" rbac                                \
	",\"accessPolicies\":[" policies "]}}"
#define POLICY(object, extra, keys, secrets, certificates)                                                             \
	"{\"tenantId\":\"" RIG_TENANT "\",\"objectId\":\"" object "\"," extra "\"permissions\":{\"keys\":[" keys       \
	"],\"secrets\":[" secrets "],\"certificates\":[" certificates "]}}"
#define KEYS         "\"Get\",\"create\",\"unwrapkey\",\"Sign\""
#define SECRETS      "\"Get\",\"List\",\"Set\",\"Delete\""
#define CERTIFICATES "\"get\",\"list\",\"create\",\"managecontacts\""
#define FULL(object) POLICY(object, "", KEYS, SECRETS, CERTIFICATES)

static struct rig rig;

static void setup(void)
{
	rig_init(&rig);
	rig.instance.key_vault.manage = true;
	rig_set(&rig.production, SETTING, "https://KV-scepman.vault.azure.net");
	script_says(&rig.script, METHOD_PUT, "/roleAssignments/", 201, ASSIGNED);
	script_says(&rig.script, METHOD_PUT, "/accessPolicies/add", 200, "{\"properties\":{\"accessPolicies\":[]}}");
}

static void teardown(void)
{
	rig_done(&rig);
}

/* The vault is in the list of its subscription, and answers for itself. */
static void is_there(const char *vault)
{
	struct arena arena = {0};

	script_says(&rig.script, METHOD_GET, LIST_HERE, 200, arena_printf(&arena, "{\"value\":[%s]}", vault));
	script_says(&rig.script, METHOD_GET, VAULT_ID "?", 200, vault);
	script_says(&rig.script, METHOD_GET, VAULT_ID "/providers/Microsoft.Authorization", 200, "{\"value\":[]}");
	arena_done(&arena);
}

static struct key_vault *parse(struct arena *arena, const char *text)
{
	cJSON *json = json_parse(text, strlen(text));
	struct key_vault *vault = key_vault_parse(arena, json);

	cJSON_Delete(json);
	return vault;
}

START_TEST(a_vault_without_its_tenant_is_none)
{
	struct arena arena = {0};

	ck_assert_ptr_null(parse(&arena, "{\"id\":\"/v\",\"name\":\"v\",\"properties\":{}}"));
	ck_assert_ptr_null(parse(&arena, VAULT("\"true\"", "")));
	ck_assert_ptr_null(parse(&arena, VAULT("true", "{\"objectId\":\"o\"}")));
	ck_assert_ptr_null(parse(&arena, VAULT("true", POLICY("o", "", "7", "", ""))));
	ck_assert_ptr_null(parse(&arena, "[]"));
	ck_assert(parse(&arena, VAULT("true", ""))->uses_rbac);
	/* Case 91. */
	ck_assert(!parse(&arena, VAULT("null", ""))->uses_rbac);
	arena_done(&arena);
}
END_TEST

/* Case 90: the roles are there on the pass after the switch. */
START_TEST(a_vault_with_roles_gets_three_for_each_of_scepman_s_identities)
{
	is_there(VAULT("true", FULL(RIG_PRODUCTION)));
	rig_play(&rig);
	rig_expect(&rig, "key-vault/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 6);
	ck_assert_uint_eq(rig_writes(&rig, RIG_PRODUCTION), 3);
	ck_assert_uint_eq(rig_writes(&rig, RIG_STAGING), 3);
	ck_assert_uint_eq(rig_writes(&rig, "14b46e9e-c2b7-41b4-b07b-48a6ebf60603"), 2);
	ck_assert_uint_eq(rig_writes(&rig, "a4417e6f-fecd-4de8-b567-7b0420556985"), 2);
	ck_assert_uint_eq(rig_writes(&rig, "4633458b-17de-408a-b874-0445c86b69e6"), 2);
	ck_assert_ptr_null(rig.installation.access_policies);
}
END_TEST

START_TEST(a_vault_with_policies_gets_what_is_missing_in_one_write)
{
	is_there(VAULT("null", POLICY(RIG_PRODUCTION, "", KEYS, "\"get\"", CERTIFICATES)));
	/* The vault after the write. */
	script_says_once(&rig.script, METHOD_GET, VAULT_ID "?", 200,
			 VAULT("null", FULL(RIG_PRODUCTION) "," FULL(RIG_STAGING)));
	script_says_once(&rig.script, METHOD_GET, VAULT_ID "?", 200,
			 VAULT("null", POLICY(RIG_PRODUCTION, "", KEYS, "\"get\"", CERTIFICATES)));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 1);
	ck_assert_uint_eq(
		rig_writes(&rig, "PUT " VAULT_ID "/accessPolicies/add?api-version=2025-05-01 "
				 "{\"properties\":{\"accessPolicies\":[{\"tenantId\":\"" RIG_TENANT
				 "\",\"objectId\":\"" RIG_PRODUCTION "\",\"permissions\":{"
				 "\"keys\":[\"get\",\"create\",\"unwrapKey\",\"sign\"],\"secrets\":[\"get\",\"list\"],"
				 "\"certificates\":[\"get\",\"list\",\"create\",\"managecontacts\"]}},{"
				 "\"tenantId\":\"" RIG_TENANT "\",\"objectId\":\"" RIG_STAGING "\""),
		1);
}
END_TEST

START_TEST(only_who_lacks_something_is_sent)
{
	rig.world.is_plan = true;
	is_there(VAULT("false", FULL(RIG_PRODUCTION)));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_PLANNED, REASON_NONE);
	ck_assert_str_eq(rig_node(&rig, "access-policies/")->changes->target,
			 "access policy for app-scepman/staging in kv-scepman");
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* Case 88: Terraform's set and delete are extras; so is "all". */
START_TEST(more_than_is_needed_is_enough)
{
	is_there(VAULT("null", FULL(RIG_PRODUCTION) "," POLICY(RIG_STAGING, "\"applicationId\":null,", "\"all\"",
							       "\"all\"", "\"All\"")));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* A policy for an application on the identity's behalf is not the identity's own; nor is one of another tenant. */
START_TEST(a_compound_identity_is_somebody_else)
{
	rig.world.is_plan = true;
	is_there(VAULT("null", POLICY(RIG_PRODUCTION, "\"applicationId\":\"" RIG_MASTER "\",", KEYS, SECRETS,
				      CERTIFICATES) "," FULL(RIG_STAGING)));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_PLANNED, REASON_NONE);
}
END_TEST

/* Azure accepted it, and does not show it. */
START_TEST(what_does_not_show_is_not_believed)
{
	is_there(VAULT("null", ""));
	rig_play(&rig);
	ck_assert_int_eq(rig_node(&rig, "access-policies/")->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 1);
}
END_TEST

START_TEST(roles_can_be_there_before_the_switch)
{
	rig.instance.key_vault.prestage_rbac = true;
	is_there(VAULT("null", FULL(RIG_PRODUCTION) "," FULL(RIG_STAGING)));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, "/roleAssignments/"), 6);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 6);
}
END_TEST

/* Case 90, from the other side: it was switched between our list and our look at its policies. */
START_TEST(a_switch_in_the_same_pass_writes_no_policies)
{
	is_there(VAULT("null", ""));
	script_says(&rig.script, METHOD_GET, VAULT_ID "?", 200, VAULT("true", ""));
	rig_play(&rig);
	rig_expect(&rig, "access-policies/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* Case 93. */
START_TEST(it_may_be_in_another_subscription)
{
	script_says(&rig.script, METHOD_GET, VAULT_ID "/providers/Microsoft.Authorization", 200, "{\"value\":[]}");
	script_says(&rig.script, METHOD_GET, LIST_ELSEWHERE, 200, "{\"value\":[" VAULT("true", "") "]}");
	rig_play(&rig);
	rig_expect(&rig, "key-vault/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

START_TEST(what_is_not_found_is_said_and_stops_nothing_else)
{
	switch (_i) {
	case 0:
		break;
	case 1:
		script_refuses(&rig.script, METHOD_GET, LIST_ELSEWHERE, 403, "AuthorizationFailed");
		break;
	case 2:
		rig.production.settings.count = 0;
		break;
	case 3:
		rig.production.items[0].value = "kv-scepman";
		break;
	}
	rig_play(&rig);
	rig_expect(&rig, "key-vault/", OUTCOME_BLOCKED, REASON_KEY_VAULT_NOT_RESOLVABLE);
	ck_assert_ptr_null(rig.installation.access_policies);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

START_TEST(an_unmanaged_vault_is_not_looked_for)
{
	rig.instance.key_vault.manage = false;
	rig_play(&rig);
	ck_assert_ptr_null(rig.installation.key_vault);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key-vault");
	TCase *tests = tcase_create("key-vault");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_vault_without_its_tenant_is_none);
	tcase_add_test(tests, a_vault_with_roles_gets_three_for_each_of_scepman_s_identities);
	tcase_add_test(tests, a_vault_with_policies_gets_what_is_missing_in_one_write);
	tcase_add_test(tests, only_who_lacks_something_is_sent);
	tcase_add_test(tests, more_than_is_needed_is_enough);
	tcase_add_test(tests, a_compound_identity_is_somebody_else);
	tcase_add_test(tests, what_does_not_show_is_not_believed);
	tcase_add_test(tests, roles_can_be_there_before_the_switch);
	tcase_add_test(tests, a_switch_in_the_same_pass_writes_no_policies);
	tcase_add_test(tests, it_may_be_in_another_subscription);
	tcase_add_loop_test(tests, what_is_not_found_is_said_and_stops_nothing_else, 0, 4);
	tcase_add_test(tests, an_unmanaged_vault_is_not_looked_for);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
