/* Settings when not all is known, not all is ours, or not SCEPman's but Certificate Master's (domain.md 1.11, 2.4). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/app_settings.h"
#include "settings_data.h"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, false, false);
}

static void teardown(void)
{
	rig_done(&rig);
}

static void expect(struct rig_site *site, const char *json, const char *plan)
{
	rig_expect(&rig, site, json, plan);
}

static void expect_scepman(const char *json, const char *plan)
{
	rig_expect(&rig, &rig.production, json, plan);
}

/* ---- what is not known leaves its settings alone ---- */

static void forget(struct node *node, enum outcome outcome)
{
	node->knowledge = KNOWLEDGE_UNKNOWN;
	node->outcome = outcome;
	node->observed = NULL;
}

START_TEST(what_failed_for_good_leaves_its_own_settings_only)
{
	forget(rig.installation.storage_account, OUTCOME_BLOCKED);
	forget(rig.installation.data_collection_rule, OUTCOME_FAILED);
	forget(rig.master.site_node, OUTCOME_FAILED);
	forget(rig.production.level_node, OUTCOME_BLOCKED);
	expect_scepman("{" PACKAGE "," TENANT ",\"AppConfig:LoggingConfig:RuleId\":\"mine\"}",
		       "+ AppConfig:AuthConfig:ApplicationId = " RIG_API "\n");
	forget(rig.installation.scepman_api, OUTCOME_BLOCKED);
	expect_scepman("{" PACKAGE "," TENANT ",\"AppConfig:LoggingConfig:RuleId\":\"mine\"}", "in sync");
}
END_TEST

START_TEST(what_may_pass_by_itself_is_waited_for)
{
	struct node *entitlements = rig.installation.entitlements, *settings = rig.production.app.settings;

	entitlements->outcome = OUTCOME_BLOCKED;
	entitlements->condition =
		(struct condition){REASON_WRITE_DEFERRED, "storage account stscepman is throttled", 7};
	expect_scepman("{" PACKAGE "," TENANT "}", "blocked: WriteDeferred");
	ck_assert_str_eq(settings->condition.message, "storage account stscepman is throttled");
	ck_assert_int_eq(settings->condition.retry_after_s, 7);
	expect_scepman("{" SCEPMAN "}", "in sync");
	ck_assert_int_eq(settings->condition.reason, REASON_NONE);
}
END_TEST

START_TEST(in_a_plan_the_cloud_assigns_ids_later)
{
	rig.world.is_plan = true;
	rig.api_app.app_id = rig.master_app.app_id = NULL;
	rig.rule.immutable_id = rig.rule.logs_ingestion = NULL;
	rig.account.table_endpoint = NULL;
	rig.master.site.default_host = NULL;
	expect_scepman(
		"{" PACKAGE "," TENANT "}",
		"+ AppConfig:AuthConfig:ApplicationId = (known after apply)\n"
		"+ AppConfig:CertMaster:URL = (known after apply)\n"
		"+ AppConfig:DirectCSRValidation:Enabled = true\n"
		"+ AppConfig:CertificateStorage:TableStorageEndpoint = (known after apply)\n"
		"+ AppConfig:LoggingConfig:DataCollectionEndpointUri = (known after apply)\n"
		"+ AppConfig:LoggingConfig:RuleId = (known after apply)\n"
		"+ AppConfig:AuthConfig:ManagedIdentityPermissionLevel = 2\n"
		"+ AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname = app-scepman.azurewebsites.net\n"
		"+ AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime = (known after apply)\n");
}
END_TEST

