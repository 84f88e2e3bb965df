/* What a slot's settings say about the program behind it, and what is written because of it (domain.md 4.2, 4.5, 1.7).
 */
#include <check.h>
#include <stdlib.h>

#include "kinds/artifact_channel.h"
#include "settings_data.h"

#define STAGING_HOST "app-scepman-staging.azurewebsites.net"

static struct rig rig;

static void setup(void)
{
	rig_init(&rig, false, true);
}

static void teardown(void)
{
	rig_done(&rig);
}

static void expect(struct rig_site *site, const char *json, const char *plan)
{
	rig_expect(&rig, site, json, plan);
}

static void assert_version(const char *slot, const char *version, bool is_at_least_2)
{
	static struct desired_version_assertion assertion;

	assertion =
		(struct desired_version_assertion){.slot = slot, .version = version, .is_at_least_2 = is_at_least_2};
	rig.instance.version_assertions = &assertion;
	rig.instance.version_assertion_count = 1;
}

#define SETTINGS(package) "{" package "," TENANT "," APPLICATION "," MASTER_LINK "," STORAGE "," LOGGING "," LEVEL("2")
#define REPAIRED                                                                                                       \
	"+ AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname = " STAGING_HOST "\n"                         \
	"+ AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime = 1790000000\n"

/* ---- generations ---- */

/* Case 61. */
START_TEST(a_1x_slot_is_not_touched)
{
	expect(&rig.staging,
	       "{" PACKAGE ",\"AppConfig:AuthConfig:TenantName\":\"contoso.onmicrosoft.com\",\"AppConfig:AuthConfig:"
	       "ApplicationKey\":\"canary\"}",
	       "blocked: SlotIsV1");
	expect(&rig.staging, "{" PACKAGE "," TENANT ",\"AppConfig:AuthConfig:ApplicationKey\":\"canary\"}",
	       "blocked: SlotIsV1");
	expect(&rig.staging,
	       "{\"WEBSITE_RUN_FROM_PACKAGE\":\"https://raw.githubusercontent.com/glueckkanja/gk-scepman/master/dist/"
	       "Artifacts.zip\"," TENANT "}",
	       "blocked: SlotIsV1");
}
END_TEST

START_TEST(a_key_beside_its_own_identity_is_no_sign_of_1x)
{
	expect(&rig.staging,
	       SETTINGS(PACKAGE) ",\"AppConfig:AuthConfig:ApplicationKey\":\"canary\"," TIME(OLD_TIME) "," HOST(
		       STAGING_HOST) "}",
	       "in sync");
	/* But a copy of production's is. */
	expect(&rig.staging,
	       SETTINGS(PACKAGE) ",\"AppConfig:AuthConfig:ApplicationKey\":\"canary\"," TIME(OLD_TIME) "," HOST(
		       OWN_HOST) "}",
	       "blocked: SlotIsV1");
}
END_TEST

/* Case 62. */
START_TEST(a_slot_of_unknown_version_is_not_touched_until_somebody_vouches_for_it)
{
	expect(&rig.staging, SETTINGS(OWN_PACKAGE) "}", "blocked: SlotVersionUnknown");
	assert_version("production", ">=2.0", true);
	expect(&rig.staging, SETTINGS(OWN_PACKAGE) "}", "blocked: SlotVersionUnknown");
	assert_version("Staging", ">=2.0", true);
	expect(&rig.staging, SETTINGS(OWN_PACKAGE) "}", REPAIRED);
	/* An assertion beats evidence, either way. */
	expect(&rig.staging, SETTINGS(PACKAGE) ",\"AppConfig:AuthConfig:ApplicationKey\":\"canary\"}", REPAIRED);
	assert_version("staging", "<2.0", false);
	expect(&rig.staging, SETTINGS(PACKAGE) "}", "blocked: SlotIsV1");
}
END_TEST

START_TEST(an_assertion_for_production_is_for_production)
{
	expect(&rig.production, SETTINGS(OWN_PACKAGE) "}", "blocked: SlotVersionUnknown");
	assert_version("production", ">=2.0", true);
	expect(&rig.production, SETTINGS(OWN_PACKAGE) "," TIME(OLD_TIME) "," HOST(OWN_HOST) "}", "in sync");
}
END_TEST

/* Case 73: nothing but settings decides. Signs that survive an upgrade decide nothing. */
START_TEST(weak_signs_of_1x_are_none)
{
	expect(&rig.staging,
	       SETTINGS(PACKAGE) ",\"AppConfig:DebugMode\":\"true\",\"AppConfig:KeyVaultConfig:RootCertificateConfig:"
				 "CertificateName\":\"SCEPman-Device-Root-CA-V1\"}",
	       REPAIRED);
	expect(&rig.staging, SETTINGS(PACKAGE) ",\"AppConfig:AuthConfig:TenantName\":\"contoso.onmicrosoft.com\"}",
	       REPAIRED);
	expect(&rig.staging, SETTINGS(OWN_PACKAGE) "," TIME(OLD_TIME) "," HOST(STAGING_HOST) "}", "in sync");
}
END_TEST

