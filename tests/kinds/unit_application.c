/* domain.md 1.3, 1.4 and section 6, cases 21 to 36: what an app registration is made to be. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "graph_shown.h"
#include "world/json.h"

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

/* The body of the only request that begins with REQUEST; the caller frees it. */
static cJSON *body_of(const char *request)
{
	const char *line = strstr(rig.journal.data, request), *body, *end;
	cJSON *json;

	ck_assert_uint_eq(graph_rig_count(&rig, request), 1);
	body = strchr(line, '{');
	end = strchr(line, '\n');
	json = json_parse(body, (size_t)(end - body));
	ck_assert_ptr_nonnull(json);
	return json;
}

static const struct application *found(const struct node *node)
{
	ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
	return node->observed;
}

/* ---- what is made ---- */

/* Case 21. */
START_TEST(one_is_made_where_there_is_none)
{
	const struct shown made = {0}, api = shown_complete(&arena);
	const cJSON *roles, *role;
	struct node *node;
	cJSON *body;

	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE " {\"displayName\":\"SCEPman-api\",\"signInAudience\":\"AzureADMyOrg\"}", 201,
			 shown_json(&arena, &made), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &made)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_str_eq(found(node)->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 2);
	body = body_of(UPDATE);
	ck_assert_int_eq(cJSON_GetArraySize(body), 2);
	ck_assert_str_eq(json_get(body, "identifierUris")->child->valuestring, "api://" APP);
	roles = json_get(body, "appRoles");
	ck_assert_int_eq(cJSON_GetArraySize(roles), 5);
	cJSON_ArrayForEach (role, roles) {
		ck_assert(text_is_guid(json_get(role, "id")->valuestring));
		for (const cJSON *other = role->next; other; other = other->next)
			ck_assert_str_ne(json_get(role, "id")->valuestring, json_get(other, "id")->valuestring);
	}
	ck_assert_int_eq(cJSON_GetArraySize(json_get(cJSON_GetArrayItem(roles, 4), "allowedMemberTypes")), 2);
	cJSON_Delete(body);
	ck_assert_int_eq(node->applied->action, ACTION_CREATE);
	/* What the second write brings goes on record, and is no change of its own. */
	ck_assert_ptr_nonnull(node->applied->next);
	for (const struct change *change = node->applied->next; change; change = change->next)
		ck_assert(change->is_of_create && change->key && (change->after || change->is_known_after_apply));
	ck_assert_uint_eq(node->writes_done, 2);
}
END_TEST

/* Case 36: made, and the answer was lost. It is there, half finished, and is finished. */
START_TEST(what_was_made_is_found_again)
{
	const struct shown made = {0}, api = shown_complete(&arena);

	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE, 0, NULL, 1);
	ck_assert_int_eq(run(APPLICATION_SCEPMAN_API)->outcome, OUTCOME_FAILED);
	graph_rig_next_pass(&rig, 1);
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &made)), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &made)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

/* The read came from a replica that is behind: the create finds it, says so with 204, and has changed nothing. */
START_TEST(what_exists_already_is_not_made_twice)
{
	const struct shown api = shown_complete(&arena);

	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE, 204, NULL, 1);
	graph_rig_answer_free_key(&rig);
	graph_rig_answer(&rig, BY_UNIQUE, 200, shown_json(&arena, &api), 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

/* … and is behind still. */
START_TEST(what_exists_already_may_not_show_yet)
{
	struct node *node;

	graph_rig_answer(&rig, BY_NAME, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE, 204, NULL, 1);
	graph_rig_answer_free_key(&rig);
	graph_rig_answer(
		&rig, BY_UNIQUE, 404,
		"{\"error\":{\"code\":\"Request_ResourceNotFound\",\"message\":\"Resource 'x' does not exist or one of "
		"its queried reference-property objects are not present.\"}}",
		1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->outcome, OUTCOME_FAILED);
	ck_assert(fault_is_retryable(&node->fault));
}
END_TEST

START_TEST(repeating_an_update_asks_for_the_same_ids)
{
	const struct shown made = {0};
	cJSON *bodies[2];

	for (int i = 0; i < 2; i++) {
		graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &made)), 0);
		graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
		run(APPLICATION_SCEPMAN_API);
		bodies[i] = body_of(UPDATE);
		graph_rig_next_pass(&rig, 1);
	}
	ck_assert(cJSON_Compare(bodies[0], bodies[1], true));
	cJSON_Delete(bodies[0]);
	cJSON_Delete(bodies[1]);
}
END_TEST

