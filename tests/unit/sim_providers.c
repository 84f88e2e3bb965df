/* Storage, vaults, Log Analytics and data collection rules of the simulated tenant. */
#include "sim_arm_client.h"

#include <string.h>

#define STORAGE_VERSION "?api-version=2022-09-01"
#define VAULT_VERSION   "?api-version=2022-07-01"
#define LOG_VERSION     "?api-version=2022-10-01"
#define RULE_VERSION    "?api-version=2023-03-11"
#define RULE            GROUP "/providers/Microsoft.Insights/dataCollectionRules/dcr-scepmanlogs"

START_TEST(account_takes_a_moment)
{
	const char *target = GROUP "/providers/Microsoft.Storage/storageAccounts/stnew1" STORAGE_VERSION, *location;

	ck_assert_int_eq(
		client_send("PUT", target,
			    "{\"location\":\"westeurope\",\"sku\":{\"name\":\"Standard_LRS\"},\"kind\":\"StorageV2\","
			    "\"properties\":{\"allowBlobPublicAccess\":false}}"),
		202);
	location = client_printf("%s", client_header("Location"));
	ck_assert_int_eq(strncmp(location, "https://localhost:4430/", 23), 0);
	ck_assert_int_eq(client_send("GET", target, NULL), 200);
	ck_assert_str_eq(client_text("properties.provisioningState"), "Creating");
	ck_assert_int_eq(client_send("GET", location + 22, NULL), 202);
	client.now_ms += 1000;
	ck_assert_int_eq(client_send("GET", location + 22, NULL), 200);
	ck_assert_str_eq(client_text("properties.provisioningState"), "Succeeded");
	ck_assert_str_eq(client_text("properties.primaryEndpoints.table"), "https://stnew1.table.core.windows.net/");
	ck_assert_int_eq(
		client_send("PUT", target,
			    "{\"location\":\"westeurope\",\"sku\":{\"name\":\"Standard_LRS\"},\"kind\":\"StorageV2\"}"),
		200);
	client_send("PUT", GROUP "/providers/Microsoft.Storage/storageAccounts/Not-Valid" STORAGE_VERSION,
		    "{\"location\":\"westeurope\",\"sku\":{\"name\":\"Standard_LRS\"},\"kind\":\"StorageV2\"}");
	assert_error(400, "AccountNameInvalid");
	client_send("PUT", target, "{\"location\":\"westeurope\",\"properties\":{\"colour\":1}}");
	assert_error(400, "InvalidRequestPropertyName");
	ck_assert_int_eq(client_send("POST",
				     SUBSCRIPTION "/providers/Microsoft.Storage/checkNameAvailability" STORAGE_VERSION,
				     "{\"name\":\"stnew1\",\"type\":\"Microsoft.Storage/storageAccounts\"}"),
			 200);
	ck_assert(cJSON_IsFalse(client_item("nameAvailable")));
	ck_assert_str_eq(client_text("reason"), "AlreadyExists");
}
END_TEST

#define POLICY(permissions)                                                                                            \
	"{\"properties\":{\"accessPolicies\":[{\"tenantId\":\"" TENANT_ID "\",\"objectId\":\"" SCEPMAN                 \
	"\",\"permissions\":" permissions "}]}}"

START_TEST(access_policies_are_merged)
{
	const char *add = VAULT "/accessPolicies/add" VAULT_VERSION,
		   *remove = VAULT "/accessPolicies/remove" VAULT_VERSION;

	arm_use("key-vault-policies");
	ck_assert_int_eq(client_send("PUT", add, POLICY("{\"keys\":[\"get\"],\"secrets\":[\"list\"]}")), 200);
	ck_assert_int_eq(client_send("PUT", add, POLICY("{\"keys\":[\"Get\",\"sign\"]}")), 200);
	ck_assert_int_eq(client_send("GET", VAULT VAULT_VERSION, NULL), 200);
	ck_assert_int_eq(client_count("properties.accessPolicies"), 1);
	ck_assert_int_eq(client_count("properties.accessPolicies[0].permissions.keys"), 2);
	ck_assert_int_eq(client_count("properties.accessPolicies[0].permissions.secrets"), 1);
	ck_assert_int_eq(client_send("PUT", remove, POLICY("{\"keys\":[\"get\",\"sign\"],\"secrets\":[\"list\"]}")),
			 200);
	ck_assert_int_eq(client_count("properties.accessPolicies"), 0);
	ck_assert_int_eq(client_send("PUT", add, POLICY("{\"keys\":[\"fly\"]}")), 400);
	ck_assert_int_eq(client_send("PUT", VAULT "/accessPolicies/wrong" VAULT_VERSION, POLICY("{}")), 400);
}
END_TEST

