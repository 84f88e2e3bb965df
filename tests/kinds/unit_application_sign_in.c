/* domain.md 1.4 and section 6, cases 29 and 30: what signing in at Certificate Master needs of its app registration. */
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

START_TEST(certificate_masters_is_made_with_what_signing_in_needs)
{
	const struct shown made = {.is_new = true};
	cJSON *body;

	graph_rig_answer(&rig, BY_MASTER, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE_MASTER, 201, shown_json(&arena, &made), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &made)), 0);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	ck_assert_str_eq(found(run(APPLICATION_CERTIFICATE_MASTER))->app_id, APP);
	body = body_of(UPDATE);
	ck_assert_int_eq(cJSON_GetArraySize(json_get(body, "appRoles")), 25);
	ck_assert_str_eq(json_get(body, "web/homePageUrl")->valuestring, "https://app-scepman-cm.azurewebsites.net");
	ck_assert_str_eq(json_get(body, "web/redirectUris")->child->valuestring, REDIRECT);
	ck_assert(cJSON_IsTrue(json_get(body, "web/implicitGrantSettings/enableIdTokenIssuance")));
	cJSON_Delete(body);
	ck_assert(graph_rig_has(&rig, UPDATE, "\"requiredResourceAccess\":[" GRAPH_HAS(USER_READ) "]"));
}
END_TEST

START_TEST(a_plan_makes_nothing)
{
	struct node *node;

	rig.is_plan = true;
	graph_rig_next_pass(&rig, 1);
	rig.master[0].site.default_host = NULL; /* planned, too */
	graph_rig_answer(&rig, FIND, 200, NONE, 0);
	node = run(APPLICATION_CERTIFICATE_MASTER);
	ck_assert_int_eq(node->outcome, OUTCOME_PLANNED);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	ck_assert_int_eq(node->changes->action, ACTION_CREATE);
	ck_assert_ptr_null(((const struct application *)node->observed)->app_id);
	ck_assert(text_is_guid(application_role(node, "Admin.Full")->id));
}
END_TEST