START_TEST(channels_are_known_by_their_exact_address)
{
	ck_assert_int_eq(
		artifact_channel_of(WEB_APP_SCEPMAN, "https://INSTALL.scepman.com/dist/Artifacts-Linux-Internal.zip"),
		CHANNEL_INTERNAL);
	ck_assert_int_eq(
		artifact_channel_of(WEB_APP_SCEPMAN, "https://install.scepman.com/dist/Artifacts-Linux-Intern.zip"),
		CHANNEL_UNMANAGED);
	ck_assert_int_eq(artifact_channel_of(WEB_APP_SCEPMAN, "https://install.scepman.com/dist/Artifacts.zip?sv=1"),
			 CHANNEL_UNMANAGED);
	ck_assert_int_eq(
		artifact_channel_of(WEB_APP_CERTIFICATE_MASTER, "https://install.scepman.com/dist/Artifacts.zip"),
		CHANNEL_UNMANAGED);
	ck_assert_int_eq(artifact_channel_of(WEB_APP_SCEPMAN, NULL), CHANNEL_UNMANAGED);
	ck_assert_str_eq(artifact_channel_url(WEB_APP_SCEPMAN, true, CHANNEL_DEFERRED),
			 "https://raw.githubusercontent.com/scepman/install/deferred/dist/Artifacts-Linux.zip");
	ck_assert_ptr_null(artifact_channel_url(WEB_APP_SCEPMAN, true, CHANNEL_UNMANAGED));
}
END_TEST

/* ---- split tenancy ---- */

#define SPLIT(more)                                                                                                    \
	"{" PACKAGE                                                                                                    \
	",\"AppConfig:AuthConfig:ApplicationId\":\"0c0c0c0c-1111-4222-8333-444444444444\",\"AppConfig:AuthConfig:"     \
	"ApplicationKey\":\"canary\",\"AppConfig:AuthConfig:TenantId\":\"99999999-1111-4222-8333-444444444444\"," more \
	"}"

/* Case 69. */
START_TEST(in_a_split_tenancy_the_identity_settings_are_not_ours)
{
	expect(&rig.production,
	       SPLIT("\"AppConfig:AuthConfig:HomeTenantId\":\"" RIG_TENANT
		     "\",\"AppConfig:AuthConfig:HomeApplicationId\":\"0d0d0d0d-1111-4222-8333-444444444444\""),
	       "~ AppConfig:AuthConfig:HomeApplicationId = 0d0d0d0d-1111-4222-8333-444444444444 -> " RIG_API "\n"
	       "+ AppConfig:CertMaster:URL = https://app-scepman-cm.azurewebsites.net\n"
	       "+ AppConfig:DirectCSRValidation:Enabled = true\n"
	       "+ AppConfig:CertificateStorage:TableStorageEndpoint = " RIG_TABLE "\n"
	       "+ AppConfig:LoggingConfig:DataCollectionEndpointUri = " RIG_INGEST "\n"
	       "+ AppConfig:LoggingConfig:RuleId = " RIG_RULE "\n");
	ck_assert_int_eq(rig.production.app.settings->condition.reason, REASON_NONE);
	expect(&rig.production,
	       SPLIT("\"AppConfig:AuthConfig:HomeApplicationId\":\"" RIG_API "\"," MASTER_LINK "," STORAGE "," LOGGING),
	       "in sync");
	expect(&rig.production,
	       SPLIT("\"AppConfig:AuthConfig:HomeTenantId\":\"" RIG_TENANT "\"," MASTER_LINK "," STORAGE "," LOGGING),
	       "in sync");
}
END_TEST

START_TEST(a_host_name_of_a_split_tenancy_is_not_tidied)
{
	static const char *const hosts[] = {"scepman.contoso.com"};

	rig.production.site.hosts = hosts;
	rig.production.site.host_count = 1;
	expect(&rig.production,
	       SPLIT("\"AppConfig:AuthConfig:HomeTenantId\":\"" RIG_TENANT "\"," MASTER_LINK "," LOGGING
		     "," HOST("scepman.contoso.com")),
	       "+ AppConfig:CertificateStorage:TableStorageEndpoint = " RIG_TABLE "\n");
}
END_TEST

START_TEST(another_tenant_id_is_taken_for_one_and_reported)
{
	expect(&rig.production, SPLIT(MASTER_LINK "," STORAGE "," LOGGING), "in sync");
	ck_assert_int_eq(rig.production.app.settings->condition.reason, REASON_SPLIT_TENANCY_SUSPECTED);
	/* The tenant is the one that the site's identity lives in, whatever the daemon's own is. */
	rig.production.site.tenant_id = "99999999-1111-4222-8333-444444444444";
	expect(&rig.production, SPLIT(MASTER_LINK "," STORAGE "," LOGGING), "blocked: SlotIsV1");
}
END_TEST

