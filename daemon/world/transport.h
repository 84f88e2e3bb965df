/*
 * How a pass sends requests. Two implementations: azure.c (curl on libuv, tokens, batches, budgets) and the simulated
 * tenant in the same process (tests/torture). The pass knows only this header.
 */
#pragma once

#include "base/attributes.h"
#include "world/request.h"

struct transport;

/* Called exactly once for each request that was sent, never from inside transport_send(). */
typedef void transport_response_fn(void *arg, void *node, const struct response *response);

struct transport_operations {
	/* Takes copies of what it needs of REQUEST. Cannot fail: a failure is a response with a fault. */
	void (*send)(struct transport *transport, const struct request *request, void *node,
		     transport_response_fn *on_response, void *arg);
};

/* The first member of every implementation. */
struct transport {
	const struct transport_operations *operations;
};

static inline void transport_send(struct transport *transport, const struct request *request, void *node,
				  transport_response_fn *on_response, void *arg)
{
	transport->operations->send(transport, request, node, on_response, arg);
}
