/* When a token is fetched, by how many, and what happens to it when the cloud refuses it. */
#include <check.h>
#include <stdlib.h>

#include "transport/token.h"

enum { NOW = 1000000 };

static const struct fault wrong_secret = {
	.class = FAULT_CREDENTIAL, .code = "AADSTS7000215", .message = "wrong", .host = "login"};

START_TEST(one_fetches_for_all)
{
	struct token token = {0};

	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_AWAITED);
	ck_assert(token_begin_fetch(&token, NOW));
	ck_assert(!token_begin_fetch(&token, NOW));
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_AWAITED);
	token_absorb(&token, "first", 3600, 0, NOW);
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_READY);
	ck_assert_str_eq(token.value, "first");
	ck_assert(!token_begin_fetch(&token, NOW));
	token_done(&token);
}
END_TEST

START_TEST(it_is_renewed_ahead_of_time)
{
	struct token token = {0};
	int64_t last_ms = NOW + 3600 * 1000 - TOKEN_MARGIN_MS;

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	ck_assert(!token_begin_fetch(&token, last_ms - TOKEN_MARGIN_MS - 1));
	ck_assert(token_begin_fetch(&token, last_ms - TOKEN_MARGIN_MS));
	/* Meanwhile the old one serves, and for five minutes before its end no longer. */
	ck_assert_int_eq(token_ask(&token, last_ms - 1), TOKEN_READY);
	ck_assert_int_eq(token_ask(&token, last_ms), TOKEN_AWAITED);
	token_absorb(&token, "second", 3600, 0, last_ms);
	ck_assert_str_eq(token.value, "second");
	ck_assert_uint_eq(token.generation, 2);
	token_done(&token);
}
END_TEST

START_TEST(the_issuer_may_want_it_earlier)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 86400, 43200, NOW);
	ck_assert(!token_begin_fetch(&token, NOW + 43200 * 1000LL - 1));
	ck_assert(token_begin_fetch(&token, NOW + 43200 * 1000LL));
	token_done(&token);
}
END_TEST

START_TEST(a_short_life_is_used)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 60, 0, NOW);
	ck_assert_int_eq(token_ask(&token, NOW + 30 * 1000), TOKEN_READY);
	ck_assert_int_eq(token_ask(&token, NOW + 46 * 1000), TOKEN_AWAITED);
	token_done(&token);
}
END_TEST

START_TEST(a_failed_renewal_is_not_noticed)
{
	struct token token = {0};
	int64_t early_ms = NOW + 3600 * 1000 - 2 * TOKEN_MARGIN_MS;

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	ck_assert(token_begin_fetch(&token, early_ms));
	token_absorb_fault(&token, &wrong_secret, early_ms);
	ck_assert_int_eq(token_ask(&token, early_ms), TOKEN_READY);
	ck_assert(!token_begin_fetch(&token, early_ms + TOKEN_RETRY_MS - 1));
	ck_assert(token_begin_fetch(&token, early_ms + TOKEN_RETRY_MS));
	token_done(&token);
}
END_TEST

START_TEST(while_renewals_fail_it_is_used_to_its_end)
{
	struct token token = {0};
	int64_t end_ms = NOW + 3600 * 1000, late_ms = end_ms - TOKEN_MARGIN_MS;

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	/* Nobody wanted it until now, so there is hope for a new one. */
	ck_assert_int_eq(token_ask(&token, late_ms), TOKEN_AWAITED);
	ck_assert(token_begin_fetch(&token, late_ms));
	token_absorb_fault(&token, &wrong_secret, late_ms);
	ck_assert_int_eq(token_ask(&token, late_ms), TOKEN_READY);
	/* Also while the next renewal is under way. */
	ck_assert(token_begin_fetch(&token, late_ms + TOKEN_RETRY_MS));
	ck_assert_int_eq(token_ask(&token, late_ms + TOKEN_RETRY_MS), TOKEN_READY);
	ck_assert_int_eq(token_ask(&token, end_ms - TOKEN_LAST_MS - 1), TOKEN_READY);
	ck_assert_int_eq(token_ask(&token, end_ms - TOKEN_LAST_MS), TOKEN_AWAITED);
	token_absorb_fault(&token, &wrong_secret, end_ms - TOKEN_LAST_MS);
	ck_assert_int_eq(token_ask(&token, end_ms - TOKEN_LAST_MS), TOKEN_FAILED);
	/* The cloud refused it: then it is of no use, whatever time it is. */
	token_absorb(&token, "second", 3600, 0, end_ms);
	token_refuse(&token, 2, NULL);
	ck_assert(token_begin_fetch(&token, end_ms));
	token_absorb_fault(&token, &wrong_secret, end_ms);
	ck_assert_int_eq(token_ask(&token, end_ms), TOKEN_FAILED);
	token_done(&token);
}
END_TEST

