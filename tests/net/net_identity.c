/* A managed identity's credential by itself: what it does with time, with silence, and when it is closed. */
#include <stdlib.h>
#include <string.h>

#include "net_support.h"
#include "transport/credential_managed_identity.h"

enum { ANSWERS_MAX = 4 };

struct rig {
	struct net net; /* first: the server's handlers are given it */
	struct http *http;
	struct desired_credential desired;
	struct credential *credential;
	struct credential_answer answers[ANSWERS_MAX];
	unsigned count, requests;
	const char *challenge; /* of the agent of Azure Arc */
	bool is_closed;
};

static void on_answer(void *arg, const struct credential_answer *answer)
{
	struct rig *rig = arg;
	struct credential_answer *kept = &rig->answers[rig->count++];

	*kept = *answer;
	kept->token = arena_copy_text(&rig->net.arena, answer->token);
	kept->fault = fault_copy(&rig->net.arena, &answer->fault);
}

/* IS_ARC: with the agent's folder being the test's own. */
static void begin(struct rig *rig, server_handler_fn *handler, bool is_arc)
{
	struct identity_variables variables = {.identity_header = is_arc ? NULL : "canary", .imds_endpoint = "x"};
	struct managed_identity_options options = {.variables = &variables};
	struct http_options http = {.timeout_ms = 60000, .connections = 4};
	char *problem = NULL;

	memset(rig, 0, sizeof(*rig));
	net_init(&rig->net, handler);
	options.arc_directory = rig->net.directory;
	variables.identity_endpoint = arena_printf(&rig->net.arena, "%s/msi/token", rig->net.tenant.cloud.graph);
	http.ca_file = rig->net.tenant.cloud.ca_file;
	ck_assert_int_eq(http_new(&rig->net.loop, &http, &rig->http), 0);
	ck_assert_int_eq(credential_managed_identity_new(&rig->desired, &options, &rig->credential, &problem), 0);
	rig->credential->context = (struct credential_context){
		.loop = &rig->net.loop, .http = rig->http, .tenant_id = rig->net.tenant.tenant_id};
}

static void ask(struct rig *rig, int64_t probe_ms)
{
	const struct credential_wish wish = {.audience = "https://graph.example", .probe_ms = probe_ms};
	unsigned before = rig->count;

	credential_acquire(rig->credential, &wish, on_answer, rig);
	ck_assert_uint_eq(rig->count, before);
}

static void on_closed(void *arg)
{
	struct rig *rig = arg;

	rig->is_closed = true;
	http_close(rig->http, NULL, NULL);
}

static void end(struct rig *rig)
{
	credential_close(rig->credential, on_closed, rig);
	net_run(&rig->net);
	ck_assert(rig->is_closed);
	rig->requests = server_count(rig->net.server, "");
	net_done(&rig->net);
}

static void answer_with_token(struct server_answer *answer)
{
	answer->body = "{\"access_token\":\"opaque\",\"expires_in\":\"86399\"}";
}

static void give_token(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	ck_assert_str_eq(request->method, "GET");
	ck_assert_str_eq(request->url, "/msi/token?api-version=2019-08-01&resource=https://graph.example");
	answer_with_token(answer);
}

START_TEST(several_may_ask_at_the_same_time)
{
	struct rig rig;

	begin(&rig, give_token, false);
	ask(&rig, 0);
	ask(&rig, 1000);
	net_run(&rig.net);
	ck_assert_uint_eq(rig.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_str_eq(rig.answers[i].token, "opaque");
		ck_assert_int_eq(rig.answers[i].lifetime_s, 86399);
		ck_assert_int_eq(rig.answers[i].refresh_in_s, 43199);
	}
	end(&rig);
}
END_TEST

static void say_nothing(void *arg _unused_, const struct server_request *request _unused_, struct server_answer *answer)
{
	answer->fate = SERVER_HANG;
}

