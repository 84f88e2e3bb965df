/* Reads that do not see the latest writes, and requests that are too many. */
#include "sim_arm_client.h"

#include <string.h>

static void log_in(const char *scope)
{
	client_log_in(CLIENT_ID, CLIENT_SECRET, scope);
}

static void log_in_to_graph(void)
{
	log_in("https://graph.microsoft.com/.default");
}

static const char *create_application(void)
{
	ck_assert_int_eq(client_send("POST", "/v1.0/applications", "{\"displayName\":\"late\"}"), 201);
	return client_printf("%s", client_text("id"));
}

static int count_late(void)
{
	ck_assert_int_eq(client_send("GET", "/v1.0/applications?$filter=displayName%20eq%20'late'", NULL), 200);
	return client_count("value");
}

START_TEST(a_create_is_not_seen_for_some_reads)
{
	const char *id;

	log_in_to_graph();
	client_send("POST", "/_sim/faults",
		    "{\"method\":\"POST\",\"path\":\"/v1.0/applications\",\"lag\":{\"reads\":3}}");
	id = create_application();
	ck_assert_int_eq(count_late(), 0);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s", id), NULL), 404);
	ck_assert_int_eq(client_send("GET", "/v1.0/servicePrincipals", NULL), 200);
	ck_assert_int_eq(count_late(), 0);
	ck_assert_int_eq(count_late(), 1);
	ck_assert_int_eq(client_send("GET", client_printf("/v1.0/applications/%s", id), NULL), 200);
}
END_TEST

START_TEST(a_create_is_not_seen_for_some_time)
{
	log_in_to_graph();
	client_send("POST", "/_sim/faults",
		    "{\"method\":\"POST\",\"path\":\"/v1.0/applications\",\"lag\":{\"ms\":5000}}");
	create_application();
	client.now_ms += 4999;
	ck_assert_int_eq(count_late(), 0);
	client.now_ms += 1;
	ck_assert_int_eq(count_late(), 1);
}
END_TEST

START_TEST(writes_always_go_to_the_present)
{
	const char *id;

	log_in_to_graph();
	client_send("POST", "/_sim/faults",
		    "{\"method\":\"POST\",\"path\":\"/v1.0/applications\",\"lag\":{\"ms\":5000}}");
	id = create_application();
	ck_assert_int_eq(client_send("PATCH", client_printf("/v1.0/applications/%s", id), "{\"displayName\":\"x\"}"),
			 204);
}
END_TEST

START_TEST(a_read_is_answered_as_some_time_ago)
{
	client_send("POST", "/_sim/faults",
		    "{\"path\":\"*/config/appsettings/list\",\"nth\":2,\"stale\":{\"ms\":10000}}");
	client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{\"A\":\"1\"}}");
	client.now_ms += 9000;
	client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{\"A\":\"2\"}}");
	client.now_ms += 2000;
	client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL);
	ck_assert_str_eq(client_text("properties.A"), "2");
	client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL);
	ck_assert_str_eq(client_text("properties.A"), "1");
	client_send("POST", SITE "/config/appsettings/list" WEB_VERSION, NULL);
	ck_assert_str_eq(client_text("properties.A"), "2");
}
END_TEST

START_TEST(replicas_of_graph_disagree_for_a_while)
{
	int seen = 0, all = 200;

	log_in_to_graph();
	ck_assert_int_eq(client_send("PUT", "/_sim/lag", "{\"graph_ms\":15000}"), 204);
	create_application();
	for (int i = 0; i < all; i++)
		seen += count_late();
	ck_assert_int_gt(seen, all / 4);
	ck_assert_int_lt(seen, all * 3 / 4);
	client.now_ms += 15000;
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(count_late(), 1);
}
END_TEST

START_TEST(the_index_is_behind)
{
	static const char query[] = "{\"query\":\"Resources | where name == 'late' | count\"}";
	static const char target[] = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";

	client_send("PUT", "/_sim/lag", "{\"index_ms\":30000}");
	ck_assert_int_eq(client_send("PUT", GROUP "/providers/Microsoft.Web/serverfarms/late" WEB_VERSION,
				     "{\"location\":\"westeurope\",\"sku\":{\"name\":\"B1\"}}") /
				 100,
			 2);
	client_send("POST", target, query);
	ck_assert_int_eq(client_item("data[0].Count")->valueint, 0);
	client.now_ms += 30000;
	client_send("POST", target, query);
	ck_assert_int_eq(client_item("data[0].Count")->valueint, 1);
}
END_TEST

