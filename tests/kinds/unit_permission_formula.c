/* The level of domain.md 1.2 as a function: every combination, against its definition and against its tables. */
#include <check.h>
#include <stdlib.h>

#include "kinds/permission_level.h"

/* As domain.md 1.2 words it, for any table: the highest level held, but below the lowest one that is missing. */
static int level_in_words(const int *levels, const bool *held, size_t count)
{
	int highest = -1, result;

	for (size_t i = 0; i < count; i++)
		highest = held[i] && levels[i] > highest ? levels[i] : highest;
	result = highest;
	for (size_t i = 0; i < count; i++)
		result = !held[i] && levels[i] - 1 < result ? levels[i] - 1 : result;
	return result;
}

START_TEST(formula_holds_for_every_combination)
{
	enum { COUNT = 5 };
	int levels[COUNT];
	bool held[COUNT];

	/* 4 values for each of up to 5 roles, each held or not. */
	for (size_t count = 0; count <= COUNT; count++)
		for (unsigned values = 0; values < 1u << (2 * count); values++)
			for (unsigned mask = 0; mask < 1u << count; mask++) {
				for (size_t i = 0; i < count; i++) {
					levels[i] = (int)(values >> (2 * i) & 3);
					held[i] = mask >> i & 1;
				}
				ck_assert_int_eq(permission_level_of(levels, held, count),
						 level_in_words(levels, held, count));
			}
}
END_TEST

/* The tables of domain.md 1.2, all combinations of what is held. */
static int level_of_mask(enum web_app_role role, unsigned mask, bool has_intune)
{
	int levels[8];
	bool held[8];
	size_t count, n = 0;
	const struct well_known_role *roles = permission_level_roles(role, &count);

	for (size_t i = 0; i < count; i++) {
		if (roles[i].is_intune && !has_intune)
			continue;
		levels[n] = roles[i].level;
		held[n++] = mask >> i & 1;
	}
	return permission_level_of(levels, held, n);
}

START_TEST(table_of_scepman)
{
	/* bits: Directory, challenge, devices, configuration, risky */
	for (unsigned mask = 0; mask < 32; mask++)
		for (int has_intune = 0; has_intune < 2; has_intune++) {
			bool has_level_0 = mask & 1 && (mask & 2 || !has_intune), has_level_1 = mask & 4 && mask & 8;
			int expected = !has_level_0 ? -1 : !has_level_1 ? 0 : !(mask & 16) ? 1 : 2;

			ck_assert_int_eq(level_of_mask(WEB_APP_SCEPMAN, mask, has_intune), expected);
		}
}
END_TEST

START_TEST(table_of_certificate_master)
{
	static const int expected[] = {-1, 1, 1, 2};

	for (unsigned mask = 0; mask < 4; mask++)
		ck_assert_int_eq(level_of_mask(WEB_APP_CERTIFICATE_MASTER, mask, true), expected[mask]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("permission formula");
	TCase *cases = tcase_create("permission formula");
	SRunner *runner;
	int failed;

	tcase_add_test(cases, formula_holds_for_every_combination);
	tcase_add_test(cases, table_of_scepman);
	tcase_add_test(cases, table_of_certificate_master);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
