/* The dictionary under edit, and when two names are one setting (domain.md 1.11). */
#include <check.h>
#include <stdlib.h>

#include "kinds/settings_edit.h"
#include "world/setting_name.h"

static struct arena arena;
static struct settings_edit edit;

static void begin(bool is_linux, const struct setting *items, size_t count)
{
	static struct settings before;

	arena_init(&arena);
	before = (struct settings){.items = items, .count = count};
	settings_edit_begin(&edit, &arena, &before, is_linux);
}

static void expect(const struct setting *items, size_t count)
{
	struct settings *result = settings_edit_result(&edit);

	ck_assert_uint_eq(result->count, count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_str_eq(result->items[i].name, items[i].name);
		ck_assert_str_eq(result->items[i].value, items[i].value);
	}
	arena_done(&arena);
}

#define BEGIN(is_linux, ...)                                                                                           \
	do {                                                                                                           \
		static const struct setting items_[] = {__VA_ARGS__};                                                  \
		begin(is_linux, items_, ARRAY_SIZE(items_));                                                           \
	} while (0)
#define EXPECT(...)                                                                                                    \
	do {                                                                                                           \
		static const struct setting items_[] = {__VA_ARGS__};                                                  \
		expect(items_, ARRAY_SIZE(items_));                                                                    \
	} while (0)

START_TEST(names_are_compared_as_dotnet_reads_them)
{
	ck_assert(setting_name_is_same("AppConfig:BaseUrl", "APPCONFIG__baseurl"));
	ck_assert(setting_name_is_same("a:b__c", "a__b:c"));
	ck_assert(!setting_name_is_same("a:b", "a_b"));
	ck_assert(!setting_name_is_same("a:b", "a:b:"));
	ck_assert(!setting_name_is_same("a", ""));
	ck_assert(setting_name_is_same("", ""));
	ck_assert(setting_name_is_same("a___b", "a:_b"));
}
END_TEST

START_TEST(windows_adds_with_a_colon)
{
	BEGIN(false, {"Z", "1"}, {"A", "2"});
	settings_edit_set(&edit, "X:Y", "3", NULL);
	ck_assert(settings_edit_has_changes(&edit));
	EXPECT({"Z", "1"}, {"A", "2"}, {"X:Y", "3"});
}
END_TEST

START_TEST(linux_adds_with_underscores)
{
	BEGIN(true, {"Z", "1"});
	settings_edit_set(&edit, "X:Y:Z", "3", NULL);
	EXPECT({"Z", "1"}, {"X__Y__Z", "3"});
}
END_TEST

START_TEST(the_spelling_that_exists_is_kept)
{
	BEGIN(false, {"x__y", "1"}, {"B", "2"});
	ck_assert_str_eq(settings_edit_before(&edit, "X:Y"), "1");
	settings_edit_set(&edit, "X:Y", "3", NULL);
	EXPECT({"x__y", "3"}, {"B", "2"});
}
END_TEST

START_TEST(equal_values_in_two_spellings_stay_equal)
{
	BEGIN(false, {"X__Y", "1"}, {"x:y", "1"});
	settings_edit_set(&edit, "X:Y", "3", NULL);
	ck_assert_ptr_null(edit.conflict);
	EXPECT({"X__Y", "3"}, {"x:y", "3"});
}
END_TEST

START_TEST(different_values_in_two_spellings_are_a_conflict)
{
	BEGIN(false, {"X__Y", "1"}, {"X:Y", "2"}, {"A__B", "1"}, {"A:B", "2"});
	ck_assert_ptr_null(edit.conflict);
	ck_assert_ptr_nonnull(settings_edit_before(&edit, "X:Y"));
	ck_assert_str_eq(edit.conflict, "X:Y");
	(void)settings_edit_before(&edit, "A:B");
	ck_assert_str_eq(edit.conflict, "X:Y");
	arena_done(&arena);
}
END_TEST

/* A name with ':' never reaches the process there: the value is given under the name that does, and the other follows.
 */
START_TEST(linux_with_only_a_colon_gets_the_other_spelling)
{
	BEGIN(true, {"X:Y", "1"});
	settings_edit_set(&edit, "X:Y", "1", NULL);
	ck_assert(settings_edit_has_changes(&edit));
	EXPECT({"X:Y", "1"}, {"X__Y", "1"});
}
END_TEST

START_TEST(setting_the_same_value_is_no_change)
{
	BEGIN(false, {"X:Y", "1"});
	settings_edit_set(&edit, "x__Y", "1", NULL);
	ck_assert(!settings_edit_has_changes(&edit));
	arena_done(&arena);
}
END_TEST

START_TEST(removing_takes_every_spelling_and_nothing_else)
{
	BEGIN(false, {"A", "1"}, {"X:Y", "1"}, {"x__y", "1"}, {"X:YZ", "2"});
	settings_edit_remove(&edit, "X:Y", NULL);
	settings_edit_remove(&edit, "NOT:THERE", NULL);
	EXPECT({"A", "1"}, {"X:YZ", "2"});
}
END_TEST

START_TEST(what_the_cloud_will_assign_is_never_written)
{
	BEGIN(false, {"X:Y", "1"});
	settings_edit_set_later(&edit, "X:Y", NULL);
	settings_edit_set_later(&edit, "New", NULL);
	ck_assert(settings_edit_has_changes(&edit));
	EXPECT({"X:Y", "1"});
}
END_TEST

START_TEST(many_new_settings_find_room)
{
	arena_init(&arena);
	settings_edit_begin(&edit, &arena, NULL, false);
	for (int i = 0; i < 1000; i++)
		settings_edit_set(&edit, arena_printf(&arena, "N%d", i), "v", NULL);
	ck_assert_uint_eq(settings_edit_result(&edit)->count, 1000);
	ck_assert_str_eq(settings_edit_result(&edit)->items[999].name, "N999");
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings-edit");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, names_are_compared_as_dotnet_reads_them);
	tcase_add_test(tcase, windows_adds_with_a_colon);
	tcase_add_test(tcase, linux_adds_with_underscores);
	tcase_add_test(tcase, the_spelling_that_exists_is_kept);
	tcase_add_test(tcase, equal_values_in_two_spellings_stay_equal);
	tcase_add_test(tcase, different_values_in_two_spellings_are_a_conflict);
	tcase_add_test(tcase, linux_with_only_a_colon_gets_the_other_spelling);
	tcase_add_test(tcase, setting_the_same_value_is_no_change);
	tcase_add_test(tcase, removing_takes_every_spelling_and_nothing_else);
	tcase_add_test(tcase, what_the_cloud_will_assign_is_never_written);
	tcase_add_test(tcase, many_new_settings_find_room);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
