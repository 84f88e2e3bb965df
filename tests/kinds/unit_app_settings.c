/* The settings of SCEPman's sites and of Certificate Master: what is absorbed, what differs, what is written. */
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
	ck_assert_int_eq(rig_absorb(&rig, site, json), ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan(&rig, site), plan);
}

static void expect_scepman(const char *json, const char *plan)
{
	expect(&rig.production, json, plan);
}

/* ---- absorbing ---- */

START_TEST(only_a_whole_dictionary_of_texts_is_one)
{
	struct node *node = rig.production.app.settings;
	cJSON *body = cJSON_CreateObject();

	ck_assert_int_eq(node->kind->absorb(&rig.world, node, body), ABSORBED_GARBLED);
	ck_assert_int_eq(node->kind->absorb(&rig.world, node, NULL), ABSORBED_GARBLED);
	cJSON_Delete(body);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "null"), ABSORBED_GARBLED);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "[]"), ABSORBED_GARBLED);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"b\":4096}"), ABSORBED_GARBLED);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "{\"a\":null}"), ABSORBED_GARBLED);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"A\":\"2\"}"), ABSORBED_GARBLED);
	ck_assert_ptr_null(node->observed);
}
END_TEST

/* Case 50. */
START_TEST(an_empty_dictionary_is_never_believed)
{
	ck_assert_int_eq(rig_absorb(&rig, &rig.production, "{}"), ABSORBED_BLOCKED);
	ck_assert_int_eq(rig.production.app.settings->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_int_eq(rig_absorb(&rig, &rig.master, "{}"), ABSORBED_BLOCKED);
	/* Some other web app, which is only looked at, may well have none; but nothing is built on that. */
	rig.master.app.is_observed_only = true;
	ck_assert_int_eq(rig_absorb(&rig, &rig.master, "{}"), ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan(&rig, &rig.master), "in sync");
	rig.master.app.is_observed_only = false;
	ck_assert_str_eq(rig_plan(&rig, &rig.master), "blocked: ReadInconsistent");
}
END_TEST

START_TEST(settings_that_are_not_there_are_not_made)
{
	rig.production.app.settings->knowledge = KNOWLEDGE_ABSENT;
	ck_assert_str_eq(rig_plan(&rig, &rig.production), "blocked: ReadInconsistent");
	ck_assert_int_gt(rig.production.app.settings->condition.retry_after_s, 0);
}
END_TEST

START_TEST(a_version_binds_names_and_values_but_not_their_order)
{
	struct node *node = rig.production.app.settings;
	const char *version;

	rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"b\":\"2\"}");
	version = node->version;
	rig_absorb(&rig, &rig.production, "{\"b\":\"2\",\"a\":\"1\"}");
	ck_assert_str_eq(node->version, version);
	rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"b\":\"3\"}");
	ck_assert_str_ne(node->version, version);
	rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"B\":\"2\"}");
	ck_assert_str_ne(node->version, version);
	rig_absorb(&rig, &rig.production, "{\"a\":\"1=1:b\",\"\":\"2\"}");
	version = node->version;
	rig_absorb(&rig, &rig.production, "{\"a\":\"1\",\"=1:b\":\"2\"}");
	ck_assert_str_ne(node->version, version);
}
END_TEST

/* ---- SCEPman ---- */

/* Cases 39, 40. */
START_TEST(what_is_complete_wants_nothing)
{
	expect_scepman("{" SCEPMAN "}", "in sync");
	expect(&rig.master, "{" MASTER "}", "in sync");
}
END_TEST

START_TEST(a_fresh_scepman_gets_everything_in_one_write)
{
	rig_grant_logging(&rig, &rig.production);
	expect_scepman(
		"{" PACKAGE "," TENANT "," FOREIGN ",\"AppConfig:DirectCSRValidation:Enabled\":\"true\"," STORAGE
		",\"AppConfig:LoggingConfig:WorkspaceId\":\"w\",\"AppConfig:LoggingConfig:SharedKey\":\"canary\"}",
		"- AppConfig:LoggingConfig:WorkspaceId = w\n"
		"- AppConfig:LoggingConfig:SharedKey = (sensitive)\n"
		"+ AppConfig:AuthConfig:ApplicationId = " RIG_API "\n"
		"+ AppConfig:CertMaster:URL = https://app-scepman-cm.azurewebsites.net\n"
		"+ AppConfig:LoggingConfig:DataCollectionEndpointUri = " RIG_INGEST "\n"
		"+ AppConfig:LoggingConfig:RuleId = " RIG_RULE "\n"
		"+ AppConfig:AuthConfig:ManagedIdentityPermissionLevel = 2\n"
		"+ AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname = app-scepman.azurewebsites.net\n"
		"+ AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime = 1790000000\n");
	ck_assert_str_eq(rig_body(&rig, rig.production.app.settings),
			 "{\"properties\":{" PACKAGE "," TENANT
			 ",\"AppConfig:LicenseKey\":\"Li\\\"c\xc3\xa4nse\\\\\\n\",\"UPPER_lower\":\"\",\"AppConfig:"
			 "DirectCSRValidation:"
			 "Enabled\":\"true\"," STORAGE "," APPLICATION
			 ",\"AppConfig:CertMaster:URL\":\"https://app-scepman-cm.azurewebsites.net\"," LOGGING
			 "," LEVEL("2") "," HOST(OWN_HOST) "," TIME("1790000000") "}}");
}
END_TEST

