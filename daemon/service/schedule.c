#include "service/schedule.h"

enum { SCHEDULE_FIRST_WAIT_MS = 2000 };

void schedule_init(struct schedule *schedule, int64_t interval_s, double jitter, int64_t now_ms)
{
	*schedule = (struct schedule){.interval_ms = interval_s * 1000, .jitter = jitter, .next_ms = now_ms};
}

bool schedule_is_due(const struct schedule *schedule, int64_t now_ms)
{
	return !schedule->is_running && now_ms >= schedule->next_ms;
}

int64_t schedule_wait_ms(const struct schedule *schedule, int64_t now_ms)
{
	if (schedule->is_running)
		return INT64_MAX;
	return schedule->next_ms > now_ms ? schedule->next_ms - now_ms : 0;
}

void schedule_begin(struct schedule *schedule)
{
	schedule->is_running = true;
	schedule->is_triggered = false;
}

/* WAIT_MS, up to the jitter's part of it more or less. */
static int64_t schedule_jitter(const struct schedule *schedule, int64_t wait_ms, uint64_t random)
{
	/* The upper 53 bits are as many as a double holds: [-1, 1). */
	double factor = (double)(random >> 11) / (double)(1ULL << 52) - 1;

	return wait_ms + (int64_t)((double)wait_ms * schedule->jitter * factor);
}

/* 2 s, 4 s, 8 s, … up to the interval. */
static int64_t schedule_back_off_ms(const struct schedule *schedule)
{
	int64_t wait_ms = SCHEDULE_FIRST_WAIT_MS;

	for (unsigned i = 1; i < schedule->unsettled && wait_ms < schedule->interval_ms; i++)
		wait_ms *= 2;
	return wait_ms;
}

void schedule_end(struct schedule *schedule, const struct schedule_outcome *outcome, int64_t now_ms, uint64_t random)
{
	int64_t wait_ms = schedule->interval_ms, asked_ms, jittered_ms;

	schedule->is_running = false;
	schedule->unsettled = outcome->is_unsettled ? schedule->unsettled + 1 : 0;
	if (outcome->is_unsettled)
		wait_ms = schedule_back_off_ms(schedule);
	jittered_ms = schedule_jitter(schedule, wait_ms, random);
	if (outcome->is_unsettled) {
		/* Compared in seconds first: whatever a service says must not overflow. */
		asked_ms = outcome->retry_after_s > schedule->interval_ms / 1000 ? schedule->interval_ms
										 : outcome->retry_after_s * 1000;
		if (jittered_ms < asked_ms)
			jittered_ms = asked_ms;
		if (jittered_ms > schedule->interval_ms)
			jittered_ms = schedule_jitter(schedule, schedule->interval_ms, random);
	}
	schedule->next_ms = now_ms + jittered_ms;
	if (schedule->is_triggered)
		schedule->next_ms = now_ms;
}

void schedule_trigger(struct schedule *schedule, int64_t now_ms)
{
	if (schedule->is_running)
		schedule->is_triggered = true;
	else if (schedule->next_ms > now_ms)
		schedule->next_ms = now_ms;
}
