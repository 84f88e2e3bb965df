#include <stdlib.h>

#include "net_support.h"

int main(void)
{
	Suite *suite = suite_create("net");
	SRunner *runner;
	int failed;

	/* What the machine is set up with must not decide how a test ends. */
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	suite_add_tcase(suite, net_http_case());
	suite_add_tcase(suite, net_azure_case());
	suite_add_tcase(suite, net_batch_case());
	suite_add_tcase(suite, net_loss_case());
	suite_add_tcase(suite, net_tls_case());
	suite_add_tcase(suite, net_login_case());
	suite_add_tcase(suite, net_identity_case());
	suite_add_tcase(suite, net_chain_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
