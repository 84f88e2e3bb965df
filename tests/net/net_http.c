/* The wire alone: the second lock of plan mode, and the end of what is under way. */
#include "base/memory.h"
#include "net_support.h"
#include "transport/http.h"
#include "transport/http_memory.h"

struct outcome {
	unsigned count;
	enum reply_type type;
	enum fault_class fault;
	int status;
};

static void answer_anything(void *arg _unused_, const struct server_request *request _unused_,
			    struct server_answer *answer)
{
	answer->body = "{}";
}

static void on_reply(void *arg, const struct reply *reply, int64_t duration_ms)
{
	struct outcome *outcome = arg;

	ck_assert_int_ge(duration_ms, 0);
	outcome->count++;
	outcome->type = reply->type;
	outcome->fault = reply->fault.class;
	outcome->status = reply->status;
}

static struct http *connect_http(struct net *net, bool is_read_only)
{
	struct http_options options = {.ca_file = net->tenant.cloud.ca_file,
				       .timeout_ms = 60000,
				       .connections = 4,
				       .is_read_only = is_read_only,
				       .authority_url = net->tenant.cloud.authority};
	struct http *http;

	http_memory_install();
	ck_assert_int_eq(http_new(&net->loop, &options, &http), 0);
	return http;
}

static const char *url_of(struct net *net, const char *path)
{
	return arena_printf(&net->arena, "%s%s", net->tenant.cloud.authority, path);
}

START_TEST(what_changes_does_not_leave_in_plan_mode)
{
	struct outcome outcomes[3] = {{0}};
	struct net net;
	struct http *http;

	net_init(&net, answer_anything);
	http = connect_http(&net, true);
	http_send(http, &(struct http_request){.method = METHOD_PUT, .url = url_of(&net, "/x"), .body = "{}"}, on_reply,
		  &outcomes[0]);
	http_send(http, &(struct http_request){.method = METHOD_GET, .url = url_of(&net, "/x")}, on_reply,
		  &outcomes[1]);
	http_send(http,
		  &(struct http_request){.method = METHOD_POST,
					 .url = url_of(&net, "/v1.0/$batch"),
					 .body = "{\"requests\":[{\"method\":\"DELETE\",\"url\":\"/x\"}]}"},
		  on_reply, &outcomes[2]);
	ck_assert_uint_eq(outcomes[0].count, 0);
	net_run(&net);
	for (unsigned n = 0; n < 3; n += 2) {
		ck_assert_uint_eq(outcomes[n].count, 1);
		ck_assert_int_eq(outcomes[n].type, REPLY_FAULT);
		ck_assert_int_eq(outcomes[n].fault, FAULT_REFUSED);
	}
	ck_assert_int_eq(outcomes[1].status, 200);
	ck_assert_uint_eq(server_count(net.server, ""), 1);
	http_close(http, NULL, NULL);
	net_run(&net);
	net_done(&net);
}
END_TEST

START_TEST(what_is_cancelled_is_not_called)
{
	struct outcome outcomes[3] = {{0}};
	struct http_transfer *transfers[2];
	struct net net;
	struct http *http;

	net_init(&net, answer_anything);
	http = connect_http(&net, true);
	transfers[0] = http_send(http, &(struct http_request){.method = METHOD_GET, .url = url_of(&net, "/x")},
				 on_reply, &outcomes[0]);
	transfers[1] = http_send(http, &(struct http_request){.method = METHOD_PUT, .url = url_of(&net, "/x")},
				 on_reply, &outcomes[1]);
	http_cancel(transfers[0]);
	http_cancel(transfers[1]);
	http_send(http, &(struct http_request){.method = METHOD_GET, .url = url_of(&net, "/x")}, on_reply,
		  &outcomes[2]);
	http_close(http, NULL, NULL);
	net_run(&net);
	for (unsigned n = 0; n < 3; n++)
		ck_assert_uint_eq(outcomes[n].count, 0);
	net_done(&net);
}
END_TEST

TCase *net_http_case(void)
{
	TCase *tcase = tcase_create("http");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, what_changes_does_not_leave_in_plan_mode);
	tcase_add_test(tcase, what_is_cancelled_is_not_called);
	return tcase;
}
