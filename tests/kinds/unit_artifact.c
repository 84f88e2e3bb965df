/* Which package for which channel, platform and host (domain.md 1.10), and which .NET is older than which (1.9). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "kinds/artifact_channel.h"
#include "kinds/stack_version.h"

#define G "https://raw.githubusercontent.com/scepman/install/master"
#define I "https://install.scepman.com"
#define D "https://raw.githubusercontent.com/scepman/install/deferred"

START_TEST(a_channel_has_a_url_for_each_platform_and_host)
{
	static const struct {
		enum web_app_role role;
		bool is_linux;
		enum update_channel channel;
		enum artifact_host host;
		const char *url;
	} rows[] = {
		{WEB_APP_SCEPMAN, false, CHANNEL_PROD, ARTIFACT_HOST_MAIN, G "/dist/Artifacts.zip"},
		{WEB_APP_SCEPMAN, false, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, G "/dist/Artifacts-Intern.zip"},
		{WEB_APP_SCEPMAN, true, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, G "/dist/Artifacts-Linux-Internal.zip"},
		{WEB_APP_SCEPMAN, true, CHANNEL_BETA, ARTIFACT_HOST_OTHER, I "/dist/Artifacts-Linux-Beta.zip"},
		/* Only one host has the deferred ones, and it has nothing else. */
		{WEB_APP_SCEPMAN, false, CHANNEL_DEFERRED, ARTIFACT_HOST_MAIN, D "/dist/Artifacts.zip"},
		{WEB_APP_SCEPMAN, false, CHANNEL_DEFERRED, ARTIFACT_HOST_OTHER, D "/dist/Artifacts.zip"},
		{WEB_APP_SCEPMAN, false, CHANNEL_PROD, ARTIFACT_HOST_DEFERRED, G "/dist/Artifacts.zip"},
		{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_BETA, ARTIFACT_HOST_OTHER,
		 I "/dist-certmaster/CertMaster-Artifacts-Beta.zip"},
		{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_DEFERRED, ARTIFACT_HOST_MAIN,
		 D "/dist-certmaster/CertMaster-Artifacts-Linux.zip"},
		{WEB_APP_SCEPMAN, false, CHANNEL_UNMANAGED, ARTIFACT_HOST_MAIN, NULL},
		{WEB_APP_SCEPMAN, false, CHANNEL_URL, ARTIFACT_HOST_MAIN, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *url = artifact_source_url(rows[i].role, rows[i].is_linux, rows[i].channel, rows[i].host);
		const struct artifact_source *source;

		ck_assert_pstr_eq(url, rows[i].url);
		if (!url)
			continue;
		source = artifact_source_of(rows[i].role, url);
		ck_assert_ptr_nonnull(source);
		ck_assert(source->is_linux == rows[i].is_linux && source->channel == rows[i].channel);
	}
}
END_TEST

/* Each package for one platform has its like for the other one, on the same host: what a repair chooses. */
START_TEST(every_package_has_its_like)
{
	static const enum update_channel channels[] = {CHANNEL_PROD, CHANNEL_BETA, CHANNEL_INTERNAL, CHANNEL_DEFERRED};
	static const enum artifact_host hosts[] = {ARTIFACT_HOST_MAIN, ARTIFACT_HOST_OTHER, ARTIFACT_HOST_DEFERRED};
	static const enum web_app_role roles[] = {WEB_APP_SCEPMAN, WEB_APP_CERTIFICATE_MASTER};

	for (size_t role = 0; role < ARRAY_SIZE(roles); role++)
		for (size_t channel = 0; channel < ARRAY_SIZE(channels); channel++)
			for (size_t host = 0; host < ARRAY_SIZE(hosts); host++) {
				const struct artifact_source *windows = artifact_source_of(
					roles[role],
					artifact_source_url(roles[role], false, channels[channel], hosts[host]));
				const struct artifact_source *other = artifact_source_of(
					roles[role],
					artifact_source_url(roles[role], true, channels[channel], hosts[host]));

				ck_assert_ptr_nonnull(windows);
				ck_assert_ptr_nonnull(other);
				ck_assert_int_eq(windows->host, other->host);
				ck_assert_int_eq(windows->channel, other->channel);
			}
}
END_TEST

START_TEST(only_exact_urls_are_the_vendors)
{
	ck_assert_ptr_nonnull(artifact_source_of(WEB_APP_SCEPMAN, "HTTPS://INSTALL.scepman.com/dist/ARTIFACTS.zip"));
	ck_assert_ptr_null(artifact_source_of(WEB_APP_SCEPMAN, G "/dist/Artifacts.zip?x"));
	ck_assert_ptr_null(artifact_source_of(WEB_APP_SCEPMAN, G "/dist/Artifacts.zip "));
	ck_assert_ptr_null(artifact_source_of(WEB_APP_SCEPMAN, I "/dist-certmaster/CertMaster-Artifacts.zip"));
	ck_assert_ptr_null(artifact_source_of(WEB_APP_SCEPMAN, NULL));
	ck_assert_ptr_null(artifact_source_of(WEB_APP_SCEPMAN, ""));
}
END_TEST

