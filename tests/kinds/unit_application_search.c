/* domain.md 2.16, 4.5, 5.1 and section 6, cases 25, 28: which app registration it is. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "graph_shown.h"
#include "reconcile/plan.h"

/* One of the rig's tests at a time; what the answers are made of lives until its end. */
static struct graph_rig rig;
static struct arena arena;

static void setup(void)
{
	graph_rig_init(&rig, 1);
}

static void teardown(void)
{
	graph_rig_done(&rig);
	arena_done(&arena);
}

static struct node *run(enum application_purpose purpose)
{
	struct node *node = application_state(&rig.world, graph_rig_installation(&rig, 0), purpose);

	graph_rig_run(&rig);
	return node;
}

static const struct application *found(const struct node *node)
{
	ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
	return node->observed;
}

static void begin_two(void)
{
	graph_rig_done(&rig);
	graph_rig_init(&rig, 2);
}

/* ---- which one it is ---- */

START_TEST(by_the_name_that_one_has)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_uint_eq(graph_rig_count(&rig, "GET"), 1);
}
END_TEST

/* The list of names comes from an index that is behind; the key is looked up in the object itself. */
START_TEST(by_the_key_that_its_name_gave_it)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, BY_UNIQUE, 200, shown_json(&arena, &api), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* What Graph says for other reasons is no leave to make one. */
START_TEST(a_key_that_cannot_be_looked_up_is_not_free)
{
	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, BY_UNIQUE, 404, "{\"error\":{\"code\":\"UnknownError\",\"message\":\"\"}}", 1);
	ck_assert_int_eq(run(APPLICATION_SCEPMAN_API)->outcome, OUTCOME_FAILED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(by_what_the_settings_record)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_set(&rig.production[0], SETTING, APP);
	graph_rig_answer(&rig, BY_APP_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_count(&rig, "GET"), 1);
}
END_TEST