/* Outside of a plan there is no later: what is not known is not written, and nothing is written because of it. */
START_TEST(what_the_cloud_has_not_assigned_is_left_alone)
{
	rig.api_app.app_id = rig.master_app.app_id = NULL;
	rig.rule.immutable_id = rig.rule.logs_ingestion = NULL;
	rig.account.table_endpoint = NULL;
	rig.master.site.default_host = rig.production.site.default_host = NULL;
	expect_scepman("{" PACKAGE "," TENANT ",\"AppConfig:AuthConfig:ApplicationId\":\"" OTHER_ID
		       "\"," LEVEL("2") "," TIME(OLD_TIME) ",\"AppConfig:DirectCSRValidation:Enabled\":\"true\"}",
		       "in sync");
	expect(&rig.master, "{" MASTER_PACKAGE "," TENANT "," LEVEL("2") "," TIME(OLD_TIME) "}", "in sync");
}
END_TEST

/* Case 71. */
START_TEST(what_is_only_observed_wants_nothing)
{
	rig.production.app.is_observed_only = true;
	expect_scepman("{" PACKAGE "," TENANT "}", "in sync");
}
END_TEST

/* A candidate that turns out to be ours may be stated by whoever decides so: same site, same node. */
START_TEST(a_candidate_that_is_chosen_becomes_writable)
{
	struct node *node = rig.master.app.settings;
	struct web_app candidate = rig.master.app;

	candidate.is_observed_only = true;
	ck_assert_ptr_eq(app_settings_state(&rig.world, &rig.installation, &candidate), node);
	ck_assert_ptr_eq(candidate.settings, node);
	expect(&rig.master, "{" MASTER_PACKAGE "," TENANT "," LOGGING "," IDENTITY "}",
	       "+ AppConfig:AuthConfig:ApplicationId = " RIG_MASTER "\n"
	       "+ AppConfig:AuthConfig:SCEPmanAPIScope = api://" RIG_API "\n"
	       "+ AppConfig:AzureStorage:TableStorageEndpoint = " RIG_TABLE "\n");
	candidate.is_observed_only = false;
	app_settings_state(&rig.world, &rig.installation, &candidate);
	candidate.is_observed_only = true;
	ck_assert_str_eq(rig_plan(&rig, &rig.master), "in sync");
}
END_TEST

/* Case 60: every change tells its value only when that is known to be harmless. */
START_TEST(secrets_are_marked)
{
	rig_grant_logging(&rig, &rig.production);
	expect_scepman("{" SCEPMAN ",\"AppConfig__LoggingConfig__SharedKey\":\"canary\"}",
		       "- AppConfig__LoggingConfig__SharedKey = (sensitive)\n");
	for (const struct change *change = rig.production.app.settings->changes; change; change = change->next) {
		ck_assert_str_eq(change->target, "app-scepman");
		ck_assert_str_eq(change->restarts, "app-scepman");
	}
}
END_TEST

/* ---- Certificate Master ---- */

START_TEST(a_fresh_certificate_master_gets_everything_in_one_write)
{
	expect(&rig.master, "{" MASTER_PACKAGE "," TENANT "," FOREIGN "}",
	       "+ AppConfig:AuthConfig:ApplicationId = " RIG_MASTER "\n"
	       "+ AppConfig:AuthConfig:SCEPmanAPIScope = api://" RIG_API "\n"
	       "+ AppConfig:AzureStorage:TableStorageEndpoint = " RIG_TABLE "\n"
	       "+ AppConfig:LoggingConfig:DataCollectionEndpointUri = " RIG_INGEST "\n"
	       "+ AppConfig:LoggingConfig:RuleId = " RIG_RULE "\n"
	       "+ AppConfig:AuthConfig:ManagedIdentityPermissionLevel = 2\n"
	       "+ AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime = 1790000000\n");
}
END_TEST

