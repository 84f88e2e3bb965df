/* Which storage account it is, when one is created, and who gets the right to use it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "azure_rig.h"
#include "kinds/table_endpoint.h"

#define ON_SCEPMAN "AppConfig:CertificateStorage:TableStorageEndpoint"
#define ON_MASTER  "AppConfig:AzureStorage:TableStorageEndpoint"
#define ENDPOINT   "https://stgscepman.table.core.windows.net/"
#define ACCOUNT_ID RIG_GROUP "/providers/Microsoft.Storage/storageAccounts/stgscepman"
#define ACCOUNT                                                                                                        \
	"{\"id\":\"" ACCOUNT_ID                                                                                        \
	"\",\"name\":\"stgscepman\",\"properties\":{\"primaryEndpoints\":{\"table\":\"" ENDPOINT "\"}}}"
#define BLOBS_ONLY                                                                                                     \
	"{\"id\":\"/x/y\",\"name\":\"stgblobs\",\"properties\":{\"primaryEndpoints\":{\"blob\":\"https://b/\"}}}"
#define LIST_HERE      RIG_SUBSCRIPTION "/providers/Microsoft.Storage/storageAccounts"
#define LIST_ELSEWHERE RIG_ELSEWHERE "/providers/Microsoft.Storage/storageAccounts"
#define ASSIGNED       "{\"properties\":{\"scope\":\"/\",\"roleDefinitionId\":\"/r\",\"principalId\":\"p\"}}"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig);
	script_says(&rig.script, METHOD_PUT, "/roleAssignments/", 201, ASSIGNED);
}

static void teardown(void)
{
	rig_done(&rig);
}

static void is_listed(const char *list)
{
	script_says(&rig.script, METHOD_GET, list, 200, "{\"value\":[" BLOBS_ONLY "," ACCOUNT "]}");
}

START_TEST(endpoints_are_compared_without_case_and_slash)
{
	ck_assert(table_endpoint_equal("https://A.table.core.windows.net", "https://a.table.core.windows.net//"));
	ck_assert(!table_endpoint_equal("https://a.table.core.windows.net", "https://a.table.core.windows.ne"));
	ck_assert(!table_endpoint_equal(NULL, NULL));
	ck_assert(!table_endpoint_equal("https://a", NULL));
}
END_TEST

START_TEST(the_account_of_the_endpoint_is_found_and_everybody_may_use_it)
{
	const struct storage_account *account;

	rig_set(&rig.production, ON_SCEPMAN, "https://STGscepman.table.core.windows.net");
	rig_set(&rig.master, ON_MASTER, ENDPOINT);
	is_listed(LIST_HERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
	account = rig_node(&rig, "storage-account/")->observed;
	ck_assert_str_eq(account->table_endpoint, ENDPOINT);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 3);
	ck_assert_uint_eq(rig_writes(&rig, "PUT " ACCOUNT_ID "/providers/Microsoft.Authorization/roleAssignments/"), 3);
	ck_assert_uint_eq(rig_writes(&rig, "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"), 3);
	ck_assert_uint_eq(rig_writes(&rig, RIG_PRODUCTION), 1);
	ck_assert_uint_eq(rig_writes(&rig, RIG_STAGING), 1);
	ck_assert_uint_eq(rig_writes(&rig, RIG_MASTER), 1);
}
END_TEST

/* Case 49: what production lacks is taken from Certificate Master. */
START_TEST(certificate_master_s_word_is_enough)
{
	rig_set(&rig.master, ON_MASTER, ENDPOINT);
	is_listed(LIST_ELSEWHERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

/* Case 48. */
START_TEST(endpoints_that_differ_are_a_conflict)
{
	const char *message;

	rig_set(&rig.production, ON_SCEPMAN, ENDPOINT);
	rig_set(&rig.master, ON_MASTER, "https://other.table.core.windows.net/");
	is_listed(LIST_HERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, REASON_STORAGE_ENDPOINT_CONFLICT);
	message = rig_node(&rig, "storage-account/")->condition.message;
	ck_assert_ptr_nonnull(strstr(message, "app-scepman-cm names https://other"));
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

START_TEST(a_slot_that_is_not_ours_may_keep_its_own)
{
	rig_set(&rig.production, ON_SCEPMAN, ENDPOINT);
	rig_set(&rig.staging, ON_SCEPMAN, "https://other.table.core.windows.net/");
	rig.staging.app.is_observed_only = true;
	is_listed(LIST_HERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, RIG_STAGING), 0);
}
END_TEST

/* Case 84, in all its forms: the configuration would even consent. */
START_TEST(a_configured_account_that_is_not_seen_is_never_created)
{
	/* A right is only asked for where one is missing. */
	static const char *const said[][2] = {
		{"has no such storage account", "give it the role Reader there"},
		{" (AuthorizationFailed) could not be read", "Give the daemon the role Reader there"},
		{" (SubscriptionNotFound) could not be read", "Give the daemon the role Reader there"},
		{" (scripted) could not be read", "The next pass asks again"},
		{"could not be read", "The next pass asks again"},
	};
	const char *message;

	rig.instance.storage_account.name = "stgscepman";
	rig.instance.storage_account.create = true;
	rig_set(&rig.production, ON_SCEPMAN, ENDPOINT);
	switch (_i) {
	case 0: /* empty lists */
		break;
	case 1:
		script_refuses(&rig.script, METHOD_GET, LIST_HERE, 403, "AuthorizationFailed");
		break;
	case 2:
		script_refuses(&rig.script, METHOD_GET, LIST_ELSEWHERE, 404, "SubscriptionNotFound");
		break;
	case 3:
		script_refuses(&rig.script, METHOD_GET, LIST_ELSEWHERE, 503, "ServerTimeout");
		break;
	case 4:
		script_says(&rig.script, METHOD_GET, LIST_HERE, 200, "{}");
		break;
	}
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, REASON_STORAGE_NOT_RESOLVABLE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
	ck_assert_int_eq(rig_node(&rig, "storage-account/")->condition.retry_after_s, _i == 3 || _i == 4);
	message = rig_node(&rig, "storage-account/")->condition.message;
	for (size_t i = 0; i < 2; i++)
		ck_assert_msg(strstr(message, said[_i][i]), "\"%s\" is not in: %s", said[_i][i], message);
	ck_assert_msg(_i < 3 || (!strstr(message, "not found)") && !strstr(message, "Reader")), "%s", message);
}
END_TEST

START_TEST(a_list_that_is_not_needed_may_fail)
{
	rig_set(&rig.production, ON_SCEPMAN, ENDPOINT);
	is_listed(LIST_HERE);
	script_refuses(&rig.script, METHOD_GET, LIST_ELSEWHERE, 403, "AuthorizationFailed");
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

/* Case 85. */
START_TEST(it_is_created_when_nobody_names_one)
{
	rig.instance.storage_account.name = "stgnew";
	rig.instance.storage_account.create = true;
	is_listed(LIST_HERE);
	script_refuses(&rig.script, METHOD_GET, "/storageAccounts/stgnew?", 404, "ResourceNotFound");
	script_says(&rig.script, METHOD_GET, "/stgnew/providers/Microsoft.Authorization", 200, "{\"value\":[]}");
	script_says(&rig.script, METHOD_PUT, "/storageAccounts/stgnew?", 200,
		    "{\"id\":\"" RIG_GROUP "/providers/Microsoft.Storage/storageAccounts/stgnew\",\"name\":\"stgnew\","
		    "\"properties\":{\"primaryEndpoints\":{\"table\":\"https://stgnew.table.core.windows.net/\"}}}");
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert(rig_node(&rig, "storage-account/")->was_created);
	ck_assert_uint_eq(
		rig_writes(
			&rig,
			"PUT " RIG_GROUP "/providers/Microsoft.Storage/storageAccounts/stgnew?api-version=2025-08-01 "
			"{\"location\":\"westeurope\",\"sku\":{\"name\":\"Standard_LRS\"},\"kind\":\"StorageV2\","
			"\"properties\":{\"accessTier\":\"Hot\",\"allowBlobPublicAccess\":false,"
			"\"allowCrossTenantReplication\":false,\"allowSharedKeyAccess\":false,\"isNfsV3Enabled\":false,"
			"\"minimumTlsVersion\":\"TLS1_2\",\"supportsHttpsTrafficOnly\":true,\"routingPreference\":{"
			"\"routingChoice\":\"MicrosoftRouting\",\"publishInternetEndpoints\":false,"
			"\"publishMicrosoftEndpoints\":false}}}\n"),
		1);
	ck_assert_uint_eq(rig_writes(&rig, "/stgnew/providers/Microsoft.Authorization/roleAssignments/"), 3);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 4);
}
END_TEST

START_TEST(in_a_plan_it_is_only_assumed)
{
	const struct storage_account *account;

	rig.world.is_plan = true;
	rig.instance.storage_account.name = "stgnew";
	rig.instance.storage_account.create = true;
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_PLANNED, REASON_NONE);
	rig_expect(&rig, "role-assignment/", OUTCOME_PLANNED, REASON_NONE);
	account = rig_node(&rig, "storage-account/")->observed;
	ck_assert_str_eq(account->name, "stgnew");
	ck_assert_ptr_null(account->table_endpoint);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* Somebody creates it between our list and our write: theirs is not overwritten. */
START_TEST(what_appears_in_the_last_moment_is_left_alone)
{
	rig.instance.storage_account.name = "stgscepman";
	rig.instance.storage_account.create = true;
	script_says(&rig.script, METHOD_GET, "/storageAccounts/stgscepman?", 200, ACCOUNT);
	rig_play(&rig);
	ck_assert_int_eq(rig_node(&rig, "storage-account/")->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(rig_writes(&rig, "/storageAccounts/stgscepman?"), 0);
}
END_TEST

START_TEST(a_taken_name_is_said)
{
	rig.instance.storage_account.name = "stgnew";
	rig.instance.storage_account.create = true;
	script_refuses(&rig.script, METHOD_GET, "/storageAccounts/stgnew?", 404, "ResourceNotFound");
	script_refuses(&rig.script, METHOD_PUT, "/storageAccounts/stgnew?", 409, "StorageAccountAlreadyTaken");
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, REASON_STORAGE_NOT_RESOLVABLE);
}
END_TEST

START_TEST(a_name_in_the_configuration_pins_it)
{
	rig.instance.storage_account.name = "STGscepman";
	is_listed(LIST_ELSEWHERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

START_TEST(without_consent_nothing_is_created)
{
	rig.instance.storage_account.name = _i ? "stgnew" : NULL;
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, REASON_STORAGE_NOT_RESOLVABLE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* What was not read may name an endpoint. */
START_TEST(unread_settings_are_a_reason_not_to_create)
{
	struct rig_app *apps[] = {&rig.production, &rig.staging, &rig.master};

	rig.instance.storage_account.name = "stgnew";
	rig.instance.storage_account.create = true;
	if (_i < 3)
		rig_set_unread(apps[_i]);
	else if (_i == 3)
		rig.installation.slots->knowledge = KNOWLEDGE_UNKNOWN;
	else
		rig.installation.certificate_master = NULL;
	rig_play(&rig);
	/* Of production's own settings it is said elsewhere why they are not known. */
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, _i == 0 ? REASON_NONE : REASON_STORAGE_NOT_RESOLVABLE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

/* The web app that could not be read may be Certificate Master. */
START_TEST(an_unread_candidate_is_a_reason_not_to_create)
{
	rig.instance.storage_account.name = "stgnew";
	rig.instance.storage_account.create = true;
	rig.installation.certificate_master_choice->condition.reason = REASON_CERTIFICATE_MASTER_MISSING;
	rig.installation.candidates = rig.installation.certificate_master;
	rig.installation.certificate_master = NULL;
	rig_set_unread(&rig.master);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_BLOCKED, REASON_STORAGE_NOT_RESOLVABLE);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

START_TEST(without_certificate_master_nobody_is_unread)
{
	if (_i == 0)
		rig.installation.certificate_master_choice = NULL;
	else
		rig.installation.certificate_master_choice->condition.reason = REASON_CERTIFICATE_MASTER_MISSING;
	rig.installation.certificate_master = NULL;
	rig.instance.storage_account.name = "stgscepman";
	is_listed(LIST_HERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

/* What one web app keeps to itself does not stop the others. */
START_TEST(production_s_own_word_stands)
{
	rig_set(&rig.production, ON_SCEPMAN, ENDPOINT);
	rig_set_unread(&rig.master);
	is_listed(LIST_HERE);
	rig_play(&rig);
	rig_expect(&rig, "storage-account/", OUTCOME_IN_SYNC, REASON_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storage-account");
	TCase *tests = tcase_create("storage-account");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, endpoints_are_compared_without_case_and_slash);
	tcase_add_test(tests, the_account_of_the_endpoint_is_found_and_everybody_may_use_it);
	tcase_add_test(tests, certificate_master_s_word_is_enough);
	tcase_add_test(tests, endpoints_that_differ_are_a_conflict);
	tcase_add_test(tests, a_slot_that_is_not_ours_may_keep_its_own);
	tcase_add_loop_test(tests, a_configured_account_that_is_not_seen_is_never_created, 0, 5);
	tcase_add_test(tests, a_list_that_is_not_needed_may_fail);
	tcase_add_test(tests, it_is_created_when_nobody_names_one);
	tcase_add_test(tests, in_a_plan_it_is_only_assumed);
	tcase_add_test(tests, what_appears_in_the_last_moment_is_left_alone);
	tcase_add_test(tests, a_taken_name_is_said);
	tcase_add_test(tests, a_name_in_the_configuration_pins_it);
	tcase_add_loop_test(tests, without_consent_nothing_is_created, 0, 2);
	tcase_add_loop_test(tests, unread_settings_are_a_reason_not_to_create, 0, 5);
	tcase_add_test(tests, an_unread_candidate_is_a_reason_not_to_create);
	tcase_add_loop_test(tests, without_certificate_master_nobody_is_unread, 0, 2);
	tcase_add_test(tests, production_s_own_word_stands);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