/* Case 25: the name is ambiguous, and nobody asks for it. */
START_TEST(by_the_pinned_id)
{
	const struct shown api = shown_complete(&arena);

	rig.instances[0].scepman_api.app_id = APP;
	graph_rig_answer(&rig, BY_APP_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
}
END_TEST

START_TEST(a_pinned_one_is_never_made)
{
	struct node *node;

	rig.instances[0].scepman_api.app_id = APP;
	graph_rig_answer(&rig, BY_APP_ID, 200, NONE, 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->condition.reason, REASON_APP_REGISTRATION_NOT_FOUND);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(two_of_one_name_are_one_too_many)
{
	const struct shown one = shown_complete(&arena), two = {.id = OBJECT_2, .app_id = OTHER};
	struct node *node;

	graph_rig_answer(
		&rig, BY_NAME, 200,
		shown_list(&arena, arena_printf(&arena, "%s,%s", shown_json(&arena, &one), shown_json(&arena, &two))),
		1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->condition.reason, REASON_AMBIGUOUS_APP_REGISTRATION);
	ck_assert_ptr_nonnull(strstr(node->condition.message, APP ", " OTHER));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* Case 28: SCEPman 1.x's registration is recorded, which has other roles or none. */
START_TEST(a_recorded_one_without_the_anchor_role_is_not_adopted)
{
	const struct shown old = {.id = OBJECT_2, .app_id = OTHER}, api = shown_complete(&arena);

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	graph_rig_answer(&rig, BY_OTHER, 200, shown_list(&arena, shown_json(&arena, &old)), 1);
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* domain.md 4.5: ApplicationId belongs to another tenant then. */
START_TEST(in_split_tenancy_the_home_id_counts)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	graph_rig_set(&rig.production[0], HOME, APP);
	graph_rig_answer(&rig, BY_APP_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_count(&rig, BY_OTHER), 0);
}
END_TEST

START_TEST(an_id_of_a_foreign_tenant_is_not_looked_for)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	graph_rig_set(&rig.production[0], "AppConfig:AuthConfig:TenantId", "99999999-0000-4000-8000-000000000009");
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
}
END_TEST

/* domain.md 5.1: a replica may be behind. Asked again by a later pass, at least 30 seconds on. */
START_TEST(a_recorded_one_that_is_gone_is_replaced_on_the_second_look)
{
	const struct shown made = shown_complete(&arena);
	struct node *node;

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	for (int pass = 0; pass < 3; pass++) {
		graph_rig_answer(&rig, BY_OTHER, 200, NONE, 1);
		graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
		graph_rig_answer(&rig, CREATE, 201, shown_json(&arena, &made), 1);
		node = run(APPLICATION_SCEPMAN_API);
		if (pass == 2)
			break;
		ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
		ck_assert_int_eq(node->condition.retry_after_s, pass == 0 ? 30 : 10);
		ck_assert_uint_eq(graph_rig_writes(&rig), 0);
		graph_rig_next_pass(&rig, pass == 0 ? 20 : 10);
	}
	ck_assert_str_eq(found(node)->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

/* Nor is another one of the right name taken at the first look. */
START_TEST(a_recorded_one_that_is_gone_is_not_given_up_for_another)
{
	const struct shown api = shown_complete(&arena);
	struct node *node;

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	graph_rig_answer(&rig, BY_OTHER, 200, NONE, 1);
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->outcome, OUTCOME_BLOCKED);
	ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
}
END_TEST

START_TEST(all_that_are_gone_are_named)
{
	struct node *node;

	begin_two();
	graph_rig_set(&rig.production[0], SETTING, APP);
	graph_rig_set(&rig.production[1], SETTING, OTHER);
	graph_rig_answer(&rig, FIND, 200, NONE, 0);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_ptr_nonnull(strstr(node->condition.message, APP ", " OTHER));
}
END_TEST

START_TEST(another_one_than_was_asked_for_is_no_answer)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_set(&rig.production[0], SETTING, OTHER);
	graph_rig_answer(&rig, BY_OTHER, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_int_eq(run(APPLICATION_SCEPMAN_API)->fault.class, FAULT_GARBLED);
}
END_TEST

START_TEST(nothing_is_made_while_settings_are_unreadable)
{
	struct node *node;

	rig.production[0].app.settings->knowledge = KNOWLEDGE_UNKNOWN;
	rig.production[0].app.settings->outcome = OUTCOME_FAILED;
	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->outcome, OUTCOME_BLOCKED);
	ck_assert_ptr_eq(node->blocked_by, rig.production[0].app.settings);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(a_name_may_contain_anything)
{
	const struct shown api = shown_complete(&arena);

	rig.instances[0].scepman_api.display_name = "O'Brien & Söhne";
	graph_rig_answer(&rig, FIND "displayName eq 'O''Brien & Söhne'", 200,
			 shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
}
END_TEST

/* ---- two installations ---- */

START_TEST(who_shares_a_registration_signs_in_with_it)
{
	struct shown master = shown_complete_master(&arena);

	begin_two();
	graph_rig_answer(&rig, BY_MASTER, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	master.redirect_uris = "\"" REDIRECT "\",\"https://app-scepman2-cm.azurewebsites.net/signin-oidc\"";
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	ck_assert(graph_rig_has(&rig, UPDATE, master.redirect_uris));
	ck_assert_ptr_eq(
		application_state(&rig.world, graph_rig_installation(&rig, 1), APPLICATION_CERTIFICATE_MASTER),
		application_state(&rig.world, graph_rig_installation(&rig, 0), APPLICATION_CERTIFICATE_MASTER));
}
END_TEST

/* Of the second one, what THING is becomes known only later, and the first must wait for it. */
static void wait_for(struct node *thing)
{
	const struct shown api = shown_complete(&arena);
	struct request request;
	struct node *node;

	thing->knowledge = KNOWLEDGE_UNKNOWN;
	thing->outcome = OUTCOME_OPEN;
	thing->activity = ACTIVITY_READING; /* its answer is under way */
	application_state(&rig.world, graph_rig_installation(&rig, 0), APPLICATION_SCEPMAN_API);
	ck_assert(!plan_next(&rig.world, &node, &request));
	graph_rig_set(&rig.production[1], SETTING, APP);
	thing->knowledge = KNOWLEDGE_PRESENT;
	thing->outcome = OUTCOME_IN_SYNC;
	for (size_t i = 0; i < thing->dependent_count; i++)
		world_enqueue(&rig.world, thing->dependents[i]);
	graph_rig_answer(&rig, BY_APP_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	found(run(APPLICATION_SCEPMAN_API));
}

START_TEST(nothing_is_decided_before_all_sites_are_known)
{
	begin_two();
	wait_for(rig.production[1].app.site);
}
END_TEST

START_TEST(nothing_is_decided_before_all_settings_are_known)
{
	begin_two();
	wait_for(rig.production[1].app.settings);
}
END_TEST

START_TEST(sharing_what_is_recorded_differently_is_ambiguous)
{
	struct shown one = shown_complete(&arena), two = shown_complete(&arena);
	struct node *node;

	begin_two();
	two.id = OBJECT_2;
	two.app_id = OTHER;
	graph_rig_set(&rig.production[0], SETTING, APP);
	graph_rig_set(&rig.production[1], SETTING, OTHER);
	graph_rig_answer(&rig, BY_APP_ID, 200, shown_list(&arena, shown_json(&arena, &one)), 1);
	graph_rig_answer(&rig, BY_OTHER, 200, shown_list(&arena, shown_json(&arena, &two)), 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->condition.reason, REASON_AMBIGUOUS_APP_REGISTRATION);
	ck_assert_ptr_nonnull(strstr(node->condition.message, APP ", " OTHER));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("application search");
	TCase *cases = tcase_create("application search");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, by_the_name_that_one_has);
	tcase_add_test(cases, by_the_key_that_its_name_gave_it);
	tcase_add_test(cases, a_key_that_cannot_be_looked_up_is_not_free);
	tcase_add_test(cases, by_what_the_settings_record);
	tcase_add_test(cases, by_the_pinned_id);
	tcase_add_test(cases, a_pinned_one_is_never_made);
	tcase_add_test(cases, two_of_one_name_are_one_too_many);
	tcase_add_test(cases, a_recorded_one_without_the_anchor_role_is_not_adopted);
	tcase_add_test(cases, in_split_tenancy_the_home_id_counts);
	tcase_add_test(cases, an_id_of_a_foreign_tenant_is_not_looked_for);
	tcase_add_test(cases, a_recorded_one_that_is_gone_is_replaced_on_the_second_look);
	tcase_add_test(cases, a_recorded_one_that_is_gone_is_not_given_up_for_another);
	tcase_add_test(cases, all_that_are_gone_are_named);
	tcase_add_test(cases, another_one_than_was_asked_for_is_no_answer);
	tcase_add_test(cases, nothing_is_made_while_settings_are_unreadable);
	tcase_add_test(cases, a_name_may_contain_anything);
	tcase_add_test(cases, who_shares_a_registration_signs_in_with_it);
	tcase_add_test(cases, nothing_is_decided_before_all_sites_are_known);
	tcase_add_test(cases, nothing_is_decided_before_all_settings_are_known);
	tcase_add_test(cases, sharing_what_is_recorded_differently_is_ambiguous);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
