/* What the Azure CLI inherits from us, and what its complaints mean. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "transport/azure_cli.h"

#define TENANT   "11111111-1111-1111-1111-111111111111"
#define RESOURCE "https://graph.microsoft.com"
#define ADVICE   "Interactive authentication is needed. Please run:\naz login\n"

START_TEST(secrets_are_not_inherited)
{
	static const char *const kept[] = {"PATH=/bin",
					   "HOME=/root",
					   "AZURE_CONFIG_DIR=/root/.azure",
					   "AZURE_TENANT_ID=contoso.example",
					   "HTTPS_PROXY=http://proxy:3128",
					   "REQUESTS_CA_BUNDLE=/etc/ca.pem",
					   "PYTHONPATH=/opt",
					   "EMPTY=",
					   "LANG"};
	static const char *const dropped[] = {"AZURE_CLIENT_SECRET=canary",
					      "AZURE_CLIENT_CERTIFICATE_PASSWORD=canary",
					      "IDENTITY_HEADER=canary",
					      "MSI_SECRET=canary",
					      "CREDENTIALS_DIRECTORY=/run/credentials/scepmand.service",
					      "NOTIFY_SOCKET=/run/systemd/notify",
					      "WATCHDOG_USEC=30000000",
					      "LISTEN_FDS=1",
					      "github_token=canary",
					      "AWS_SECRET_ACCESS_KEY=canary"};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		ck_assert_msg(azure_cli_inherits(kept[i]), "%s", kept[i]);
	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
		ck_assert_msg(!azure_cli_inherits(dropped[i]), "%s", dropped[i]);
}
END_TEST

START_TEST(each_complaint_has_its_sentence)
{
	static const struct {
		const char *text, *message;
		bool is_nobody;
	} cases[] = {
		{"ERROR: Please run 'az login' to setup account.\n",
		 "nobody is logged in with the Azure CLI as the user that this process runs as; run: az login "
		 "--tenant " TENANT,
		 true},
		{"ERROR: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 1\n" ADVICE,
		 "the Azure CLI's login to tenant " TENANT
		 " does not hold any more, or needs a second factor; run: az login --tenant " TENANT
		 " (it said: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 1)",
		 false},
		{"WARNING: Could not retrieve credential from local cache.\nERROR: AADSTS50020: User account does not "
		 "exist in tenant.\n" ADVICE,
		 "whoever is logged in with the Azure CLI does not belong to tenant " TENANT
		 "; correct tenant_id, or run: az login --tenant " TENANT
		 " (it said: AADSTS50020: User account does not exist in tenant.)",
		 false},
		/* As 2.45 does: a traceback. */
		{"ERROR: The command failed with an unexpected error. Here is the traceback:\n"
		 "ERROR: Unable to get authority configuration for https://login/x.\nTraceback (most recent call "
		 "last):\n"
		 "  File \"/usr/lib/python3/msal/authority.py\", line 124, in __init__\n    raise ValueError(\n"
		 "ValueError: Unable to get authority configuration for https://login/x.\n"
		 "To open a new issue, please run `az feedback`\n",
		 "whoever is logged in with the Azure CLI does not belong to tenant " TENANT
		 "; correct tenant_id, or run: az login --tenant " TENANT
		 " (it said: ValueError: Unable to get authority configuration for https://login/x.)",
		 false},
		{"ERROR: AADSTS7000215: Invalid client secret provided.\n" ADVICE,
		 "the service principal that is logged in with the Azure CLI is refused; run: az login "
		 "--service-principal --tenant " TENANT
		 ", with a secret or certificate that is valid (it said: AADSTS7000215: Invalid client secret "
		 "provided.)",
		 false},
		{"ERROR: AADSTS500011: The resource principal was not found.\n" ADVICE,
		 "the Azure CLI has no token for " RESOURCE
		 ": it works in another cloud; az cloud show --query name tells which, az cloud set --name changes "
		 "it, then run: az login --tenant " TENANT
		 " (it said: AADSTS500011: The resource principal was not found.)",
		 false},
		{"ERROR: AADSTS53003: Access has been blocked by Conditional Access policies.\n" ADVICE,
		 "Conditional Access keeps whoever is logged in with the Azure CLI out of " RESOURCE
		 " from this machine; use another credential here, or have the policy changed (it said: AADSTS53003: "
		 "Access has been blocked by Conditional Access policies.)",
		 false},
		{"az: error: unrecognized arguments: --tenant " TENANT "\n",
		 "the Azure CLI is too old for --tenant and --resource; update it with: apt install --only-upgrade "
		 "azure-cli (it said: az: error: unrecognized arguments: --tenant " TENANT ")",
		 false},
		{"No space left on device\n\n",
		 "az account get-access-token failed with status 7: No space left on device", false},
		{"", "az account get-access-token failed with status 7: it said nothing", false},
		{"\n\n", "az account get-access-token failed with status 7: it said nothing", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		struct azure_cli_complaint complaint = azure_cli_explain(cases[i].text, 7, RESOURCE, TENANT, &arena);

		ck_assert_str_eq(complaint.message, cases[i].message);
		ck_assert(complaint.is_nobody_logged_in == cases[i].is_nobody);
		arena_done(&arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("azure_cli_words");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, secrets_are_not_inherited);
	tcase_add_test(tcase, each_complaint_has_its_sentence);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
