#include "timer.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

struct timer_entry {
	struct timer_entry *next, *previous;
	int64_t due_ms; /* monotonic */
	void (*callback)(void *argument);
	void *argument;
};

struct timer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ends;
	struct timer_entry entries; /* a ring around this one, in the order of due_ms */
};

static void wait_until(struct timer *timer, int64_t due_ms)
{
	struct timespec at = {.tv_sec = due_ms / 1000, .tv_nsec = due_ms % 1000 * 1000000};

	pthread_cond_timedwait(&timer->changed, &timer->lock, &at);
}

static void *timer_run(void *argument)
{
	struct timer *timer = argument;

	pthread_mutex_lock(&timer->lock);
	for (;;) {
		struct timer_entry *first = timer->entries.next;

		if (first == &timer->entries) {
			if (timer->ends)
				break;
			pthread_cond_wait(&timer->changed, &timer->lock);
		} else if (!timer->ends && first->due_ms > clock_monotonic_ms()) {
			wait_until(timer, first->due_ms);
		} else {
			first->next->previous = first->previous;
			first->previous->next = first->next;
			pthread_mutex_unlock(&timer->lock);
			first->callback(first->argument);
			free(first);
			pthread_mutex_lock(&timer->lock);
		}
	}
	pthread_mutex_unlock(&timer->lock);
	return NULL;
}

struct timer *timer_new(void)
{
	struct timer *timer = memory_new(sizeof(*timer));
	pthread_condattr_t attributes;

	timer->entries.next = timer->entries.previous = &timer->entries;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&timer->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&timer->lock, NULL);
	if (pthread_create(&timer->thread, NULL, timer_run, timer) != 0)
		memory_exhausted();
	return timer;
}

void timer_free(struct timer *timer)
{
	if (!timer)
		return;
	pthread_mutex_lock(&timer->lock);
	timer->ends = true;
	pthread_cond_signal(&timer->changed);
	pthread_mutex_unlock(&timer->lock);
	pthread_join(timer->thread, NULL);
	pthread_cond_destroy(&timer->changed);
	pthread_mutex_destroy(&timer->lock);
	free(timer);
}

void timer_add(struct timer *timer, int64_t delay_ms, void (*callback)(void *argument), void *argument)
{
	struct timer_entry *entry = memory_new(sizeof(*entry)), *after;

	*entry = (struct timer_entry){
		.due_ms = clock_monotonic_ms() + delay_ms, .callback = callback, .argument = argument};
	pthread_mutex_lock(&timer->lock);
	/* Delays are mostly alike, so the place is near the end. */
	after = timer->entries.previous;
	while (after != &timer->entries && after->due_ms > entry->due_ms)
		after = after->previous;
	entry->previous = after;
	entry->next = after->next;
	entry->next->previous = after->next = entry;
	pthread_cond_signal(&timer->changed);
	pthread_mutex_unlock(&timer->lock);
}