START_TEST(vaults_have_rules)
{
#define NEW_VAULT(name) GROUP "/providers/Microsoft.KeyVault/vaults/" name
#define VAULT_BODY                                                                                                     \
	"{\"location\":\"westeurope\",\"properties\":{\"tenantId\":\"" TENANT_ID                                       \
	"\",\"sku\":{\"family\":\"A\",\"name\":\"standard\"},\"accessPolicies\":[]}}"
	ck_assert_int_eq(client_send("PUT", NEW_VAULT("kv-new1") VAULT_VERSION, VAULT_BODY), 201);
	ck_assert_ptr_null(client_item("properties.enableRbacAuthorization"));
	ck_assert_int_eq(client_send("PUT", NEW_VAULT("kv-new1") VAULT_VERSION, VAULT_BODY), 200);
	ck_assert_int_eq(client_send("PUT", NEW_VAULT("kv-new2") "?api-version=2026-02-01", VAULT_BODY), 201);
	ck_assert(cJSON_IsTrue(client_item("properties.enableRbacAuthorization")));
	client_send("PUT", NEW_VAULT("kv--bad") VAULT_VERSION, VAULT_BODY);
	assert_error(400, "VaultNameNotValid");
	client_send("PUT", VAULT VAULT_VERSION, "{\"location\":\"westeurope\",\"properties\":{}}");
	assert_error(400, "BadRequest");
}
END_TEST

#define COLUMNS    "[{\"name\":\"TimeGenerated\",\"type\":\"datetime\"},{\"name\":\"Level\",\"type\":\"string\"}]"
#define TABLE_BODY "{\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"columns\":" COLUMNS "}}}"
#define RULE_BODY                                                                                                      \
	"{\"location\":\"westeurope\",\"kind\":\"Direct\",\"properties\":{\"destinations\":{\"logAnalytics\":"         \
	"[{\"workspaceResourceId\":\"" WORKSPACE                                                                       \
	"\",\"name\":\"d\"}]},\"streamDeclarations\":{\"Custom-S\":{\"columns\":" COLUMNS                              \
	"}},\"dataFlows\":[{\"streams\":[\"Custom-S\"],\"destinations\":[\"d\"],\"outputStream\":\"Custom-SCEPman_"    \
	"CL\"}]}}"

START_TEST(rule_needs_its_table)
{
	const char *table = WORKSPACE "/tables/SCEPman_CL" LOG_VERSION;

	client_send("GET", table, NULL);
	assert_error(404, "ResourceNotFound");
	client_send("PUT", GROUP "/providers/Microsoft.Insights/dataCollectionRules/x" RULE_VERSION, RULE_BODY);
	assert_error(400, "InvalidResourceName");
	client_send("PUT", RULE RULE_VERSION, "{\"location\":\"westeurope\",\"properties\":{\"colour\":1}}");
	assert_error(400, "InvalidPayload");
	client_send("PUT", RULE RULE_VERSION, RULE_BODY);
	assert_error(400, "InvalidPayload");
	ck_assert_str_eq(client_text("error.details[0].code"), "InvalidOutputTable");
	ck_assert_int_eq(client_send("PUT", table, TABLE_BODY), 200);
	ck_assert_str_eq(client_text("properties.schema.tableSubType"), "DataCollectionRuleBased");
	ck_assert_int_eq(client_send("PUT", RULE RULE_VERSION, RULE_BODY), 201);
	ck_assert_int_eq(strncmp(client_text("properties.immutableId"), "dcr-", 4), 0);
	ck_assert_uint_eq(strlen(client_text("properties.immutableId")), 36);
	ck_assert_ptr_nonnull(client_text("properties.endpoints.logsIngestion"));
	ck_assert_int_eq(client_send("PUT", RULE RULE_VERSION, RULE_BODY), 200);
	ck_assert_int_eq(client_send("GET", RULE "?api-version=2022-06-01", NULL), 200);
	ck_assert_ptr_null(client_item("properties.endpoints"));
}
END_TEST

START_TEST(tables_have_rules)
{
	const char *table = WORKSPACE "/tables/SCEPman_CL" LOG_VERSION;

	client_send("PUT", WORKSPACE "/tables/SCEPman" LOG_VERSION, TABLE_BODY);
	assert_error(400, "InvalidParameter");
	client_send("PUT", table, "{\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"columns\":[]}}}");
	assert_error(400, "InvalidParameter");
	client_send("PUT", table, "{\"properties\":{\"schema\":{},\"colour\":\"red\"}}");
	assert_error(400, "InvalidParameter");
	client_send("PATCH", table, TABLE_BODY);
	assert_error(404, "ResourceNotFound");
	ck_assert_int_eq(client_send("PUT", table, TABLE_BODY), 200);
	ck_assert_int_eq(client_send("PATCH", table,
				     "{\"properties\":{\"schema\":{\"name\":\"SCEPman_CL\",\"columns\":[{\"name\":"
				     "\"TimeGenerated\",\"type\":\"datetime\"}]}}}"),
			 200);
	ck_assert_int_eq(client_count("properties.schema.columns"), 1); /* what is given replaces */
	ck_assert_int_eq(client_send("PATCH", table, "{}"), 200);
	ck_assert_int_eq(client_send("POST", WORKSPACE "/tables/SCEPman_CL/migrate" LOG_VERSION, NULL), 200);
}
END_TEST

