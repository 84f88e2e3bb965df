/* Resource Graph: queries, their results, and what is said of wrong ones. */
#include "sim_arm_client.h"

#include <stdlib.h>
#include <string.h>

static int ask_with(const char *query, const char *options)
{
	cJSON *body = cJSON_CreateObject();
	char *text;
	int status;

	cJSON_AddStringToObject(body, "query", query);
	if (options)
		cJSON_AddItemToObject(body, "options", cJSON_Parse(options));
	text = cJSON_PrintUnformatted(body);
	status = client_send("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01", text);
	free(text);
	cJSON_Delete(body);
	return status;
}

static const char *answer_of(const char *query)
{
	char *text;
	const char *copy;

	ck_assert_msg(ask_with(query, NULL) == 200, "%s: %s", query, client.response.body);
	text = cJSON_PrintUnformatted(client_item("data"));
	copy = client_printf("%s", text);
	free(text);
	return copy;
}

static const struct {
	const char *query, *data;
} queries[] = {
	{"Resources | where type =~ 'Microsoft.Web/sites' | project name | order by name asc",
	 "[{\"name\":\"app-scepman-contoso\"},{\"name\":\"app-scepman-contoso-cm\"}]"},
	{"resources | where type == 'microsoft.web/sites' and name endswith '-CM' | project id=tolower(name), "
	 "resourceGroup",
	 "[{\"id\":\"app-scepman-contoso-cm\",\"resourceGroup\":\"rg-scepman\"}]"},
	{"Resources | where type == 'Microsoft.Web/sites' | count", "[{\"Count\":0}]"},
	{"Resources | where type in~ ('MICROSOFT.web/sites', 'microsoft.keyvault/vaults') | summarize count() by type "
	 "| sort by count_ desc",
	 "[{\"type\":\"microsoft.web/sites\",\"count_\":2},{\"type\":\"microsoft.keyvault/vaults\",\"count_\":1}]"},
	{"Resources | where type in ('MICROSOFT.web/sites') | count", "[{\"Count\":0}]"},
	{"Resources | where name !~ 'APP-SCEPMAN-CONTOSO' and type has 'sites' | project name",
	 "[{\"name\":\"app-scepman-contoso-cm\"}]"},
	{"Resources | where type contains 'SITES' and not(name == 'app-scepman-contoso') | project name",
	 "[{\"name\":\"app-scepman-contoso-cm\"}]"},
	{"Resources | where type startswith 'microsoft.key' or type has 'storageaccounts' | extend kindOf = "
	 "iff(type has 'vaults', 'vault', 'account') | project kindOf | order by kindOf asc",
	 "[{\"kindOf\":\"account\"},{\"kindOf\":\"vault\"}]"},
	{"Resources | where type =~ 'microsoft.keyvault/vaults' | where properties.vaultUri startswith 'HTTPS://kv-' "
	 "| project uri = properties.vaultUri, tail = split(tostring(properties.vaultUri), '.')[-1]",
	 "[{\"uri\":\"https://kv-scepman-contoso.vault.azure.net/\",\"tail\":\"net/\"}]"},
	{"Resources | where isnotempty(identity.principalId) | summarize n = count(), who = "
	 "dcount(tostring(identity['principalId']))",
	 "[{\"n\":2,\"who\":2}]"},
	{"Resources | where type has 'sites' | project name, p = parse_json('{\"a\":[1,{\"b\":\"c\"}]}') | extend q = "
	 "p.a[1].b "
	 "| project q | take 1",
	 "[{\"q\":\"c\"}]"},
	{"Resources | where name == 'app-scepman-contoso' | project subscriptionId | join kind=leftouter "
	 "(ResourceContainers | where "
	 "type == 'microsoft.resources/subscriptions' | project subscriptionId, subscription = name) on subscriptionId "
	 "| project subscription, subscriptionId1",
	 "[{\"subscription\":\"Contoso PKI\",\"subscriptionId1\":\"11111111-2222-4333-8444-555555555555\"}]"},
	{"Resources | where type has 'vaults' | project name, x = dynamic([1,2]) | mv-expand x | project x | order by "
	 "x desc",
	 "[{\"x\":2},{\"x\":1}]"},
	{"Resources | where name == 'app-scepman-contoso' | project tags.missing, nothing = properties.a.b.c",
	 "[{\"tags_missing\":null,\"nothing\":null}]"},
	{"ResourceContainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' | project name, "
	 "location",
	 "[{\"name\":\"rg-scepman\",\"location\":\"westeurope\"}]"},
	{"AuthorizationResources | where type =~ 'microsoft.authorization/roleassignments' | where "
	 "properties.principalId == "
	 "'" SCEPMAN
	 "' | extend role = tostring(properties.roleDefinitionId) | join kind=inner (AuthorizationResources | "
	 "where type =~ 'microsoft.authorization/roledefinitions' | project role = id, roleName = "
	 "properties.roleName) on role | distinct roleName | order by roleName asc | take 1",
	 "[{\"roleName\":\"Key Vault Certificates Officer\"}]"},
	{"Resources | top 1 by name asc | project n = strcat(substring(name, 0, 3), '-', strlen(name) > 3, '-', 1 + 2 "
	 "* 3)",
	 "[{\"n\":\"app-true-7\"}]"},
	{"Resources // a comment\n| where name =~ 'kv-scepman-contoso' // and another\n| project-away id | project "
	 "name",
	 "[{\"name\":\"kv-scepman-contoso\"}]"},
};

