/* What is taken out of texts that others wrote, and what stays. */
#include <check.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "base/redact.h"

#define KEY "k3y~\"a\\b/c&d+e"

START_TEST(known_secrets_go_however_they_are_spelled)
{
	static const struct {
		const char *text, *secret, *clean; /* CLEAN NULL: stays */
	} cases[] = {
		{"no " KEY " here", KEY, "no (sensitive) here"},
		{KEY KEY, KEY, "(sensitive)(sensitive)"},
		{"k3y~\\\"a\\\\b\\/c&d+e!", KEY, "(sensitive)!"},
		{"k3y~\\u0022a\\u005cb/c\\u0026d\\u002Be!", KEY, "(sensitive)!"},
		{"k3y~%22a%5cb%2Fc%26d%2Be!", KEY, "(sensitive)!"},
		{"k3y~%22a\\\\b/c&d%2Be!", KEY, "(sensitive)!"},
		{"a one two  three", "one\ntwo\r\nthree", "a (sensitive)"},
		{"\\\\\\\\server\\share", "\\\\\\\\server", "(sensitive)\\share"},
		{"x=one+two+three", "one two three", "x=(sensitive)"},
		{"k\\u00e9\\u20ac-and-so-on", "k\xc3\xa9\xe2\x82\xac-and-so-on", "(sensitive)"},
		/* The text was cut inside of it, and goes on with other words. */
		{"is k3y~\"a\\b" REDACT_CUT " Try again.", KEY, "is (sensitive)" REDACT_CUT " Try again."},
		{"is k3y~\"a\\b Try again.", KEY, NULL},
		{"is k3" REDACT_CUT, KEY, NULL},
		{"is k3y~\"a\\b/c&d+f", KEY, NULL},
		{"K3Y~ is another one", KEY, NULL},
		{"true it is", "true", NULL},
		{"nothing", NULL, NULL},
		{"nothing", "", NULL},
		{"", KEY, NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *clean = redact_secret(&arena, cases[i].text, cases[i].secret);

		ck_assert_str_eq(clean, cases[i].clean ? cases[i].clean : cases[i].text);
	}
	arena_done(&arena);
}
END_TEST

START_TEST(what_looks_like_a_secret_goes)
{
	static const struct {
		const char *text, *clean; /* CLEAN NULL: stays */
	} cases[] = {
		{"token eyJ0eXAiOiJKV1Qi.eyJhdWQi.c2ln, it said", "token (sensitive), it said"},
		{"'Bearer abcdefghijklmnop' is over", "'Bearer (sensitive)' is over"},
		{"basic YWxhZGRpbjpvcGVuc2VzYW1l", "basic (sensitive)"},
		{"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc+/=;EndpointSuffix=x",
		 "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=(sensitive);EndpointSuffix=x"},
		{"https://a/x.zip?sv=2024&sig=ab%2Bc&se=1 is gone",
		 "https://a/x.zip?sv=2024&sig=(sensitive)&se=1 is gone"},
		{"https://user:pass@proxy:3128/ refused", "https://(sensitive)@proxy:3128/ refused"},
		{"Server=x;User ID=sa;Password=p;Pwd='q r'",
		 "Server=x;User ID=sa;Password=(sensitive);Pwd='(sensitive)'"},
		{"{\"AppConfig:LoggingConfig:SharedKey\": \"abc def\", \"a\":\"b\"}",
		 "{\"AppConfig:LoggingConfig:SharedKey\": \"(sensitive)\", \"a\":\"b\"}"},
		{"{\\\"client_secret\\\":\\\"abc\\\"}", "{\\\"client_secret\\\":\\\"(sensitive)\\\"}"},
		{"{\"secret\":\"a'b\\\"c\"}", "{\"secret\":\"(sensitive)\"}"},
		{"\\\\\"secret\\\\\":\\\\\"a\\\\\\\"b\\\\\" c", "\\\\\"secret\\\\\":\\\\\"(sensitive)\\\\\" c"},
		{"{\"secret\":\"ab", "{\"secret\":\"(sensitive)"},
		{"client_secret=abc&grant_type=x", "client_secret=(sensitive)&grant_type=x"},
		{"access_token=a access_token=b", "access_token=(sensitive) access_token=(sensitive)"},
		/* What people must be able to read. */
		{"AADSTS7000222: The provided client secret keys for app 'x' are expired.", NULL},
		{"Bearer token is missing; Basic authentication is off", NULL},
		{"The setting AppConfig:LoggingConfig:SharedKey is not valid", NULL},
		{"https://a.example/x?y=user@b is wrong", NULL},
		{"keyName=abc; signed=no; tokens=2", NULL},
		{"password=", NULL},
		{"eyJ is how they begin", NULL},
		{"", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(redact_forms(&arena, cases[i].text), cases[i].clean ? cases[i].clean : cases[i].text);
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redact_texts");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, known_secrets_go_however_they_are_spelled);
	tcase_add_test(tcase, what_looks_like_a_secret_goes);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
