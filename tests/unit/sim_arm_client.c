#include "sim_arm_client.h"

#include <stdlib.h>

#include "entra_jwt.h"

void arm_use(const char *name)
{
	char *error = NULL;

	ck_assert_msg(sim_load_scenario(client.sim, name, &error) == 0, "%s", error);
	free(error);
}

void arm_start(void)
{
	client_start();
	arm_use("fresh");
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://management.azure.com/.default");
}

int arm_visit(const char *host, const char *path)
{
	struct sim_request request = {.method = "GET", .host = host, .target = path};

	sim_response_done(&client.response);
	cJSON_Delete(client.body);
	sim_handle(client.sim, &request, client.now_ms, &client.response);
	client.body = cJSON_Parse(client.response.body);
	return client.response.status;
}

int arm_assign(const char *scope, int number, const char *role, const char *principal)
{
	const char *target = client_printf("%s/providers/Microsoft.Authorization/roleAssignments/"
					   "00000000-0000-4000-8000-%012d" RBAC_VERSION,
					   scope, number);

	return client_send(
		"PUT", target,
		client_printf("{\"properties\":{\"roleDefinitionId\":\"" SUBSCRIPTION
			      "/providers/Microsoft.Authorization/roleDefinitions/%s\",\"principalId\":\"%s\","
			      "\"principalType\":\"ServicePrincipal\"}}",
			      role, principal));
}

int arm_run(const char *name, void (*add)(TCase *tcase))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, arm_start, client_stop);
	tcase_set_timeout(tcase, 60);
	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