/* Case 56. */
START_TEST(a_certificate_master_without_rights_is_told_nothing_of_its_identity)
{
	rig.master.level.level = -1;
	expect(&rig.master, "{" MASTER_BUT_IDENTITY "}", "in sync");
	expect(&rig.master, "{" MASTER "}", "in sync");
	expect(&rig.master, "{" MASTER_PACKAGE "," TENANT "}",
	       "+ AppConfig:AuthConfig:ApplicationId = " RIG_MASTER "\n"
	       "+ AppConfig:AuthConfig:SCEPmanAPIScope = api://" RIG_API "\n"
	       "+ AppConfig:AzureStorage:TableStorageEndpoint = " RIG_TABLE "\n"
	       "+ AppConfig:LoggingConfig:DataCollectionEndpointUri = " RIG_INGEST "\n"
	       "+ AppConfig:LoggingConfig:RuleId = " RIG_RULE "\n");
}
END_TEST

START_TEST(a_new_certificate_master_starts_with_what_it_cannot_do_without)
{
	const struct settings *settings = certificate_master_initial_settings(&rig.world, &rig.installation, true);

	ck_assert_uint_eq(settings->count, 3);
	ck_assert_str_eq(settings->items[0].value, "https://raw.githubusercontent.com/scepman/install/master/"
						   "dist-certmaster/CertMaster-Artifacts-Linux.zip");
	ck_assert_str_eq(settings->items[1].name, "AppConfig__AuthConfig__TenantId");
	ck_assert_str_eq(settings->items[1].value, RIG_TENANT);
	ck_assert_str_eq(settings->items[2].name, "AppConfig__SCEPman__URL");
	ck_assert_str_eq(settings->items[2].value, "https://app-scepman.azurewebsites.net/");
	rig.production.site.default_host = NULL;
	ck_assert_ptr_null(certificate_master_initial_settings(&rig.world, &rig.installation, false));
}
END_TEST

/* In a plan the web app does not exist: what it will be created with is not shown as a change, and nothing is lost of
 * it. */
START_TEST(a_certificate_master_to_be_is_planned_on_top_of_its_beginning)
{
	struct node *node = rig.master.app.settings;

	rig.world.is_plan = true;
	rig.master.site.default_host = NULL;
	node->knowledge = KNOWLEDGE_ABSENT;
	node->is_assumed = true;
	ck_assert_str_eq(rig_plan(&rig, &rig.master),
			 "+ AppConfig:AuthConfig:ApplicationId = " RIG_MASTER "\n"
			 "+ AppConfig:AuthConfig:SCEPmanAPIScope = api://" RIG_API "\n"
			 "+ AppConfig:AzureStorage:TableStorageEndpoint = " RIG_TABLE "\n"
			 "+ AppConfig:LoggingConfig:DataCollectionEndpointUri = " RIG_INGEST "\n"
			 "+ AppConfig:LoggingConfig:RuleId = " RIG_RULE "\n"
			 "+ AppConfig:AuthConfig:ManagedIdentityPermissionLevel = 2\n"
			 "+ AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime = (known after apply)\n");
	node->kind->assume(&rig.world, node);
	ck_assert_str_eq(web_app_setting(&rig.master.app, "AppConfig:SCEPman:URL"),
			 "https://app-scepman.azurewebsites.net/");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings-partial");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_failed_for_good_leaves_its_own_settings_only);
	tcase_add_test(tcase, what_may_pass_by_itself_is_waited_for);
	tcase_add_test(tcase, in_a_plan_the_cloud_assigns_ids_later);
	tcase_add_test(tcase, what_the_cloud_has_not_assigned_is_left_alone);
	tcase_add_test(tcase, what_is_only_observed_wants_nothing);
	tcase_add_test(tcase, a_candidate_that_is_chosen_becomes_writable);
	tcase_add_test(tcase, secrets_are_marked);
	tcase_add_test(tcase, a_fresh_certificate_master_gets_everything_in_one_write);
	tcase_add_test(tcase, a_certificate_master_without_rights_is_told_nothing_of_its_identity);
	tcase_add_test(tcase, a_new_certificate_master_starts_with_what_it_cannot_do_without);
	tcase_add_test(tcase, a_certificate_master_to_be_is_planned_on_top_of_its_beginning);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
