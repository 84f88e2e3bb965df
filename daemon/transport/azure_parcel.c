#include "transport/azure_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

enum { BATCH_BODY_MAX = 1024 * 1024 };

struct azure_queue *azure_find_queue(struct azure *azure, const struct request *request, const char *host,
				     enum method method)
{
	struct arena arena = {0};
	struct azure_queue *queue;
	enum budget_kind kind;
	const char *name;

	kind = budget_find(request->service, method, host, request->path, &arena, &name);
	queue = map_get(&azure->queues, name);
	if (!queue) {
		queue = arena_new(&azure->arena, struct azure_queue);
		queue->budget.kind = kind;
		queue->host = arena_copy_text(&azure->arena, host);
		queue->tail = &queue->first;
		map_put(&azure->queues, name, queue);
	}
	arena_done(&arena);
	return queue;
}

static struct azure_parcel *parcel_new(struct azure_call *call)
{
	struct azure_parcel *parcel = memory_new(sizeof(*parcel));

	parcel->azure = call->azure;
	parcel->method = call->move.method;
	parcel->queue = call->queue[parcel->method != METHOD_GET];
	parcel->is_write = call->is_write && parcel->method != METHOD_GET;
	parcel->calls[parcel->count++] = call;
	call->parcel = parcel;
	*parcel->queue->tail = parcel;
	parcel->queue->tail = &parcel->next;
	return parcel;
}

void azure_send_call(struct call *call, const struct exchange_move *move)
{
	struct azure_call *own = (struct azure_call *)call;
	struct azure *azure = own->azure;

	own->move = *move;
	if (own->audience == &azure->graph && move->may_share) {
		own->next_waiting = NULL;
		*azure->sharing_tail = own;
		azure->sharing_tail = &own->next_waiting;
	} else {
		parcel_new(own);
	}
	azure_wake(azure);
}

/* The Graph reads that became possible in one turn of the loop travel together. */
static void pack_shared(struct azure *azure)
{
	struct azure_parcel *parcel = NULL;

	for (struct azure_call *call = azure->sharing; call; call = call->next_waiting) {
		if (!parcel || parcel->count == BATCH_MAX) {
			parcel = parcel_new(call);
		} else {
			parcel->calls[parcel->count++] = call;
			call->parcel = parcel;
		}
	}
	azure->sharing = NULL;
	azure->sharing_tail = &azure->sharing;
}

static void observe(struct azure_parcel *parcel, const struct reply *reply, int64_t duration_ms)
{
	struct azure *azure = parcel->azure;
	const struct azure_observer *observer = &azure->options.observer;
	int64_t blocked_ms = budget_absorb(&parcel->queue->budget, reply, clock_monotonic_ms());
	int status = reply->type == REPLY_ANSWER ? reply->status : 0;

	if (observer->request_finished)
		observer->request_finished(observer->arg, parcel->queue->host, parcel->method, status, duration_ms,
					   parcel->count);
	if (blocked_ms || status == 429)
		azure->counters.throttled++;
	if (blocked_ms && observer->throttled)
		observer->throttled(observer->arg, parcel->queue->host, blocked_ms);
}

static void unlink_transit(struct azure_parcel *parcel)
{
	struct azure_parcel **link = &parcel->azure->in_transit;

	while (*link != parcel)
		link = &(*link)->next;
	*link = parcel->next;
	parcel->azure->in_flight--;
}

static void release(struct azure_parcel *parcel)
{
	for (unsigned i = 0; i < parcel->count; i++)
		parcel->calls[i]->parcel = NULL;
}

/* A 429 inside of a batch is as good as one outside: nobody asks Graph before the time is over. */
static void observe_parts(struct azure_parcel *parcel, const struct reply *replies)
{
	const struct azure_observer *observer = &parcel->azure->options.observer;

	for (unsigned i = 0; i < parcel->count; i++) {
		int64_t blocked_ms;

		if (replies[i].type != REPLY_ANSWER || replies[i].status != 429)
			continue;
		blocked_ms = budget_absorb(&parcel->queue->budget, &replies[i], clock_monotonic_ms());
		parcel->azure->counters.throttled++;
		if (blocked_ms && observer->throttled)
			observer->throttled(observer->arg, parcel->queue->host, blocked_ms);
	}
}

