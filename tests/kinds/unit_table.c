/* The table in the workspace: created, widened, migrated with consent. */
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

/* ---- the table ---- */

START_TEST(a_missing_table_is_created)
{
	script_refuses(&rig.script, METHOD_GET, TABLE, 404, "ResourceNotFound");
	script_says(&rig.script, METHOD_PUT, TABLE, 200, WHOLE_TABLE);
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, "PUT " TABLE_PATH
					   "{\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"columns\":["
					   "{\"name\":\"TimeGenerated\",\"type\":\"datetime\"},"
					   "{\"name\":\"Timestamp\",\"type\":\"string\"},"),
			  1);
	ck_assert_uint_eq(rig_writes(&rig, "{\"name\":\"TraceIdentifier\",\"type\":\"string\"}]}}}\n"), 1);
}
END_TEST

START_TEST(a_missing_column_is_added_behind_all_others)
{
	script_says(&rig.script, METHOD_PATCH, TABLE, 200, WHOLE_TABLE);
	/* Read, read again before the write, read after it. */
	script_says(&rig.script, METHOD_GET, TABLE, 200, WHOLE_TABLE);
	for (int i = 0; i < 2; i++)
		script_says_once(&rig.script, METHOD_GET, TABLE, 200,
				 TABLE_BODY("DataCollectionRuleBased",
					    "{\"name\":\"Ours\",\"type\":\"long\",\"description\":"
					    "\"x\",\"isHidden\":false}," COLUMNS));
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_IN_SYNC, REASON_NONE);
	ck_assert_uint_eq(rig_writes(&rig, "SCEPman_CL?"), 1);
	ck_assert_uint_eq(
		rig_writes(&rig,
			   "PATCH " TABLE_PATH "{\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"columns\":["
			   "{\"name\":\"Ours\",\"type\":\"long\",\"description\":\"x\"},"
			   "{\"name\":\"Timestamp\",\"type\":\"string\"},{\"name\":\"level\",\"type\":\"string\"},"),
		1);
	ck_assert_uint_eq(rig_writes(&rig, "{\"name\":\"TimeGenerated\",\"type\":\"datetime\"},"
					   "{\"name\":\"TraceIdentifier\",\"type\":\"string\"}]}}}\n"),
			  1);
}
END_TEST

/* Case 98, without consent: neither the table nor the rule is touched; its roles are. */
START_TEST(a_classic_table_needs_consent)
{
	script_says(&rig.script, METHOD_GET, TABLE, 200, TABLE_BODY("Classic", COLUMN("Message_s")));
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_BLOCKED, REASON_TABLE_MIGRATION_NEEDS_CONSENT);
	ck_assert_int_eq(rig_node(&rig, "data-collection-rule/")->outcome, OUTCOME_BLOCKED);
	ck_assert_uint_eq(rig_writes(&rig, NULL), rig_writes(&rig, "/roleAssignments/"));
}
END_TEST

/* Case 98, with consent: the migration, then the columns that it does not bring. */
START_TEST(with_consent_it_is_migrated_first)
{
	const char *lines;

	rig.instance.logging.migrate_table = true;
	script_says(&rig.script, METHOD_POST, TABLE "/migrate", 200, NULL);
	script_says(&rig.script, METHOD_PATCH, TABLE, 200, WHOLE_TABLE);
	script_says_once(&rig.script, METHOD_GET, TABLE, 200, TABLE_BODY("DataCollectionRuleBased", COLUMNS));
	for (int i = 0; i < 2; i++)
		script_says_once(&rig.script, METHOD_GET, TABLE, 200, TABLE_BODY("Classic", COLUMN("Message_s")));
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_IN_SYNC, REASON_NONE);
	lines = strstr(rig.script.writes.data, "POST " TABLE "/migrate?api-version=2025-07-01 \n");
	ck_assert_ptr_nonnull(lines);
	ck_assert_ptr_nonnull(strstr(lines, "\nPATCH " TABLE_PATH));
	ck_assert_uint_eq(rig_writes(&rig, "SCEPman_CL"), 2);
}
END_TEST

START_TEST(a_migration_that_does_not_show_is_not_repeated)
{
	rig.instance.logging.migrate_table = true;
	script_says(&rig.script, METHOD_POST, TABLE "/migrate", 200, NULL);
	script_says(&rig.script, METHOD_GET, TABLE, 200, TABLE_BODY("Classic", COLUMN("Message_s")));
	rig_play(&rig);
	rig_expect(&rig, "table/", OUTCOME_BLOCKED, REASON_READ_INCONSISTENT);
	ck_assert_uint_eq(rig_writes(&rig, "/migrate"), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tests = tcase_create("table");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_missing_table_is_created);
	tcase_add_test(tests, a_missing_column_is_added_behind_all_others);
	tcase_add_test(tests, a_classic_table_needs_consent);
	tcase_add_test(tests, with_consent_it_is_migrated_first);
	tcase_add_test(tests, a_migration_that_does_not_show_is_not_repeated);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
