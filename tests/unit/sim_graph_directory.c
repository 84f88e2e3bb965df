/* Assignments, grants, lists, batches and whatever else of the directory has no file of its own. */
#include "sim_client.h"

#include <stdio.h>
#include <string.h>

#include "entra_jwt.h"

#define INTUNE_ROLE "39d724e8-6a34-4930-9a36-364082c35716"
#define USER_READ   "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
#define READ_ALL    "7ab1d382-f21e-4acd-a863-ba3e13f7da61"
#define NOBODY      "11111111-1111-1111-1111-111111111111"

static const char *principal;

/* A service principal called NAME, in "principal". */
static void make_principal(const char *name)
{
	ck_assert_int_eq(client_send("POST", "/v1.0/applications", client_printf("{\"displayName\":\"%s\"}", name)),
			 201);
	ck_assert_int_eq(client_send("POST", "/v1.0/servicePrincipals",
				     client_printf("{\"appId\":\"%s\"}", client_text("appId"))),
			 201);
	principal = client_printf("%s", client_text("id"));
}

static int assign(const char *principal_id, const char *resource_id, const char *role_id)
{
	return client_send("POST", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments", principal),
			   client_printf("{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}",
					 principal_id, resource_id, role_id));
}

START_TEST(assignment)
{
	const char *id;

	make_principal("p");
	ck_assert_int_eq(assign(principal, GRAPH_SP, READ_ALL), 201);
	id = client_printf("%s", client_text("id"));
	ck_assert_uint_eq(strlen(id), 43);
	ck_assert_str_eq(client_text("principalDisplayName"), "p");
	ck_assert_str_eq(client_text("principalType"), "ServicePrincipal");
	ck_assert_str_eq(client_text("resourceDisplayName"), "Microsoft Graph");
	assign(principal, GRAPH_SP, READ_ALL);
	assert_error(400, "Request_BadRequest");
	ck_assert_str_eq(client_text("error.message"), "Permission being assigned already exists on the object");
	assign(principal, GRAPH_SP, INTUNE_ROLE);
	ck_assert_str_eq(client_text("error.message"), "Permission being assigned was not found on application "
						       "'00000003-0000-0000-c000-000000000000'.");
	assign(principal, NOBODY, READ_ALL);
	assert_error(404, "Request_ResourceNotFound");
	assign(NOBODY, GRAPH_SP, READ_ALL);
	assert_error(400, "Request_BadRequest");

	ck_assert_int_eq(
		client_send("GET", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments", principal), NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("GET",
				     client_printf("/v1.0/servicePrincipals/" GRAPH_SP
						   "/appRoleAssignedTo?$filter=principalId%%20eq%%20%s",
						   principal),
				     NULL),
			 200);
	ck_assert_str_eq(client_text("value[0].id"), id);
	ck_assert_int_eq(client_send("DELETE",
				     client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments/%s", principal, id),
				     NULL),
			 204);
	ck_assert_int_eq(client_send("DELETE",
				     client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments/%s", principal, id),
				     NULL),
			 404);
}
END_TEST

