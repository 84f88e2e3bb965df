/* A server that misbehaves: what was lost, what is ambiguous, and that a write never goes out twice. */
#include <semaphore.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "net_support.h"
#include "world/json.h"

static const struct request read_thing = {.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions/s"};
static const struct request write_thing = {
	.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_PUT, .path = "/subscriptions/s", .body = "{}"};

static void drop_writes(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->body = "{}";
	if (!text_equal(request->method, "GET"))
		answer->fate = SERVER_DROP;
}

START_TEST(a_write_that_is_lost_is_sent_once)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, drop_writes);
	net_connect(&net);
	/* There is a kept connection now, on which curl by itself would repeat what is lost. */
	ck_assert_int_eq(net_ask(&net, &read_thing)->fault.class, FAULT_NONE);
	answer = net_ask(&net, &write_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_UNREACHABLE);
	ck_assert(answer->fault.is_ambiguous);
	ck_assert_uint_eq(server_count(net.server, "PUT"), 1);
	net_done(&net);
}
END_TEST

static void drop_first(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->body = "{\"a\":1}";
	if (request->number == 1)
		answer->fate = SERVER_DROP;
	if (request->number == 2)
		answer->fate = SERVER_TRUNCATE;
}

START_TEST(a_read_that_is_lost_is_repeated)
{
	struct net net;

	net_init(&net, drop_first);
	net_connect(&net);
	ck_assert_int_eq(net_ask(&net, &read_thing)->fault.class, FAULT_NONE);
	ck_assert_uint_eq(server_count(net.server, "GET"), 3);
	net_done(&net);
}
END_TEST

static void truncate_all(void *arg _unused_, const struct server_request *request _unused_,
			 struct server_answer *answer)
{
	answer->body = "{\"value\":[1,2,3,4,5,6,7,8,9]}";
	answer->fate = SERVER_TRUNCATE;
}

START_TEST(half_an_answer_to_a_write_is_ambiguous)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, truncate_all);
	net_connect(&net);
	answer = net_ask(&net, &write_thing);
	ck_assert(answer->fault.is_ambiguous);
	ck_assert_uint_eq(server_count(net.server, "PUT"), 1);
	net_done(&net);
}
END_TEST

static void answer_huge(void *arg _unused_, const struct server_request *request _unused_, struct server_answer *answer)
{
	size_t length = (size_t)17 * 1024 * 1024;

	answer->owned_body = memory_new(length + 1);
	memset(answer->owned_body, ' ', length);
	answer->body_length = length;
}

START_TEST(more_than_16_MiB_are_not_read)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, answer_huge);
	net_connect(&net);
	answer = net_ask(&net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_GARBLED);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "16 MiB"));
	ck_assert_uint_eq(server_count(net.server, "GET"), 1);
	net_done(&net);
}
END_TEST

static void hang(void *arg _unused_, const struct server_request *request _unused_, struct server_answer *answer)
{
	answer->fate = SERVER_HANG;
}

START_TEST(a_write_without_an_answer_is_ambiguous)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, hang);
	net.limits.request_timeout_s = 1;
	net_connect(&net);
	answer = net_ask(&net, &write_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_UNREACHABLE);
	ck_assert(answer->fault.is_ambiguous);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "did not answer within 1 s"));
	net_done(&net);
}
END_TEST

static void redirect(void *arg _unused_, const struct server_request *request _unused_, struct server_answer *answer)
{
	answer->status = 307;
	answer->headers[0] = (struct server_header){"Location", "/elsewhere"};
}

START_TEST(a_redirect_is_not_followed)
{
	struct net net;
	const struct net_answer *answer;

	net_init(&net, redirect);
	net_connect(&net);
	answer = net_ask(&net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_REJECTED);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "redirects are not followed"));
	ck_assert_uint_eq(server_count(net.server, ""), 1);
	net_done(&net);
}
END_TEST

/* Until the server has taken what hangs there. */
static void run_until_received(struct net *net, unsigned count)
{
	while (server_count(net->server, "") < count)
		uv_run(&net->loop, UV_RUN_NOWAIT);
}

static void on_stopped(void *arg)
{
	bool *has_stopped = arg;

	*has_stopped = true;
}

START_TEST(closing_answers_what_hangs)
{
	struct net net;

	net_init(&net, hang);
	net_connect(&net);
	net_send(&net, 0, &read_thing);
	net_send(&net, 1, &write_thing);
	run_until_received(&net, 2);
	net_send(&net, 2, &write_thing);
	net_done(&net);
	ck_assert_int_eq(net.answers[0].fault.class, FAULT_REFUSED);
	ck_assert_int_eq(net.answers[1].fault.class, FAULT_REFUSED);
	ck_assert(net.answers[1].fault.is_ambiguous);
	ck_assert_int_eq(net.answers[2].fault.class, FAULT_REFUSED);
	ck_assert(!net.answers[2].fault.is_ambiguous);
}
END_TEST

static sem_t was_received, may_answer;

static void answer_when_told(void *arg _unused_, const struct server_request *request _unused_,
			     struct server_answer *answer)
{
	sem_post(&was_received);
	sem_wait(&may_answer);
	answer->body = "{}";
}

START_TEST(stopping_waits_for_what_is_on_the_wire)
{
	bool has_stopped = false;
	struct net net;

	sem_init(&was_received, 0, 0);
	sem_init(&may_answer, 0, 0);
	net_init(&net, answer_when_told);
	net.limits.concurrency = 1;
	net_connect(&net);
	net_send(&net, 0, &read_thing);
	net_send(&net, 1, &read_thing);
	while (sem_trywait(&was_received) < 0)
		uv_run(&net.loop, UV_RUN_NOWAIT);
	azure_stop(net.azure, on_stopped, &has_stopped);
	net_send(&net, 2, &read_thing);
	sem_post(&may_answer);
	net_run(&net);
	ck_assert(has_stopped);
	ck_assert_int_eq(net.answers[0].fault.class, FAULT_NONE);
	ck_assert_int_eq(net.answers[1].fault.class, FAULT_REFUSED);
	ck_assert_str_eq(net.answers[1].fault.code, "Stopping");
	ck_assert_int_eq(net.answers[2].fault.class, FAULT_REFUSED);
	net_done(&net);
}
END_TEST

TCase *net_loss_case(void)
{
	TCase *tcase = tcase_create("loss");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_write_that_is_lost_is_sent_once);
	tcase_add_test(tcase, a_read_that_is_lost_is_repeated);
	tcase_add_test(tcase, half_an_answer_to_a_write_is_ambiguous);
	tcase_add_test(tcase, more_than_16_MiB_are_not_read);
	tcase_add_test(tcase, a_write_without_an_answer_is_ambiguous);
	tcase_add_test(tcase, a_redirect_is_not_followed);
	tcase_add_test(tcase, closing_answers_what_hangs);
	tcase_add_test(tcase, stopping_waits_for_what_is_on_the_wire);
	return tcase;
}
