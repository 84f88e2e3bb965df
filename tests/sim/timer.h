/* Calls back at a time, from a thread of its own; for answers that are held back. Nothing waits in a caller's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"

struct timer;

struct timer *timer_new(void) _must_check_;
/* Calls all that still waits, at once, and ends the thread. */
void timer_free(struct timer *timer);
/* CALLBACK(ARGUMENT) once, DELAY_MS from now. */
void timer_add(struct timer *timer, int64_t delay_ms, void (*callback)(void *argument), void *argument);
