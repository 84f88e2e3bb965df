/* Applications and service principals: life, rules and errors. */
#include "sim_client.h"

#include <stdlib.h>
#include <string.h>

#include "entra_jwt.h"

#define ROLE(id, value, enabled)                                                                                       \
	"{\"allowedMemberTypes\":[\"Application\"],\"description\":\"D\",\"displayName\":\"N\",\"id\":\"" id           \
	"\",\"isEnabled\":" enabled ",\"value\":\"" value "\"}"
#define ROLE_A "29670954-e676-4f8f-a1de-e1ee24853370"
#define ROLE_B "22467f0a-4758-4653-9967-b92cfbc26203"

static const char *object_id, *app_id;

static void create(const char *body)
{
	ck_assert_msg(client_send("POST", "/v1.0/applications", body) == 201, "%s", client.response.body);
	object_id = client_printf("%s", client_text("id"));
	app_id = client_printf("%s", client_text("appId"));
}

static int patch(const char *body)
{
	return client_send("PATCH", client_printf("/v1.0/applications/%s", object_id), body);
}

START_TEST(new_application_is_complete)
{
	/* As az sends it (wire.md section 12, ad-app-create). */
	create("{\"displayName\": \"simapp\", \"signInAudience\": \"AzureADMyOrg\", \"keyCredentials\": [], \"web\": "
	       "{\"redirectUris\": [\"https://app1.localhost/.auth/login/aad/callback\"], \"implicitGrantSettings\": "
	       "{\"enableIdTokenIssuance\": true}}, \"appRoles\": [" ROLE(ROLE_A, "Jobs.Submit", "true") "]}");
	ck_assert_str_eq(client_text("createdDateTime"), "2026-01-01T00:00:00Z");
	ck_assert_str_eq(client_text("publisherDomain"), "contoso.example");
	ck_assert_str_eq(client_text("appRoles[0].origin"), "Application");
	ck_assert_str_eq(client_text("web.redirectUriSettings[0].uri"),
			 "https://app1.localhost/.auth/login/aad/callback");
	ck_assert(cJSON_IsTrue(client_item("web.implicitGrantSettings.enableIdTokenIssuance")));
	ck_assert(cJSON_IsFalse(client_item("web.implicitGrantSettings.enableAccessTokenIssuance")));
	ck_assert_int_eq(client_count("requiredResourceAccess"), 0);
	ck_assert_int_eq(client_count("identifierUris"), 0);
	ck_assert_int_eq(client_count("passwordCredentials"), 0);
	ck_assert(cJSON_IsNull(client_item("uniqueName")));
	ck_assert_ptr_nonnull(strstr(cJSON_GetObjectItem(client.body, "@odata.context")->valuestring,
				     "/v1.0/$metadata#applications/$entity"));
	ck_assert_str_ne(object_id, app_id);
	/* It has no service principal yet. */
	client_send("GET", client_printf("/v1.0/servicePrincipals(appId='%s')", app_id), NULL);
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(found_by_every_key)
{
	create("{\"displayName\":\"a\",\"uniqueName\":\"it's\"}");
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s", object_id), NULL), 200);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/APPLICATIONS('%s')", object_id), NULL), 200);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications(appId='%s')", app_id), NULL), 200);
	ck_assert_int_eq(client_send("GET", "/v1.0/applications(uniqueName='it%27%27s')", NULL), 200);
	ck_assert_str_eq(client_text("id"), object_id);
	client_send("GET", client_printf("/v1.0/applications/%s", app_id), NULL);
	assert_error(404, "Request_ResourceNotFound");
	ck_assert_str_eq(
		client_text("error.message"),
		client_printf("Resource '%s' does not exist or one of its queried reference-property objects are not "
			      "present.",
			      app_id));
	client_send("GET", "/v1.0/applications/nonsense", NULL);
	assert_error(400, "Request_BadRequest");
	client_send("GET", "/v1.0/applications(uniqueName=')", NULL);
	assert_error(400, "BadRequest");
	client_send("GET", "/v1.0/applications(displayName='a')", NULL);
	assert_error(400, "BadRequest");
}
END_TEST