START_TEST(a_split_certificate_master_keeps_its_ids)
{
	expect(&rig.master,
	       "{" MASTER_PACKAGE ",\"AppConfig:AuthConfig:HomeTenantId\":\"" RIG_TENANT
	       "\",\"AppConfig:AuthConfig:HomeApplicationId\":\"" RIG_MASTER
	       "\",\"AppConfig:AzureStorage:TableStorageEndpoint\":\"" RIG_TABLE "\"," LOGGING "}",
	       "+ AppConfig:AuthConfig:SCEPmanAPIScope = api://" RIG_API "\n");
}
END_TEST

/* ---- logging ---- */

#define KEYS    ",\"AppConfig:LoggingConfig:WorkspaceId\":\"w\",\"AppConfig:LoggingConfig:SharedKey\":\"canary\"}"
#define REMOVED "- AppConfig:LoggingConfig:WorkspaceId = w\n- AppConfig:LoggingConfig:SharedKey = (sensitive)\n"

static void expect_logging(const char *package, const char *plan)
{
	ck_assert_int_eq(
		rig_absorb(&rig, &rig.production,
			   arena_printf(&rig.world.arena, "{\"WEBSITE_RUN_FROM_PACKAGE\":\"%s\",%s%s", package,
					TENANT "," APPLICATION "," MASTER_LINK "," STORAGE "," LOGGING "," IDENTITY,
					KEYS)),
		ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan(&rig, &rig.production), plan);
}

#define PROD     "https://raw.githubusercontent.com/scepman/install/master/dist/Artifacts.zip"
#define DEFERRED "https://raw.githubusercontent.com/scepman/install/deferred/dist/Artifacts.zip"
#define OWN      "https://stcontoso.blob.core.windows.net/scepman/Artifacts.zip"

/* Case 102. */
START_TEST(the_shared_key_stays_where_3x_is_not_certain)
{
	rig_grant_logging(&rig, &rig.production);
	expect_logging(OWN, "in sync");
	expect_logging(DEFERRED, "in sync");
	expect_logging(PROD, REMOVED);
	assert_version("production", ">=2.9", true);
	expect_logging(OWN, "in sync");
	expect_logging(PROD, REMOVED);
	assert_version("production", ">=3.0", true);
	expect_logging(OWN, REMOVED);
	assert_version("production", ">=10.1", true);
	expect_logging(OWN, REMOVED);
}
END_TEST

START_TEST(the_shared_key_stays_until_the_new_way_works)
{
	expect_logging(PROD, "in sync");
	rig_grant_logging(&rig, &rig.production);
	expect_logging(PROD, REMOVED);
	rig.rule.logs_ingestion = NULL;
	expect_logging(PROD, REMOVED);
	ck_assert_int_eq(rig_absorb(&rig, &rig.production,
				    "{" PACKAGE "," TENANT "," APPLICATION "," MASTER_LINK "," STORAGE "," IDENTITY
				    ",\"AppConfig:LoggingConfig:RuleId\":\"" RIG_RULE "\"" KEYS),
			 ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan(&rig, &rig.production), "in sync");
	rig.rule.logs_ingestion = RIG_INGEST;
	rig.instance.logging.remove_shared_key = false;
	expect_logging(PROD, "in sync");
	rig.instance.logging.remove_shared_key = true;
	rig.installation.data_collection_rule->outcome = OUTCOME_BLOCKED;
	expect_logging(PROD, "in sync");
	rig.installation.data_collection_rule = NULL;
	expect_logging(PROD, "in sync");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slot-generation");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_1x_slot_is_not_touched);
	tcase_add_test(tcase, a_key_beside_its_own_identity_is_no_sign_of_1x);
	tcase_add_test(tcase, a_slot_of_unknown_version_is_not_touched_until_somebody_vouches_for_it);
	tcase_add_test(tcase, an_assertion_for_production_is_for_production);
	tcase_add_test(tcase, weak_signs_of_1x_are_none);
	tcase_add_test(tcase, channels_are_known_by_their_exact_address);
	tcase_add_test(tcase, in_a_split_tenancy_the_identity_settings_are_not_ours);
	tcase_add_test(tcase, a_host_name_of_a_split_tenancy_is_not_tidied);
	tcase_add_test(tcase, another_tenant_id_is_taken_for_one_and_reported);
	tcase_add_test(tcase, a_split_certificate_master_keeps_its_ids);
	tcase_add_test(tcase, the_shared_key_stays_where_3x_is_not_certain);
	tcase_add_test(tcase, the_shared_key_stays_until_the_new_way_works);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