START_TEST(a_new_principal_is_not_known_everywhere)
{
	const char *app_id, *id, *target, *body;

	ck_assert_int_eq(client_send("PUT", "/_sim/lag", "{\"principal_ms\":60000}"), 204);
	log_in_to_graph();
	create_application();
	app_id = client_printf("%s", client_text("appId"));
	client_send("POST", "/v1.0/servicePrincipals", client_printf("{\"appId\":\"%s\"}", app_id));
	id = client_printf("%s", client_text("id"));
	log_in("https://management.azure.com/.default");
	target = STORAGE
		"/providers/Microsoft.Authorization/roleAssignments/0c1b7e52-a4d1-4198-8c3b-9e7d41f2a860" RBAC_VERSION;
	body = client_printf("{\"properties\":{\"principalId\":\"%s\",\"roleDefinitionId\":\"" SUBSCRIPTION
			     "/providers/Microsoft.Authorization/roleDefinitions/" TABLE_ROLE "\"}}",
			     id);
	client_send("PUT", target, body);
	assert_error(400, "PrincipalNotFound");
	client.now_ms += 60000;
	ck_assert_int_eq(client_send("PUT", target, body), 201);
}
END_TEST

/* An edit checks nothing, so the tenant may come to hold what no state file may; it is then not copied, and reads see
 * the present. */
START_TEST(what_cannot_be_copied_does_not_lag)
{
	log_in_to_graph();
	client_send("PUT", "/_sim/lag", "{\"graph_ms\":15000}");
	ck_assert_int_eq(
		client_send("POST", "/_sim/edit",
			    "{\"id\":\"0c1b7e52-a4d1-4198-8c3b-9e7d41f2a860\",\"put\":{\"noSuchProperty\":1}}"),
		204);
	create_application();
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(count_late(), 1);
}
END_TEST

static int get_until_throttled(const char *target)
{
	int requests = 0;

	while (requests < 5000 && client_send("GET", target, NULL) == 200)
		requests++;
	return requests;
}

START_TEST(resource_manager_has_buckets)
{
	ck_assert_int_eq(client_send("GET", SITE WEB_VERSION, NULL), 200);
	ck_assert_str_eq(client_header("x-ms-ratelimit-remaining-subscription-reads"), "249");
	ck_assert_int_eq(client_send("PUT", "/_sim/throttle", "{\"realistic\":true}"), 204);
	ck_assert_int_eq(get_until_throttled(SITE WEB_VERSION), 249);
	assert_error(429, "SubscriptionRequestsThrottled");
	ck_assert_str_eq(client_header("Retry-After"), "1");
	client.now_ms += 1000;
	ck_assert_int_eq(get_until_throttled(SITE WEB_VERSION), 25);
	/* Reads do not eat writes. */
	ck_assert_int_eq(client_send("PUT", SITE "/config/appsettings" WEB_VERSION, "{\"properties\":{}}"), 200);
	ck_assert_str_eq(client_header("x-ms-ratelimit-remaining-subscription-writes"), "199");
}
END_TEST

START_TEST(graph_counts_units)
{
	log_in_to_graph();
	client_send("GET", "/v1.0/applications", NULL);
	ck_assert_str_eq(client_header("x-ms-resource-unit"), "2");
	client_send("GET", "/v1.0/applications?$select=id", NULL);
	ck_assert_str_eq(client_header("x-ms-resource-unit"), "1");
	ck_assert_ptr_null(client_header("x-ms-throttle-limit-percentage"));
	client_send("PUT", "/_sim/throttle", "{\"realistic\":true}");
	ck_assert_int_eq(get_until_throttled("/v1.0/applications?$top=200"), 1749);
	ck_assert_int_eq(client.response.status, 429);
	ck_assert_str_eq(client_header("x-ms-throttle-limit-percentage"), "1.00");
	ck_assert_ptr_nonnull(client_header("Retry-After"));
}
END_TEST

START_TEST(the_index_counts_queries)
{
	static const char target[] = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";

	client_send("PUT", "/_sim/throttle", "{\"realistic\":true}");
	for (int i = 0; i < 15; i++)
		ck_assert_int_eq(client_send("POST", target, "{\"query\":\"Resources | count\"}"), 200);
	ck_assert_str_eq(client_header("x-ms-user-quota-remaining"), "0");
	ck_assert_str_eq(client_header("x-ms-user-quota-resets-after"), "00:00:05");
	client_send("POST", target, "{\"query\":\"Resources | count\"}");
	assert_error(429, "RateLimiting");
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, a_create_is_not_seen_for_some_reads);
	tcase_add_test(tcase, a_create_is_not_seen_for_some_time);
	tcase_add_test(tcase, writes_always_go_to_the_present);
	tcase_add_test(tcase, a_read_is_answered_as_some_time_ago);
	tcase_add_test(tcase, replicas_of_graph_disagree_for_a_while);
	tcase_add_test(tcase, the_index_is_behind);
	tcase_add_test(tcase, a_new_principal_is_not_known_everywhere);
	tcase_add_test(tcase, what_cannot_be_copied_does_not_lag);
	tcase_add_test(tcase, resource_manager_has_buckets);
	tcase_add_test(tcase, graph_counts_units);
	tcase_add_test(tcase, the_index_counts_queries);
}

int main(void)
{
	return arm_run("lag and throttling", add);
}
