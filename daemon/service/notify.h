/*
 * What systemd is told (sd_notify(3)): ready, reloading, stopping, one line of status, and that the loop turns. Without
 * NOTIFY_SOCKET every function does nothing. It never asks systemd for anything.
 */
#pragma once

#include <uv.h>

#include "base/attributes.h"

struct notify {
	uv_timer_t watchdog;
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