START_TEST(lists_come_in_pages)
{
	int total, pages = 1;

	arm_use("many:60"); /* 120 sites */
	ck_assert_int_eq(client_send("GET", SUBSCRIPTION "/providers/Microsoft.Web/sites" WEB_VERSION, NULL), 200);
	total = client_count("value");
	while (client_text("nextLink")) {
		const char *next = client_printf("%s", client_text("nextLink"));

		ck_assert_int_eq(strncmp(next, "https://localhost:4430/", 23), 0);
		ck_assert_int_eq(client_send("GET", next + 22, NULL), 200);
		total += client_count("value");
		pages++;
	}
	ck_assert_int_eq(total, 120);
	ck_assert_int_eq(pages, 2);
}
END_TEST

START_TEST(resources_are_filtered)
{
	client_send("GET",
		    SUBSCRIPTION
		    "/resources?api-version=2021-04-01&$filter=resourceType%20eq%20%27Microsoft.KeyVault%2Fvaults%27",
		    NULL);
	ck_assert_int_eq(client.response.status, 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_int_eq(client_send("GET", GROUP "/resources?api-version=2021-04-01", NULL), 200);
	ck_assert_int_eq(client_count("value"), 6); /* plan, two sites, workspace, vault, account */
	client_send("GET", SUBSCRIPTION "/resources?api-version=2021-04-01&$filter=colour%20eq%20%27red%27", NULL);
	assert_error(400, "InvalidFilterInQueryString");
}
END_TEST

START_TEST(writes_are_in_the_activity_log)
{
	const char *events =
		SUBSCRIPTION "/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&"
			     "$filter=eventTimestamp%20ge%20%272026-01-01T00:00:00Z%27";

	ck_assert_int_eq(client_send("GET", events, NULL), 200);
	ck_assert_int_eq(client_count("value"), 0);
	ck_assert_int_eq(client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{}}"), 200);
	ck_assert_int_eq(client_send("GET", events, NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
	ck_assert_str_eq(client_text("value[0].operationName.value"), "Microsoft.Web/sites/config/write");
	ck_assert_str_eq(client_text("value[0].caller"), DAEMON);
}
END_TEST

START_TEST(a_batch_has_a_status_for_each_part)
{
	ck_assert_int_eq(
		client_send("POST", "/batch?api-version=2020-06-01",
			    "{\"requests\":[{\"name\":\"a\",\"httpMethod\":\"GET\",\"url\":\"" SITE WEB_VERSION
			    "\"},{\"name\":\"b\",\"httpMethod\":\"GET\",\"url\":\"https://management.azure.com" SITE
			    "x" WEB_VERSION "\"},{\"name\":\"c\",\"httpMethod\":\"PUT\",\"url\":\"" SITE
			    "/config/appsettings" WEB_VERSION
			    "\",\"content\":{\"properties\":{\"A\":\"1\"}}},{\"name\":\"d\"}]}"),
		200);
	ck_assert_int_eq(client_count("responses"), 4);
	ck_assert_int_eq(client_item("responses[0].httpStatusCode")->valueint, 200);
	ck_assert_str_eq(client_text("responses[0].content.id"), SITE);
	ck_assert_int_eq(client_item("responses[1].httpStatusCode")->valueint, 404);
	ck_assert_int_eq(client_item("responses[2].httpStatusCode")->valueint, 200);
	ck_assert_int_eq(client_item("responses[3].httpStatusCode")->valueint, 400);
	client_send("POST", "/batch?api-version=2020-06-01", "{\"requests\":{}}");
	assert_error(400, "InvalidBatchRequest");
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, account_takes_a_moment);
	tcase_add_test(tcase, access_policies_are_merged);
	tcase_add_test(tcase, vaults_have_rules);
	tcase_add_test(tcase, rule_needs_its_table);
	tcase_add_test(tcase, tables_have_rules);
	tcase_add_test(tcase, lists_come_in_pages);
	tcase_add_test(tcase, resources_are_filtered);
	tcase_add_test(tcase, writes_are_in_the_activity_log);
	tcase_add_test(tcase, a_batch_has_a_status_for_each_part);
}

int main(void)
{
	return arm_run("sim-providers", add);
}
