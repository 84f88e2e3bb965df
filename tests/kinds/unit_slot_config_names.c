/* The names that stay with their slot (domain.md 2.17; case 59). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/slot_config_names.h"
#include "settings_rig.h"
#include "world/json.h"

#define TIME_NAME  "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
#define HOST_NAME  "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"
#define LEVEL_NAME "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"
#define ALL        "\"" TIME_NAME "\",\"" HOST_NAME "\",\"" LEVEL_NAME "\""
#define ADDED(n)   "+ slotConfigNames.appSettingNames = " n "\n"

static struct rig rig;
static struct node *node;

static void begin(bool is_linux, bool has_slot)
{
	rig_init(&rig, is_linux, has_slot);
	node = slot_config_names_state(&rig.world, &rig.installation);
	ck_assert_ptr_nonnull(node);
	ck_assert_ptr_eq(slot_config_names_state(&rig.world, &rig.installation), node);
	ck_assert_ptr_eq(rig.installation.slot_config_names, node);
}

static enum absorbed absorb(const char *json)
{
	cJSON *body = json_parse(json, strlen(json));
	enum absorbed absorbed;

	ck_assert_ptr_nonnull(body);
	absorbed = node->kind->absorb(&rig.world, node, body);
	cJSON_Delete(body);
	if (absorbed == ABSORBED_PRESENT)
		node->knowledge = KNOWLEDGE_PRESENT;
	return absorbed;
}

START_TEST(three_names_are_added_and_all_else_is_sent_back)
{
	begin(false, true);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"Mine\",\"" LEVEL_NAME
				"\"],\"connectionStringNames\":[\"db\"],"
				"\"azureStorageConfigNames\":[]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan_node(&rig, node), ADDED(TIME_NAME) ADDED(HOST_NAME));
	ck_assert_str_eq(rig_body(&rig, node),
			 "{\"properties\":{\"appSettingNames\":[\"Mine\",\"" LEVEL_NAME "\",\"" TIME_NAME
			 "\",\"" HOST_NAME "\"],\"connectionStringNames\":[\"db\"],\"azureStorageConfigNames\":[]}}");
	ck_assert_int_eq(absorb(rig_body(&rig, node)), ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan_node(&rig, node), "in sync");
	rig_done(&rig);
}
END_TEST

START_TEST(lists_that_are_not_there_are_not_sent)
{
	begin(true, true);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":null,\"connectionStringNames\":null}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_ne(rig_plan_node(&rig, node), "in sync");
	ck_assert_str_eq(
		rig_body(&rig, node),
		"{\"properties\":{\"appSettingNames\":[\"AppConfig__AuthConfig__ManagedIdentityEnabledOnUnixTime\","
		"\"AppConfig__AuthConfig__ManagedIdentityEnabledForWebsiteHostname\","
		"\"AppConfig__AuthConfig__ManagedIdentityPermissionLevel\"]}}");
	rig_done(&rig);
}
END_TEST

START_TEST(without_slots_or_with_an_observed_production_there_is_nothing_to_state)
{
	rig_init(&rig, false, false);
	ck_assert_ptr_null(slot_config_names_state(&rig.world, &rig.installation));
	rig_done(&rig);
	rig_init(&rig, false, true);
	rig.production.app.is_observed_only = true;
	ck_assert_ptr_null(slot_config_names_state(&rig.world, &rig.installation));
	rig.production.app.is_observed_only = false;
	rig.installation.slots->observed = NULL;
	ck_assert_ptr_null(slot_config_names_state(&rig.world, &rig.installation));
	rig_done(&rig);
}
END_TEST

START_TEST(case_does_not_make_another_name)
{
	begin(false, true);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"APPCONFIG:authconfig:"
				"managedidentityenabledonunixtime\",\"" HOST_NAME "\",\"" LEVEL_NAME "\"]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_eq(rig_plan_node(&rig, node), "in sync");
	rig_done(&rig);
}
END_TEST

START_TEST(half_an_answer_is_none)
{
	begin(false, true);
	ck_assert_int_eq(absorb("{}"), ABSORBED_GARBLED);
	ck_assert_int_eq(absorb("{\"properties\":null}"), ABSORBED_GARBLED);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":\"x\"}}"), ABSORBED_GARBLED);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[1]}}"), ABSORBED_GARBLED);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[],\"connectionStringNames\":{}}}"),
			 ABSORBED_GARBLED);
	ck_assert_ptr_null(node->observed);
	node->knowledge = KNOWLEDGE_ABSENT;
	ck_assert_str_eq(rig_plan_node(&rig, node), "blocked: ReadInconsistent");
	rig_done(&rig);
}
END_TEST

START_TEST(a_version_binds_every_list)
{
	const char *version;

	begin(false, true);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"a\"],\"connectionStringNames\":[\"b\"]}}"),
			 ABSORBED_PRESENT);
	version = node->version;
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"a\",\"b\"],\"connectionStringNames\":[]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_ne(node->version, version);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"a\"],\"azureStorageConfigNames\":[\"b\"]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_ne(node->version, version);
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"a\"],\"connectionStringNames\":[\"c\"]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_ne(node->version, version);
	/* An empty list and none are the same to Azure. */
	ck_assert_int_eq(absorb("{\"properties\":{\"appSettingNames\":[\"a\"],\"connectionStringNames\":[\"b\"],"
				"\"azureStorageConfigNames\":[]}}"),
			 ABSORBED_PRESENT);
	ck_assert_str_eq(node->version, version);
	rig_done(&rig);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slot-config-names");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, three_names_are_added_and_all_else_is_sent_back);
	tcase_add_test(tcase, lists_that_are_not_there_are_not_sent);
	tcase_add_test(tcase, without_slots_or_with_an_observed_production_there_is_nothing_to_state);
	tcase_add_test(tcase, case_does_not_make_another_name);
	tcase_add_test(tcase, half_an_answer_is_none);
	tcase_add_test(tcase, a_version_binds_every_list);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
