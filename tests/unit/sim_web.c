/* Microsoft.Web of the simulated tenant. */
#include "sim_arm_client.h"

#include <string.h>

#include "core.h"

static uintptr_t restarts(const char *id)
{
	return (uintptr_t)map_get(&client.sim->state.restarts, id);
}

START_TEST(ids_are_found_in_any_case_and_keep_theirs)
{
	ck_assert_int_eq(
		client_send("GET",
			    "/SUBSCRIPTIONS/11111111-2222-4333-8444-555555555555/resourcegroups/RG-SCEPMAN/providers/"
			    "microsoft.web/SITES/APP-scepman-CONTOSO" WEB_VERSION,
			    NULL),
		200);
	ck_assert_str_eq(client_text("id"), SITE);
	ck_assert_str_eq(client_text("properties.resourceGroup"), "rg-scepman");
	ck_assert_str_eq(client_text("kind"), "app");
	ck_assert_str_eq(client_text("properties.sku"), "Standard");
	ck_assert(cJSON_IsNull(client_item("properties.siteConfig.appSettings")));
}
END_TEST

START_TEST(what_is_not_there_is_said_in_azures_words)
{
	client_send("GET", SITE "x" WEB_VERSION, NULL);
	assert_error(404, "ResourceNotFound");
	ck_assert_str_eq(
		client_text("error.message"),
		"The Resource 'Microsoft.Web/sites/app-scepman-contosox' under resource group 'rg-scepman' was not "
		"found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
	client_send("GET", SITE "/slots/none" WEB_VERSION, NULL);
	assert_error(404, "ResourceNotFound");
	ck_assert_ptr_nonnull(
		strstr(client_text("error.message"), "'Microsoft.Web/sites/app-scepman-contoso/slots/none'"));
	client_send("GET", GROUP "x/providers/Microsoft.Web/sites" WEB_VERSION, NULL);
	assert_error(404, "ResourceGroupNotFound");
	client_send("GET", "/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups" WEB_VERSION, NULL);
	ck_assert_int_eq(client.response.status, 400); /* that api-version is not one of resource groups */
	client_send("GET", "/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups?api-version=2021-04-01",
		    NULL);
	assert_error(404, "SubscriptionNotFound");
}
END_TEST

START_TEST(api_versions_are_checked)
{
	client_send("GET", SITE, NULL);
	assert_error(400, "MissingApiVersionParameter");
	client_send("GET", SITE "?api-version=2013-01-01", NULL);
	assert_error(400, "NoRegisteredProviderFound");
	client_send("PUT", SITE "?api-version=2013-01-01", "{\"location\":\"westeurope\"}");
	assert_error(400, "NoRegisteredProviderFound");
	ck_assert_int_eq(client_send("GET", SITE "?api-version=2022-03-01", NULL), 200);
	ck_assert_int_eq(client_send("GET", SITE "?api-version=2025-05-01", NULL), 200);
}
END_TEST

START_TEST(settings_are_replaced_whole_and_restart)
{
	const char *all = SITE "/config/appsettings" WEB_VERSION, *list = SITE "/config/appsettings/list" WEB_VERSION;

	ck_assert_int_eq(client_send("POST", list, NULL), 200);
	ck_assert_str_eq(client_text("properties.WEBSITE_RUN_FROM_PACKAGE"),
			 "https://raw.githubusercontent.com/scepman/install/master/dist/Artifacts.zip");
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
				 client_item("properties"), "AppConfig:KeyVaultConfig:RootCertificateConfig:KeySize")),
			 "4096");
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A\":\"1\",\"B\":2}}"), 200);
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A\":\"1\",\"B\":\"2\"}}"), 200);
	ck_assert_int_eq(client_send("POST", list, NULL), 200);
	ck_assert_int_eq(cJSON_GetArraySize(client_item("properties")), 2);
	ck_assert_str_eq(client_text("properties.B"), "2");
	ck_assert_uint_eq(restarts(SITE), 2);
	ck_assert_int_eq(client_send("GET", all, NULL), 405);
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A\":[]}}"), 400);
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A=B\":\"1\"}}"), 400);
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A\":\"1\",\"a\":\"2\"}}"), 400);
	ck_assert_int_eq(client_send("PUT", all, "{}"), 400);
	ck_assert_uint_eq(restarts(SITE), 2);
}
END_TEST

