/*
 * What systemd is told (sd_notify(3)): ready, reloading, stopping, one line of status, and that the loop turns. Without
 * NOTIFY_SOCKET every function does nothing. It never asks systemd for anything, and never waits for it.
 */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/attributes.h"

enum { NOTIFY_PENDING_MAX = 16 };

struct notify {
	uv_timer_t watchdog, again;
	char *pending[NOTIFY_PENDING_MAX]; /* messages that found the queue full */
	size_t pending_count;
	char *status; /* the last line that was sent: the same is not sent again */
};

/* Begins to tell the watchdog, at half of WATCHDOG_USEC, that LOOP turns. */
void notify_init(struct notify *notify, uv_loop_t *loop);
/* The configuration is loaded and the endpoint listens; also the end of notify_reloading(). */
void notify_ready(struct notify *notify);
void notify_reloading(struct notify *notify);
void notify_stopping(struct notify *notify);
/* One line that a person understands; shown by systemctl status. */
void notify_status(struct notify *notify, const char *format, ...) _printf_(2, 3);
/* Closes the timer; NOTIFY must live until the loop has seen that. */
void notify_done(struct notify *notify);