START_TEST(collections_are_replaced_and_complex_values_merged)
{
	create("{\"displayName\":\"a\",\"tags\":[\"x\",\"y\"],\"web\":{\"homePageUrl\":\"https://a.example\","
	       "\"redirectUris\":[\"https://a.example/one\"]}}");
	ck_assert_int_eq(patch("{\"tags\":[\"z\"],\"web\":{\"redirectUris\":[\"https://a.example/two\"]}}"), 204);
	ck_assert_uint_eq(client.response.body_length, 0);
	client_send("GET", client_printf("/v1.0/applications/%s", object_id), NULL);
	ck_assert_int_eq(client_count("tags"), 1);
	ck_assert_str_eq(client_text("tags[0]"), "z");
	ck_assert_str_eq(client_text("web.homePageUrl"), "https://a.example");
	ck_assert_int_eq(client_count("web.redirectUris"), 1);
	ck_assert_str_eq(client_text("web.redirectUris[0]"), "https://a.example/two");
	ck_assert_str_eq(client_text("web.redirectUriSettings[0].uri"), "https://a.example/two");
}
END_TEST

START_TEST(enabled_roles_stay)
{
	create("{\"displayName\":\"a\",\"appRoles\":[" ROLE(ROLE_A, "A", "true") "]}");
	ck_assert_int_eq(patch("{\"appRoles\":[]}"), 400);
	assert_error(400, "CannotDeleteOrUpdateEnabledEntitlement");
	patch("{\"appRoles\":[" ROLE(ROLE_B, "A", "true") "]}");
	assert_error(400, "CannotDeleteOrUpdateEnabledEntitlement");
	ck_assert_int_eq(patch("{\"appRoles\":[" ROLE(ROLE_A, "A", "true") "," ROLE(ROLE_B, "B", "true") "]}"), 204);
	ck_assert_int_eq(patch("{\"appRoles\":[" ROLE(ROLE_A, "A", "false") "," ROLE(ROLE_B, "B", "true") "]}"), 204);
	ck_assert_int_eq(patch("{\"appRoles\":[" ROLE(ROLE_B, "B", "true") "]}"), 204);
	patch("{\"appRoles\":[" ROLE(ROLE_B, "B", "true") "," ROLE(ROLE_A, "B", "true") "]}");
	assert_error(400, "Request_BadRequest");
	ck_assert_str_eq(client_text("error.details[0].code"), "DuplicateValue");
	patch("{\"appRoles\":[" ROLE(ROLE_B, "B", "true") "," ROLE(ROLE_B, "C", "true") "]}");
	ck_assert_str_eq(client_text("error.details[0].code"), "DuplicateValue");
	patch("{\"appRoles\":[" ROLE(ROLE_B, "B", "true") "," ROLE("nonsense", "C", "true") "]}");
	assert_error(400, "Request_BadRequest");
	client_send("GET", client_printf("/v1.0/applications/%s", object_id), NULL);
	ck_assert_int_eq(client_count("appRoles"), 1);
}
END_TEST

START_TEST(addresses_are_checked)
{
	create("{\"displayName\":\"a\"}");
	ck_assert_int_eq(patch(client_printf("{\"identifierUris\":[\"api://%s\"]}", app_id)), 204);
	ck_assert_int_eq(patch("{\"identifierUris\":[\"https://api.contoso.example/x\"]}"), 204);
	patch("{\"identifierUris\":[\"api://elsewhere\"]}");
	assert_error(400, "HostNameNotOnVerifiedDomain");
	create("{\"displayName\":\"b\"}");
	patch("{\"identifierUris\":[\"https://api.contoso.example/x\"]}");
	assert_error(400, "Request_BadRequest");
	ck_assert_str_eq(client_text("error.message"),
			 "Another object with the same value for property identifierUris already exists.");
	patch("{\"web\":{\"redirectUris\":[\"http://a.example/x\"]}}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(patch("{\"web\":{\"redirectUris\":[\"http://localhost:8080/x\"]}}"), 204);
}
END_TEST