START_TEST(bad_bodies_are_refused)
{
	client_send("PUT", SITE WEB_VERSION, "{\"location\":");
	assert_error(400, "InvalidRequestContent");
	client_send("PUT", SITE WEB_VERSION, "{\"location\":\"westeurope\",\"colour\":\"red\"}");
	assert_error(400, "InvalidRequestContent");
	ck_assert_ptr_nonnull(strstr(client_text("error.message"), "Could not find member 'colour'"));
	client_send("PUT", SITE WEB_VERSION, "{\"properties\":{}}");
	assert_error(400, "LocationRequired");
	client_send("PUT", SITE WEB_VERSION, "a=b");
	assert_error(415, "UnsupportedMediaType");
}
END_TEST

START_TEST(linux_refuses_names_of_settings)
{
	const char *all = SITE "/config/appsettings" WEB_VERSION;

	arm_use("linux");
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A_B.C\":\"1\"}}"), 200);
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A:B\":\"1\"}}"), 400);
	ck_assert_str_eq(client_text("Message"), "AppSetting with name 'A:B' is not allowed.");
	ck_assert_str_eq(client_text("Details[2].ErrorEntity.ExtendedCode"), "04072");
	ck_assert_int_eq(client_send("PUT", all, "{\"properties\":{\"A-B\":\"1\"}}"), 400);
}
END_TEST

static const char plan[] = GROUP "/providers/Microsoft.Web/serverfarms/asp-scepman-contoso";

START_TEST(new_site_gets_identity_and_service_principal)
{
	const char *target = GROUP "/providers/Microsoft.Web/sites/app-new" WEB_VERSION, *principal;

	client_send("PUT", target, "{\"location\":\"westeurope\",\"properties\":{\"serverFarmId\":\"/nowhere\"}}");
	ck_assert_int_eq(client.response.status, 404);
	ck_assert_int_eq(
		client_send("PUT", target,
			    client_printf("{\"location\":\"westeurope\",\"identity\":{\"type\":\"SystemAssigned\"},"
					  "\"properties\":{\"serverFarmId\":\"%s\",\"httpsOnly\":true,\"siteConfig\":"
					  "{\"alwaysOn\":true,\"appSettings\":[{\"name\":\"A\",\"value\":\"1\"}]}}}",
					  plan)),
		200);
	principal = client_printf("%s", client_text("identity.principalId"));
	ck_assert_str_eq(client_text("properties.defaultHostName"), "app-new.azurewebsites.net");
	ck_assert_ptr_nonnull(map_get(&client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS], principal));
	ck_assert_int_eq(client_send("POST",
				     GROUP "/providers/Microsoft.Web/sites/app-new/config/appsettings/list" WEB_VERSION,
				     NULL),
			 200);
	ck_assert_str_eq(client_text("properties.A"), "1");
	ck_assert_int_eq(
		client_send("GET", GROUP "/providers/Microsoft.Web/sites/app-new/config/web" WEB_VERSION, NULL), 200);
	ck_assert(cJSON_IsTrue(client_item("properties.alwaysOn")));

	/* the name is taken now, everywhere */
	ck_assert_int_eq(client_send("POST", SUBSCRIPTION "/providers/Microsoft.Web/checknameavailability" WEB_VERSION,
				     "{\"name\":\"app-new\",\"type\":\"Site\"}"),
			 200);
	ck_assert(cJSON_IsFalse(client_item("nameAvailable")));
	/* a write without identity leaves it */
	ck_assert_int_eq(
		client_send(
			"PUT", target,
			client_printf("{\"location\":\"westeurope\",\"properties\":{\"serverFarmId\":\"%s\"}}", plan)),
		200);
	ck_assert_str_eq(client_text("identity.principalId"), principal);
	ck_assert_int_eq(client_send("DELETE", target, NULL), 200);
	ck_assert_int_eq(client_send("DELETE", target, NULL), 204);
	ck_assert_ptr_null(map_get(&client.sim->state.directory[DIRECTORY_SERVICE_PRINCIPALS], principal));
}
END_TEST

