/* The transport against the simulated tenant: what both must agree on, and what a lossy network does to a create. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "sim_memory.h"
#include "tenant.h"
#include "transport/azure.h"
#include "transport/http_memory.h"
#include "world/json.h"

enum { ANSWERS_MAX = 32 };

static const char *program;

struct answer {
	unsigned count;
	int status;
	struct fault fault;
	cJSON *body;
};

struct rig {
	struct tenant tenant;
	struct desired_daemon limits;
	uv_loop_t loop;
	struct azure *azure;
	struct answer answers[ANSWERS_MAX];
};

static void rig_connect(struct rig *rig, bool is_read_only)
{
	struct azure_options options = {.is_read_only = is_read_only, .seed = 1};
	char *problem = NULL;

	rig->limits = (struct desired_daemon){.concurrency = 16, .request_timeout_s = 60};
	ck_assert_int_eq(uv_loop_init(&rig->loop), 0);
	ck_assert_int_eq(azure_new(&rig->loop, &rig->tenant.desired, &rig->limits, &options, &rig->azure, &problem), 0);
}

static void rig_start(struct rig *rig)
{
	*rig = (struct rig){0};
	tenant_start(&rig->tenant, program, "fresh");
}

static void rig_disconnect(struct rig *rig)
{
	azure_close(rig->azure, NULL, NULL);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&rig->loop), 0);
}

static void rig_done(struct rig *rig)
{
	rig_disconnect(rig);
	/* Whatever we asked for must exist. */
	ck_assert_ptr_null(strstr(tenant_control(&rig->tenant, "GET", "journal", NULL), "\"unknown_route\":true"));
	for (unsigned n = 0; n < ANSWERS_MAX; n++)
		cJSON_Delete(rig->answers[n].body);
	tenant_stop(&rig->tenant);
}

static void on_response(void *arg, void *node, const struct response *response)
{
	struct rig *rig = arg;
	struct answer *answer = node;

	answer->count++;
	answer->status = response->status;
	answer->fault = fault_copy(&rig->tenant.arena, &response->fault);
	answer->body = cJSON_Duplicate(response->body, true);
}

static void send_as(struct rig *rig, unsigned n, const struct request *request)
{
	cJSON_Delete(rig->answers[n].body);
	rig->answers[n] = (struct answer){0};
	transport_send(azure_transport(rig->azure), request, &rig->answers[n], on_response, rig);
}

static const struct answer *ask(struct rig *rig, const struct request *request)
{
	send_as(rig, 0, request);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(rig->answers[0].count, 1);
	return &rig->answers[0];
}

