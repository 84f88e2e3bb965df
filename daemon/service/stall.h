/* How long the loop is away from its events: the time that one turn spends in callbacks. Measured without timers of its
 * own, so an idle loop stays asleep. */
#pragma once

#include <stdint.h>
#include <uv.h>

struct stall {
	uv_prepare_t prepare;
	uint64_t turn_began_ns, idle_before_ns;
	int64_t *max_ms;
};

/* Begins to note in *MAX_MS the longest turn. LOOP must have been configured with UV_METRICS_IDLE_TIME. */
void stall_init(struct stall *stall, uv_loop_t *loop, int64_t *max_ms);
/* Closes the handle; STALL must live until the loop has seen that. */
void stall_done(struct stall *stall);