/* ---- what is added ---- */

/* Case 22. */
START_TEST(a_missing_role_is_added_to_what_is_there)
{
	struct shown api = shown_complete(&arena);
	const cJSON *role;
	cJSON *body;
	size_t known = 0;

	api.roles =
		shown_roles(&arena, APPLICATION_SCEPMAN_API, "Manage.All",
			    "{\"id\":\"ffffffff-0000-4000-8000-000000000001\",\"value\":\"Ours\",\"displayName\":\"o\","
			    "\"isEnabled\":false,\"allowedMemberTypes\":[\"User\"],\"origin\":\"Application\"}");
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	api.roles = shown_roles(&arena, APPLICATION_SCEPMAN_API, NULL, "");
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	found(run(APPLICATION_SCEPMAN_API));
	body = body_of(UPDATE);
	ck_assert_int_eq(cJSON_GetArraySize(body), 1);
	ck_assert_int_eq(cJSON_GetArraySize(json_get(body, "appRoles")), 6);
	cJSON_ArrayForEach (role, json_get(body, "appRoles")) {
		known += text_has_prefix(json_get(role, "id")->valuestring, "eeeeeeee") ||
			 text_has_prefix(json_get(role, "id")->valuestring, "ffffffff");
		ck_assert_ptr_null(json_get(role, "origin"));
	}
	ck_assert_uint_eq(known, 5);
	ck_assert(graph_rig_has(&rig, UPDATE, "\"displayName\":\"o\",\"isEnabled\":false"));
	cJSON_Delete(body);
}
END_TEST

/* The id that would be ours belongs to a role that somebody renamed. */
START_TEST(an_id_that_is_taken_is_not_given_again)
{
	struct shown api = shown_complete(&arena);
	const char *taken;
	cJSON *body;

	api.roles = shown_roles(&arena, APPLICATION_SCEPMAN_API, "Manage.All", "");
	graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &api)), 0);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	run(APPLICATION_SCEPMAN_API);
	body = body_of(UPDATE);
	taken = arena_copy_text(&arena, json_get(cJSON_GetArrayItem(json_get(body, "appRoles"), 4), "id")->valuestring);
	cJSON_Delete(body);
	api.roles = shown_roles(
		&arena, APPLICATION_SCEPMAN_API, "Manage.All",
		arena_printf(&arena,
			     "{\"id\":\"%s\",\"value\":\"Renamed\",\"isEnabled\":true,\"allowedMemberTypes\":[]}",
			     taken));
	graph_rig_next_pass(&rig, 1);
	graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &api)), 0);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	run(APPLICATION_SCEPMAN_API);
	body = body_of(UPDATE);
	ck_assert_str_ne(json_get(cJSON_GetArrayItem(json_get(body, "appRoles"), 5), "id")->valuestring, taken);
	cJSON_Delete(body);
}
END_TEST

/* Case 23. */
START_TEST(foreign_identifier_uris_are_left_alone)
{
	struct shown api = shown_complete(&arena);

	api.identifier_uris = "\"https://contoso.example/scepman\",\"API://" APP "\"";
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	found(run(APPLICATION_SCEPMAN_API));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* Somebody writes between our first look and our write: theirs must not be undone. */
START_TEST(a_change_between_read_and_write_stops_the_write)
{
	struct shown api = shown_complete(&arena);
	struct node *node;

	api.identifier_uris = "";
	graph_rig_answer(&rig, BY_NAME, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	api.identifier_uris = "\"https://contoso.example/new\"";
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &api)), 1);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->outcome, OUTCOME_FAILED);
	ck_assert_int_eq(node->fault.class, FAULT_CONFLICT);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