static const struct request subscriptions = {
	.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions?api-version=2022-12-01", .is_collection = true};
static const struct request applications = {.service = SERVICE_GRAPH,
					    .path = "/v1.0/applications?$filter=displayName%20eq%20'made%20here'",
					    .is_collection = true};
static const struct request create_application = {.service = SERVICE_GRAPH,
						  .method = METHOD_POST,
						  .path = "/v1.0/applications",
						  .body = "{\"displayName\":\"made here\"}"};

static int count_items(const struct answer *answer)
{
	ck_assert_msg(answer->fault.class == FAULT_NONE, "%s", answer->fault.message);
	return cJSON_GetArraySize(json_get(answer->body, "value"));
}

START_TEST(both_services_answer)
{
	struct rig rig;

	rig_start(&rig);
	rig_connect(&rig, false);
	ck_assert_int_eq(count_items(ask(&rig, &subscriptions)), 1);
	for (unsigned n = 0; n < 25; n++)
		send_as(&rig, n, &applications);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	for (unsigned n = 0; n < 25; n++)
		ck_assert_int_eq(count_items(&rig.answers[n]), 0);
	ck_assert_uint_eq(azure_counters(rig.azure)->batches, 2);
	ck_assert_int_eq(ask(&rig, &create_application)->status, 201);
	ck_assert_int_eq(count_items(ask(&rig, &applications)), 1);
	rig_done(&rig);
}
END_TEST

START_TEST(a_plan_writes_nothing)
{
	struct rig rig;

	rig_start(&rig);
	rig_connect(&rig, true);
	ck_assert_int_eq(ask(&rig, &create_application)->fault.class, FAULT_REFUSED);
	ck_assert_int_eq(count_items(ask(&rig, &applications)), 0);
	rig_done(&rig);
}
END_TEST

START_TEST(a_create_that_is_lost_is_ambiguous_and_done_once)
{
	struct rig rig;
	const struct answer *answer;

	rig_start(&rig);
	tenant_control(&rig.tenant, "POST", "faults",
		       "{\"method\":\"POST\",\"path\":\"*/applications\",\"drop\":true,\"takes_effect\":true}");
	rig_connect(&rig, false);
	answer = ask(&rig, &create_application);
	ck_assert_int_eq(answer->fault.class, FAULT_UNREACHABLE);
	ck_assert(answer->fault.is_ambiguous);
	ck_assert_int_eq(count_items(ask(&rig, &applications)), 1);
	rig_done(&rig);
}
END_TEST

START_TEST(a_throttled_create_is_done_once)
{
	struct rig rig;

	rig_start(&rig);
	tenant_control(
		&rig.tenant, "POST", "faults",
		"{\"method\":\"POST\",\"path\":\"*/applications\",\"throttle\":{\"retry_after_s\":1},\"times\":1}");
	rig_connect(&rig, false);
	ck_assert_int_eq(ask(&rig, &create_application)->status, 201);
	ck_assert_int_eq(count_items(ask(&rig, &applications)), 1);
	rig_done(&rig);
}
END_TEST

START_TEST(damaged_reads_are_repeated)
{
	static const char *const kinds[] = {"truncate", "garbage", "empty"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rig rig;

		rig_start(&rig);
		tenant_control(&rig.tenant, "POST", "faults",
			       arena_printf(&rig.tenant.arena,
					    "{\"path\":\"*/subscriptions\",\"damage\":\"%s\",\"times\":2}", kinds[i]));
		rig_connect(&rig, false);
		ck_assert_int_eq(count_items(ask(&rig, &subscriptions)), 1);
		rig_done(&rig);
	}
}
END_TEST

START_TEST(the_public_cloud_behind_a_proxy)
{
	struct rig rig;
	struct request probe = {
		.service = SERVICE_SITE, .host = "app-scepman-contoso.azurewebsites.net", .path = "/probe"};

	rig_start(&rig);
	rig.tenant.desired.cloud.name = "AzureCloud";
	rig.tenant.desired.cloud.authority = "https://login.microsoftonline.com";
	rig.tenant.desired.cloud.resource_manager = "https://management.azure.com";
	rig.tenant.desired.cloud.graph = "https://graph.microsoft.com";
	setenv("HTTPS_PROXY", tenant_text(&rig.tenant, "proxy_url"), 1);
	rig_connect(&rig, false);
	ck_assert_int_eq(count_items(ask(&rig, &subscriptions)), 1);
	ck_assert_int_eq(count_items(ask(&rig, &applications)), 0);
	/* The tenant is not complete, so its probe is not healthy; but it is the site that says so. */
	ck_assert_int_ne(ask(&rig, &probe)->status, 0);
	rig_disconnect(&rig);

	/* What NO_PROXY names is looked for directly, and there is nobody. */
	setenv("NO_PROXY", "localhost", 1);
	rig.tenant.desired.cloud.authority = "https://localhost:1";
	rig_connect(&rig, false);
	ck_assert_int_eq(ask(&rig, &subscriptions)->fault.class, FAULT_UNREACHABLE);
	rig_done(&rig);
}
END_TEST

START_TEST(a_wrong_secret_is_explained)
{
	struct rig rig;
	const struct answer *answer;
	FILE *stream;

	rig_start(&rig);
	stream = fopen(rig.tenant.desired.credential.client_secret_file, "we");
	fputs("wrong", stream);
	fclose(stream);
	rig_connect(&rig, false);
	answer = ask(&rig, &subscriptions);
	ck_assert_int_eq(answer->fault.class, FAULT_CREDENTIAL);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "is wrong"));
	rig_disconnect(&rig);
	rig.tenant.desired.tenant_id = "99999999-9999-9999-9999-999999999999";
	rig_connect(&rig, false);
	answer = ask(&rig, &subscriptions);
	ck_assert_int_eq(answer->fault.class, FAULT_CREDENTIAL);
	ck_assert_msg(strstr(answer->fault.message, "there is no tenant") != NULL, "%s", answer->fault.message);
	rig_done(&rig);
}
END_TEST

START_TEST(nothing_secret_is_left_in_memory)
{
	struct memory_pattern secret, token, known;
	struct rig rig;
	char canary[] = "a canary that is here";

	http_memory_install();
	rig_start(&rig);
	cJSON_DeleteItemFromObjectCaseSensitive(rig.tenant.ready, "client_secret");
	memory_pattern_from_file(rig.tenant.desired.credential.client_secret_file, &secret);
	memory_pattern_from_text("access_token\":\"ey", &token);
	rig_connect(&rig, false);
	ck_assert_int_eq(count_items(ask(&rig, &subscriptions)), 1);
	ck_assert_uint_eq(memory_count(&secret), 0);
	ck_assert_uint_eq(memory_count(&token), 0);
	/* The search finds what is there. */
	memory_pattern_from_text(canary, &known);
	ck_assert_uint_ge(memory_count(&known), 1);
	rig_done(&rig);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("net-sim");
	TCase *tcase = tcase_create("tenant");
	SRunner *runner;
	int failed;

	if (argc != 2)
		return EXIT_FAILURE;
	program = argv[1];
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, both_services_answer);
	tcase_add_test(tcase, a_plan_writes_nothing);
	tcase_add_test(tcase, a_create_that_is_lost_is_ambiguous_and_done_once);
	tcase_add_test(tcase, a_throttled_create_is_done_once);
	tcase_add_test(tcase, damaged_reads_are_repeated);
	tcase_add_test(tcase, the_public_cloud_behind_a_proxy);
	tcase_add_test(tcase, a_wrong_secret_is_explained);
	tcase_add_test(tcase, nothing_secret_is_left_in_memory);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