START_TEST(grant)
{
	const char *id, *body;

	make_principal("p");
	body = client_printf(
		"{\"clientId\": \"%s\", \"consentType\": \"AllPrincipals\", \"principalId\": null, \"resourceId\": "
		"\"" GRAPH_SP "\", \"scope\": \"User.Read\"}",
		principal);
	ck_assert_int_eq(client_send("POST", "/v1.0/oauth2PermissionGrants", body), 201);
	id = client_printf("%s", client_text("id"));
	client_send("POST", "/v1.0/oauth2PermissionGrants", body);
	assert_error(409, "Request_MultipleObjectsWithSameKeyValue");
	ck_assert_str_eq(client_text("error.message"), "Permission entry already exists.");
	ck_assert_int_eq(client_send("PATCH", client_printf("/v1.0/oauth2PermissionGrants/%s", id),
				     "{\"scope\":\"User.Read offline_access\"}"),
			 204);
	client_send("PATCH", client_printf("/v1.0/oauth2PermissionGrants/%s", id), "{\"consentType\":\"Principal\"}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("GET",
				     client_printf("/v1.0/oauth2PermissionGrants?$filter=clientId%%20eq%%20%%27%s%%27",
						   principal),
				     NULL),
			 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].scope"), "User.Read offline_access");
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/oauth2PermissionGrants/%s", id), NULL), 200);
	ck_assert_int_eq(
		client_send("GET", client_printf("/v1.0/servicePrincipals/%s/oauth2PermissionGrants", principal), NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
	/* az spells it with a capital A. */
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/oAuth2PermissionGrants/%s", id), NULL), 204);
	client_send("POST", "/v1.0/oauth2PermissionGrants",
		    client_printf("{\"clientId\":\"%s\",\"consentType\":\"Principal\",\"resourceId\":\"" GRAPH_SP
				  "\",\"scope\":\"x\"}",
				  principal));
	assert_error(400, "Request_BadRequest");
	client_send("POST", "/v1.0/oauth2PermissionGrants",
		    "{\"clientId\":\"" NOBODY "\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"" GRAPH_SP
		    "\",\"scope\":\"x\"}");
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(pages)
{
	const char *next;
	int seen;

	for (int i = 0; i < 7; i++)
		client_send("POST", "/v1.0/applications", client_printf("{\"displayName\":\"app %d\"}", i));
	ck_assert_int_eq(
		client_send("GET",
			    "/v1.0/applications?$filter=startswith(displayName,'app')&$top=3&$select=displayName",
			    NULL),
		200);
	for (seen = client_count("value"); cJSON_GetObjectItem(client.body, "@odata.nextLink");
	     seen += client_count("value")) {
		next = client_printf("%s", cJSON_GetObjectItem(client.body, "@odata.nextLink")->valuestring);
		ck_assert_ptr_nonnull(strstr(next, "https://localhost:4430/v1.0/applications?"));
		ck_assert_int_eq(client_send("GET", next + strlen("https://localhost:4430"), NULL), 200);
		ck_assert_int_eq(cJSON_GetArraySize(client_item("value[0]")), 1);
	}
	ck_assert_int_eq(seen, 7);
	client_send("GET", "/v1.0/applications?$top=1000", NULL);
	assert_error(400, "Request_UnsupportedQuery");
	client_send("GET", "/v1.0/applications?$top=0", NULL);
	assert_error(400, "Request_UnsupportedQuery");
	client_send("GET", "/v1.0/applications?$skiptoken=nonsense", NULL);
	assert_error(400, "Directory_ExpiredPageToken");
}
END_TEST

START_TEST(queries_are_checked)
{
	static const struct {
		const char *query, *code;
	} bad[] = {
		{"$filter=nonsense%20eq%20'x'", "BadRequest"},
		{"$filter=displayName%20eq", "BadRequest"},
		{"$filter=web/nonsense%20eq%20'x'", "BadRequest"},
		{"$filter=appRoles/any(r:r/nonsense%20eq%20'x')", "BadRequest"},
		{"$filter=atScope()", "BadRequest"},
		{"$select=nonsense", "BadRequest"},
		{"$orderby=nonsense", "BadRequest"},
		{"$expand=nonsense", "BadRequest"},
		{"$skip=1", "Request_UnsupportedQuery"},
		{"$filter=displayName%20ne%20'x'", "Request_UnsupportedQuery"},
		{"$filter=contains(displayName,'x')", "Request_UnsupportedQuery"},
		{"$filter=startswith(displayName,'x')&$orderby=displayName", "Request_UnsupportedQuery"},
		{"$filter=appId%20in%20('1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16')",
		 "Request_UnsupportedQuery"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(client_send("GET", client_printf("/v1.0/applications?%s", bad[i].query), NULL) == 400,
			      "%s", bad[i].query);
		ck_assert_str_eq(client_text("error.code"), bad[i].code);
	}
	ck_assert_int_eq(client_send_with("GET", "/v1.0/applications?$filter=displayName%20ne%20'x'&$count=true", NULL,
					  "ConsistencyLevel", "eventual"),
			 200);
	ck_assert_int_eq(cJSON_GetObjectItem(client.body, "@odata.count")->valueint, 1);
	ck_assert_int_eq(
		client_send_with("GET", "/v1.0/servicePrincipals/$count", NULL, "ConsistencyLevel", "eventual"), 200);
	ck_assert_str_eq(client.response.body, "4");
	ck_assert_int_eq(client_send("GET", "/v1.0/servicePrincipals?$orderby=displayName%20desc&$top=1", NULL), 200);
	ck_assert_str_eq(client_text("value[0].displayName"), "Windows Azure Service Management API");
	ck_assert_int_eq(client_send("GET",
				     "/v1.0/servicePrincipals/" GRAPH_SP "?$select=id,appId&$expand=appRoleAssignedTo",
				     NULL),
			 200);
	ck_assert_int_ge(client_count("appRoleAssignedTo"), 7);
	ck_assert_ptr_null(client_item("displayName"));
	ck_assert_int_eq(client_send("GET", "/v1.0/nonsense", NULL), 400);
}
END_TEST

START_TEST(batch)
{
	make_principal("p");
	ck_assert_int_eq(
		client_send(
			"POST", "/v1.0/$batch",
			client_printf(
				"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/applications?$top=1\"},"
				"{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/servicePrincipals/" NOBODY "\"},"
				"{\"id\":\"3\",\"method\":\"POST\",\"url\":\"/servicePrincipals/%s/"
				"appRoleAssignments\","
				"\"headers\":{\"Content-Type\":\"application/json\"},\"body\":{\"principalId\":\"%s\","
				"\"resourceId\":\"" GRAPH_SP "\",\"appRoleId\":\"" READ_ALL "\"}},"
				"{\"id\":\"4\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"2\"]},"
				"{\"id\":\"5\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"3\"]}]}",
				principal, principal)),
		200);
	ck_assert_int_eq(client_count("responses"), 5);
	for (int i = 0; i < 5; i++) {
		const char *id = client_text(client_printf("responses[%d].id", i));
		int expected = id[0] == '2' ? 404 : id[0] == '3' ? 201 : id[0] == '4' ? 424 : 200;

		ck_assert_int_eq(client_item(client_printf("responses[%d].status", i))->valueint, expected);
		if (id[0] == '2')
			ck_assert_ptr_nonnull(
				client_text(client_printf("responses[%d].body.error.innerError.request-id", i)));
	}
	ck_assert_int_eq(
		client_send("GET", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignments", principal), NULL),
		200);
	ck_assert_int_eq(client_count("value"), 1);
}
END_TEST

START_TEST(bad_batches)
{
	static const char *const bad[] = {
		"{}",
		"{\"requests\":[]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\"}]}",
		"{\"requests\":[{\"method\":\"GET\",\"url\":\"/users\"}]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/"
		"users\"},{\"id\":\"1\",\"method\":\"GET\",\"url\":"
		"\"/users\"}]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"POST\",\"url\":\"/"
		"applications\",\"body\":{\"displayName\":\"a\"}}]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"2\"]}]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"2\"]},"
		"{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"1\"]}]}",
		"{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"https://graph.microsoft.com/v1.0/users\"}]}",
	};
	char text[4096] = "{\"requests\":[";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(client_send("POST", "/v1.0/$batch", bad[i]) == 400, "%s", bad[i]);
		ck_assert_str_eq(client_text("error.code"), "BadRequest");
	}
	for (int i = 0; i < 21; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s{\"id\":\"%d\",\"method\":\"GET\",\"url\":\"/me\"}", i ? "," : "", i);
	strncat(text, "]}", sizeof(text) - strlen(text) - 1);
	client_send("POST", "/v1.0/$batch", text);
	assert_error(400, "BadRequest");
	/* A batch in a batch is an error of that part alone. */
	ck_assert_int_eq(
		client_send("POST", "/v1.0/$batch",
			    "{\"requests\":[{\"id\":\"1\",\"method\":\"POST\",\"url\":\"/$batch\",\"headers\":{"
			    "\"content-type\":\"application/json\"},\"body\":{\"requests\":[]}}]}"),
		200);
	ck_assert_int_eq(client_item("responses[0].status")->valueint, 400);
}
END_TEST

START_TEST(directory)
{
	ck_assert_int_eq(client_send("GET", "/v1.0/organization", NULL), 200);
	ck_assert_str_eq(client_text("value[0].id"), TENANT_ID);
	ck_assert_int_eq(client_count("value[0].verifiedDomains"), 2);
	ck_assert_int_eq(client_send("GET", "/v1.0/organization/" TENANT_ID, NULL), 200);
	client_send("GET", "/v1.0/me", NULL);
	assert_error(400, "BadRequest");
	ck_assert_int_eq(client_send("GET", "/v1.0/directoryObjects/" GRAPH_SP, NULL), 200);
	ck_assert_str_eq(cJSON_GetObjectItem(client.body, "@odata.type")->valuestring,
			 "#microsoft.graph.servicePrincipal");
	ck_assert_int_eq(client_send("POST", "/v1.0/directoryObjects/getByIds",
				     "{\"ids\":[\"" GRAPH_SP "\",\"" NOBODY
				     "\"],\"types\":[\"servicePrincipal\",\"user\"]}"),
			 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("POST", "/v1.0/directoryObjects/microsoft.graph.getByIds",
				     "{\"ids\":[\"" GRAPH_SP "\"],\"types\":[\"user\"]}"),
			 200);
	ck_assert_int_eq(client_count("value"), 0);
	client_send("POST", "/v1.0/directoryObjects/getByIds", "{\"ids\":[\"x\"]}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("GET", "/v1.0/groups?$filter=displayName%20eq%20'PKI%20Admins'", NULL), 200);
	ck_assert_int_eq(client_send("GET", "/v1.0/users", NULL), 200);
	ck_assert_int_eq(client_send("GET", "/v1.0/users/alice@contoso.example", NULL), 200);
	client_send("GET", "/v1.0/users/nobody@contoso.example", NULL);
	assert_error(404, "Request_ResourceNotFound");
	client_send("GET", "/v1.0/organization/" NOBODY, NULL);
	assert_error(404, "Request_ResourceNotFound");
	client_send("GET", "/v1.0/directoryObjects/" NOBODY, NULL);
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

START_TEST(people_have_roles)
{
	const char *user, *group, *resource, *role = "6b1e2c51-1d36-4bdb-90ee-f4b2df2d34ff";

	client_send("GET", "/v1.0/users?$top=1", NULL);
	user = client_printf("%s", client_text("value[0].id"));
	client_send("GET", "/v1.0/groups?$top=1", NULL);
	group = client_printf("%s", client_text("value[0].id"));
	client_send("POST", "/v1.0/applications",
		    client_printf("{\"displayName\":\"cm\",\"appRoles\":[{\"allowedMemberTypes\":[\"User\"],"
				  "\"description\":\"d\","
				  "\"displayName\":\"n\",\"id\":\"%s\",\"isEnabled\":true,\"value\":\"Admin.Full\"}]}",
				  role));
	client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", client_text("appId")));
	resource = client_printf("%s", client_text("id"));
	ck_assert_int_eq(
		client_send("POST", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignedTo", resource),
			    client_printf("{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}", user,
					  resource, role)),
		201);
	ck_assert_str_eq(client_text("principalType"), "User");
	ck_assert_int_eq(
		client_send("POST", client_printf("/v1.0/groups/%s/appRoleAssignments", group),
			    client_printf("{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}", group,
					  resource, role)),
		201);
	ck_assert_str_eq(client_text("principalType"), "Group");
	/* A role for users is none for applications. */
	client_send("POST", client_printf("/v1.0/servicePrincipals/%s/appRoleAssignedTo", resource),
		    client_printf("{\"principalId\":\"" GRAPH_SP "\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}",
				  resource, role));
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/users/%s/appRoleAssignments", user), NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/servicePrincipals/%s", resource), NULL), 204);
	client_send("GET", client_printf("/v1.0/users/%s/appRoleAssignments", user), NULL);
	ck_assert_int_eq(client_count("value"), 0);
}
END_TEST

/* Any tenant may have service principals of Microsoft's own applications, with the roles that they have everywhere. */
START_TEST(microsoft_applications)
{
	static const char intune[] = "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4",
			  cli[] = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

	client_send("GET", client_printf("/v1.0/servicePrincipals(appId='%s')", intune), NULL);
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/servicePrincipals/%s", client_text("id")), NULL),
			 204);
	ck_assert_int_eq(client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", intune)),
			 201);
	principal = client_printf("%s", client_text("id"));
	make_principal("p");
	client_send("GET", client_printf("/v1.0/servicePrincipals(appId='%s')", intune), NULL);
	ck_assert_int_eq(assign(principal, client_printf("%s", client_text("id")), INTUNE_ROLE), 201);
	ck_assert_int_eq(client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", cli)), 201);
	ck_assert_str_eq(client_text("displayName"), "Microsoft Azure CLI");
	ck_assert_str_eq(client_text("servicePrincipalNames[0]"), cli);
}
END_TEST

START_TEST(groups)
{
	const char *group, *user = "a2c40e7d-3f91-4b58-9d06-e71b25f8c3a4",
			   *admins = "5e1f8c37-a0d2-4b69-9c84-7f30e6b2d1a8";
	const char *body =
		"{\"displayName\":\"g\",\"mailEnabled\":false,\"mailNickname\":\"g\",\"securityEnabled\":true}";

	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/groups/%s/members", admins), NULL), 200);
	ck_assert_str_eq(client_text("value[0].id"), user);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/users/%s/memberOf", user), NULL), 200);
	ck_assert_str_eq(client_text("value[0].id"), admins);
	client_send("POST", "/v1.0/groups", body);
	assert_error(403, "Authorization_RequestDenied");
	client_send("GET", "/v1.0/servicePrincipals(appId='" CLIENT_ID "')", NULL);
	principal = client_printf("%s", client_text("id"));
	ck_assert_int_eq(assign(principal, GRAPH_SP, "62a82d76-70ea-41e2-9197-370581804d09"), 201);
	client_send("POST", "/v1.0/groups", "{\"displayName\":\"g\"}");
	assert_error(400, "Request_BadRequest");
	ck_assert_int_eq(client_send("POST", "/v1.0/groups", body), 201);
	group = client_printf("%s", client_text("id"));
	ck_assert_int_eq(
		client_send("POST", client_printf("/v1.0/groups/%s/members/$ref", group),
			    client_printf("{\"@odata.id\":\"https://graph.microsoft.com/v1.0/directoryObjects/%s\"}",
					  admins)),
		204);
	/* By way of the inner group. */
	ck_assert_int_eq(client_send("POST", client_printf("/v1.0/users/%s/checkMemberGroups", user),
				     client_printf("{\"groupIds\":[\"%s\",\"" NOBODY "\"]}", group)),
			 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("POST", client_printf("/v1.0/users/%s/getMemberGroups", user),
				     "{\"securityEnabledOnly\":true}"),
			 200);
	ck_assert_int_eq(client_count("value"), 2);
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/groups/%s/members/%s/$ref", group, admins), NULL),
			 204);
	ck_assert_int_eq(client_send("PATCH", client_printf("/v1.0/groups/%s", group), "{\"description\":\"d\"}"), 204);
	ck_assert_int_eq(client_send("DELETE", client_printf("/v1.0/groups/%s", group), NULL), 204);
	client_send("GET", client_printf("/v1.0/groups/%s", group), NULL);
	assert_error(404, "Request_ResourceNotFound");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("graph directory");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, assignment);
	tcase_add_test(tcase, grant);
	tcase_add_test(tcase, pages);
	tcase_add_test(tcase, queries_are_checked);
	tcase_add_test(tcase, batch);
	tcase_add_test(tcase, bad_batches);
	tcase_add_test(tcase, directory);
	tcase_add_test(tcase, people_have_roles);
	tcase_add_test(tcase, microsoft_applications);
	tcase_add_test(tcase, groups);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