START_TEST(who_says_nothing_is_not_there)
{
	struct rig rig;

	begin(&rig, say_nothing, false);
	ask(&rig, 50);
	net_run(&rig.net);
	ck_assert_uint_eq(rig.count, 1);
	ck_assert_ptr_null(rig.answers[0].token);
	ck_assert(rig.answers[0].is_unavailable);
	ck_assert_ptr_nonnull(strstr(rig.answers[0].fault.message, "no managed identity here"));
	end(&rig);
}
END_TEST

static void be_busy_once(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	if (request->number == 1)
		answer->status = 503;
	else
		answer_with_token(answer);
}

START_TEST(who_has_answered_is_waited_for)
{
	struct rig rig;

	/* The wait before the second request alone is longer than the look whether somebody is there. */
	begin(&rig, be_busy_once, false);
	ask(&rig, 500);
	net_run(&rig.net);
	ck_assert_uint_eq(rig.count, 1);
	ck_assert_msg(rig.answers[0].token != NULL, "%s", rig.answers[0].fault.message);
	end(&rig);
}
END_TEST

static void be_busy(void *arg _unused_, const struct server_request *request _unused_, struct server_answer *answer)
{
	answer->status = 503;
}

START_TEST(closing_waits_for_nobody)
{
	static server_handler_fn *const handlers[] = {say_nothing, be_busy};

	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
		struct rig rig;

		begin(&rig, handlers[i], false);
		ask(&rig, 0);
		ask(&rig, 60000);
		while (!server_count(rig.net.server, "GET"))
			uv_run(&rig.net.loop, UV_RUN_NOWAIT);
		end(&rig);
		ck_assert_uint_eq(rig.count, 0);
	}
}
END_TEST

START_TEST(closing_comes_before_the_first_request)
{
	struct rig rig;

	begin(&rig, give_token, false);
	ask(&rig, 0);
	end(&rig);
	ck_assert_uint_eq(rig.count, 0);
	ck_assert_uint_eq(rig.requests, 0);
}
END_TEST

/* A challenge for whoever comes without a proof. */
static void challenge(void *arg, const struct server_request *request, struct server_answer *answer)
{
	struct rig *rig = arg;

	if (request->authorization) {
		ck_assert_str_eq(request->authorization, "Basic canary-of-the-file");
		answer_with_token(answer);
		return;
	}
	answer->status = 401;
	answer->headers[0].name = "WWW-Authenticate";
	answer->headers[0].value = rig->challenge;
}

static void begin_arc(struct rig *rig, const char *name)
{
	begin(rig, challenge, true);
	rig->challenge = arena_printf(&rig->net.arena, "Basic realm=%s/%s", rig->net.directory, name);
	net_write_file(&rig->net, name, "canary-of-the-file");
}

START_TEST(the_agent_of_azure_arc_gets_its_proof)
{
	struct rig rig;

	begin_arc(&rig, "a.key");
	ask(&rig, 0);
	net_run(&rig.net);
	ck_assert_uint_eq(rig.count, 1);
	ck_assert_msg(rig.answers[0].token != NULL, "%s", rig.answers[0].fault.message);
	end(&rig);
	ck_assert_uint_eq(rig.requests, 2);
}
END_TEST

START_TEST(nobody_else_gets_it)
{
	struct rig rig;

	begin_arc(&rig, "az");
	ask(&rig, 0);
	net_run(&rig.net);
	ck_assert_uint_eq(rig.count, 1);
	ck_assert_ptr_null(rig.answers[0].token);
	ck_assert_ptr_nonnull(strstr(rig.answers[0].fault.message, "must end in .key"));
	end(&rig);
	ck_assert_uint_eq(rig.requests, 1);
}
END_TEST

TCase *net_identity_case(void)
{
	TCase *tcase = tcase_create("identity");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, several_may_ask_at_the_same_time);
	tcase_add_test(tcase, who_says_nothing_is_not_there);
	tcase_add_test(tcase, who_has_answered_is_waited_for);
	tcase_add_test(tcase, closing_waits_for_nobody);
	tcase_add_test(tcase, closing_comes_before_the_first_request);
	tcase_add_test(tcase, the_agent_of_azure_arc_gets_its_proof);
	tcase_add_test(tcase, nobody_else_gets_it);
	return tcase;
}