START_TEST(slots_have_names_settings_and_swap)
{
	const char *slot = SITE "/slots/pre" WEB_VERSION, *settings = SITE "/config/appsettings" WEB_VERSION;

	ck_assert_int_eq(client_send("PUT", slot, "{\"location\":\"westeurope\",\"properties\":{}}"), 200);
	ck_assert_str_eq(client_text("name"), "app-scepman-contoso/pre");
	ck_assert_str_eq(client_text("properties.defaultHostName"), "app-scepman-contoso-pre.azurewebsites.net");
	ck_assert_int_eq(client_send("GET", SITE "/slots" WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	client_send("PUT", SITE "/config/slotConfigNames" WEB_VERSION,
		    "{\"properties\":{\"appSettingNames\":[\"STAY\"]}}");
	ck_assert_int_eq(client.response.status, 200);
	ck_assert_int_eq(client_send("PUT", settings, "{\"properties\":{\"STAY\":\"production\",\"GO\":\"1\"}}"), 200);
	ck_assert_int_eq(client_send("PUT", SITE "/slots/pre/config/appsettings" WEB_VERSION,
				     "{\"properties\":{\"STAY\":\"slot\",\"GO\":\"2\"}}"),
			 200);
	ck_assert_int_eq(client_send("POST", SITE "/slots/pre/slotsswap" WEB_VERSION,
				     "{\"targetSlot\":\"production\",\"preserveVnet\":true}"),
			 202);
	ck_assert_str_eq(client_header("Retry-After"), "1");
	ck_assert_int_eq(client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL), 200);
	ck_assert_str_eq(client_text("properties.STAY"), "production");
	ck_assert_str_eq(client_text("properties.GO"), "2");
}
END_TEST

START_TEST(host_names_can_be_bound)
{
	ck_assert_int_eq(
		client_send("PUT", SITE "/hostNameBindings/pki.contoso.example" WEB_VERSION, "{\"properties\":{}}"),
		200);
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_count("properties.hostNames"), 2);
	ck_assert_int_eq(client_send("GET", SITE "/hostNameBindings" WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_count("value"), 2);
	ck_assert_int_eq(client_send("PUT", SITE "-cm/hostNameBindings/pki.contoso.example" WEB_VERSION, "{}"), 409);
	ck_assert_int_eq(arm_visit("pki.contoso.example", "/probe"), 503);
}
END_TEST

START_TEST(looking_changes_nothing)
{
	static const char *const targets[] = {
		"/subscriptions?api-version=2022-12-01",
		SUBSCRIPTION "/resources?api-version=2021-04-01",
		GROUP "?api-version=2021-04-01",
		GROUP "/providers/Microsoft.Web/sites" WEB_VERSION,
		GROUP "/providers/Microsoft.Web/serverfarms" WEB_VERSION,
		SITE WEB_VERSION,
		SITE "/config/web" WEB_VERSION,
		SITE "/config/slotConfigNames" WEB_VERSION,
		SITE "/hostNameBindings" WEB_VERSION,
		SITE "/hostNameBindings/app-scepman-contoso.azurewebsites.net" WEB_VERSION,
		SITE "/slots" WEB_VERSION,
		SITE "/slots/staging" WEB_VERSION,
		SITE "/slots/staging/hostNameBindings" WEB_VERSION,
		VAULT "?api-version=2022-07-01",
		STORAGE "?api-version=2022-09-01",
		WORKSPACE "?api-version=2022-10-01",
		WORKSPACE "/tables?api-version=2022-10-01",
		SUBSCRIPTION "/providers/Microsoft.Authorization/roleAssignments" RBAC_VERSION,
	};
	cJSON *before, *after;

	arm_use("slots");
	before = state_save(&client.sim->state);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		ck_assert_msg(client_send("GET", targets[i], NULL) == 200, "%s: %s", targets[i], client.response.body);
	ck_assert_int_eq(client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL), 200);
	ck_assert_int_eq(client_send("POST", SITE "/slots/beta/config/connectionstrings/list" WEB_VERSION, NULL), 200);
	arm_visit("app-scepman-contoso.azurewebsites.net", "/probe");
	arm_visit("app-scepman-contoso-cm.azurewebsites.net", "/probe");
	after = state_save(&client.sim->state);
	ck_assert(cJSON_Compare(before, after, true));
	cJSON_Delete(before);
	cJSON_Delete(after);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, ids_are_found_in_any_case_and_keep_theirs);
	tcase_add_test(tcase, what_is_not_there_is_said_in_azures_words);
	tcase_add_test(tcase, api_versions_are_checked);
	tcase_add_test(tcase, settings_are_replaced_whole_and_restart);
	tcase_add_test(tcase, bad_bodies_are_refused);
	tcase_add_test(tcase, linux_refuses_names_of_settings);
	tcase_add_test(tcase, new_site_gets_identity_and_service_principal);
	tcase_add_test(tcase, slots_have_names_settings_and_swap);
	tcase_add_test(tcase, host_names_can_be_bound);
	tcase_add_test(tcase, looking_changes_nothing);
}

int main(void)
{
	return arm_run("sim-web", add);
}