/* Reading back what was written brings the version that was announced, and nothing more to do. */
START_TEST(what_was_written_is_what_is_wanted)
{
	struct node *node = rig.production.app.settings;
	const char *body, *version;

	rig.production.level.has_grown = true;
	rig_absorb(&rig, &rig.production, "{" PACKAGE "," TENANT "," FOREIGN "}");
	ck_assert_str_ne(rig_plan(&rig, &rig.production), "in sync");
	version = node->written_version;
	body = rig_body(&rig, node);
	node->was_written = true;
	ck_assert_int_eq(rig_absorb(&rig, &rig.production,
				    arena_copy_bytes(&rig.world.arena, body + strlen("{\"properties\":"),
						     strlen(body) - strlen("{\"properties\":}"))),
			 ABSORBED_PRESENT);
	ck_assert_str_eq(node->version, version);
	ck_assert_str_eq(rig_plan(&rig, &rig.production), "in sync");
}
END_TEST

/* Case 42. */
START_TEST(linux_writes_underscores)
{
	rig_done(&rig);
	rig_init(&rig, true, false);
	expect_scepman(
		"{" PACKAGE ",\"AppConfig__AuthConfig__TenantId\":\"" RIG_TENANT "\",\"Update_Channel\":\"none\"}",
		"+ AppConfig__AuthConfig__ApplicationId = " RIG_API "\n"
		"+ AppConfig__CertMaster__URL = https://app-scepman-cm.azurewebsites.net\n"
		"+ AppConfig__DirectCSRValidation__Enabled = true\n"
		"+ AppConfig__CertificateStorage__TableStorageEndpoint = " RIG_TABLE "\n"
		"+ AppConfig__LoggingConfig__DataCollectionEndpointUri = " RIG_INGEST "\n"
		"+ AppConfig__LoggingConfig__RuleId = " RIG_RULE "\n"
		"+ AppConfig__AuthConfig__ManagedIdentityPermissionLevel = 2\n"
		"+ AppConfig__AuthConfig__ManagedIdentityEnabledForWebsiteHostname = app-scepman.azurewebsites.net\n"
		"+ AppConfig__AuthConfig__ManagedIdentityEnabledOnUnixTime = 1790000000\n");
}
END_TEST

/* Case 46. */
START_TEST(case_does_not_make_another_setting)
{
	expect_scepman("{" SCEPMAN_BUT_IDENTITY "," LEVEL("2") "," TIME(
			       OLD_TIME) ",\"APPCONFIG:AUTHCONFIG:managedidentityenabledforwebsitehostname\":"
					 "\"APP-SCEPMAN.azurewebsites.net\"}",
		       "in sync");
}
END_TEST

START_TEST(two_spellings_with_different_values_stop_the_write)
{
	expect_scepman("{" SCEPMAN ",\"AppConfig__CertMaster__URL\":\"https://elsewhere.example\"}",
		       "blocked: SettingSpellingConflict");
	expect_scepman("{" SCEPMAN ",\"AppConfig__CertMaster__URL\":\"https://app-scepman-cm.azurewebsites.net\"}",
		       "in sync");
	/* Nor is it ours to choose which tenant is meant. */
	expect_scepman("{" SCEPMAN ",\"AppConfig__AuthConfig__TenantId\":\"contoso.onmicrosoft.com\"}",
		       "blocked: SettingSpellingConflict");
	/* What is not ours may contradict itself. */
	expect_scepman("{" SCEPMAN ",\"Foreign:A\":\"1\",\"Foreign__A\":\"2\"}", "in sync");
}
END_TEST

/* Case 48. */
START_TEST(a_conflict_of_storage_endpoints_stops_all_writes)
{
	rig.installation.storage_account->outcome = OUTCOME_BLOCKED;
	rig.installation.storage_account->knowledge = KNOWLEDGE_UNKNOWN;
	rig.installation.storage_account->observed = NULL;
	rig.installation.storage_account->condition.reason = REASON_STORAGE_ENDPOINT_CONFLICT;
	expect_scepman("{" PACKAGE "," TENANT "}", "blocked: StorageEndpointConflict");
	expect(&rig.master, "{" MASTER_PACKAGE "," TENANT "}", "blocked: StorageEndpointConflict");
}
END_TEST

/* Case 49. */
START_TEST(production_gets_the_table_endpoint)
{
	expect_scepman("{" PACKAGE "," TENANT "," APPLICATION "," MASTER_LINK "," LOGGING "," IDENTITY "}",
		       "+ AppConfig:CertificateStorage:TableStorageEndpoint = " RIG_TABLE "\n");
	expect_scepman(
		"{" PACKAGE "," TENANT "," APPLICATION "," MASTER_LINK "," LOGGING "," IDENTITY
		",\"AppConfig:CertificateStorage:TableStorageEndpoint\":\"https://STSCEPMAN.table.core.windows.net\"}",
		"in sync");
}
END_TEST

