#include "service/stall.h"

/* libuv runs the callbacks of descriptors inside of its wait, so the wait itself cannot be bracketed; but it knows how
 * much of it was idle. */
static void stall_on_prepare(uv_prepare_t *prepare)
{
	struct stall *stall = prepare->data;
	uint64_t now_ns = uv_hrtime(), idle_ns = uv_metrics_idle_time(prepare->loop);
	uint64_t turn_ns = now_ns - stall->turn_began_ns, idle_of_turn_ns = idle_ns - stall->idle_before_ns;
	int64_t busy_ms = turn_ns > idle_of_turn_ns ? (int64_t)((turn_ns - idle_of_turn_ns) / 1000000) : 0;

	if (busy_ms > *stall->max_ms)
		*stall->max_ms = busy_ms;
	stall->turn_began_ns = now_ns;
	stall->idle_before_ns = idle_ns;
}

void stall_init(struct stall *stall, uv_loop_t *loop, int64_t *max_ms)
{
	*stall = (struct stall){.max_ms = max_ms, .turn_began_ns = uv_hrtime()};
	uv_prepare_init(loop, &stall->prepare);
	stall->prepare.data = stall;
	uv_prepare_start(&stall->prepare, stall_on_prepare);
	uv_unref((uv_handle_t *)&stall->prepare);
}

void stall_done(struct stall *stall)
{
	uv_close((uv_handle_t *)&stall->prepare, NULL);
}
