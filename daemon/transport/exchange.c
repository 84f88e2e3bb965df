#include "transport/exchange.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "transport/exchange_step.h"
#include "transport/jitter.h"
#include "world/json.h"

void exchange_init(struct exchange *exchange, const struct exchange_request *request, uint64_t seed)
{
	struct arena *arena = &exchange->arena;

	*exchange = (struct exchange){.random = seed | 1};
	exchange->request = *request;
	exchange->request.path = arena_copy_text(arena, request->path);
	exchange->request.body = arena_copy_text(arena, request->body);
	exchange->request.base_url = arena_copy_text(arena, request->base_url);
	exchange->request.client_id = arena_copy_text(arena, request->client_id);
	exchange->body = exchange->request.body;
	exchange->context = (struct refusal_context){.service = request->service,
						     .method = request->method,
						     .host = request->base_url,
						     .path = exchange->request.path,
						     .client_id = exchange->request.client_id};
	if (url_parse(request->base_url, arena, &exchange->base) == 0) {
		exchange->context.host = exchange->base.host;
		exchange->target = url_path_on_origin(arena_printf(arena, "%s%s", exchange->base.path, request->path),
						      exchange->base.origin, arena);
		exchange->result = exchange->target;
	}
}

void exchange_identify(struct exchange *exchange, const char *client_id, bool is_managed_identity)
{
	exchange->context.client_id = arena_copy_text(&exchange->arena, client_id);
	exchange->context.is_managed_identity = is_managed_identity;
}

void exchange_done(struct exchange *exchange)
{
	cJSON_Delete(exchange->items);
	cJSON_Delete(exchange->response.body);
	arena_done(&exchange->arena);
}

const struct response *exchange_response(const struct exchange *exchange)
{
	return &exchange->response;
}

/* A write stays a write only until the cloud has accepted it: looking at its operation, or at what it made, is reading.
 */
static bool is_writing(const struct exchange *exchange)
{
	return exchange->request.is_write && exchange->stage == STAGE_REQUEST;
}

static struct exchange_move send_now(struct exchange *exchange)
{
	bool is_request = exchange->stage == STAGE_REQUEST;

	exchange->await = AWAIT_ANSWER;
	return (struct exchange_move){
		.type = MOVE_SEND,
		.method = is_request ? exchange->request.method : METHOD_GET,
		.url = arena_printf(&exchange->arena, "%s%s", exchange->base.origin, exchange->target),
		.body = is_request ? exchange->body : NULL,
		.may_share = is_request && exchange->request.method == METHOD_GET && !exchange->pages &&
			     !exchange->failures && !exchange->throttles,
	};
}

static struct exchange_move await_token(struct exchange *exchange, bool renew)
{
	if (exchange->request.is_anonymous)
		return send_now(exchange);
	exchange->await = AWAIT_TOKEN;
	return (struct exchange_move){.type = MOVE_TOKEN, .renew = renew, .claims = exchange->claims};
}

static struct exchange_move sleep_for(struct exchange *exchange, int64_t delay_ms)
{
	exchange->await = AWAIT_TIME;
	return (struct exchange_move){.type = MOVE_SLEEP, .delay_ms = delay_ms};
}

static void reset_counts(struct exchange *exchange)
{
	exchange->failures = exchange->throttles = 0;
	exchange->waited_ms = 0;
	exchange->was_renewed = false;
}

struct exchange_move exchange_step(struct exchange *exchange)
{
	reset_counts(exchange);
	return await_token(exchange, false);
}

struct exchange_move exchange_step_later(struct exchange *exchange, int64_t delay_ms)
{
	reset_counts(exchange);
	return sleep_for(exchange, delay_ms);
}

struct exchange_move exchange_finish(struct exchange *exchange, int status, cJSON *body)
{
	exchange->is_done = true;
	exchange->response.status = status;
	exchange->response.body = body;
	return (struct exchange_move){.type = MOVE_DONE};
}

struct exchange_move exchange_fail(struct exchange *exchange, struct fault fault)
{
	if (exchange->request.is_write && exchange->stage != STAGE_REQUEST)
		fault.is_ambiguous = true;
	/* Only the answer to the first request can say that the thing is absent: a page that is gone, or a result that
	 * is not there yet, says nothing about it. */
	if (fault.class == FAULT_NOT_FOUND && (exchange->pages || exchange->stage != STAGE_REQUEST))
		fault.class = FAULT_TRANSIENT;
	exchange->is_done = true;
	exchange->response.status = fault.status;
	exchange->response.fault = fault;
	return (struct exchange_move){.type = MOVE_DONE};
}

struct exchange_move exchange_abort(struct exchange *exchange, const struct fault *fault, bool is_on_wire)
{
	struct fault copy = fault_copy(&exchange->arena, fault);

	if (exchange->request.is_write && is_on_wire)
		copy.is_ambiguous = true;
	return exchange_fail(exchange, copy);
}

