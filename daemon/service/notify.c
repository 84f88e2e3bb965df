#include "service/notify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

/* From the loop: when the loop hangs nobody says so any more, and systemd restarts us. */
static void notify_on_watchdog(uv_timer_t *timer _unused_)
{
	sd_notify(0, "WATCHDOG=1");
}

void notify_init(struct notify *notify, uv_loop_t *loop)
{
	uint64_t timeout_us = 0, half_ms;

	*notify = (struct notify){0};
	uv_timer_init(loop, &notify->watchdog);
	if (sd_watchdog_enabled(0, &timeout_us) <= 0)
		return;
	half_ms = timeout_us / 2000;
	uv_timer_start(&notify->watchdog, notify_on_watchdog, 0, half_ms ? half_ms : 1);
	/* Watching must not be what keeps the loop alive. */
	uv_unref((uv_handle_t *)&notify->watchdog);
}

void notify_ready(struct notify *notify _unused_)
{
	sd_notify(0, "READY=1");
}

void notify_reloading(struct notify *notify _unused_)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic_ms() * 1000);
}

void notify_stopping(struct notify *notify _unused_)
{
	sd_notify(0, "STOPPING=1");
}

void notify_status(struct notify *notify, const char *format, ...)
{
	char *line;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&line, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	if (text_equal(line, notify->status)) {
		free(line);
		return;
	}
	free(notify->status);
	notify->status = line;
	sd_notifyf(0, "STATUS=%s", line);
}

void notify_done(struct notify *notify)
{
	uv_close((uv_handle_t *)&notify->watchdog, NULL);
	free(notify->status);
	notify->status = NULL;
}