START_TEST(bodies_are_checked)
{
	static const char *const bad[] = {
		"{\"displayName\":\"a\",\"nonsense\":1}",
		"{\"displayName\":7}",
		"{\"displayName\":\"a\",\"appId\":\"" ROLE_A "\"}",
		"{\"displayName\":\"a\",\"tags\":null}",
		"{\"displayName\":\"a\",\"tags\":\"x\"}",
		"{\"displayName\":\"a\",\"tags\":[1]}",
		"{\"displayName\":\"a\",\"web\":{\"nonsense\":1}}",
		"{\"displayName\":\"a\",\"web\":[]}",
		"{\"displayName\":\"a\",\"isFallbackPublicClient\":\"yes\"}",
		"{\"displayName\":\"a\",\"tokenEncryptionKeyId\":\"x\"}",
		"{\"displayName\":\"a\",\"signInAudience\":\"Everybody\"}",
		"{\"displayName\":\"\"}",
		"{\"description\":\"no name\"}",
		"{\"displayName\":\"a\",\"api\":{\"requestedAccessTokenVersion\":1.5}}",
		"{\"displayName\":\"a\",\"appRoles\":[{\"id\":\"" ROLE_A "\"}]}",
		"[]",
		"{",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(client_send("POST", "/v1.0/applications", bad[i]) == 400, "%s", bad[i]);
		ck_assert_ptr_nonnull(client_text("error.innerError.request-id"));
	}
	client_send("GET", "/v1.0/applications", NULL);
	ck_assert_int_eq(client_count("value"), 1);
}
END_TEST

START_TEST(upsert)
{
	static const char path[] = "/v1.0/applications(uniqueName='scepman-api')";

	client_send("PATCH", path, "{\"displayName\":\"a\"}");
	assert_error(404, "Request_ResourceNotFound");
	ck_assert_int_eq(client_send_with("PATCH", path, "{\"displayName\":\"a\"}", "Prefer", "create-if-missing"),
			 201);
	ck_assert_str_eq(client_text("uniqueName"), "scepman-api");
	object_id = client_printf("%s", client_text("id"));
	app_id = client_printf("%s", client_text("appId"));
	ck_assert_int_eq(client_send_with("PATCH", path, "{\"displayName\":\"b\"}", "Prefer", "create-if-missing"),
			 204);
	client_send("GET", path, NULL);
	ck_assert_str_eq(client_text("id"), object_id);
	ck_assert_str_eq(client_text("displayName"), "b");
	client_send("PATCH", path, "{\"uniqueName\":\"other\"}");
	assert_error(400, "Request_BadRequest");
	client_send("POST", "/v1.0/applications", "{\"displayName\":\"c\",\"uniqueName\":\"scepman-api\"}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send_with("PATCH", client_printf("/v1.0/servicePrincipals(appId='%s')", app_id),
					  "{\"appRoleAssignmentRequired\":true}", "Prefer", "create-if-missing"),
			 201);
	ck_assert(cJSON_IsTrue(client_item("appRoleAssignmentRequired")));
	ck_assert_int_eq(client_send_with("PATCH", client_printf("/v1.0/servicePrincipals(appId='%s')", app_id),
					  "{\"appRoleAssignmentRequired\":false}", "Prefer", "create-if-missing"),
			 204);
	client_send_with("PATCH", "/v1.0/servicePrincipals(appId='" ROLE_A "')", "{}", "Prefer", "create-if-missing");
	assert_error(400, "NoBackingApplicationObject");
}
END_TEST

START_TEST(principal_follows_its_application)
{
	create("{\"displayName\":\"before\",\"appRoles\":[" ROLE(ROLE_A, "A", "true") "]}");
	ck_assert_int_eq(client_send("POST", "/v1.0/servicePrincipals",
				     client_printf("{\"appId\": \"%s\", \"accountEnabled\": true}", app_id)),
			 201);
	ck_assert_str_eq(client_text("displayName"), "before");
	ck_assert_str_eq(client_text("appRoles[0].value"), "A");
	ck_assert_str_eq(client_text("servicePrincipalNames[0]"), app_id);
	ck_assert_str_eq(client_text("appOwnerOrganizationId"), TENANT_ID);
	ck_assert_str_eq(client_text("servicePrincipalType"), "Application");
	client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", app_id));
	assert_error(409, "Request_MultipleObjectsWithSameKeyValue");
	patch(client_printf("{\"displayName\":\"after\",\"identifierUris\":[\"api://%s\"],\"appRoles\":[" ROLE(
				    ROLE_A, "A", "true") "," ROLE(ROLE_B, "B", "true") "]}",
			    app_id));
	client_send("GET",
		    client_printf("/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c%%20eq%%20'api://%s')",
				  app_id),
		    NULL);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].displayName"), "after");
	ck_assert_int_eq(client_count("value[0].appRoles"), 2);
	client_send("POST", "/v1.0/servicePrincipals", "{\"appId\":\"" ROLE_A "\"}");
	assert_error(400, "NoBackingApplicationObject");
	client_send("POST", "/v1.0/servicePrincipals", "{}");
	assert_error(400, "Request_BadRequest");
}
END_TEST

