/* The settings of SCEPman's production: what is absorbed, what differs, what is written (domain.md 1.11). */
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
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