static void on_parcel_reply(void *arg, const struct reply *reply, int64_t duration_ms)
{
	struct azure_parcel *parcel = arg;
	struct azure *azure = parcel->azure;
	struct reply replies[BATCH_MAX] = {*reply};
	struct arena arena = {0};
	cJSON *json = NULL;

	unlink_transit(parcel);
	release(parcel);
	observe(parcel, reply, duration_ms);
	if (parcel->count > 1) {
		batch_read(reply, parcel->count, &arena, replies, &json);
		observe_parts(parcel, replies);
	}
	for (unsigned i = 0; i < parcel->count; i++)
		call_absorb(&parcel->calls[i]->call, &replies[i]);
	cJSON_Delete(json);
	arena_done(&arena);
	free(parcel);
	azure_wake(azure);
}

static void hand_over(struct azure_parcel *parcel, const char *token)
{
	struct azure *azure = parcel->azure;
	struct azure_call *call = parcel->calls[0];
	const char *headers[4] = {NULL}, *urls[BATCH_MAX];
	struct http_request request = {.method = parcel->method,
				       .url = call->move.url,
				       .body = call->move.body,
				       .token = token,
				       .headers = headers,
				       .is_write = parcel->is_write,
				       .is_to_site = !call->audience};
	struct arena arena = {0};
	struct buffer body;
	size_t n = 0;

	buffer_init(&body, BATCH_BODY_MAX);
	if (call->audience == &azure->graph)
		/* Whatever a user does goes first (limits.md 3.5). */
		headers[n++] = "x-ms-throttle-priority: Low";
	if (call->create_if_missing && parcel->method == METHOD_PATCH)
		headers[n++] = "Prefer: create-if-missing";
	if (parcel->count == 1 && call->audience == &azure->graph && text_contains_fold(call->move.url, "$count=true"))
		headers[n++] = "ConsistencyLevel: eventual";
	if (parcel->count > 1) {
		for (unsigned i = 0; i < parcel->count; i++)
			urls[i] = parcel->calls[i]->move.url;
		batch_write(urls, parcel->count, &body);
		request.method = parcel->method = METHOD_POST;
		request.url = arena_printf(&arena, "%s/v1.0/$batch", azure->graph.base_url);
		request.body = body.data;
		azure->counters.batches++;
	}
	azure->counters.sent++;
	azure->counters.writes += parcel->is_write;
	budget_spend(&parcel->queue->budget, clock_monotonic_ms());
	for (unsigned i = 0; i < parcel->count; i++)
		parcel->calls[i]->call.is_on_wire = true;
	parcel->next = azure->in_transit;
	azure->in_transit = parcel;
	azure->in_flight++;
	parcel->transfer = http_send(azure->http, &request, on_parcel_reply, parcel);
	buffer_done(&body);
	arena_done(&arena);
}

static struct azure_parcel *take_first(struct azure_queue *queue)
{
	struct azure_parcel *parcel = queue->first;

	queue->first = parcel->next;
	if (!queue->first)
		queue->tail = &queue->first;
	parcel->next = NULL;
	return parcel;
}

/* Sends the first of QUEUE, or sends its calls back for a token when theirs went away while they stood in line. */
static void send_first(struct azure_queue *queue)
{
	struct azure_parcel *parcel = take_first(queue);
	struct azure_audience *audience = parcel->calls[0]->audience;
	const char *token = NULL;
	uint64_t generation = 0;

	if (audience)
		token = azure_current_token(audience, &generation);
	if (token || !audience) {
		for (unsigned i = 0; i < parcel->count; i++)
			parcel->calls[i]->token_generation = generation;
		hand_over(parcel, token);
		return;
	}
	release(parcel);
	for (unsigned i = 0; i < parcel->count; i++)
		call_absorb(&parcel->calls[i]->call, &(struct reply){.type = REPLY_READY});
	free(parcel);
}