START_TEST(words_are_channels_or_not)
{
	ck_assert_int_eq(artifact_channel_parse("Beta"), CHANNEL_BETA);
	ck_assert_int_eq(artifact_channel_parse("deferred"), CHANNEL_DEFERRED);
	ck_assert_int_eq(artifact_channel_parse("bogus"), CHANNEL_UNMANAGED);
	ck_assert_int_eq(artifact_channel_parse("unmanaged"), CHANNEL_UNMANAGED);
	ck_assert_int_eq(artifact_channel_parse(""), CHANNEL_UNMANAGED);
	ck_assert_int_eq(artifact_channel_parse(NULL), CHANNEL_UNMANAGED);
	ck_assert_str_eq(artifact_channel_name(CHANNEL_INTERNAL), "internal");
	ck_assert_ptr_null(artifact_channel_name(CHANNEL_UNMANAGED));
	ck_assert_ptr_null(artifact_channel_name(CHANNEL_URL));
}
END_TEST

START_TEST(urls_can_be_dead_or_secret)
{
	ck_assert(artifact_url_is_dead("https://raw.githubusercontent.com/GlueckKanja/gk-scepman/master/dist/x.zip"));
	ck_assert(!artifact_url_is_dead("https://example.com/glueckkanja-gk-scepman/x.zip"));
	ck_assert(!artifact_url_is_dead(NULL));
	ck_assert(artifact_url_is_secret("https://st.blob.core.windows.net/a.zip?sig=x"));
	ck_assert(artifact_url_is_secret("https://u:p@example.com/a.zip"));
	ck_assert(!artifact_url_is_secret(G "/dist/Artifacts.zip"));
	ck_assert(!artifact_url_is_secret(NULL));
}
END_TEST

/* Defect B19 of the cmdlet: as a fraction, 10.10 is less than 10.9. */
START_TEST(versions_are_compared_as_two_integers)
{
	static const struct {
		const char *present;
		bool is_linux;
		const char *wanted;
		enum stack_judgement judgement;
	} rows[] = {
		{"v10.0", false, "10.0", STACK_GOOD},
		{"v8.0", false, "10.0", STACK_TOO_OLD},
		{"v4.0", false, "10.0", STACK_TOO_OLD},
		{"V9.0", false, "10.0", STACK_TOO_OLD},
		{"10.0", false, "10.0", STACK_GOOD},
		{"v10", false, "10.0", STACK_GOOD},
		{"v10.10", false, "10.9", STACK_GOOD},
		{"v10.9", false, "10.10", STACK_TOO_OLD},
		{"v11.0", false, "10.9", STACK_GOOD},
		{"", false, "10.0", STACK_TOO_OLD},
		{NULL, false, "10.0", STACK_TOO_OLD},
		{"vLTS", false, "10.0", STACK_UNPARSABLE},
		{"v", false, "10.0", STACK_UNPARSABLE},
		{"v10.", false, "10.0", STACK_UNPARSABLE},
		{"v10.0-preview", false, "10.0", STACK_UNPARSABLE},
		{"v99999999999999999999.0", false, "10.0", STACK_UNPARSABLE},
		{"DOTNETCORE|10.0", true, "10.0", STACK_GOOD},
		{"dotnetcore|8.0", true, "10.0", STACK_TOO_OLD},
		{"DOTNETCORE:9.0", true, "10.0", STACK_TOO_OLD},
		{"DOTNETCORE|11.0", true, "10.0", STACK_GOOD},
		{"DOTNETCORE|LTS", true, "10.0", STACK_UNPARSABLE},
		{"DOTNETCORE", true, "10.0", STACK_UNPARSABLE},
		{"", true, "10.0", STACK_TOO_OLD},
		{"DOCKER|contoso/app:8.0", true, "10.0", STACK_FOREIGN},
		{"JAVA|17-java17", true, "10.0", STACK_FOREIGN},
		{"DOTNETCOREX|8.0", true, "10.0", STACK_FOREIGN},
		{"v8.0", true, "10.0", STACK_FOREIGN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(stack_version_judge(rows[i].present, rows[i].is_linux, rows[i].wanted) ==
				      rows[i].judgement,
			      "%s against %s", rows[i].present ? rows[i].present : "(none)", rows[i].wanted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("artifact");
	TCase *tcase = tcase_create("artifact");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, a_channel_has_a_url_for_each_platform_and_host);
	tcase_add_test(tcase, every_package_has_its_like);
	tcase_add_test(tcase, only_exact_urls_are_the_vendors);
	tcase_add_test(tcase, words_are_channels_or_not);
	tcase_add_test(tcase, urls_can_be_dead_or_secret);
	tcase_add_test(tcase, versions_are_compared_as_two_integers);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
