/* The SDKs' variables against the configuration, which of them make a credential, and what is said of refused proofs.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "transport/environment.h"
#include "transport/remedy.h"

#define TENANT "11111111-1111-1111-1111-111111111111"
#define OTHER  "33333333-3333-3333-3333-333333333333"
#define CLIENT "22222222-2222-2222-2222-222222222222"

static struct arena arena;
static const struct credential_context context = {.authority = "https://login.microsoftonline.com",
						  .tenant_id = TENANT};

static void set_up(void)
{
	static const char *const names[] = {"AZURE_TENANT_ID",
					    "AZURE_CLIENT_ID",
					    "AZURE_CLIENT_SECRET",
					    "AZURE_CLIENT_CERTIFICATE_PATH",
					    "AZURE_AUTHORITY_HOST",
					    "AZURE_ADDITIONALLY_ALLOWED_TENANTS",
					    "AZURE_FEDERATED_TOKEN_FILE",
					    "AZURE_USERNAME"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

static void tear_down(void)
{
	arena_done(&arena);
}

START_TEST(an_authority_has_several_names)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
		{"https://login.microsoftonline.com/", "https://login.microsoftonline.com", true},
		{"https://LOGIN.microsoftonline.com", "https://login.microsoftonline.com", true},
		{"login.microsoftonline.com", "https://login.microsoftonline.com", true},
		{"https://login.windows.net/", "https://login.microsoftonline.com", true},
		{"https://login.chinacloudapi.cn", "https://login.partner.microsoftonline.cn", true},
		{"https://login.usgovcloudapi.net", "https://login.microsoftonline.us", true},
		{"https://login.microsoftonline.us", "https://login.microsoftonline.com", false},
		{"https://login.microsoftonline.com.evil.example", "https://login.microsoftonline.com", false},
		{"https://login.microsoftonline.co", "https://login.microsoftonline.com", false},
		{"http://login.microsoftonline.com", "https://login.microsoftonline.com", false},
		{"https://login.microsoftonline.com:444", "https://login.microsoftonline.com", false},
		{"", "https://login.microsoftonline.com", false},
		{"https://localhost:4430/adfs", "https://localhost:4430", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(environment_is_same_authority(cases[i].a, cases[i].b) == cases[i].is_same, "%s",
			      cases[i].a);
		ck_assert(environment_is_same_authority(cases[i].b, cases[i].a) == cases[i].is_same);
	}
}
END_TEST

START_TEST(variables_for_somebody_else_are_a_disagreement)
{
	const char *problem;

	ck_assert_ptr_null(environment_disagreement(&context, &arena));
	setenv("AZURE_TENANT_ID", TENANT, 1);
	setenv("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/", 1);
	ck_assert_ptr_null(environment_disagreement(&context, &arena));
	setenv("AZURE_TENANT_ID", OTHER, 1);
	problem = environment_disagreement(&context, &arena);
	ck_assert_msg(problem && strstr(problem, TENANT) && strstr(problem, OTHER), "%s", problem);
	setenv("AZURE_ADDITIONALLY_ALLOWED_TENANTS", OTHER, 1);
	ck_assert_ptr_nonnull(environment_disagreement(&context, &arena));
	setenv("AZURE_ADDITIONALLY_ALLOWED_TENANTS", "a;*", 1);
	ck_assert_ptr_null(environment_disagreement(&context, &arena));
	setenv("AZURE_AUTHORITY_HOST", "https://evil.example", 1);
	problem = environment_disagreement(&context, &arena);
	ck_assert_msg(problem && strstr(problem, "https://evil.example"), "%s", problem);
	setenv("AZURE_AUTHORITY_HOST", "", 1);
	ck_assert_ptr_null(environment_disagreement(&context, &arena));
}
END_TEST

static void expect_environment(int expected, const char *part)
{
	struct credential *credential = NULL;
	char *problem = NULL;

	ck_assert_int_eq(credential_environment_new(&context, &credential, &problem), expected);
	if (credential)
		credential_close(credential, NULL, NULL);
	ck_assert_msg(!part == !problem, "%s", problem);
	if (part)
		ck_assert_msg(strstr(problem, part) != NULL, "%s", problem);
	free(problem);
}

START_TEST(what_an_environment_lacks_is_named)
{
	expect_environment(-ENOENT, "lacks AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET or AZURE_CLIENT_CERT");
	setenv("AZURE_CLIENT_ID", CLIENT, 1);
	setenv("AZURE_TENANT_ID", TENANT, 1);
	expect_environment(-ENOENT, "lacks AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH");
	setenv("AZURE_USERNAME", "anna", 1);
	expect_environment(-ENOENT, "AZURE_USERNAME and AZURE_PASSWORD are not used");
	setenv("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere", 1);
	expect_environment(0, NULL);
	unsetenv("AZURE_TENANT_ID");
	expect_environment(-ENOENT, "lacks AZURE_TENANT_ID");
	setenv("AZURE_TENANT_ID", OTHER, 1);
	expect_environment(-EINVAL, OTHER);
}
END_TEST

static void expect_workload(const struct desired_credential *desired, int expected, const char *part)
{
	struct credential *credential = NULL;
	char *problem = NULL;

	ck_assert_int_eq(credential_workload_identity_new(&context, desired, &credential, &problem), expected);
	if (credential)
		credential_close(credential, NULL, NULL);
	if (part)
		ck_assert_msg(problem && strstr(problem, part) != NULL, "%s", problem);
	free(problem);
}

START_TEST(a_workload_identity_is_configured_or_in_the_environment)
{
	const struct desired_credential none = {.type = CREDENTIAL_WORKLOAD_IDENTITY},
					both = {.type = CREDENTIAL_WORKLOAD_IDENTITY,
						.client_id = CLIENT,
						.federated_token_file = "/token"};

	expect_workload(&none, -ENOENT, "AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE");
	expect_workload(&both, 0, NULL);
	setenv("AZURE_CLIENT_ID", CLIENT, 1);
	expect_workload(&none, -ENOENT, "AZURE_FEDERATED_TOKEN_FILE is not set");
	setenv("AZURE_FEDERATED_TOKEN_FILE", "/token", 1);
	expect_workload(&none, 0, NULL);
	unsetenv("AZURE_CLIENT_ID");
	expect_workload(&none, -ENOENT, "AZURE_CLIENT_ID is not set");
	setenv("AZURE_CLIENT_ID", CLIENT, 1);
	setenv("AZURE_TENANT_ID", OTHER, 1);
	expect_workload(&none, -EINVAL, OTHER);
	/* A cluster's variables are those of one tenant; the configuration may name an application of another. */
	expect_workload(&both, 0, NULL);
}
END_TEST