/* Too long a wait for a pass: those who stand in line are told so, as is the one who was refused. */
static void give_up_waiting(struct azure_queue *queue, int64_t delay_ms)
{
	struct arena arena = {0};
	struct reply reply = {
		.type = REPLY_FAULT,
		.fault = {.class = FAULT_THROTTLED, .host = queue->host, .retry_after_s = (delay_ms + 999) / 1000}};

	reply.fault.message =
		arena_printf(&arena, "%s asked us to hold back, %lld s of it are left; the next pass tries again",
			     queue->host, (long long)reply.fault.retry_after_s);
	while (queue->first) {
		struct azure_parcel *parcel = take_first(queue);

		release(parcel);
		for (unsigned i = 0; i < parcel->count; i++)
			call_absorb(&parcel->calls[i]->call, &reply);
		free(parcel);
	}
	arena_done(&arena);
}

static void on_budget_open(uv_timer_t *timer)
{
	azure_wake(timer->data);
}

void azure_dispatch(struct azure *azure)
{
	int64_t now_ms = clock_monotonic_ms(), delay_ms, shortest_ms = INT64_MAX;
	bool is_moving = true;

	pack_shared(azure);
	/* Round and round, one of each budget, so that a long queue does not keep a short one waiting. */
	while (is_moving && azure->in_flight < azure->concurrency) {
		is_moving = false;
		for (size_t i = 0; i < azure->queues.count && azure->in_flight < azure->concurrency; i++) {
			struct azure_queue *queue =
				azure->queues.entries[(i + azure->turn) % azure->queues.count].value;

			if (!queue->first || budget_delay_ms(&queue->budget, now_ms))
				continue;
			send_first(queue);
			is_moving = true;
		}
		azure->turn++;
	}
	for (size_t i = 0; i < azure->queues.count; i++) {
		struct azure_queue *queue = azure->queues.entries[i].value;

		delay_ms = queue->first ? budget_delay_ms(&queue->budget, now_ms) : 0;
		if (delay_ms > EXCHANGE_RETRY_AFTER_MAX_MS)
			give_up_waiting(queue, delay_ms);
		else if (delay_ms && delay_ms < shortest_ms)
			shortest_ms = delay_ms;
	}
	if (shortest_ms == INT64_MAX)
		return;
	uv_update_time(azure->loop);
	uv_timer_start(&azure->timer, on_budget_open, (uint64_t)shortest_ms, 0);
}

static void withdraw_from_parcel(struct azure_call *call)
{
	struct azure_parcel *parcel = call->parcel, **link;

	for (unsigned i = 0; i < parcel->count; i++) {
		if (parcel->calls[i] == call) {
			parcel->calls[i] = parcel->calls[--parcel->count];
			break;
		}
	}
	call->parcel = NULL;
	if (parcel->count)
		return;
	for (link = &parcel->queue->first; *link != parcel; link = &(*link)->next)
		;
	*link = parcel->next;
	if (!*link)
		parcel->queue->tail = link;
	free(parcel);
}

void azure_withdraw(struct azure_call *call)
{
	azure_forget_waiting(call);
	for (struct azure_call **link = &call->azure->sharing; *link; link = &(*link)->next_waiting) {
		if (*link != call)
			continue;
		*link = call->next_waiting;
		if (!*link)
			call->azure->sharing_tail = link;
		break;
	}
	if (call->parcel && !call->parcel->transfer)
		withdraw_from_parcel(call);
}

void azure_cancel_transit(struct azure *azure)
{
	while (azure->in_transit) {
		struct azure_parcel *parcel = azure->in_transit;

		http_cancel(parcel->transfer);
		unlink_transit(parcel);
		release(parcel);
		free(parcel);
	}
}
