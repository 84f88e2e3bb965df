#include "reconcile/pass.h"

#include <stdlib.h>

#include "base/memory.h"
#include "reconcile/plan.h"

/* What is remembered of a request until its answer. Strings live in the world's arena. */
struct pass_request {
	struct pass *pass;
	struct node *node;
	struct request request;
	bool is_write;
};

static void pass_on_response(void *arg, void *node, const struct response *response);

static void pass_send(struct pass_request *sent)
{
	struct pass *pass = sent->pass;
	const struct pass_observer *observer = pass->observer;

	if (sent->request.delay_ms && observer && observer->on_delay)
		observer->on_delay(observer->arg, &pass->world, sent->node, sent->request.delay_ms);
	pass->requests++;
	transport_send(pass->transport, &sent->request, sent->node, pass_on_response, sent);
}

static void pass_take(struct pass *pass, struct node *node, const struct request *request)
{
	const struct pass_observer *observer = pass->observer;
	struct pass_request *sent = memory_new(sizeof(*sent));

	*sent = (struct pass_request){
		.pass = pass,
		.node = node,
		.request = *request,
		.is_write = node->activity == ACTIVITY_WRITING,
	};
	pass->in_flight++;
	if (sent->is_write && observer && observer->before_write)
		observer->before_write(observer->arg, sent, &pass->world, node, &sent->request);
	else
		pass_send(sent);
}

static void pass_advance(struct pass *pass)
{
	struct request request;
	struct node *node;

	while (!pass->is_stopping && plan_next(&pass->world, &node, &request))
		pass_take(pass, node, &request);
	if (pass->in_flight == 0 && !pass->is_done) {
		pass->is_done = true;
		pass->on_done(pass, pass->arg);
	}
}

/* A service that refuses a write may quote from it, and one that cannot be read again from what it has. */
static void pass_hide_secrets(struct pass_request *sent, struct response *response)
{
	const struct kind *kind = sent->node->kind;
	struct arena *arena = &sent->pass->world.arena;

	if (!kind->hide_secrets || response->fault.class == FAULT_NONE)
		return;
	if (response->fault.message)
		response->fault.message = kind->hide_secrets(sent->node, arena, response->fault.message);
	if (response->fault.code)
		response->fault.code = kind->hide_secrets(sent->node, arena, response->fault.code);
}

/* The one response callback in the program. */
static void pass_on_response(void *arg, void *node, const struct response *answer)
{
	struct response hidden = *answer;
	const struct response *response = &hidden;
	struct pass_request *sent = arg;
	struct pass *pass = sent->pass;
	const struct pass_observer *observer = pass->observer;

	pass->in_flight--;
	pass_hide_secrets(sent, &hidden);
	if (sent->is_write && observer && observer->after_write)
		observer->after_write(observer->arg, &pass->world, node, &sent->request, response);
	plan_absorb(&pass->world, node, response);
	free(sent);
	if (observer && observer->on_progress)
		observer->on_progress(observer->arg, &pass->world, node);
	pass_advance(pass);
}

void pass_release(struct pass_request *write, const char *refusal)
{
	static const struct response too_late = {
		.fault = {.class = FAULT_REFUSED,
			  .code = "Stopping",
			  .message = "the program stops, or has a new configuration, so this was not sent; the next "
				     "pass looks again"},
	};
	struct pass *pass = write->pass;

	if (refusal) {
		pass->in_flight--;
		plan_refuse(&pass->world, write->node,
			    &(struct fault){.class = FAULT_REFUSED, .code = "WriteHeldBack", .message = refusal});
		free(write);
		pass_advance(pass);
	} else if (pass->is_stopping) {
		pass_on_response(write, write->node, &too_late);
	} else {
		pass_send(write);
	}
}

void pass_start(struct pass *pass, struct transport *transport, const struct pass_observer *observer,
		void (*on_done)(struct pass *pass, void *arg), void *arg)
{
	pass->transport = transport;
	pass->observer = observer;
	pass->on_done = on_done;
	pass->arg = arg;
	pass->in_flight = pass->requests = 0;
	pass->is_stopping = pass->is_done = false;
	pass_advance(pass);
}

void pass_stop(struct pass *pass)
{
	pass->is_stopping = true;
}
