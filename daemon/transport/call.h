/*
 * Drives one exchange on the loop: obeys its moves. Where tokens come from and how a request gets onto the wire is the
 * business of whoever embeds it: azure.c for the cloud's services, login.c for the token endpoint.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "transport/exchange.h"

struct call;

struct call_operations {
	/* Sees that there is a token, then gives REPLY_READY or REPLY_FAULT to call_absorb(), at once or later. NULL:
	 * never needed. */
	void (*get_token)(struct call *call, const struct exchange_move *move);
	/* Sends, and later gives what came of it to call_absorb(). MOVE's strings live as long as the call. */
	void (*send)(struct call *call, const struct exchange_move *move);
	/* The last thing that happens; may call call_close(). */
	void (*done)(struct call *call, const struct response *response);
};

struct call {
	struct exchange exchange;
	const struct call_operations *operations;
	uv_timer_t timer;
	struct fault stop; /* its class is not FAULT_NONE: whatever does not end now, ends with this */
	bool is_sleeping;
	bool is_on_wire; /* kept by the embedder, from send to reply */
	void (*on_closed)(struct call *call);
};

void call_init(struct call *call, uv_loop_t *loop, const struct call_operations *operations,
	       const struct exchange_request *request, uint64_t seed);
/* Begins after DELAY_MS, at the earliest in the next turn of the loop, so no operation is called from inside. */
void call_begin(struct call *call, int64_t delay_ms);
void call_absorb(struct call *call, const struct reply *reply);
/* From now on nothing new is begun: a sleep ends at once, what is on the wire may come back. FAULT's strings must
 * outlive the call. */
void call_stop(struct call *call, const struct fault *fault);
/* Ends a call that is not on the wire, or whose transfer was cancelled, with FAULT. */
void call_abort(struct call *call, const struct fault *fault);
/* Releases what it holds, then calls ON_CLOSED from the loop. */
void call_close(struct call *call, void (*on_closed)(struct call *call));
