/* When a simulated web app calls itself healthy. */
#include "sim_arm_client.h"

#include <string.h>

#include "core.h"
#include "path.h"

#define SCEPMAN_HOST "app-scepman-contoso.azurewebsites.net"
#define MASTER_HOST  "app-scepman-contoso-cm.azurewebsites.net"
#define MASTER       SITE "-cm"

static cJSON *settings(const char *site)
{
	return path_get(map_get(&client.sim->state.resources, client_printf("%s/config/appsettings", site)),
			"properties");
}

static void set(const char *site, const char *name, const char *value)
{
	cJSON_DeleteItemFromObject(settings(site), name);
	if (value)
		cJSON_AddStringToObject(settings(site), name, value);
}

START_TEST(fresh_is_not_healthy)
{
	static const char *const names[] = {"fresh",     "linux", "key-vault-policies", "slots", "two-installations",
					    "upgrade-1x"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		arm_use(names[i]);
		ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/probe"), 503);
		ck_assert_int_gt(client_count("notConnected"), 0);
	}
}
END_TEST

START_TEST(completed_is_healthy)
{
	arm_use("completed");
	ck_assert_msg(arm_visit(SCEPMAN_HOST, "/probe") == 200, "%s", client.response.body);
	ck_assert_msg(arm_visit(MASTER_HOST, "/probe") == 200, "%s", client.response.body);
	ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/"), 200);
	ck_assert_ptr_nonnull(strstr(client.response.body, "3.1.26152"));
}
END_TEST

START_TEST(each_missing_part_is_noticed)
{
	static const struct {
		const char *site, *host, *setting, *value;
	} breaks[] = {
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:TenantId", NULL},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime", "soon"},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime", "9999999999"},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname", "other.example"},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ManagedIdentityPermissionLevel", "-1"},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ManagedIdentityPermissionLevel", "3"},
		{SITE, SCEPMAN_HOST, "AppConfig:AuthConfig:ApplicationId", "c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c"},
		{SITE, SCEPMAN_HOST, "AppConfig:KeyVaultConfig:KeyVaultURL", "https://other.vault.azure.net/"},
		{SITE, SCEPMAN_HOST, "AppConfig:CertificateStorage:TableStorageEndpoint", NULL},
		{SITE, SCEPMAN_HOST, "AppConfig:CertMaster:URL", "https://other.example"},
		{SITE, SCEPMAN_HOST, "AppConfig:LoggingConfig:RuleId", "dcr-0"},
		{MASTER, MASTER_HOST, "AppConfig:AuthConfig:ApplicationId", NULL},
		{MASTER, MASTER_HOST, "AppConfig:AuthConfig:SCEPmanAPIScope", "api://x"},
		{MASTER, MASTER_HOST, "AppConfig:AzureStorage:TableStorageEndpoint",
		 "https://a.table.core.windows.net/"},
		{MASTER, MASTER_HOST, "AppConfig:AuthConfig:ManagedIdentityPermissionLevel", NULL},
		{MASTER, MASTER_HOST, "WEBSITE_RUN_FROM_PACKAGE",
		 "https://raw.githubusercontent.com/scepman/install/master/dist/Artifacts.zip"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(breaks); i++) {
		arm_use("completed");
		set(breaks[i].site, breaks[i].setting, breaks[i].value);
		ck_assert_msg(arm_visit(breaks[i].host, "/probe") == 503, "%s", breaks[i].setting);
	}
}
END_TEST

START_TEST(rights_are_really_looked_at)
{
	const struct state_list *own;

	arm_use("completed");
	own = state_list_principal(&client.sim->state, SCEPMAN);
	ck_assert_uint_ge(own->count, 5);
	while (own->count) {
		state_remove_resource(&client.sim->state, path_text(own->items[0], "id"));
		ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/probe"), 503);
	}
	ck_assert_int_eq(arm_assign(SUBSCRIPTION, 1, "00482a5a-887f-4fb3-b363-3b7fe8e74483", SCEPMAN), 201);
	ck_assert_int_eq(arm_assign(GROUP, 2, TABLE_ROLE, SCEPMAN), 201);
	ck_assert_int_eq(arm_assign(GROUP, 3, "3913510d-42f4-4e42-8a64-420c390055eb", SCEPMAN), 201);
	ck_assert_msg(arm_visit(SCEPMAN_HOST, "/probe") == 200, "%s", client.response.body); /* inherited ones count */
}
END_TEST

#define ATTACHED "a1b2c3d4-0000-4000-8000-000000000001"

START_TEST(attached_identities_need_the_same_rights)
{
	const char *attached = client_printf("{\"/x/uami\":{\"principalId\":\"%s\"}}", ATTACHED);
	cJSON *site;

	arm_use("completed");
	site = map_get(&client.sim->state.resources, SITE);
	path_set(site, "identity.userAssignedIdentities", cJSON_Parse(attached));
	ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/probe"), 503);
	ck_assert_ptr_nonnull(strstr(client.response.body, ATTACHED));
}
END_TEST

START_TEST(linux_reads_underscores_only)
{
	arm_use("linux");
	arm_visit(SCEPMAN_HOST, "/probe");
	set(SITE, "AppConfig:AuthConfig:TenantId", TENANT_ID);
	set(SITE, "AppConfig__AuthConfig__TenantId", NULL);
	ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/probe"), 503);
	ck_assert_ptr_nonnull(strstr(client.response.body, "TenantId: is not this tenant"));
	set(SITE, "APPCONFIG__authconfig__TenantId", TENANT_ID);
	ck_assert_int_eq(arm_visit(SCEPMAN_HOST, "/probe"), 503);
	ck_assert_ptr_null(strstr(client.response.body, "TenantId: is not this tenant"));
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, fresh_is_not_healthy);
	tcase_add_test(tcase, completed_is_healthy);
	tcase_add_test(tcase, each_missing_part_is_noticed);
	tcase_add_test(tcase, rights_are_really_looked_at);
	tcase_add_test(tcase, attached_identities_need_the_same_rights);
	tcase_add_test(tcase, linux_reads_underscores_only);
}

int main(void)
{
	return arm_run("sim-probe", add);
}