START_TEST(deleted_can_be_restored)
{
	create("{\"displayName\":\"a\"}");
	client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", app_id));
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/applications/%s", object_id), NULL), 204);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s", object_id), NULL), 404);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/servicePrincipals(appId='%s')", app_id), NULL), 404);
	ck_assert_int_eq(client_send("GET", "/v1.0/directory/deletedItems/microsoft.graph.application", NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].deletedDateTime"), "2026-01-01T00:00:00Z");
}
END_TEST

START_TEST(restore)
{
	create("{\"displayName\":\"a\"}");
	client_send("DELETE", client_printf("/v1.0/applications/%s", object_id), NULL);
	ck_assert_int_eq(client_send("POST", client_printf("/v1.0/directory/deletedItems/%s/restore", object_id), NULL),
			 200);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s", object_id), NULL), 200);
	ck_assert(cJSON_IsNull(client_item("deletedDateTime")));
	client_send("DELETE", client_printf("/v1.0/applications/%s", object_id), NULL);
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/directory/deletedItems/%s", object_id), NULL), 204);
	client_send("POST", client_printf("/v1.0/directory/deletedItems/%s/restore", object_id), NULL);
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(rights_are_checked)
{
	/* An application without any right, and one that may change what it owns. */
	const char *secret, *principal;

	create("{\"displayName\":\"poor\"}");
	client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", app_id));
	principal = client_printf("%s", client_text("id"));
	client_send("POST", client_printf("/v1.0/applications/%s/addPassword", object_id), "{}");
	secret = client_printf("%s", client_text("secretText"));
	ck_assert_int_eq(client_send("POST", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments", principal),
				     client_printf("{\"principalId\":\"%s\",\"resourceId\":\"" GRAPH_SP
						   "\",\"appRoleId\":\"18a4783c-866b-4cc7-a460-3d5e5662c884\"}",
						   principal)),
			 201);
	client_log_in(app_id, secret, "https://graph.microsoft.com/.default");
	client_send("PATCH", client_printf("/v1.0/applications/%s", object_id), "{\"displayName\":\"x\"}");
	assert_error(403, "Authorization_RequestDenied");
	ck_assert_str_eq(client_text("error.message"), "Insufficient privileges to complete the operation.");
	client_send("GET", "/v1.0/oauth2PermissionGrants", NULL);
	assert_error(403, "Authorization_RequestDenied");
	client_send("GET", "/v1.0/users", NULL);
	assert_error(403, "Authorization_RequestDenied");
	client_send("POST", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments", principal), "{}");
	assert_error(403, "Authorization_RequestDenied");
	create("{\"displayName\":\"mine\"}");
	ck_assert_int_eq(patch("{\"displayName\":\"still mine\"}"), 204);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s/owners", object_id), NULL), 200);
	ck_assert_str_eq(client_text("value[0].id"), principal);
	ck_assert_str_eq(cJSON_GetObjectItem(client_item("value[0]"), "@odata.type")->valuestring,
			 "#microsoft.graph.servicePrincipal");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("graph applications");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, new_application_is_complete);
	tcase_add_test(tcase, found_by_every_key);
	tcase_add_test(tcase, collections_are_replaced_and_complex_values_merged);
	tcase_add_test(tcase, enabled_roles_stay);
	tcase_add_test(tcase, addresses_are_checked);
	tcase_add_test(tcase, bodies_are_checked);
	tcase_add_test(tcase, upsert);
	tcase_add_test(tcase, principal_follows_its_application);
	tcase_add_test(tcase, deleted_can_be_restored);
	tcase_add_test(tcase, restore);
	tcase_add_test(tcase, rights_are_checked);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