/* Neither what we read before nor what we wrote: that is not a replica that is behind. */
START_TEST(an_update_that_shows_half_is_looked_at_again)
{
	struct shown api = shown_complete(&arena);
	struct node *node;

	api.identifier_uris = "";
	graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &api)), 2);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 0);
	api.identifier_uris = "\"api://somebody-else\"";
	graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &api)), 0);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_uint_eq(graph_rig_writes(&rig), 1);
}
END_TEST

/* It was made a moment ago, and the replica that is asked has not heard of it. */
START_TEST(a_new_one_that_is_not_replicated_is_there)
{
	struct shown made = shown_complete(&arena);

	made.identifier_uris = "";
	graph_rig_answer(&rig, FIND, 200, NONE, 0);
	graph_rig_answer(&rig, CREATE, 201, shown_json(&arena, &made), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	ck_assert_str_eq(found(run(APPLICATION_SCEPMAN_API))->app_id, APP);
	ck_assert_uint_eq(graph_rig_writes(&rig), 2);
}
END_TEST

/* The replica that is read back is behind: Graph took the write, and that counts. When the same happens again and
 * again, the write does not do what it should. */
START_TEST(an_update_that_does_not_show_is_not_repeated)
{
	struct shown api = shown_complete(&arena);
	struct node *node;

	api.identifier_uris = "";
	for (int pass = 0; pass < 3; pass++) {
		graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &api)), 0);
		graph_rig_answer(&rig, UPDATE, 204, NULL, 0);
		node = run(APPLICATION_SCEPMAN_API);
		ck_assert_uint_eq(graph_rig_writes(&rig), 1);
		if (pass == 2)
			break;
		ck_assert_ptr_nonnull(strstr(found(node)->body, "api://" APP));
		graph_rig_next_pass(&rig, pass == 0 ? 119 : 1);
	}
	ck_assert_int_eq(node->condition.reason, REASON_READ_INCONSISTENT);
	ck_assert_int_gt(node->condition.retry_after_s, 0);
}
END_TEST

static const char *const garbled[] = {
	"{}",
	"{\"value\":{}}",
	"{\"value\":[{}]}",
	"{\"value\":[{\"id\":\"" OBJECT "\",\"appId\":\"" APP "\",\"displayName\":\"x\",\"identifierUris\":[]}]}",
	"{\"value\":[{\"id\":\"" OBJECT "\",\"appId\":\"" APP
	"\",\"displayName\":\"x\",\"appRoles\":null,\"identifierUris\":[]}]}",
	"{\"value\":[{\"id\":\"" OBJECT "\",\"appId\":\"" APP
	"\",\"displayName\":\"x\",\"appRoles\":[],\"identifierUris\":[1]}]}",
	"{\"value\":[{\"id\":\"../x\",\"appId\":\"" APP
	"\",\"displayName\":\"x\",\"appRoles\":[],\"identifierUris\":[]}]}",
};

START_TEST(an_answer_that_lacks_something_is_no_reason_to_write)
{
	struct node *node;

	graph_rig_answer(&rig, FIND, 200, garbled[_i], 0);
	node = run(APPLICATION_SCEPMAN_API);
	ck_assert_int_eq(node->outcome, OUTCOME_FAILED);
	ck_assert_int_eq(node->fault.class, FAULT_GARBLED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("application");
	TCase *cases = tcase_create("application");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, one_is_made_where_there_is_none);
	tcase_add_test(cases, what_was_made_is_found_again);
	tcase_add_test(cases, what_exists_already_is_not_made_twice);
	tcase_add_test(cases, what_exists_already_may_not_show_yet);
	tcase_add_test(cases, repeating_an_update_asks_for_the_same_ids);
	tcase_add_test(cases, a_missing_role_is_added_to_what_is_there);
	tcase_add_test(cases, an_id_that_is_taken_is_not_given_again);
	tcase_add_test(cases, foreign_identifier_uris_are_left_alone);
	tcase_add_test(cases, a_change_between_read_and_write_stops_the_write);
	tcase_add_test(cases, an_update_that_shows_half_is_looked_at_again);
	tcase_add_test(cases, a_new_one_that_is_not_replicated_is_there);
	tcase_add_test(cases, an_update_that_does_not_show_is_not_repeated);
	tcase_add_loop_test(cases, an_answer_that_lacks_something_is_no_reason_to_write, 0, (int)ARRAY_SIZE(garbled));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
