#include "transport/call.h"

#include "base/clock.h"

static void on_woken(uv_timer_t *timer);

static void obey(struct call *call, struct exchange_move move)
{
	if (move.type != MOVE_DONE && call->stop.class != FAULT_NONE)
		move = exchange_abort(&call->exchange, &call->stop, false);
	switch (move.type) {
	case MOVE_TOKEN:
		call->operations->get_token(call, &move);
		break;
	case MOVE_SEND:
		call->operations->send(call, &move);
		break;
	case MOVE_SLEEP:
		call->is_sleeping = true;
		/* The loop's idea of now may be old after a long turn. */
		uv_update_time(call->timer.loop);
		uv_timer_start(&call->timer, on_woken, (uint64_t)move.delay_ms, 0);
		break;
	case MOVE_DONE:
		call->operations->done(call, exchange_response(&call->exchange));
		break;
	}
}

static void on_woken(uv_timer_t *timer)
{
	struct call *call = timer->data;

	call->is_sleeping = false;
	call_absorb(call, &(struct reply){.type = REPLY_READY});
}

static void on_begin(uv_timer_t *timer)
{
	struct call *call = timer->data;

	call->is_sleeping = false;
	obey(call, exchange_begin(&call->exchange));
}

void call_init(struct call *call, uv_loop_t *loop, const struct call_operations *operations,
	       const struct exchange_request *request, uint64_t seed)
{
	*call = (struct call){.operations = operations};
	exchange_init(&call->exchange, request, seed);
	uv_timer_init(loop, &call->timer);
	call->timer.data = call;
}

void call_begin(struct call *call, int64_t delay_ms)
{
	call->is_sleeping = true;
	if (delay_ms)
		uv_update_time(call->timer.loop);
	uv_timer_start(&call->timer, on_begin, (uint64_t)delay_ms, 0);
}

void call_absorb(struct call *call, const struct reply *reply)
{
	call->is_on_wire = false;
	obey(call, exchange_absorb(&call->exchange, reply, clock_monotonic_ms()));
}

void call_stop(struct call *call, const struct fault *fault)
{
	call->stop = *fault;
	if (call->is_sleeping)
		call_abort(call, fault);
}

void call_abort(struct call *call, const struct fault *fault)
{
	uv_timer_stop(&call->timer);
	call->is_sleeping = false;
	obey(call, exchange_abort(&call->exchange, fault, call->is_on_wire));
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct call *call = handle->data;

	call->on_closed(call);
}

void call_close(struct call *call, void (*on_closed)(struct call *call))
{
	call->on_closed = on_closed;
	exchange_done(&call->exchange);
	uv_close((uv_handle_t *)&call->timer, on_timer_closed);
}
