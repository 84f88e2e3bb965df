/*
 * Long-running operations of Resource Manager, as its own clients follow them (wire.md section 9): a status document
 * named by Azure-AsyncOperation, a Location that says 202 until it is over, or the resource's own provisioningState.
 */
#include <string.h>

#include "base/text.h"
#include "transport/exchange_step.h"
#include "world/json.h"

static const char *text_at(const cJSON *json, const char *path)
{
	const cJSON *member = json_get(json, path);

	return cJSON_IsString(member) ? member->valuestring : NULL;
}

static bool is_failure(const char *state)
{
	return text_equal_fold(state, "Failed") || text_equal_fold(state, "Canceled") ||
	       text_equal_fold(state, "Cancelled");
}

/* States are an open set ("Creating", "RegisteringDns", "InProgress" …); only the ends of it are fixed. */
static bool is_over(const char *state)
{
	return !state || text_equal_fold(state, "Succeeded") || is_failure(state);
}

static int64_t poll_delay_ms(const struct reply *reply)
{
	int64_t delay_ms = reply_retry_after_ms(reply);

	/* "Retry-After: 0" makes az wait its default of 30 s, not spin; neither do we. */
	if (delay_ms < 0)
		return EXCHANGE_POLL_MS;
	if (delay_ms < EXCHANGE_POLL_MIN_MS)
		return EXCHANGE_POLL_MIN_MS;
	return delay_ms > EXCHANGE_RETRY_AFTER_MAX_MS ? EXCHANGE_RETRY_AFTER_MAX_MS : delay_ms;
}

static bool makes_resource(const struct exchange *exchange)
{
	return exchange->request.method == METHOD_PUT || exchange->request.method == METHOD_PATCH;
}

bool exchange_operation_begins(struct exchange *exchange, const struct reply *reply, const cJSON *json, int64_t now_ms,
			       struct exchange_move *ret_move)
{
	const char *name = "Azure-AsyncOperation", *link = reply->headers[REPLY_ASYNC_OPERATION], *path;
	enum exchange_poll poll = POLL_STATUS;

	if (exchange->request.service != SERVICE_RESOURCE_MANAGER)
		return false;
	if (!link && reply->status == 202 && reply->headers[REPLY_LOCATION]) {
		name = "Location";
		link = reply->headers[REPLY_LOCATION];
		poll = POLL_LOCATION;
	}
	if (link) {
		path = exchange_follow(exchange, name, link, ret_move);
		if (!path)
			return true;
		if (!makes_resource(exchange))
			exchange->result = NULL;
	} else if (makes_resource(exchange) &&
		   (reply->status == 202 || !is_over(text_at(json, "properties/provisioningState")))) {
		poll = POLL_RESOURCE;
		path = exchange->result;
	} else {
		return false;
	}
	exchange->stage = STAGE_POLL;
	exchange->poll = poll;
	exchange->target = path;
	exchange->operation_since_ms = now_ms;
	*ret_move = exchange_step_later(exchange, poll_delay_ms(reply));
	return true;
}

static struct exchange_move finish_operation(struct exchange *exchange, int status, cJSON *json)
{
	bool has_result = exchange->poll != POLL_STATUS && cJSON_IsObject(json) && json->child;

	if (has_result || !exchange->result) {
		if (exchange->poll == POLL_STATUS) {
			cJSON_Delete(json);
			json = NULL;
		}
		return exchange_finish(exchange, status, json);
	}
	cJSON_Delete(json);
	exchange->stage = STAGE_RESULT;
	exchange->target = exchange->result;
	return exchange_step(exchange);
}

static struct exchange_move fail_operation(struct exchange *exchange, const char *outcome, const cJSON *json)
{
	struct fault fault = refusal_from_operation(&exchange->context, refusal_clean_text(outcome, &exchange->arena),
						    json_get(json, "error"), &exchange->arena);

	/* Its end is known, so nothing about it is ambiguous: back to the stage where exchange_fail() sees that. */
	exchange->stage = STAGE_REQUEST;
	return exchange_fail(exchange, fault);
}

struct exchange_move exchange_operation_absorb(struct exchange *exchange, const struct reply *reply, cJSON *json,
					       int64_t now_ms)
{
	const char *state = NULL;
	struct exchange_move move;
	bool is_running = false;

	switch (exchange->poll) {
	case POLL_STATUS:
		state = text_at(json, "status");
		is_running = state ? !is_over(state) : reply->status == 202;
		break;
	case POLL_LOCATION:
		is_running = reply->status == 202;
		break;
	case POLL_RESOURCE:
		state = text_at(json, "properties/provisioningState");
		is_running = !is_over(state);
		break;
	}
	if (is_failure(state)) {
		move = fail_operation(exchange, state, json);
	} else if (!is_running) {
		return finish_operation(exchange, reply->status, json);
	} else if (now_ms - exchange->operation_since_ms > EXCHANGE_OPERATION_MAX_MS) {
		move = exchange_fail(
			exchange,
			(struct fault){.class = FAULT_TRANSIENT,
				       .host = exchange->context.host,
				       .message = arena_printf(&exchange->arena,
							       "%s is still at work on %s after %d minutes; the next "
							       "pass looks again",
							       exchange->context.host, exchange->context.path,
							       EXCHANGE_OPERATION_MAX_MS / 60000)});
	} else {
		move = exchange_step_later(exchange, poll_delay_ms(reply));
	}
	cJSON_Delete(json);
	return move;
}
