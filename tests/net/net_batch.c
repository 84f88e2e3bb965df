/* Graph reads of the same moment travel together; what one of them meets is its own business. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "net_support.h"
#include "world/json.h"

/* One part: "/things/7" is found, "/throttled" asks to come back, "/pages" has more, "/absent" is not there. */
static void answer_part(struct buffer *body, const char *id, const char *url, const char *base)
{
	buffer_printf(body, "%s{\"id\":\"%s\",", body->data[body->length - 1] == '[' ? "" : ",", id);
	if (text_has_prefix(url, "/throttled"))
		buffer_append_text(body, "\"status\":429,\"headers\":{\"Retry-After\":\"1\"},\"body\":{\"error\":{"
					 "\"code\":\"TooMany\"}}}");
	else if (text_has_prefix(url, "/absent"))
		buffer_append_text(body,
				   "\"status\":404,\"body\":{\"error\":{\"code\":\"Request_ResourceNotFound\"}}}");
	else if (text_has_prefix(url, "/pages"))
		buffer_printf(body, "\"status\":200,\"body\":{\"value\":[1],\"@odata.nextLink\":\"%s/v1.0/pages?2\"}}",
			      base);
	else
		buffer_printf(body, "\"status\":200,\"body\":{\"url\":\"%s\"}}", url);
}

static void answer_graph(void *arg, const struct server_request *request, struct server_answer *answer)
{
	struct net *net = arg;
	cJSON *batch;
	const cJSON *part;
	struct buffer body;

	if (!text_equal(request->priority, "Low")) {
		answer->status = 400;
		return;
	}
	if (!text_equal(request->url, "/v1.0/$batch")) {
		answer->body = strstr(request->url, "pages") ? "{\"value\":[2]}" : "{\"url\":\"alone\"}";
		return;
	}
	batch = cJSON_Parse(request->body);
	buffer_init(&body, 1024 * 1024);
	buffer_append_text(&body, "{\"responses\":[");
	cJSON_ArrayForEach (part, json_get(batch, "requests")) {
		answer_part(&body, json_get(part, "id")->valuestring, json_get(part, "url")->valuestring,
			    net->tenant.cloud.graph);
	}
	buffer_append_text(&body, "]}");
	answer->owned_body = buffer_steal(&body);
	cJSON_Delete(batch);
}

static struct request graph_read(const char *path)
{
	return (struct request){.service = SERVICE_GRAPH, .path = path};
}

START_TEST(a_single_read_goes_alone)
{
	struct request request = graph_read("/things/1");
	struct net net;

	net_init(&net, answer_graph);
	net_connect(&net);
	ck_assert_str_eq(json_get(net_ask(&net, &request)->body, "url")->valuestring, "alone");
	ck_assert_uint_eq(server_count(net.server, "GET /v1.0/things/1"), 1);
	ck_assert_uint_eq(server_count(net.server, "POST"), 0);
	net_done(&net);
}
END_TEST

START_TEST(reads_of_one_moment_travel_together)
{
	struct net net;
	char path[32], url[32];

	net_init(&net, answer_graph);
	net_connect(&net);
	for (unsigned n = 0; n < 45; n++) {
		/* Both spellings of a path are understood. */
		snprintf(path, sizeof(path), "%s/things/%u", n % 2 ? "/v1.0" : "", n);
		net_send(&net, n, &(struct request){.service = SERVICE_GRAPH, .path = path});
	}
	net_run(&net);
	for (unsigned n = 0; n < 45; n++) {
		snprintf(url, sizeof(url), "/things/%u", n);
		ck_assert_int_eq(net.answers[n].fault.class, FAULT_NONE);
		ck_assert_str_eq(json_get(net.answers[n].body, "url")->valuestring, url);
	}
	ck_assert_uint_eq(server_count(net.server, "POST /v1.0/$batch"), 3);
	ck_assert_uint_eq(server_count(net.server, "GET"), 0);
	ck_assert_uint_eq(azure_counters(net.azure)->batches, 3);
	ck_assert_uint_eq(azure_counters(net.azure)->writes, 0);
	net_done(&net);
}
END_TEST