START_TEST(queries_find_what_they_ask_for)
{
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		ck_assert_msg(strcmp(answer_of(queries[i].query), queries[i].data) == 0, "%s\n gives %s\n not   %s",
			      queries[i].query, answer_of(queries[i].query), queries[i].data);
}
END_TEST

START_TEST(changes_are_listed)
{
	client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{\"A\":\"1\"}}");
	ck_assert_str_eq(
		answer_of(
			"ResourceChanges | extend at = todatetime(properties.changeAttributes.timestamp) | where at > "
			"ago(1h) | project kind = properties.changeType, target = properties.targetResourceId"),
		"[{\"kind\":\"Update\",\"target\":\"" SITE "/config/appsettings\"}]");
	client.now_ms += 3600 * 1000;
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://management.azure.com/.default");
	ck_assert_str_eq(
		answer_of(
			"resourcechanges | where todatetime(properties.changeAttributes.timestamp) > ago(1h) | count"),
		"[{\"Count\":0}]");
}
END_TEST

static const struct {
	const char *query, *code, *token;
} wrong[] = {
	{"Resources | wher name == 'x'", "ParserFailure", "wher"},
	{"Resources | where (name == 'x'", "ParserFailure", ""},
	{"Resources | where name ==", "ParserFailure", ""},
	{"Resources where", "ParserFailure", "where"},
	{"Resources | where name == 'x", "ParserFailure", "'x"},
	{"Resources | where nome == 'x'", "UnknownColumn", NULL},
	{"Resources | where type =~ 'none' and nome == 'x'", "UnknownColumn", NULL},
	{"Resources | where type =~ 'none' | order by nome", "UnknownColumn", NULL},
	{"Resources | take 0 | summarize dcount(nome)", "UnknownColumn", NULL},
	{"Nothing | take 1", "UnknownTable", NULL},
	{"Resources | extend x = nofunction(name)", "InvalidQuery", NULL},
	{"Resources | summarize name by type", "InvalidQuery", NULL},
	{"| take 1", "ParserFailure", ""},
};

START_TEST(wrong_queries_are_explained)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_int_eq(ask_with(wrong[i].query, NULL), 400);
		ck_assert_str_eq(client_text("error.code"), "BadRequest");
		ck_assert_str_eq(client_text("error.details[0].code"), "InvalidQuery");
		ck_assert_msg(strcmp(client_text("error.details[1].code"), wrong[i].code) == 0, "%s: %s",
			      wrong[i].query, client.response.body);
		if (wrong[i].token)
			ck_assert_str_eq(client_text("error.details[1].token"), wrong[i].token);
	}
	ask_with("Resources\n  | foo", NULL);
	ck_assert_int_eq(client_item("error.details[1].line")->valueint, 2);
	ck_assert_int_eq(client_item("error.details[1].characterPositionInLine")->valueint, 5);
}
END_TEST

