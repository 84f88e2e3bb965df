/* The state of the simulated tenant: reading, writing, lists. */
#include "sim_arm_client.h"

#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "scenarios.h"
#include "state.h"

/* The complaint about the state TEXT; to be freed. */
static char *complaint(const char *text)
{
	struct sim_state state;
	char *error = NULL;

	state_init(&state, 1);
	ck_assert_msg(state_load(&state, cJSON_Parse(text), &error) < 0, "%s", text);
	state_done(&state);
	return error;
}

START_TEST(wrong_states_are_refused_with_the_path)
{
#define BEGIN "{\"format_version\":\"1\",\"tenant\":{\"tenantId\":\"" TENANT_ID "\"}"
	static const struct {
		const char *text, *path;
	} bad[] = {
		{"[]", "the state"},
		{"{}", "format_version"},
		{"{\"format_version\":\"2\"}", "format_version"},
		{"{\"format_version\":\"1\"}", "tenant.tenantId"},
		{BEGIN ",\"resource\":[]}", "resource:"},
		{BEGIN ",\"resources\":{}}", "resources:"},
		{BEGIN ",\"resources\":[1]}", "resources[0]"},
		{BEGIN ",\"resources\":[{\"id\":\"/a/b\",\"type\":\"A/b\"},{\"id\":\"\"}]}", "resources[1].id"},
		{BEGIN ",\"resources\":[{\"id\":\"/a/b\",\"type\":\"A/b\"},{\"id\":\"/A/B\",\"type\":\"A/b\"}]}",
		 "resources[1].id"},
		{BEGIN ",\"resources\":[{\"id\":\"/a/b\"}]}", "resources[0].type"},
		{BEGIN ",\"resources\":[{\"id\":\"/a/b\",\"type\":\"A/b\",\"properties\":1}]}",
		 "resources[0].properties"},
		{BEGIN ",\"directory\":{\"persons\":[]}}", "directory.persons"},
		{BEGIN ",\"directory\":{\"users\":[{}]}}", "directory.users[0].id"},
		{BEGIN ",\"credentials\":[{}]}", "credentials[0].appId"},
		{BEGIN ",\"subscriptions\":[{\"subscriptionId\":7}]}", "subscriptions[0].subscriptionId"},
		{BEGIN ",\"packages\":[]}", "packages"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *error = complaint(bad[i].text);

		ck_assert_msg(error && strncmp(error, bad[i].path, strlen(bad[i].path)) == 0, "%s: %s", bad[i].text,
			      error);
		free(error);
	}
}
END_TEST

START_TEST(every_scenario_comes_back_as_it_was_saved)
{
	static const char *const names[] = {"fresh",
					    "linux",
					    "key-vault-policies",
					    "completed",
					    "slots",
					    "two-installations",
					    "upgrade-1x",
					    "upgrade-1x-slots",
					    "many:2"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sim_state a, b;
		cJSON *first, *second;
		char *error = NULL;

		state_init(&a, 1);
		state_init(&b, 1);
		ck_assert_msg(state_load(&a, scenario_build(names[i]), &error) == 0, "%s: %s", names[i], error);
		first = state_save(&a);
		ck_assert_int_eq(state_load(&b, cJSON_Duplicate(first, true), &error), 0);
		second = state_save(&b);
		ck_assert_msg(cJSON_Compare(first, second, true), "%s", names[i]);
		cJSON_Delete(first);
		cJSON_Delete(second);
		state_done(&a);
		state_done(&b);
	}
	ck_assert_ptr_null(scenario_build("nothing"));
	ck_assert_ptr_null(scenario_build("fresh:2"));
	ck_assert_ptr_null(scenario_build("many:x"));
}
END_TEST

static struct sim_state state;

static void put(const char *text)
{
	state_put_resource(&state, cJSON_Parse(text));
}

START_TEST(lists_follow_puts_and_removals)
{
#define G "/subscriptions/s/resourceGroups/g"
	state_init(&state, 1);
	put("{\"id\":\"" G "/providers/Microsoft.Web/sites/a\",\"type\":\"Microsoft.Web/sites\","
	    "\"properties\":{\"defaultHostName\":\"a.example\",\"hostNames\":[\"a.example\",\"b.example\"]}}");
	put("{\"id\":\"" G "/providers/Microsoft.Web/sites/a/slots/x\",\"type\":\"Microsoft.Web/sites/slots\","
	    "\"properties\":{\"defaultHostName\":\"a-x.example\"}}");
	put("{\"id\":\"" G "/providers/Microsoft.Web/sites/a/providers/Microsoft.Authorization/roleAssignments/r\","
	    "\"type\":\"Microsoft.Authorization/roleAssignments\",\"properties\":{\"principalId\":\"p\"}}");
	ck_assert_uint_eq(state_list_type(&state, G, "microsoft.web/SITES")->count, 1);
	ck_assert_uint_eq(state_list_type(&state, "/subscriptions/S", "Microsoft.Web/sites")->count, 1);
	ck_assert_uint_eq(state_list_children(&state, G)->count, 1);
	ck_assert_uint_eq(state_list_children(&state, G "/providers/Microsoft.Web/sites/A")->count, 2);
	ck_assert_uint_eq(state_list_principal(&state, "P")->count, 1);
	ck_assert_uint_eq(state_list_role_assignments(&state, "/subscriptions/s")->count, 1);
	ck_assert_ptr_nonnull(state_find_host(&state, "B.example"));
	ck_assert_ptr_nonnull(state_find_name(&state, "Microsoft.Web/sites", "A"));

	put("{\"id\":\"" G "/providers/Microsoft.Web/sites/a\",\"type\":\"Microsoft.Web/sites\","
	    "\"properties\":{\"defaultHostName\":\"a.example\"}}");
	ck_assert_ptr_null(state_find_host(&state, "b.example"));
	ck_assert_uint_eq(state_list_type(&state, G, "Microsoft.Web/sites")->count, 1);

	ck_assert(state_remove_resource(&state, G "/providers/Microsoft.Web/SITES/a"));
	ck_assert(!state_remove_resource(&state, G "/providers/Microsoft.Web/sites/a"));
	ck_assert_uint_eq(state.resources.live, 0);
	ck_assert_uint_eq(state_list_principal(&state, "p")->count, 0);
	ck_assert_ptr_null(state_find_host(&state, "a-x.example"));
	state_done(&state);
}
END_TEST

START_TEST(guids_follow_from_the_seed)
{
	struct sim_state a, b;
	char first[37], second[37], other[37];

	state_init(&a, 7);
	state_init(&b, 7);
	state_guid(&a, first);
	state_guid(&b, second);
	state_guid(&b, other);
	ck_assert_str_eq(first, second);
	ck_assert_str_ne(first, other);
	ck_assert_uint_eq(strlen(first), 36);
	state_done(&a);
	state_done(&b);
}
END_TEST

static const char *first_application(const struct sim_state *tenant)
{
	const struct map *applications = &tenant->directory[DIRECTORY_APPLICATIONS];

	return applications->count ? applications->entries[applications->count - 1].name : NULL;
}

/* A tenant that was saved with what was made in it and put back must not make the same again. */
START_TEST(guids_are_not_made_twice)
{
	struct sim_state a;
	char first[37], second[37], other[37];
	cJSON *application = cJSON_CreateObject();

	state_init(&a, 7);
	state_reseed(&a);
	state_guid(&a, first);
	cJSON_AddStringToObject(application, "id", first);
	state_put_object(&a, DIRECTORY_APPLICATIONS, application);
	ck_assert_str_eq(first_application(&a), first);
	a.random = 7;
	state_reseed(&a);
	state_guid(&a, second);
	ck_assert_str_ne(first, second);
	a.random = 7;
	state_reseed(&a);
	state_guid(&a, other);
	ck_assert_str_eq(second, other);
	state_done(&a);
}
END_TEST

START_TEST(wrong_state_leaves_the_tenant)
{
	char *error = NULL;

	ck_assert_int_lt(sim_load(client.sim, "{\"a\"", 4, &error), 0);
	ck_assert_ptr_nonnull(error);
	free(error);
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	error = NULL;
	ck_assert_int_lt(sim_load_scenario(client.sim, "wrong", &error), 0);
	ck_assert_ptr_nonnull(strstr(error, "key-vault-policies"));
	free(error);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, wrong_states_are_refused_with_the_path);
	tcase_add_test(tcase, every_scenario_comes_back_as_it_was_saved);
	tcase_add_test(tcase, lists_follow_puts_and_removals);
	tcase_add_test(tcase, guids_follow_from_the_seed);
	tcase_add_test(tcase, guids_are_not_made_twice);
	tcase_add_test(tcase, wrong_state_leaves_the_tenant);
}

int main(void)
{
	return arm_run("sim-state", add);
}
