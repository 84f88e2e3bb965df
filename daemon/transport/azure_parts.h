/* What the files of the transport share: azure.c (birth, requests, end), azure_token.c (who waits for which token) and
 * azure_parcel.c (queues, batches, the wire). Nobody else includes it. */
#pragma once

#include "base/map.h"
#include "base/text.h"
#include "transport/azure.h"
#include "transport/batch.h"
#include "transport/budget.h"
#include "transport/call.h"
#include "transport/credential.h"
#include "transport/token.h"

struct azure_call;
struct azure_parcel;

/* One service with its own token. */
struct azure_audience {
	struct azure *azure;
	const char *base_url;
	const char *resource; /* that the token is for */
	struct token token;
	/* Whose the token is, as it says itself; "" while that is not known, and of a person. */
	char client_id[TEXT_GUID_LENGTH + 1];
	bool is_managed_identity;
	struct azure_call *waiting, **waiting_tail;
};

/* A budget and who queues for it, first come first served. */
struct azure_queue {
	struct budget budget;
	const char *host;
	struct azure_parcel *first, **tail;
};

/* One request of the pass. */
struct azure_call {
	struct call call; /* first */
	struct azure *azure;
	struct azure_call *previous, *next; /* of all */
	struct azure_call *next_waiting;    /* for a token, or for company in a batch */
	struct azure_audience *audience;    /* NULL: anonymous */
	struct azure_parcel *parcel;        /* that it travels in, or NULL */
	struct azure_queue *queue[2];       /* for reading and for writing: an operation is polled with GET */
	uint64_t token_generation;          /* that it was last sent with */
	bool is_write, create_if_missing;
	/* The move that is to be sent, while it waits for company. */
	struct exchange_move move;
	void *node;
	transport_response_fn *on_response;
	void *arg;
};

/* What goes over the wire in one piece: one call, or up to BATCH_MAX reads of Graph. */
struct azure_parcel {
	struct azure *azure;
	struct azure_parcel *next;
	struct azure_queue *queue;
	struct azure_call *calls[BATCH_MAX];
	unsigned count;
	enum method method;
	bool is_write;
	struct http_transfer *transfer; /* NULL: still in the queue */
};

struct azure {
	struct transport transport; /* first */
	uv_loop_t *loop;
	struct arena arena;
	const struct desired_tenant *tenant;
	struct azure_options options;
	struct azure_counters counters;
	unsigned concurrency, in_flight;
	struct http *http;
	struct credential *credential;
	struct azure_audience resource_manager, graph;
	struct map queues; /* name of the budget -> struct azure_queue */
	size_t turn;       /* which queue is served first next time */
	struct azure_call *calls;
	struct azure_call *sharing, **sharing_tail; /* Graph reads of this turn of the loop */
	struct azure_parcel *in_transit;            /* unordered; linked by NEXT */
	uv_idle_t idle;                             /* runs once when there is something to dispatch */
	uv_timer_t timer;                           /* until a budget opens */
	uint64_t random;
	unsigned open_handles;
	bool is_stopping, is_closing;
	void (*on_stopped)(void *arg);
	void *stopped_arg;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/* azure.c */
void azure_wake(struct azure *azure);

/* azure_token.c */
/* RESOURCE: that its tokens are for; NULL: BASE_URL. SEED: of the jitter of their renewals. */
void azure_audience_init(struct azure_audience *audience, struct azure *azure, const char *base_url,
			 const char *resource, uint64_t seed);
void azure_audience_done(struct azure_audience *audience);
/* call_operations.get_token */
void azure_get_token(struct call *call, const struct exchange_move *move);
/* CALL no longer waits for a token. */
void azure_forget_waiting(struct azure_call *call);
/* The token to send with now, or NULL when it must be waited for again. */
const char *azure_current_token(struct azure_audience *audience, uint64_t *ret_generation);

/* azure_parcel.c */
struct azure_queue *azure_find_queue(struct azure *azure, const struct request *request, const char *host,
				     enum method method);
/* call_operations.send */
void azure_send_call(struct call *call, const struct exchange_move *move);
/* Puts the Graph reads that wait for company into parcels, and sends what budgets and concurrency allow. */
void azure_dispatch(struct azure *azure);
/* Takes CALL out of whatever it waits in: for a token, for company, for its turn. What is on the wire stays there. */
void azure_withdraw(struct azure_call *call);
/* Cancels what is on the wire, so that each of its calls can be aborted. */
void azure_cancel_transit(struct azure *azure);