/* When a token that lives LIFETIME_S and was had at NOW is renewed, for a cache with SEED. */
static int64_t renewal_ms(uint64_t seed, int64_t lifetime_s, int64_t refresh_in_s)
{
	struct token token = {.random = seed};
	int64_t low_ms = NOW, high_ms = NOW + lifetime_s * 1000;

	token_absorb(&token, "first", lifetime_s, refresh_in_s, NOW);
	while (low_ms + 1 < high_ms) {
		int64_t middle_ms = low_ms + (high_ms - low_ms) / 2;

		if (token_begin_fetch(&token, middle_ms)) {
			token.is_fetching = false;
			high_ms = middle_ms;
		} else {
			low_ms = middle_ms;
		}
	}
	token_done(&token);
	return high_ms;
}

START_TEST(many_who_began_together_do_not_renew_together)
{
	enum { CACHES = 1000 };
	unsigned in_second[300] = {0}, most = 0;
	int64_t latest_ms = NOW + 3600 * 1000 - 2 * TOKEN_MARGIN_MS, ms;

	ck_assert_int_eq(renewal_ms(0, 3600, 0), latest_ms);
	ck_assert_int_eq(renewal_ms(7, 3600, 0), renewal_ms(7, 3600, 0));
	for (uint64_t seed = 1; seed <= CACHES; seed++) {
		ms = renewal_ms(seed * 0x9e3779b97f4a7c15ULL, 3600, 0);
		ck_assert_int_le(ms, latest_ms);
		ck_assert_int_gt(ms, latest_ms - 300 * 1000);
		in_second[(latest_ms - ms) / 1000]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(in_second); i++)
		most = in_second[i] > most ? in_second[i] : most;
	/* On the average three. */
	ck_assert_uint_lt(most, 20);
	/* Nor does the issuer's own wish bring them together. */
	ms = renewal_ms(5, 86400, 43200);
	ck_assert(ms < NOW + 43200 * 1000LL && ms > NOW + 38880 * 1000LL);
}
END_TEST

START_TEST(a_failure_is_told_and_then_tried_again)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb_fault(&token, &wrong_secret, NOW);
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_FAILED);
	ck_assert_str_eq(token.fault.code, "AADSTS7000215");
	ck_assert(!token_begin_fetch(&token, NOW + TOKEN_FAILURE_MS - 1));
	ck_assert(token_begin_fetch(&token, NOW + TOKEN_FAILURE_MS));
	token_absorb(&token, "first", 3600, 0, NOW);
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_READY);
	token_done(&token);
}
END_TEST

START_TEST(throttling_of_the_issuer_is_obeyed)
{
	struct token token = {0};
	struct fault throttled = {.class = FAULT_THROTTLED, .message = "slowly", .retry_after_s = 60};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb_fault(&token, &throttled, NOW);
	ck_assert(!token_begin_fetch(&token, NOW + 59 * 1000));
	ck_assert(token_begin_fetch(&token, NOW + 60 * 1000));
	token_done(&token);
}
END_TEST

