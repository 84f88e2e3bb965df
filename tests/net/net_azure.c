/* The transport against a server that behaves: services, tokens, plan mode, operations, pages, sites. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net_support.h"
#include "world/json.h"

static const struct request read_thing = {.service = SERVICE_RESOURCE_MANAGER,
					  .path = "/subscriptions/s?api-version=1"};
static const struct request write_thing = {.service = SERVICE_RESOURCE_MANAGER,
					   .method = METHOD_PUT,
					   .path = "/subscriptions/s/thing",
					   .body = "{\"a\":1}"};

static void answer_thing(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	if (!text_equal(request->authorization, "Bearer token-1"))
		answer->status = 401;
	if (request->body[0] && !text_equal(request->content_type, "application/json"))
		answer->status = 415;
	answer->body = "{\"name\":\"thing\"}";
}

START_TEST(reads_and_writes_with_a_token)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_thing);
	net_connect(&net);
	answer = net_ask(&net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_int_eq(answer->status, 200);
	ck_assert_str_eq(json_get(answer->body, "name")->valuestring, "thing");
	ck_assert_int_gt(answer->date_unix_s, 1600000000);
	ck_assert_uint_eq(server_count(net.server, "GET /subscriptions/s?api-version=1"), 1);
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "client_secret=canary%20secret%2B%26"));
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "%2F.default"));
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "cp1"));
	answer = net_ask(&net, &write_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_uint_eq(server_count(net.server, "PUT /subscriptions/s/thing"), 1);
	ck_assert_uint_eq(server_logins(net.server), 1);
	ck_assert_uint_eq(azure_counters(net.azure)->writes, 1);
	net_done(&net);
}
END_TEST

START_TEST(plan_sends_nothing_that_changes)
{
	static const struct request list = {.service = SERVICE_RESOURCE_MANAGER,
					    .method = METHOD_POST,
					    .path = "/subscriptions/s/sites/a/config/appsettings/list?api-version=1"};
	static const struct request patch = {.service = SERVICE_GRAPH,
					     .method = METHOD_PATCH,
					     .path = "/applications(uniqueName='x')",
					     .body = "{}"};
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_thing);
	net.options.is_read_only = true;
	net_connect(&net);
	answer = net_ask(&net, &write_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_REFUSED);
	ck_assert(!answer->fault.is_ambiguous);
	answer = net_ask(&net, &patch);
	ck_assert_int_eq(answer->fault.class, FAULT_REFUSED);
	ck_assert_uint_eq(server_count(net.server, ""), 0);
	ck_assert_uint_eq(server_logins(net.server), 0);
	ck_assert_uint_eq(azure_counters(net.azure)->refused, 2);
	answer = net_ask(&net, &list);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_uint_eq(server_count(net.server, "POST"), 1);
	net_done(&net);
}
END_TEST

static void answer_second_token_only(void *arg _unused_, const struct server_request *request,
				     struct server_answer *answer)
{
	if (text_equal(request->authorization, "Bearer token-2")) {
		answer->body = "{}";
		return;
	}
	answer->status = 401;
	answer->headers[0] =
		(struct server_header){"WWW-Authenticate", "Bearer error=\"insufficient_claims\", "
							   "claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7fX19\""};
}

START_TEST(one_login_renews_for_all_who_were_refused)
{
	struct net net;

	net_init(&net, answer_second_token_only);
	net_connect(&net);
	for (unsigned n = 0; n < 12; n++)
		net_send(&net, n, n == 5 ? &write_thing : &read_thing);
	net_run(&net);
	for (unsigned n = 0; n < 12; n++) {
		ck_assert_uint_eq(net.answers[n].count, 1);
		ck_assert_int_eq(net.answers[n].fault.class, FAULT_NONE);
	}
	ck_assert_uint_eq(server_logins(net.server), 2);
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "nbf"));
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "cp1"));
	net_done(&net);
}
END_TEST

static void answer_operation(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	if (text_equal(request->method, "PUT")) {
		answer->status = 202;
		answer->headers[0] = (struct server_header){"Azure-AsyncOperation", "/operation"};
		answer->headers[1] = (struct server_header){"Retry-After", "1"};
	} else if (text_equal(request->url, "/operation")) {
		answer->body = "{\"status\":\"Succeeded\"}";
	} else {
		answer->body = "{\"name\":\"made\"}";
	}
}

START_TEST(an_operation_is_followed)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_operation);
	net_connect(&net);
	answer = net_ask(&net, &write_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_str_eq(json_get(answer->body, "name")->valuestring, "made");
	ck_assert_uint_eq(server_count(net.server, ""), 3);
	net_done(&net);
}
END_TEST

static void answer_pages(void *arg, const struct server_request *request, struct server_answer *answer)
{
	struct net *net = arg;

	if (strstr(request->url, "page=2"))
		answer->body = "{\"value\":[{\"n\":2}]}";
	else if (asprintf(&answer->owned_body, "{\"value\":[{\"n\":1}],\"nextLink\":\"%s/subscriptions?page=2\"}",
			  strstr(request->url, "foreign") ? "https://localhost:1"
							  : net->tenant.cloud.resource_manager) < 0)
		answer->fate = SERVER_DROP;
}

START_TEST(pages_are_merged_and_foreign_ones_refused)
{
	static const struct request list = {
		.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions?api-version=1", .is_collection = true};
	static const struct request foreign = {
		.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions?foreign", .is_collection = true};
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_pages);
	net_connect(&net);
	answer = net_ask(&net, &list);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_int_eq(cJSON_GetArraySize(json_get(answer->body, "value")), 2);
	answer = net_ask(&net, &foreign);
	ck_assert_int_eq(answer->fault.class, FAULT_REFUSED);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "tokens go to the configured hosts only"));
	net_done(&net);
}
END_TEST

static void answer_probe(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->body = request->authorization ? "a token!" : "Healthy";
}

START_TEST(a_site_is_asked_without_a_token)
{
	struct net net;
	struct request probe = {.service = SERVICE_SITE, .path = "/probe"};
	const struct net_answer *answer;

	net_init(&net, answer_probe);
	net_connect(&net);
	probe.host = arena_printf(&net.arena, "localhost:%u", server_port(net.server));
	answer = net_ask(&net, &probe);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_str_eq(answer->body->valuestring, "Healthy");
	ck_assert_uint_eq(server_logins(net.server), 0);
	net_done(&net);
}
END_TEST

START_TEST(no_more_at_once_than_allowed)
{
	struct net net;

	net_init(&net, answer_thing);
	net.limits.concurrency = 3;
	net_connect(&net);
	for (unsigned n = 0; n < 40; n++)
		net_send(&net, n, &read_thing);
	net_run(&net);
	for (unsigned n = 0; n < 40; n++)
		ck_assert_int_eq(net.answers[n].fault.class, FAULT_NONE);
	ck_assert_uint_le(server_connections_max(net.server), 3);
	net_done(&net);
}
END_TEST

static void answer_throttled_once(void *arg _unused_, const struct server_request *request,
				  struct server_answer *answer)
{
	if (request->number == 1) {
		answer->status = 429;
		answer->headers[0] = (struct server_header){"Retry-After", "1"};
	}
	answer->body = "{}";
}

struct seen {
	unsigned finished, throttled, tokens;
	int64_t throttled_ms;
};

static void see_request(void *arg, const char *host, enum method method, int status, int64_t duration_ms,
			unsigned parts)
{
	struct seen *seen = arg;

	ck_assert(text_has_prefix(host, "localhost:"));
	ck_assert_int_eq(method, METHOD_GET);
	ck_assert(status == 200 || status == 429);
	ck_assert_int_ge(duration_ms, 0);
	ck_assert_uint_eq(parts, 1);
	seen->finished++;
}

static void see_throttle(void *arg, const char *host _unused_, int64_t duration_ms)
{
	struct seen *seen = arg;

	seen->throttled++;
	seen->throttled_ms += duration_ms;
}

static void see_token(void *arg, const char *audience, int64_t expires_unix_s)
{
	struct seen *seen = arg;

	ck_assert(text_has_prefix(audience, "https://localhost:"));
	ck_assert_int_gt(expires_unix_s, 1600000000);
	seen->tokens++;
}

START_TEST(throttling_is_waited_for_and_observed)
{
	struct seen seen = {0};
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_throttled_once);
	net.options.observer = (struct azure_observer){
		.arg = &seen, .request_finished = see_request, .throttled = see_throttle, .token_renewed = see_token};
	net_connect(&net);
	answer = net_ask(&net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_NONE);
	ck_assert_uint_eq(seen.finished, 2);
	ck_assert_uint_eq(seen.throttled, 1);
	ck_assert_int_eq(seen.throttled_ms, 1000);
	ck_assert_uint_eq(seen.tokens, 1);
	net_done(&net);
}
END_TEST

static void answer_throttled_for_long(void *arg _unused_, const struct server_request *request _unused_,
				      struct server_answer *answer)
{
	answer->status = 429;
	answer->headers[0] = (struct server_header){"Retry-After", "400"};
}

START_TEST(nobody_waits_longer_than_a_pass_can)
{
	struct net net;

	net_init(&net, answer_throttled_for_long);
	net.limits.concurrency = 1;
	net_connect(&net);
	for (unsigned n = 0; n < 5; n++)
		net_send(&net, n, &read_thing);
	net_run(&net);
	for (unsigned n = 0; n < 5; n++) {
		ck_assert_int_eq(net.answers[n].fault.class, FAULT_THROTTLED);
		ck_assert_int_ge(net.answers[n].fault.retry_after_s, 390);
		ck_assert_ptr_nonnull(strstr(net.answers[n].fault.message, "next pass"));
	}
	ck_assert_uint_eq(server_count(net.server, ""), 1);
	net_done(&net);
}
END_TEST

TCase *net_azure_case(void)
{
	TCase *tcase = tcase_create("azure");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, reads_and_writes_with_a_token);
	tcase_add_test(tcase, plan_sends_nothing_that_changes);
	tcase_add_test(tcase, one_login_renews_for_all_who_were_refused);
	tcase_add_test(tcase, an_operation_is_followed);
	tcase_add_test(tcase, pages_are_merged_and_foreign_ones_refused);
	tcase_add_test(tcase, a_site_is_asked_without_a_token);
	tcase_add_test(tcase, no_more_at_once_than_allowed);
	tcase_add_test(tcase, throttling_is_waited_for_and_observed);
	tcase_add_test(tcase, nobody_waits_longer_than_a_pass_can);
	return tcase;
}