/* Where a foreign link leads, for the sentence. Its query may be a key to what is there. */
static const char *describe_link(const char *link, struct arena *arena)
{
	enum { SHOWN_MAX = 120 };
	size_t length = strcspn(link, "?#");

	if (length > SHOWN_MAX)
		/* Not in the middle of a character. */
		for (length = SHOWN_MAX; length && ((unsigned char)link[length] & 0xc0) == 0x80;)
			length--;
	return refusal_clean_text(arena_copy_bytes(arena, link, length), arena);
}

const char *exchange_follow(struct exchange *exchange, const char *name, const char *link,
			    struct exchange_move *ret_move)
{
	const char *path = url_path_on_origin(link, exchange->base.origin, &exchange->arena);

	if (path)
		return path;
	*ret_move = exchange_fail(
		exchange,
		(struct fault){
			.class = FAULT_REFUSED,
			.host = exchange->context.host,
			.is_ambiguous = exchange->request.is_write,
			.message = arena_printf(
				&exchange->arena,
				"%s names another place in its %s (%s); it was not asked, since tokens go to the "
				"configured hosts only",
				exchange->context.host, name, describe_link(link, &exchange->arena)),
		});
	return NULL;
}

struct exchange_move exchange_begin(struct exchange *exchange)
{
	if (!exchange->target)
		return exchange_fail(
			exchange,
			(struct fault){.class = FAULT_REFUSED,
				       .host = exchange->context.host,
				       .message = "the URL of this request is not valid, so it was not sent"});
	return exchange_step(exchange);
}

/* Reads JSON and text. NULL with *RET_EMPTY false: there is a body, and it is not JSON. */
static cJSON *read_body(const struct exchange *exchange, const struct reply *reply, bool *ret_empty)
{
	cJSON *json;

	*ret_empty = !reply->json && !reply->body_length;
	if (reply->json) {
		json = cJSON_Duplicate(reply->json, true);
	} else if (reply->body_length) {
		json = json_parse(reply->body, reply->body_length);
		if (!json && exchange->request.accepts_text)
			json = cJSON_CreateString(reply->body);
	} else {
		return NULL;
	}
	/* A part of a batch that has no body is written as null there. */
	if (cJSON_IsNull(json)) {
		cJSON_Delete(json);
		*ret_empty = true;
		return NULL;
	}
	return json;
}

/* A failure that may go away by itself: again after a pause when that is safe, else FAULT. */
static struct exchange_move try_again_or_fail(struct exchange *exchange, int64_t retry_after_ms, struct fault fault)
{
	int64_t backoff_ms;

	if (retry_after_ms > 0)
		fault.retry_after_s = (retry_after_ms + 999) / 1000;
	if (is_writing(exchange)) {
		fault.is_ambiguous = true;
		return exchange_fail(exchange, fault);
	}
	exchange->waited_ms += retry_after_ms > 0 ? retry_after_ms : 0;
	if (exchange->request.is_tried_once)
		return exchange_fail(exchange, fault);
	if (++exchange->failures >= EXCHANGE_TRIES || exchange->waited_ms > EXCHANGE_RETRY_AFTER_MAX_MS)
		return exchange_fail(exchange, fault);
	backoff_ms = (int64_t)EXCHANGE_BACKOFF_MS << (exchange->failures - 1);
	backoff_ms = backoff_ms / 2 + jitter_draw(&exchange->random, backoff_ms / 2 + 1);
	return sleep_for(exchange, retry_after_ms > backoff_ms ? retry_after_ms : backoff_ms);
}

static struct exchange_move absorb_throttle(struct exchange *exchange, const struct reply *reply, const cJSON *json)
{
	int64_t wait_ms = reply_retry_after_ms(reply), backoff_ms;
	struct fault fault = refusal_from_answer(&exchange->context, reply, json, &exchange->arena);

	backoff_ms = (int64_t)1000 << (exchange->throttles < 5 ? exchange->throttles : 5);
	if (wait_ms < backoff_ms / 8)
		wait_ms = wait_ms < 0 ? backoff_ms : backoff_ms / 8;
	fault.retry_after_s = (wait_ms + 999) / 1000;
	exchange->waited_ms += wait_ms;
	if (exchange->request.is_tried_once)
		return exchange_fail(exchange, fault);
	if (++exchange->throttles >= EXCHANGE_THROTTLES || exchange->waited_ms > EXCHANGE_RETRY_AFTER_MAX_MS) {
		fault.message = arena_printf(&exchange->arena, "%s It asks to come back in %lld s; the next pass does.",
					     fault.message, (long long)fault.retry_after_s);
		return exchange_fail(exchange, fault);
	}
	/* Those who were refused together must not come back together. */
	return sleep_for(exchange, wait_ms + jitter_draw(&exchange->random, wait_ms / 10 + 1));
}

static struct exchange_move absorb_refusal(struct exchange *exchange, const struct reply *reply, const cJSON *json)
{
	struct fault fault;

