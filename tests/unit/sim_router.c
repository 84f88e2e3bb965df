/* Routes and request targets of the simulated tenant. */
#include <check.h>
#include <stdlib.h>

#include "base/arena.h"
#include "core.h"
#include "router.h"
#include "target.h"

enum { SERVICES = SERVICE_SITE + 1 };

static int handled;

static void handle_first(struct call *call)
{
	(void)call;
	handled = 1;
}

static void handle_second(struct call *call)
{
	(void)call;
	handled = 2;
}

static const struct sim_route table[] = {
	{"GET", "/things/{}", handle_first},        {"PUT", "/things/{}", handle_second},
	{"GET", "/things/special", handle_second},  {"GET", "{*}/rights/{}", handle_second},
	{"GET", "/users('{}')/mail", handle_first}, {0},
};
static const struct sim_route *const tables[] = {table, NULL};
static const struct sim_route *const *const services[SERVICES] = {[SERVICE_ARM] = tables};

static struct arena arena;
static struct router *router;
static struct call call;
static struct sim_request request;

static void start(void)
{
	arena_init(&arena);
	router = router_new(services, SERVICES);
}

static void stop(void)
{
	router_free(router);
	call_done(&call);
	arena_done(&arena);
}

static bool parse(const char *target)
{
	request = (struct sim_request){.method = "GET", .target = target};
	call_done(&call);
	call = (struct call){.arena = &arena, .request = &request, .service = SERVICE_ARM};
	return target_parse(&call);
}

/* Which handler METHOD TARGET finds; 0: none, -1: only with another method. */
static int route(const char *method, const char *target)
{
	bool other = false;

	ck_assert(parse(target));
	request.method = method;
	handled = 0;
	if (!router_match(router, &call, &other))
		return other ? -1 : 0;
	call.route->handle(&call);
	return handled;
}

START_TEST(literals_match_without_regard_to_case)
{
	ck_assert_int_eq(route("GET", "/THINGS/a"), 1);
	ck_assert_str_eq(call.arguments[0], "a");
	ck_assert_int_eq(route("PUT", "/things/A%20b"), 2);
	ck_assert_str_eq(call.arguments[0], "A b");
}
END_TEST

START_TEST(first_route_wins)
{
	ck_assert_int_eq(route("GET", "/things/special"), 1);
}
END_TEST

START_TEST(other_method_is_told)
{
	ck_assert_int_eq(route("DELETE", "/things/a"), -1);
	ck_assert_int_eq(route("DELETE", "/nothing/a"), 0);
	ck_assert_int_eq(route("GET", "/things"), 0);
	ck_assert_int_eq(route("GET", "/things/a/b"), 0);
}
END_TEST

START_TEST(scope_takes_what_is_before)
{
	ck_assert_int_eq(route("GET", "/a/b/c/rights/x"), 2);
	ck_assert_str_eq(call.arguments[0], "/a/b/c");
	ck_assert_str_eq(call.arguments[1], "x");
	ck_assert_int_eq(route("GET", "/rights/x"), 0);
}
END_TEST

START_TEST(hole_inside_a_segment)
{
	ck_assert_int_eq(route("GET", "/Users('me')/mail"), 1);
	ck_assert_str_eq(call.arguments[0], "me");
	ck_assert_int_eq(route("GET", "/users('')/mail"), 0);
}
END_TEST

START_TEST(target_is_decoded)
{
	ck_assert(parse("/a%2Fb//c/?x=1%202&%24filter=a+b&flag"));
	ck_assert_uint_eq(call.segment_count, 2);
	ck_assert_str_eq(call.segments[0], "a/b");
	ck_assert_str_eq(call_query(&call, "X"), "1 2");
	ck_assert_str_eq(call_query(&call, "$filter"), "a b");
	ck_assert_str_eq(call_query(&call, "flag"), "");
	ck_assert_ptr_null(call_query(&call, "y"));
}
END_TEST

START_TEST(bad_targets_are_refused)
{
	static const char *const bad[] = {"", "a", "/%", "/%4", "/%zz", "/%00", "/a?x=%0", "/a?%zz=1"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!parse(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(services_are_told_apart)
{
	struct sim_state state;

	state_init(&state, 1);
	ck_assert_int_eq(core_classify(&state, "localhost:1", "/subscriptions"), SERVICE_ARM);
	ck_assert_int_eq(core_classify(&state, "localhost:1", "/v1.0/users"), SERVICE_GRAPH);
	ck_assert_int_eq(core_classify(&state, "localhost:1", "/_sim/state"), SERVICE_CONTROL);
	ck_assert_int_eq(core_classify(&state, "localhost:1", "/x/oauth2/v2.0/token"), SERVICE_LOGIN);
	ck_assert_int_eq(core_classify(&state, "localhost:1", "/metadata/identity/oauth2/token"), SERVICE_METADATA);
	ck_assert_int_eq(core_classify(&state, "graph.microsoft.com", "/v1.0/users"), SERVICE_GRAPH);
	ck_assert_int_eq(core_classify(&state, "management.azure.com:443", "/v1.0/users"), SERVICE_ARM);
	ck_assert_int_eq(core_classify(&state, "LOGIN.microsoftonline.com", "/x"), SERVICE_LOGIN);
	ck_assert_int_eq(core_classify(&state, NULL, "/subscriptions"), SERVICE_ARM);
	state_done(&state);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim-router");
	TCase *tcase = tcase_create("router");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, literals_match_without_regard_to_case);
	tcase_add_test(tcase, first_route_wins);
	tcase_add_test(tcase, other_method_is_told);
	tcase_add_test(tcase, scope_takes_what_is_before);
	tcase_add_test(tcase, hole_inside_a_segment);
	tcase_add_test(tcase, target_is_decoded);
	tcase_add_test(tcase, bad_targets_are_refused);
	tcase_add_test(tcase, services_are_told_apart);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
