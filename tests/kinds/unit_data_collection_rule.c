/* Our own data collection rule, and one that the settings name. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "logging_data.h"

static struct rig rig;

static void setup(void)
{
	logging_data_init(&rig);
}

static void teardown(void)
{
	rig_done(&rig);
}

static void rules_are(const char *list)
{
	script_says(&rig.script, METHOD_GET, RIG_SUBSCRIPTION RULES, 200, list);
	script_says(&rig.script, METHOD_GET, RULE_ID "/providers/", 200, "{\"value\":[]}");
}

/* ---- our rule ---- */

START_TEST(a_missing_rule_is_created)
{
	const struct data_collection_rule *rule;

	script_refuses(&rig.script, METHOD_GET, RULE_ID "?", 404, "ResourceNotFound");
	script_says(&rig.script, METHOD_PUT, RULE_ID "?", 200, WHOLE_RULE);
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_IN_SYNC, REASON_NONE);
	rule = rig.installation.data_collection_rule->observed;
	ck_assert_str_eq(rule->immutable_id, IMMUTABLE);
	ck_assert_str_eq(rule->logs_ingestion, INGESTION);
	ck_assert_uint_eq(
		rig_writes(&rig,
			   "PUT " RULE_PATH "{\"location\":\"northeurope\",\"kind\":\"Direct\",\"properties\":{"
			   "\"description\":\"Data Collection "
			   "Rule for SCEPman "
			   "logs\",\"destinations\":{\"logAnalytics\":[{\"name\":\"SCEPmanLogAnalyticsDestination\","
			   "\"workspaceResourceId\":\"" WORKSPACE_ID
			   "\"}]},\"streamDeclarations\":{\"Custom-SCEPmanLogs\":{"
			   "\"columns\":[{\"name\":\"TimeGenerated\",\"type\":\"datetime\"},"),
		1);
	ck_assert_uint_eq(
		rig_writes(&rig, "{\"name\":\"TraceIdentifier\",\"type\":\"string\"}]}},\"dataFlows\":[{\"streams\":["
				 "\"Custom-SCEPmanLogs\"],\"destinations\":[\"SCEPmanLogAnalyticsDestination\"],"
				 "\"outputStream\":\"Custom-SCEPman_CL\"}]}}\n"),
		1);
	ck_assert_uint_eq(rig_writes(&rig, "/roleAssignments/"), 3);
}
END_TEST

START_TEST(in_a_plan_its_ids_are_the_cloud_s_to_assign)
{
	const struct data_collection_rule *rule;

	rig.world.is_plan = true;
	script_refuses(&rig.script, METHOD_GET, TABLE, 404, "ResourceNotFound");
	script_refuses(&rig.script, METHOD_GET, RULE_ID "?", 404, "ResourceNotFound");
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_PLANNED, REASON_NONE);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_PLANNED, REASON_NONE);
	rig_expect(&rig, "role-assignment/", OUTCOME_PLANNED, REASON_NONE);
	rule = rig.installation.data_collection_rule->observed;
	ck_assert_ptr_null(rule->immutable_id);
	ck_assert_ptr_null(rule->logs_ingestion);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