START_TEST(only_the_refused_one_is_dropped)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	token_refuse(&token, 1, "{\"access_token\":{}}");
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_AWAITED);
	ck_assert(token_begin_fetch(&token, NOW));
	ck_assert_str_eq(token.claims, "{\"access_token\":{}}");
	token_absorb(&token, "second", 3600, 0, NOW);
	ck_assert_ptr_null(token.claims);
	/* Somebody else had the first one refused too, and only now comes to say so. */
	token_refuse(&token, 1, NULL);
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_READY);
	token_done(&token);
}
END_TEST

START_TEST(what_was_asked_for_without_the_claims_is_of_no_use)
{
	struct token token = {0};
	int64_t early_ms = NOW + 3600 * 1000 - 2 * TOKEN_MARGIN_MS;

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	ck_assert(token_begin_fetch(&token, early_ms));
	token_refuse(&token, 1, "{}");
	token_absorb(&token, "without claims", 3600, 0, early_ms);
	ck_assert_int_eq(token_ask(&token, early_ms), TOKEN_AWAITED);
	ck_assert(token_begin_fetch(&token, early_ms));
	ck_assert_str_eq(token.claims, "{}");
	token_done(&token);
}
END_TEST

START_TEST(many_may_say_that_it_was_refused)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	token_refuse(&token, 1, "{}");
	ck_assert(token_begin_fetch(&token, NOW));
	token_refuse(&token, 1, "{}");
	token_refuse(&token, 1, NULL);
	token_absorb(&token, "second", 3600, 0, NOW);
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_READY);
	token_done(&token);
}
END_TEST

START_TEST(a_replacement_is_not_replaced_in_the_same_pass)
{
	struct token token = {0};

	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "first", 3600, 0, NOW);
	token_refuse(&token, 1, NULL);
	ck_assert(token_begin_fetch(&token, NOW));
	token_absorb(&token, "second", 3600, 0, NOW);
	/* Whoever has not tried it may still find out for themselves. */
	token_refuse(&token, 2, "{}");
	ck_assert(!token_begin_fetch(&token, NOW));
	ck_assert_int_eq(token_ask(&token, NOW), TOKEN_READY);
	ck_assert_str_eq(token.value, "second");
	token_end_pass(&token);
	token_refuse(&token, 2, "{}");
	ck_assert_str_eq(token.claims, "{}");
	ck_assert(token_begin_fetch(&token, NOW));
	token_done(&token);
}
END_TEST

START_TEST(the_claims_parameter_declares_what_we_understand)
{
	struct arena arena = {0};

	ck_assert_str_eq(token_claims_parameter(NULL, &arena),
			 "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}");
	ck_assert_str_eq(token_claims_parameter("{\"access_token\":{\"nbf\":{\"value\":\"1\"}}}", &arena),
			 "{\"access_token\":{\"nbf\":{\"value\":\"1\"},\"xms_cc\":{\"values\":[\"cp1\"]}}}");
	ck_assert_str_eq(token_claims_parameter("no json", &arena),
			 "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}");
	ck_assert_str_eq(token_claims_parameter("{\"access_token\":7}", &arena),
			 "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}");
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("token_cache");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, one_fetches_for_all);
	tcase_add_test(tcase, it_is_renewed_ahead_of_time);
	tcase_add_test(tcase, the_issuer_may_want_it_earlier);
	tcase_add_test(tcase, a_short_life_is_used);
	tcase_add_test(tcase, a_failed_renewal_is_not_noticed);
	tcase_add_test(tcase, while_renewals_fail_it_is_used_to_its_end);
	tcase_add_test(tcase, many_who_began_together_do_not_renew_together);
	tcase_add_test(tcase, a_failure_is_told_and_then_tried_again);
	tcase_add_test(tcase, throttling_of_the_issuer_is_obeyed);
	tcase_add_test(tcase, only_the_refused_one_is_dropped);
	tcase_add_test(tcase, what_was_asked_for_without_the_claims_is_of_no_use);
	tcase_add_test(tcase, many_may_say_that_it_was_refused);
	tcase_add_test(tcase, a_replacement_is_not_replaced_in_the_same_pass);
	tcase_add_test(tcase, the_claims_parameter_declares_what_we_understand);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