static const struct remedy_login by_certificate = {.client_id = CLIENT,
						   .tenant_id = TENANT,
						   .certificate_file = "/etc/c.pem",
						   .thumbprint = "AB12"},
				 by_token = {.client_id = CLIENT,
					     .tenant_id = TENANT,
					     .federated_token_file = "/run/token"};

START_TEST(a_refused_proof_has_its_remedy)
{
	static const struct {
		const struct remedy_login *login;
		const char *code, *message, *part;
	} cases[] = {
		{&by_certificate, "AADSTS700027", NULL,
		 "does not have the certificate in /etc/c.pem (thumbprint AB12)"},
		{&by_certificate, "AADSTS700027", "x [Reason - The key used is expired., y", "expired at application"},
		{&by_certificate, "AADSTS700027",
		 "x [Reason - The provided signature value did not match the expected signature value., y",
		 "with another key"},
		{&by_certificate, "AADSTS700024", NULL, "timedatectl set-ntp true"},
		{&by_certificate, "AADSTS700023", NULL, "correct cloud"},
		{&by_certificate, "AADSTS7000229", NULL, "az ad sp create --id " CLIENT},
		{&by_token, "AADSTS700024", NULL, "the federated token in /run/token is expired or not yet valid"},
		{&by_token, "AADSTS700021", NULL, "correct credential.client_id or AZURE_CLIENT_ID"},
		{&by_token, "AADSTS700211", "for presented assertion issuer 'https://i/'. Check",
		 "issuer (\"https://i/\")"},
		{&by_token, "AADSTS700212", NULL, "with the audience of the one in /run/token"},
		{&by_token, "AADSTS700213", "for presented assertion subject 'a:b", "with the subject of the one"},
		{&by_token, "AADSTS70021", NULL, "issuer, subject or audience"},
		{&by_token, "AADSTS50013", NULL, "openid-configuration"},
		{&by_token, "AADSTS50027", NULL, "not one that its issuer signed"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *sentence = remedy_for_login(cases[i].login, cases[i].code, cases[i].message, &arena);

		ck_assert_msg(sentence && strstr(sentence, cases[i].part), "%s: %s", cases[i].code, sentence);
	}
	ck_assert_ptr_null(remedy_for_login(&by_token, "AADSTS700027", NULL, &arena));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("credential environment");
	TCase *tcase = tcase_create("variables");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_authority_has_several_names);
	tcase_add_test(tcase, variables_for_somebody_else_are_a_disagreement);
	tcase_add_test(tcase, what_an_environment_lacks_is_named);
	tcase_add_test(tcase, a_workload_identity_is_configured_or_in_the_environment);
	tcase_add_test(tcase, a_refused_proof_has_its_remedy);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