static const struct {
	const char *properties; /* of the rule as it is */
	const char *key;        /* of the line in the plan */
	const char *sent;       /* part of the body */
} drifts[] = {
	{ENDPOINTS
	 ",\"destinations\":{\"logAnalytics\":[{\"name\":\"SCEPmanLogAnalyticsDestination\",\"workspaceResourceId\":"
	 "\"/other\",\"workspaceId\":\"w\"},{\"name\":\"theirs\",\"workspaceResourceId\":\"/theirs\"}]}," STREAM
	 "," FLOW("Custom-SCEPman_CL"),
	 "destinations",
	 "\"logAnalytics\":[{\"name\":\"SCEPmanLogAnalyticsDestination\",\"workspaceResourceId\":\"" WORKSPACE_ID
	 "\"},{\"name\":\"theirs\",\"workspaceResourceId\":\"/theirs\"}]"},
	{ENDPOINTS "," DESTINATION ",\"streamDeclarations\":{\"Custom-SCEPmanLogs\":{\"columns\":[" TIME "," COLUMNS
		   ",{\"name\":\"Mine\",\"type\":\"int\"}]}}," FLOW("Custom-SCEPman_CL"),
	 "columns", "{\"name\":\"Mine\",\"type\":\"int\"},{\"name\":\"TraceIdentifier\",\"type\":\"string\"}]}}"},
	{ENDPOINTS "," DESTINATION "," STREAM "," FLOW("Custom-Other_CL"), "dataFlows",
	 "\"dataFlows\":[{\"streams\":[\"Custom-SCEPmanLogs\"],\"destinations\":[\"SCEPmanLogAnalyticsDestination\"],"
	 "\"outputStream\":\"Custom-SCEPman_CL\"}]"},
	{ENDPOINTS
	 "," DESTINATION "," STREAM
	 ",\"dataFlows\":[{\"streams\":[\"Custom-SCEPmanLogs\",\"Microsoft-Syslog\"],\"destinations\":[\"theirs\"]}]",
	 "dataFlows",
	 "\"dataFlows\":[{\"streams\":[\"Custom-SCEPmanLogs\",\"Microsoft-Syslog\"],\"destinations\":[\"theirs\"]},{"
	 "\"streams\":[\"Custom-SCEPmanLogs\"],\"destinations\":[\"SCEPmanLogAnalyticsDestination\"],"
	 "\"outputStream\":\"Custom-SCEPman_CL\"}]"},
};

START_TEST(drift_is_put_right_and_the_rest_is_sent_back)
{
	struct arena arena = {0};
	const char *drifted =
		arena_printf(&arena,
			     "{\"id\":\"" RULE_ID "\",\"name\":\"dcr-scepmanlogs\",\"kind\":\"Direct\",\"location\":"
			     "\"northeurope\",\"tags\":{\"cost\":\"7\"},\"properties\":{\"immutableId\":\"" IMMUTABLE
			     "\",\"dataSources\":{\"syslog\":[]},%s}}",
			     drifts[_i].properties);

	script_says(&rig.script, METHOD_PUT, RULE_ID "?", 200, WHOLE_RULE);
	for (int i = 0; i < 2; i++)
		script_says_once(&rig.script, METHOD_GET, RULE_ID "?", 200, drifted);
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_str_eq(rig_node(&rig, "data-collection-rule/")->applied->key, drifts[_i].key);
	ck_assert_uint_eq(rig_writes(&rig, RULE_PATH), 1);
	ck_assert_msg(rig_writes(&rig, drifts[_i].sent) == 1, "sent: %s", rig.script.writes.data);
	ck_assert_uint_eq(rig_writes(&rig, "\"tags\":{\"cost\":\"7\"},\"properties\":{\"dataSources\":{\"syslog\":[]}"),
			  1);
	ck_assert_uint_eq(rig_writes(&rig, "immutableId"), 0);
	arena_done(&arena);
}
END_TEST

START_TEST(somebody_s_change_in_between_is_not_overwritten)
{
	script_says(&rig.script, METHOD_GET, RULE_ID "?", 200,
		    RULE_BODY(RULE_ID, ENDPOINTS ",\"description\":\"new\"," STREAM "," FLOW("Custom-SCEPman_CL")));
	script_says_once(
		&rig.script, METHOD_GET, RULE_ID "?", 200,
		RULE_BODY(RULE_ID, ENDPOINTS ",\"description\":\"old\"," STREAM "," FLOW("Custom-SCEPman_CL")));
	rig_play(&rig);
	ck_assert_int_eq(rig_node(&rig, "data-collection-rule/")->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(rig_writes(&rig, RULE_PATH), 0);
}
END_TEST

START_TEST(a_rule_of_another_kind_cannot_be_ours)
{
	script_says(&rig.script, METHOD_GET, RULE_ID "?", 200,
		    RULE_BODY(RULE_ID, DESTINATION "," STREAM "," FLOW("Custom-SCEPman_CL")));
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_BLOCKED, REASON_DCR_UNSUITABLE);
	ck_assert_uint_eq(rig_writes(&rig, RULE_PATH), 0);
}
END_TEST

