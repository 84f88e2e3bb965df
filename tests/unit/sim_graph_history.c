/* What the simulated Graph remembers: the audit log, delta queries, federated credentials. */
#include "sim_client.h"

#include <string.h>

#include "entra_jwt.h"

#define APPLICATION "2b7c9f14-6e0d-4a58-b391-d5f87a20c46e"

static const char *link_of(const char *name)
{
	const cJSON *link = cJSON_GetObjectItem(client.body, name);

	ck_assert_msg(cJSON_IsString(link), "%s: %s", name, client.response.body);
	return client_printf("%s", link->valuestring + strlen("https://localhost:4430"));
}

START_TEST(delta)
{
	const char *link, *id;

	ck_assert_int_eq(client_send("GET", "/v1.0/applications/delta?$select=displayName", NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	link = link_of("@odata.deltaLink");
	ck_assert_int_eq(client_send("GET", link, NULL), 200);
	ck_assert_int_eq(client_count("value"), 0);
	ck_assert_int_eq(client_send("POST", "/v1.0/applications", "{\"displayName\":\"new\"}"), 201);
	id = client_printf("%s", client_text("id"));
	client_send("PATCH", client_printf("/v1.0/applications/%s", id), "{\"displayName\":\"newer\"}");
	ck_assert_int_eq(client_send("GET", link, NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].displayName"), "newer");
	link = link_of("@odata.deltaLink");
	client_send("DELETE", client_printf("/v1.0/applications/%s", id), NULL);
	ck_assert_int_eq(client_send("GET", link, NULL), 200);
	ck_assert_str_eq(client_text("value[0].id"), id);
	ck_assert_str_eq(client_text("value[0].@removed.reason"), "changed");
	ck_assert_int_eq(client_send("GET", "/v1.0/servicePrincipals/delta()?$deltatoken=latest", NULL), 200);
	ck_assert_int_eq(client_count("value"), 0);
	link = link_of("@odata.deltaLink");
	client_send("PATCH", "/v1.0/servicePrincipals/" GRAPH_SP, "{\"notes\":\"x\"}");
	client_send("GET", link, NULL);
	ck_assert_str_eq(client_text("value[0].notes"), "x");
	ck_assert_int_eq(client_send("GET", "/v1.0/applications/delta?$deltatoken=nonsense", NULL), 400);
	ck_assert_int_eq(client_send("GET", "/v1.0/applications/delta?$deltatoken=Yzo5OTk5OTo5OTk5OQ", NULL), 410);
}
END_TEST

START_TEST(delta_in_pages)
{
	int seen = 0;

	for (int i = 0; i < 450; i++)
		client_send("POST", "/v1.0/applications", client_printf("{\"displayName\":\"%d\"}", i));
	client_send("GET", "/v1.0/applications/delta?$select=id", NULL);
	while (cJSON_GetObjectItem(client.body, "@odata.nextLink")) {
		seen += client_count("value");
		ck_assert_int_eq(client_send("GET", link_of("@odata.nextLink"), NULL), 200);
	}
	ck_assert_int_eq(seen + client_count("value"), 451);
}
END_TEST

START_TEST(audit_log)
{
	ck_assert_int_eq(client_send("PATCH", "/v1.0/applications/" APPLICATION, "{\"notes\":\"x\"}"), 204);
	client.now_ms += 60000;
	ck_assert_int_eq(client_send("POST", "/v1.0/applications", "{\"displayName\":\"new\"}"), 201);
	ck_assert_int_eq(client_send("GET", "/v1.0/auditLogs/directoryAudits", NULL), 200);
	ck_assert_int_eq(client_count("value"), 2);
	ck_assert_str_eq(client_text("value[0].activityDisplayName"), "Add application");
	ck_assert_str_eq(client_text("value[1].activityDisplayName"), "Update application");
	ck_assert_str_eq(client_text("value[1].initiatedBy.app.appId"), CLIENT_ID);
	ck_assert_str_eq(client_text("value[1].targetResources[0].id"), APPLICATION);
	ck_assert_str_eq(client_text("value[1].targetResources[0].type"), "Application");
	ck_assert_str_eq(client_text("value[1].targetResources[0].modifiedProperties[0].displayName"), "notes");
	ck_assert_str_eq(client_text("value[1].targetResources[0].modifiedProperties[0].newValue"), "\"x\"");
	ck_assert_int_eq(
		client_send("GET",
			    "/v1.0/auditLogs/directoryAudits?$filter=activityDateTime%20ge%202026-01-01T00:00:30Z%20and"
			    "%20initiatedBy/app/appId%20eq%20'" CLIENT_ID "'",
			    NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(
		client_send("GET",
			    "/v1.0/auditLogs/directoryAudits?$filter=targetResources/any(t:t/id%20eq%20'" APPLICATION
			    "')&$orderby=activityDateTime",
			    NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("GET",
				     client_printf("/v1.0/auditLogs/directoryAudits/%s", client_text("value[0].id")),
				     NULL),
			 200);
}
END_TEST

START_TEST(federated_credentials)
{
	static const char path[] = "/v1.0/applications/" APPLICATION "/federatedIdentityCredentials";
	static const char body[] =
		"{\"name\":\"k8s\",\"issuer\":\"https://issuer.example/\",\"subject\":\"system:serviceaccount:a:b\","
		"\"audiences\":[\"api://AzureADTokenExchange\"]}";
	const char *id;

	ck_assert_int_eq(client_send("POST", path, body), 201);
	id = client_printf("%s", client_text("id"));
	client_send("POST", path, body);
	assert_error(409, "Request_MultipleObjectsWithSameKeyValue");
	client_send("POST", path, "{\"name\":\"x\",\"issuer\":\"https://i/\",\"subject\":\"s\",\"audiences\":[]}");
	assert_error(400, "Request_BadRequest");
	client_send("POST", path, "{\"name\":\"x\",\"issuer\":\"https://i/\",\"subject\":\"s\"}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("PATCH", client_printf("%s/%s", path, id), "{\"subject\":\"other\"}"), 204);
	client_send("PATCH", client_printf("%s/%s", path, id), "{\"name\":\"other\"}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("GET", client_printf("%s('k8s')", path), NULL), 200);
	ck_assert_str_eq(client_text("subject"), "other");
	ck_assert_int_eq(client_send("GET", path, NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(
		client_send("GET", "/v1.0/applications/" APPLICATION "?$expand=federatedIdentityCredentials", NULL),
		200);
	ck_assert_int_eq(client_count("federatedIdentityCredentials"), 1);
	ck_assert_int_eq(client_send("DELETE", client_printf("%s/%s", path, id), NULL), 204);
	client_send("GET", client_printf("%s/%s", path, id), NULL);
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(owners)
{
	static const char path[] = "/v1.0/applications/" APPLICATION "/owners";
	const char *body = "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/" GRAPH_SP "\"}";

	ck_assert_int_eq(client_send("POST", client_printf("%s/$ref", path), body), 204);
	client_send("POST", client_printf("%s/$ref", path), body);
	assert_error(400, "Request_BadRequest");
	client_send("GET", path, NULL);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("DELETE", client_printf("%s/%s/$ref", path, GRAPH_SP), NULL), 204);
	ck_assert_int_eq(client_send("DELETE", client_printf("%s/%s/$ref", path, GRAPH_SP), NULL), 404);
	ck_assert_int_eq(client_send("POST", "/v1.0/servicePrincipals/" GRAPH_SP "/owners/$ref", body), 204);
	ck_assert_int_eq(client_send("GET", "/v1.0/servicePrincipals/" GRAPH_SP "/owners", NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("DELETE", "/v1.0/servicePrincipals/" GRAPH_SP "/owners/" GRAPH_SP "/$ref", NULL),
			 204);
	client_send("POST", client_printf("%s/$ref", path),
		    "{\"@odata.id\":\"https://graph.microsoft.com/v1.0/nobody\"}");
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(secrets)
{
	const char *key, *secret;

	ck_assert_int_eq(
		client_send(
			"POST", "/v1.0/applications/" APPLICATION "/addPassword",
			"{\"passwordCredential\": {\"displayName\": null, \"endDateTime\": \"2027-01-01T00:00:00Z\", "
			"\"startDateTime\": \"2026-01-01T00:00:00Z\"}}"),
		200);
	key = client_printf("%s", client_text("keyId"));
	secret = client_printf("%s", client_text("secretText"));
	client_send("GET", "/v1.0/applications/" APPLICATION, NULL);
	ck_assert_int_eq(client_count("passwordCredentials"), 2);
	ck_assert(cJSON_IsNull(client_item("passwordCredentials[1].secretText")));
	ck_assert_ptr_null(strstr(client.response.body, secret));
	ck_assert_int_eq(client_send("POST", "/v1.0/applications/" APPLICATION "/removePassword",
				     client_printf("{\"keyId\":\"%s\"}", key)),
			 204);
	ck_assert_int_eq(client_send("POST", "/v1.0/applications/" APPLICATION "/removePassword",
				     client_printf("{\"keyId\":\"%s\"}", key)),
			 400);
	ck_assert_int_eq(client_send("POST", "/" TENANT_ID "/oauth2/v2.0/token",
				     client_printf("grant_type=client_credentials&client_id=" CLIENT_ID
						   "&client_secret=%s&scope="
						   "https://graph.microsoft.com/.default",
						   secret)),
			 401);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("graph history");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, delta);
	tcase_add_test(tcase, delta_in_pages);
	tcase_add_test(tcase, audit_log);
	tcase_add_test(tcase, federated_credentials);
	tcase_add_test(tcase, owners);
	tcase_add_test(tcase, secrets);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