START_TEST(pages_follow_each_other)
{
	const char *token = NULL, *query = "Resources | project id | order by id asc";
	int rows = 0, total, pages = 0;

	do {
		ck_assert_int_eq(ask_with(query, token ? client_printf("{\"$top\":2,\"$skipToken\":\"%s\"}", token)
						       : "{\"$top\":2}"),
				 200);
		rows += client_count("data");
		total = client_item("totalRecords")->valueint;
		token = client_text("$skipToken") ? client_printf("%s", client_text("$skipToken")) : NULL;
		pages++;
	} while (token);
	ck_assert_int_eq(rows, total);
	ck_assert_int_eq(pages, (total + 1) / 2);

	/* A token is for one query. */
	ask_with(query, "{\"$top\":2}");
	token = client_printf("{\"$skipToken\":\"%s\"}", client_text("$skipToken"));
	ck_assert_int_eq(ask_with("Resources | project id", token), 400);
	ck_assert_int_eq(ask_with(query, "{\"$top\":0}"), 400);
	ck_assert_int_eq(ask_with(query, "{\"$topp\":1}"), 400);
	/* Without an id there is no going on. */
	ck_assert_int_eq(ask_with("Resources | project name", "{\"$top\":2}"), 200);
	ck_assert_str_eq(client_text("resultTruncated"), "true");
	ck_assert_ptr_null(client_text("$skipToken"));
}
END_TEST

START_TEST(a_table_has_columns_and_rows)
{
	ck_assert_int_eq(ask_with("Resources | where name =~ 'kv-scepman-contoso' | project name, n = 1, tags",
				  "{\"resultFormat\":\"table\"}"),
			 200);
	ck_assert_str_eq(client_text("data.columns[0].name"), "name");
	ck_assert_str_eq(client_text("data.columns[1].type"), "integer");
	ck_assert_str_eq(client_text("data.rows[0][0]"), "kv-scepman-contoso");
}
END_TEST

START_TEST(only_what_the_caller_may_read_is_there)
{
	const char *body = "{\"subscriptions\":[\"99999999-2222-4333-8444-555555555555\"],\"query\":\"Resources\"}";

	client_send("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01", body);
	ck_assert_int_eq(client.response.status, 400);
	ck_assert_str_eq(client_text("error.details[0].code"), "NoValidSubscriptionsInQueryRequest");
	client_send("GET", "/_sim/state", NULL);
	{
		/* Without its role assignments the daemon sees nothing. */
		cJSON *state = cJSON_Duplicate(client.body, true), *resources = cJSON_GetObjectItem(state, "resources");
		char *text;

		for (int i = cJSON_GetArraySize(resources) - 1; i >= 0; i--)
			if (strstr(cJSON_GetObjectItem(cJSON_GetArrayItem(resources, i), "type")->valuestring,
				   "roleAssignments"))
				cJSON_DeleteItemFromArray(resources, i);
		text = cJSON_PrintUnformatted(state);
		ck_assert_int_eq(client_send("PUT", "/_sim/state", text), 204);
		free(text);
		cJSON_Delete(state);
	}
	ck_assert_str_eq(answer_of("Resources | count"), "[{\"Count\":0}]");
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, queries_find_what_they_ask_for);
	tcase_add_test(tcase, changes_are_listed);
	tcase_add_test(tcase, wrong_queries_are_explained);
	tcase_add_test(tcase, pages_follow_each_other);
	tcase_add_test(tcase, a_table_has_columns_and_rows);
	tcase_add_test(tcase, only_what_the_caller_may_read_is_there);
}

int main(void)
{
	return arm_run("Resource Graph", add);
}