/* Cases 29 and 30. */
START_TEST(every_host_name_may_sign_in)
{
	static const char *const hosts[] = {"pki.contoso.example", "app-scepman-cm.azurewebsites.net"};
	struct shown master = shown_complete_master(&arena);
	cJSON *body;

	rig.master[0].site.hosts = hosts;
	rig.master[0].site.host_count = 2;
	master.redirect_uris = "\"https://gone.example/signin-oidc\",\"" REDIRECT "\"";
	graph_rig_answer(&rig, BY_MASTER, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	master.redirect_uris = "\"https://pki.contoso.example/signin-oidc\",\"" REDIRECT "\"";
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	body = body_of(UPDATE);
	ck_assert_int_eq(cJSON_GetArraySize(body), 1);
	ck_assert(graph_rig_has(&rig, UPDATE,
				"\"redirectUris\":[\"https://gone.example/signin-oidc\",\"" REDIRECT
				"\",\"https://pki.contoso.example/signin-oidc\"]"));
	ck_assert_str_eq(json_get(body, "web/homePageUrl")->valuestring, "https://h");
	ck_assert(cJSON_IsTrue(json_get(body, "web/implicitGrantSettings/enableAccessTokenIssuance")));
	ck_assert_ptr_null(cJSON_GetObjectItem(json_get(body, "web"), "redirectUriSettings"));
	cJSON_Delete(body);
}
END_TEST

START_TEST(a_redirect_uri_of_a_single_page_app_will_do)
{
	struct shown master = shown_complete_master(&arena);

	master.redirect_uris = "";
	master.spa_uris = "\"" REDIRECT "\"";
	graph_rig_answer(&rig, BY_MASTER, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
}
END_TEST

START_TEST(what_signing_in_needs_is_added_to_what_is_there)
{
	struct shown master = shown_complete_master(&arena);

	master.has_id_tokens = false;
	master.required = GRAPH_HAS("{\"id\":\"11111111-0000-4000-8000-000000000001\",\"type\":\"Role\"}");
	graph_rig_answer(&rig, BY_MASTER, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	master = shown_complete_master(&arena);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	ck_assert(graph_rig_has(
		&rig, UPDATE,
		GRAPH_HAS("{\"id\":\"11111111-0000-4000-8000-000000000001\",\"type\":\"Role\"}," USER_READ)));
	ck_assert(graph_rig_has(
		&rig, UPDATE,
		"\"implicitGrantSettings\":{\"enableAccessTokenIssuance\":true,\"enableIdTokenIssuance\":true}"));
}
END_TEST

/* The home page is an administrator's to choose, once there is an application to choose it for. */
START_TEST(the_home_page_of_what_exists_is_left_alone)
{
	struct shown master = shown_complete_master(&arena);

	master.is_new = true; /* no home page */
	master.has_id_tokens = false;
	graph_rig_answer(&rig, FIND, 200, shown_list(&arena, shown_json(&arena, &master)), 0);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	ck_assert(graph_rig_has(&rig, UPDATE, "\"homePageUrl\":null"));
}
END_TEST

/* Nor is it replaced in one that the create found: a replica had concealed it. */
START_TEST(the_home_page_of_what_was_found_is_left_alone)
{
	struct shown master = shown_complete_master(&arena);

	master.has_id_tokens = false;
	graph_rig_answer(&rig, BY_MASTER, 200, NONE, 1);
	graph_rig_answer(&rig, CREATE_MASTER, 204, NULL, 1);
	graph_rig_answer_free_key(&rig);
	graph_rig_answer(&rig, GRAPH_RIG_KEY, 200, shown_json(&arena, &master), 1);
	graph_rig_answer(&rig, BY_ID, 200, shown_list(&arena, shown_json(&arena, &master)), 0);
	graph_rig_answer(&rig, UPDATE, 204, NULL, 1);
	found(run(APPLICATION_CERTIFICATE_MASTER));
	ck_assert(graph_rig_has(&rig, UPDATE, "\"homePageUrl\":\"https://h\""));
}
END_TEST

/* A host name that the cloud has yet to assign: a line for a plan, nothing to write. */
START_TEST(an_unknown_host_name_is_a_line_of_a_plan)
{
	const struct shown master = shown_complete_master(&arena);
	struct node *node;

	rig.is_plan = _i == 1;
	graph_rig_next_pass(&rig, 1);
	rig.master[0].site.default_host = NULL;
	graph_rig_answer(&rig, BY_MASTER, 200, shown_list(&arena, shown_json(&arena, &master)), 1);
	node = run(APPLICATION_CERTIFICATE_MASTER);
	ck_assert_uint_eq(graph_rig_writes(&rig), 0);
	if (_i == 0) {
		ck_assert_int_eq(node->outcome, OUTCOME_IN_SYNC);
		return;
	}
	ck_assert_int_eq(node->outcome, OUTCOME_PLANNED);
	ck_assert_str_eq(node->changes->key, "web.redirectUris");
	ck_assert(node->changes->is_known_after_apply);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("application sign-in");
	TCase *cases = tcase_create("application sign-in");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, certificate_masters_is_made_with_what_signing_in_needs);
	tcase_add_test(cases, a_plan_makes_nothing);
	tcase_add_test(cases, every_host_name_may_sign_in);
	tcase_add_test(cases, a_redirect_uri_of_a_single_page_app_will_do);
	tcase_add_test(cases, what_signing_in_needs_is_added_to_what_is_there);
	tcase_add_test(cases, the_home_page_of_what_exists_is_left_alone);
	tcase_add_test(cases, the_home_page_of_what_was_found_is_left_alone);
	tcase_add_loop_test(cases, an_unknown_host_name_is_a_line_of_a_plan, 0, 2);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