	if (reply->status == 401 && !exchange->request.is_anonymous && !exchange->was_renewed) {
		exchange->was_renewed = true;
		exchange->claims = reply_claims(reply, &exchange->arena);
		return await_token(exchange, true);
	}
	if (reply->status == 429)
		return absorb_throttle(exchange, reply, json);
	fault = refusal_from_answer(&exchange->context, reply, json, &exchange->arena);
	if (reply->status == 503 && reply_retry_after_ms(reply) >= 0)
		fault.class = FAULT_THROTTLED;
	if (reply->status == 408 || reply->status >= 500)
		return try_again_or_fail(exchange, reply_retry_after_ms(reply), fault);
	return exchange_fail(exchange, fault);
}

static struct exchange_move absorb_success(struct exchange *exchange, const struct reply *reply, cJSON *json,
					   bool is_empty, int64_t now_ms)
{
	bool is_read = !is_writing(exchange);
	struct exchange_move move;
	const char *what = NULL;

	if (!json && !is_empty)
		what = "a body that is not valid JSON (or is nested too deeply)";
	else if (is_read && exchange->stage != STAGE_POLL && !exchange->request.accepts_text &&
		 (is_empty || reply->status != 200))
		what = arena_printf(&exchange->arena, "status %d%s where the thing itself was expected", reply->status,
				    is_empty ? " and no body" : "");
	else if (exchange->request.is_collection && !exchange_pages_absorb(exchange, reply, json, &move))
		what = "a body without the list that was asked for";
	else if (exchange->request.is_collection)
		return move;
	if (what) {
		cJSON_Delete(json);
		return try_again_or_fail(
			exchange, -1, refusal_from_garbage(&exchange->context, reply->status, what, &exchange->arena));
	}
	if (exchange->stage == STAGE_POLL)
		return exchange_operation_absorb(exchange, reply, json, now_ms);
	if (!is_read && exchange_operation_begins(exchange, reply, json, now_ms, &move)) {
		cJSON_Delete(json);
		return move;
	}
	return exchange_finish(exchange, reply->status, json);
}

static struct exchange_move absorb_answer(struct exchange *exchange, const struct reply *reply, int64_t now_ms)
{
	bool is_empty;
	cJSON *json;
	struct exchange_move move;

	if (reply_date_s(reply))
		exchange->response.date_unix_s = reply_date_s(reply);
	/* Of the request itself, not of the questions whether it is done. */
	if (reply_request_id(reply) && exchange->stage != STAGE_POLL)
		exchange->response.request_id = refusal_clean_text(reply_request_id(reply), &exchange->arena);
	if (reply->status < 200)
		return try_again_or_fail(exchange, -1,
					 refusal_from_garbage(&exchange->context, reply->status, "an unfinished status",
							      &exchange->arena));
	json = read_body(exchange, reply, &is_empty);
	if (reply->status < 300)
		return absorb_success(exchange, reply, json, is_empty, now_ms);
	move = absorb_refusal(exchange, reply, json);
	cJSON_Delete(json);
	return move;
}

static struct exchange_move absorb_loss(struct exchange *exchange, const struct reply *reply)
{
	struct fault fault = {
		.class = reply->is_garbled ? FAULT_GARBLED : FAULT_UNREACHABLE,
		.host = exchange->context.host,
		.message = arena_copy_text(&exchange->arena, reply->message),
	};

	if (!reply->was_sent && !reply->is_permanent) {
		/* The cloud has certainly not seen it: a write may be repeated like a read. */
		if (++exchange->failures >= EXCHANGE_TRIES || exchange->request.is_tried_once)
			return exchange_fail(exchange, fault);
		return sleep_for(exchange, ((int64_t)EXCHANGE_BACKOFF_MS << (exchange->failures - 1)) / 2 +
						   jitter_draw(&exchange->random, EXCHANGE_BACKOFF_MS));
	}
	if (reply->is_permanent) {
		fault.is_ambiguous = is_writing(exchange) && reply->was_sent;
		return exchange_fail(exchange, fault);
	}
	return try_again_or_fail(exchange, -1, fault);
}

struct exchange_move exchange_absorb(struct exchange *exchange, const struct reply *reply, int64_t now_ms)
{
	if (exchange->is_done)
		return (struct exchange_move){.type = MOVE_DONE};
	switch (reply->type) {
	case REPLY_READY:
		/* Also in place of an answer: what was to be sent waited so long that its token is gone. */
		return exchange->await == AWAIT_TOKEN ? send_now(exchange) : await_token(exchange, false);
	case REPLY_FAULT:
		return exchange_fail(exchange, fault_copy(&exchange->arena, &reply->fault));
	case REPLY_LOST:
		return absorb_loss(exchange, reply);
	case REPLY_ANSWER:
		return absorb_answer(exchange, reply, now_ms);
	}
	return (struct exchange_move){.type = MOVE_DONE};
}