START_TEST(each_part_has_its_own_fate)
{
	struct request found = graph_read("/things/1"), throttled = graph_read("/throttled"),
		       absent = graph_read("/absent"), pages = graph_read("/pages");
	struct net net;

	pages.is_collection = true;
	net_init(&net, answer_graph);
	net_connect(&net);
	net_send(&net, 0, &found);
	net_send(&net, 1, &throttled);
	net_send(&net, 2, &absent);
	net_send(&net, 3, &pages);
	net_run(&net);
	ck_assert_str_eq(json_get(net.answers[0].body, "url")->valuestring, "/things/1");
	ck_assert_str_eq(json_get(net.answers[1].body, "url")->valuestring, "alone");
	ck_assert_int_eq(net.answers[2].fault.class, FAULT_NOT_FOUND);
	ck_assert_int_eq(cJSON_GetArraySize(json_get(net.answers[3].body, "value")), 2);
	ck_assert_uint_eq(server_count(net.server, "POST"), 1);
	ck_assert_uint_eq(server_count(net.server, "GET /v1.0/throttled"), 1);
	net_done(&net);
}
END_TEST

START_TEST(a_plan_may_batch_its_reads)
{
	struct request request = graph_read("/things/1");
	struct net net;

	net_init(&net, answer_graph);
	net.options.is_read_only = true;
	net_connect(&net);
	net_send(&net, 0, &request);
	net_send(&net, 1, &request);
	net_run(&net);
	ck_assert_int_eq(net.answers[0].fault.class, FAULT_NONE);
	ck_assert_int_eq(net.answers[1].fault.class, FAULT_NONE);
	ck_assert_uint_eq(server_count(net.server, "POST /v1.0/$batch"), 1);
	net_done(&net);
}
END_TEST

static void answer_without_batches(void *arg _unused_, const struct server_request *request,
				   struct server_answer *answer)
{
	answer->body = "{\"url\":\"alone\"}";
	if (text_equal(request->url, "/v1.0/$batch")) {
		answer->status = 404;
		answer->body = "{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"no batches here\"}}";
	}
}

START_TEST(a_batch_that_is_not_there_makes_nothing_absent)
{
	struct request request = graph_read("/things/1");
	struct net net;

	net_init(&net, answer_without_batches);
	net_connect(&net);
	for (unsigned n = 0; n < 3; n++)
		net_send(&net, n, &request);
	net_run(&net);
	for (unsigned n = 0; n < 3; n++)
		ck_assert_str_eq(json_get(net.answers[n].body, "url")->valuestring, "alone");
	net_done(&net);
}
END_TEST

static void answer_prefer(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->status = text_equal(request->prefer, "create-if-missing") ? 201 : 400;
	answer->body = "{}";
}

START_TEST(an_upsert_says_so)
{
	struct request request = {.service = SERVICE_GRAPH,
				  .method = METHOD_PATCH,
				  .path = "/v1.0/applications(uniqueName='x')",
				  .body = "{}",
				  .create_if_missing = true};
	struct net net;

	net_init(&net, answer_prefer);
	net_connect(&net);
	ck_assert_int_eq(net_ask(&net, &request)->status, 201);
	net_done(&net);
}
END_TEST

TCase *net_batch_case(void)
{
	TCase *tcase = tcase_create("batch");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_single_read_goes_alone);
	tcase_add_test(tcase, reads_of_one_moment_travel_together);
	tcase_add_test(tcase, each_part_has_its_own_fate);
	tcase_add_test(tcase, a_plan_may_batch_its_reads);
	tcase_add_test(tcase, a_batch_that_is_not_there_makes_nothing_absent);
	tcase_add_test(tcase, an_upsert_says_so);
	return tcase;
}
