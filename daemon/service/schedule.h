/*
 * When is the next pass of a tenant? Pure: it is told the time (a monotonic clock only, so the wall clock may jump as
 * it likes) and given its random numbers. It never starts anything.
 *
 * The first pass is due at once; then one interval, with jitter, after the end of the last. What may resolve itself
 * (a failure, a throttled request, a level that may be lowered in 30 s) is looked at earlier: when the cloud said, but
 * each time in a row after at least twice as long, up to the interval. So nothing spins, whatever the cloud says.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct schedule {
	int64_t interval_ms;
	double jitter; /* 0.1: up to 10% earlier or later */
	int64_t next_ms;
	bool is_running;
	bool is_triggered;  /* while running: one more right after */
	unsigned unsettled; /* passes in a row after which something was left that may resolve itself */
};

/* How a pass ended. */
struct schedule_outcome {
	bool is_unsettled;     /* it failed, or what is left may resolve itself */
	int64_t retry_after_s; /* not before; 0: nothing said */
};

/* INTERVAL_S > 0, JITTER 0 to 0.5. Due at NOW_MS. */
void schedule_init(struct schedule *schedule, int64_t interval_s, double jitter, int64_t now_ms);
bool schedule_is_due(const struct schedule *schedule, int64_t now_ms);
/* Milliseconds from NOW_MS until it is due (0: now); INT64_MAX while a pass runs. */
int64_t schedule_wait_ms(const struct schedule *schedule, int64_t now_ms);
void schedule_begin(struct schedule *schedule);
/* The pass is over. RANDOM: 64 random bits, for the jitter. */
void schedule_end(struct schedule *schedule, const struct schedule_outcome *outcome, int64_t now_ms, uint64_t random);
/* A pass now. During a pass: exactly one more, however often it is asked for. */
void schedule_trigger(struct schedule *schedule, int64_t now_ms);