/* ---- a rule that the settings name ---- */

/* Cases 94 and 100: whatever its name, and with an endpoint resource; one column is missing, and that is its owner's
 * business. */
START_TEST(a_named_rule_is_accepted_as_it_is)
{
	const struct data_collection_rule *rule;

	rig_set(&rig.production, RULE_SETTING, "DCR-00112233445566778899aabbccddeeff");
	rig_set(&rig.production, ENDPOINT_SETTING, "https://dce.ingest.monitor.azure.com");
	rules_are(_i ? "{\"value\":[" RULE_BODY(RULE_ID,
						"\"dataCollectionEndpointId\":\"/dce\"," DESTINATION
						",\"streamDeclarations\":{\"Custom-SCEPmanLogs\":{\"columns\":[" TIME
						"]}}," FLOW("Custom-SCEPman_CL")) "]}"
		     : "{\"value\":[" WHOLE_RULE "]}");
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_ptr_null(rig.installation.table);
	rule = rig.installation.data_collection_rule->observed;
	ck_assert_str_eq(rule->logs_ingestion, _i ? "https://dce.ingest.monitor.azure.com" : INGESTION);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 3);
	ck_assert_uint_eq(rig_writes(&rig, "3913510d-42f4-4e42-8a64-420c390055eb"), 3);
}
END_TEST

/* Case 95. */
START_TEST(a_named_rule_that_is_gone_is_said)
{
	rig_set(&rig.production, RULE_SETTING, "dcr-ffffffffffffffffffffffffffffffff");
	rules_are("{\"value\":[" WHOLE_RULE "]}");
	if (_i)
		script_refuses(&rig.script, METHOD_GET, RIG_ELSEWHERE RULES, 403, "AuthorizationFailed");
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_BLOCKED, REASON_DCR_NOT_FOUND);
	ck_assert_uint_eq(rig_writes(&rig, NULL), 0);
}
END_TEST

static const char *const unsuitable[] = {
	ENDPOINTS "," DESTINATION "," FLOW("Custom-SCEPman_CL"),
	ENDPOINTS "," DESTINATION "," STREAM,
	ENDPOINTS "," DESTINATION "," STREAM "," FLOW("Custom-Other_CL"),
	ENDPOINTS "," STREAM "," FLOW("Custom-SCEPman_CL"),
	DESTINATION "," STREAM "," FLOW("Custom-SCEPman_CL"),
};

START_TEST(a_named_rule_that_cannot_do_it_is_said_and_not_changed)
{
	struct arena arena = {0};

	rig_set(&rig.production, RULE_SETTING, IMMUTABLE);
	rules_are(arena_printf(&arena,
			       "{\"value\":[{\"id\":\"" RULE_ID
			       "\",\"name\":\"x\",\"properties\":{\"immutableId\":\"" IMMUTABLE "\",%s}}]}",
			       unsuitable[_i]));
	rig_play(&rig);
	rig_expect(&rig, "data-collection-rule/", OUTCOME_BLOCKED, REASON_DCR_UNSUITABLE);
	ck_assert_uint_eq(rig_writes(&rig, RULE_PATH), 0);
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("data-collection-rule");
	TCase *tests = tcase_create("data-collection-rule");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_missing_rule_is_created);
	tcase_add_test(tests, in_a_plan_its_ids_are_the_cloud_s_to_assign);
	tcase_add_loop_test(tests, drift_is_put_right_and_the_rest_is_sent_back, 0, ARRAY_SIZE(drifts));
	tcase_add_test(tests, somebody_s_change_in_between_is_not_overwritten);
	tcase_add_test(tests, a_rule_of_another_kind_cannot_be_ours);
	tcase_add_loop_test(tests, a_named_rule_is_accepted_as_it_is, 0, 2);
	tcase_add_loop_test(tests, a_named_rule_that_is_gone_is_said, 0, 2);
	tcase_add_loop_test(tests, a_named_rule_that_cannot_do_it_is_said_and_not_changed, 0, ARRAY_SIZE(unsuitable));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