/* Cases 55, 57. */
START_TEST(certificate_masters_link_is_judged_by_host)
{
	static const char *const hosts[] = {"app-scepman-cm.azurewebsites.net", "certmaster.contoso.com"};

	rig.master.site.hosts = hosts;
	rig.master.site.host_count = 2;
#define LINKED(url)                                                                                                    \
	"{" PACKAGE "," TENANT "," APPLICATION "," STORAGE "," LOGGING "," IDENTITY                                    \
	",\"AppConfig:DirectCSRValidation:Enabled\":\"True\","                                                         \
	"\"AppConfig:CertMaster:URL\":\"" url "\"}"
	expect_scepman(LINKED("https://certmaster.contoso.com"), "in sync");
	expect_scepman(LINKED("https://certmaster.contoso.com/"), "in sync");
	expect_scepman(LINKED("https://APP-scepman-cm.azurewebsites.net"), "in sync");
	expect_scepman(LINKED("https://elsewhere.contoso.com"),
		       "~ AppConfig:CertMaster:URL = https://elsewhere.contoso.com -> "
		       "https://app-scepman-cm.azurewebsites.net\n");
	expect_scepman(
		LINKED("certmaster.contoso.com"),
		"~ AppConfig:CertMaster:URL = certmaster.contoso.com -> https://app-scepman-cm.azurewebsites.net\n");
}
END_TEST

/* Case 83. */
START_TEST(without_certificate_master_the_application_id_stays)
{
	rig.installation.certificate_master = NULL;
	expect_scepman("{" PACKAGE "," TENANT "," APPLICATION "," STORAGE "," LOGGING "," IDENTITY "}", "in sync");
}
END_TEST

/* Case 66. */
START_TEST(the_first_application_id_is_kept_for_ever)
{
#define OTHER_ID   "0c0c0c0c-1111-4222-8333-444444444444"
#define WITH(more) "{" PACKAGE "," TENANT "," MASTER_LINK "," STORAGE "," LOGGING "," IDENTITY "," more "}"
	expect_scepman(WITH("\"AppConfig:AuthConfig:ApplicationId\":\"" OTHER_ID "\""),
		       "~ AppConfig:AuthConfig:ApplicationId = " OTHER_ID " -> " RIG_API "\n"
		       "+ BackUp:AppConfig:AuthConfig:ApplicationId = " OTHER_ID "\n");
	expect_scepman(
		WITH("\"AppConfig:AuthConfig:ApplicationId\":\"" OTHER_ID
		     "\",\"Backup:AppConfig:AuthConfig:ApplicationId\":\"0d0d0d0d-1111-4222-8333-444444444444\""),
		"~ AppConfig:AuthConfig:ApplicationId = " OTHER_ID " -> " RIG_API "\n");
	expect_scepman(WITH("\"AppConfig:AuthConfig:ApplicationId\":\"\""),
		       "~ AppConfig:AuthConfig:ApplicationId =  -> " RIG_API "\n");
}
END_TEST

/* Case 67. */
START_TEST(what_is_no_application_id_is_not_replaced)
{
	expect_scepman(WITH("\"AppConfig:AuthConfig:ApplicationId\":\"not-a-guid\""), "blocked: ApplicationIdNotGuid");
	expect_scepman(WITH("\"AppConfig:AuthConfig:ApplicationId\":\"x " OTHER_ID "\""),
		       "blocked: ApplicationIdNotGuid");
	expect(&rig.master, "{" MASTER_PACKAGE ",\"AppConfig:AuthConfig:ApplicationId\":\"not-a-guid\"}",
	       "blocked: ApplicationIdNotGuid");
}
END_TEST

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
	Suite *suite = suite_create("app-settings");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, only_a_whole_dictionary_of_texts_is_one);
	tcase_add_test(tcase, an_empty_dictionary_is_never_believed);
	tcase_add_test(tcase, settings_that_are_not_there_are_not_made);
	tcase_add_test(tcase, a_version_binds_names_and_values_but_not_their_order);
	tcase_add_test(tcase, what_is_complete_wants_nothing);
	tcase_add_test(tcase, a_fresh_scepman_gets_everything_in_one_write);
	tcase_add_test(tcase, what_was_written_is_what_is_wanted);
	tcase_add_test(tcase, linux_writes_underscores);
	tcase_add_test(tcase, case_does_not_make_another_setting);
	tcase_add_test(tcase, two_spellings_with_different_values_stop_the_write);
	tcase_add_test(tcase, a_conflict_of_storage_endpoints_stops_all_writes);
	tcase_add_test(tcase, production_gets_the_table_endpoint);
	tcase_add_test(tcase, certificate_masters_link_is_judged_by_host);
	tcase_add_test(tcase, without_certificate_master_the_application_id_stays);
	tcase_add_test(tcase, the_first_application_id_is_kept_for_ever);
	tcase_add_test(tcase, what_is_no_application_id_is_not_replaced);
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
