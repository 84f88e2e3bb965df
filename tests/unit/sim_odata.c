/* The $filter language by itself: what it accepts, what it refuses, and what matches. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "odata.h"

static const char object[] =
	"{\"displayName\":\"SCEPman-api\",\"note\":null,\"count\":3,\"on\":true,\"web\":{\"home\":\"it's\"},"
	"\"uris\":[\"api://a\",\"api://b\"],\"roles\":[{\"value\":\"X.Y\",\"isEnabled\":false}],"
	"\"id\":\"7ab1d382-f21e-4acd-a863-ba3e13f7da61\",\"time\":\"2026-01-02T03:04:05Z\"}";

static bool call_true(void *arg, const char *name, const struct odata_value *values, size_t count, const cJSON *item)
{
	(void)arg;
	(void)item;
	return strcmp(name, "atScope") == 0 ||
	       (strcmp(name, "assignedTo") == 0 && count == 1 && values[0].text[0] == 'p');
}

/* 1: matches; 0: does not; -1: is no filter. */
static int judge(const char *text)
{
	struct arena arena = {0};
	struct odata_node *filter;
	const char *error = NULL;
	cJSON *json = cJSON_Parse(object);
	int result = -1;

	if (odata_parse_filter(&arena, text, &filter, &error) == 0)
		result = odata_matches(filter, json, call_true, NULL);
	else
		ck_assert_ptr_nonnull(error);
	cJSON_Delete(json);
	arena_done(&arena);
	return result;
}

static const struct {
	const char *text;
	int expected;
} cases[] = {
	{"displayName eq 'SCEPman-api'", 1},
	{"displayname eq 'scepman-API'", 1},
	{"displayName eq 'SCEPman'", 0},
	{"displayName ne 'SCEPman'", 1},
	{"note eq null", 1},
	{"missing eq null", 1},
	{"displayName eq null", 0},
	{"displayName ne null", 1},
	{"count eq 3 and count ge 3 and count le 3 and count gt 2 and count lt 4", 1},
	{"count eq 4", 0},
	{"on eq true", 1},
	{"on", 1},
	{"not on", 0},
	{"not(on eq false)", 1},
	{"web/home eq 'it''s'", 1},
	{"startswith(displayName,'scep')", 1},
	{"startsWith(displayName, 'x')", 0},
	{"endswith(displayName,'-API')", 1},
	{"contains(displayName,'man')", 1},
	{"displayName in ('a','scepman-api')", 1},
	{"displayName in ('a')", 0},
	{"displayName in ()", 0},
	{"uris/any(s:s eq 'api://b')", 1},
	{"uris/any(s:s eq 'api://c')", 0},
	{"uris/any()", 1},
	{"missing/any()", 0},
	{"uris/all(s:startswith(s,'api'))", 1},
	{"uris/$count eq 2", 1},
	{"uris/$count gt 2", 0},
	{"roles/any(r:r/value eq 'X.Y' and r/isEnabled eq false)", 1},
	{"roles/any(r:r/isEnabled eq true)", 0},
	{"id eq 7ab1d382-f21e-4acd-a863-ba3e13f7da61", 1},
	{"time ge 2026-01-01T00:00:00Z", 1},
	{"time lt 2026-01-01T00:00:00Z", 0},
	{"(count eq 1 or count eq 3) and on eq true", 1},
	{"count eq 1 or count eq 2 and on eq true", 0},
	{"atScope()", 1},
	{"assignedTo('p')", 1},
	{"assignedTo('q')", 0},
	{"atScope() and count eq 3", 1},
	/* no filters */
	{"", -1},
	{"displayName", 0},
	{"displayName eq", -1},
	{"displayName eq 'x", -1},
	{"displayName eq 'x' and", -1},
	{"displayName eq 'x' 'y'", -1},
	{"displayName eq x", -1},
	{"eq 'x'", -1},
	{"(count eq 3", -1},
	{"count eq 3)", -1},
	{"startswith(displayName)", -1},
	{"uris/any(s eq 'a')", -1},
	{"uris/any(s:)", -1},
	{"uris/all()", -1},
	{"displayName in 'a'", -1},
	{"displayName in ('a' 'b')", -1},
	{"a/b/c/d/e/f/g/h/i eq 1", -1},
	{"count eq 3 # 4", -1},
	{"\x01", -1},
};

START_TEST(filter_case)
{
	ck_assert_msg(judge(cases[_i].text) == cases[_i].expected, "%s", cases[_i].text);
}
END_TEST

/* Deep and long filters are refused, and do not take the stack with them. */
START_TEST(bounds)
{
	size_t size = 3 * ODATA_TEXT_MAX;
	char *text = malloc(size);

	memset(text, '(', size - 1);
	text[size - 1] = 0;
	ck_assert_int_eq(judge(text), -1);
	text[ODATA_TEXT_MAX - 1] = 0;
	ck_assert_int_eq(judge(text), -1);
	text[0] = 0;
	for (size_t i = 0; i < ODATA_DEPTH_MAX; i++)
		memcpy(text + i * 4, "not ", 5);
	memcpy(text + ODATA_DEPTH_MAX * 4, "on", 3);
	ck_assert_int_eq(judge(text), -1);
	memcpy(text + (ODATA_DEPTH_MAX - 2) * 4, "on", 3);
	ck_assert_int_eq(judge(text), 1);
	for (size_t i = 0; i < 1500; i++)
		memcpy(text + i * 6, "on or ", 7);
	memcpy(text + 1500L * 6, "on", 3);
	ck_assert_int_eq(judge(text), -1); /* too many nodes */
	memcpy(text + 1000L * 6, "on", 3);
	ck_assert_int_eq(judge(text), 1);
	free(text);
}
END_TEST

START_TEST(order)
{
	cJSON *a = cJSON_Parse("{\"x\":{\"y\":\"a\"},\"n\":1,\"z\":null}"),
	      *b = cJSON_Parse("{\"x\":{\"y\":\"B\"},\"n\":2,\"z\":1}");

	ck_assert_int_lt(odata_compare(odata_property(a, "x/y"), odata_property(b, "X/Y")), 0);
	ck_assert_int_gt(odata_compare(odata_property(b, "n"), odata_property(a, "n")), 0);
	ck_assert_int_lt(odata_compare(odata_property(a, "z"), odata_property(b, "z")), 0);
	ck_assert_int_eq(odata_compare(odata_property(a, "q"), odata_property(b, "q")), 0);
	cJSON_Delete(a);
	cJSON_Delete(b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("odata");
	TCase *tcase = tcase_create("filter");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, filter_case, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tcase, bounds);
	tcase_add_test(tcase, order);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
