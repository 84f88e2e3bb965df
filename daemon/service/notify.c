#include "service/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

enum { NOTIFY_AGAIN_MS = 50, NOTIFY_LINE_SIZE_MAX = 512 };

/* The address in NOTIFY_SOCKET: a path, or with "@" a name of Linux's abstract namespace. False: nobody is told. */
static bool notify_address(struct sockaddr_un *ret, socklen_t *ret_length)
{
	const char *name = getenv("NOTIFY_SOCKET");
	size_t length = name ? strlen(name) : 0;

	if (!length || (*name != '/' && *name != '@') || length >= sizeof(ret->sun_path))
		return false;
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret->sun_path, name, length);
	if (*name == '@')
		ret->sun_path[0] = 0;
	*ret_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (*name == '/'));
	return true;
}

/* As sd_notify(3) does it, but for waiting: a service manager that is slow to read must not stop our loop. False: its
 * queue is full. */
static bool notify_send(const char *message)
{
	struct sockaddr_un address;
	socklen_t length;
	bool is_full;
	int fd;

	if (!notify_address(&address, &length))
		return true;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return true;
	is_full = sendto(fd, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0 &&
		  (errno == EAGAIN || errno == ENOBUFS);
	close(fd);
	return !is_full;
}

/* What systemd waits for is sent again until there is room for it, in its order. */
static void notify_on_again(uv_timer_t *timer)
{
	struct notify *notify = timer->data;

	while (notify->pending_count && notify_send(notify->pending[0])) {
		free(notify->pending[0]);
		memmove(&notify->pending[0], &notify->pending[1], --notify->pending_count * sizeof(char *));
	}
	if (!notify->pending_count)
		uv_timer_stop(timer);
}

static void notify_state(struct notify *notify, const char *message)
{
	if (!notify->pending_count && notify_send(message))
		return;
	/* More than this only says again what was said: reloading and ready, in turns. */
	if (notify->pending_count < NOTIFY_PENDING_MAX)
		notify->pending[notify->pending_count++] = memory_copy_text(message);
	uv_timer_start(&notify->again, notify_on_again, NOTIFY_AGAIN_MS, NOTIFY_AGAIN_MS);
}

/* How often the service manager wants to hear of us, in ms: WATCHDOG_USEC, when it is meant for this process; else 0.
 */
static uint64_t notify_watchdog_ms(void)
{
	const char *timeout = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!timeout || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(timeout, NULL, 10) / 1000;
}

/* From the loop: when the loop hangs nobody says so any more, and systemd restarts us. */
static void notify_on_watchdog(uv_timer_t *timer _unused_)
{
	notify_send("WATCHDOG=1");
}

void notify_init(struct notify *notify, uv_loop_t *loop)
{
	uint64_t watchdog_ms = notify_watchdog_ms(), half_ms = watchdog_ms > 1 ? watchdog_ms / 2 : 1;

	*notify = (struct notify){0};
	uv_timer_init(loop, &notify->again);
	uv_timer_init(loop, &notify->watchdog);
	notify->again.data = notify;
	/* Neither must be what keeps the loop alive. */
	uv_unref((uv_handle_t *)&notify->again);
	uv_unref((uv_handle_t *)&notify->watchdog);
	if (watchdog_ms)
		uv_timer_start(&notify->watchdog, notify_on_watchdog, 0, half_ms);
}

void notify_ready(struct notify *notify)
{
	notify_state(notify, "READY=1");
}

void notify_reloading(struct notify *notify)
{
	char message[NOTIFY_LINE_SIZE_MAX];

	snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic_ms() * 1000);
	notify_state(notify, message);
}

void notify_stopping(struct notify *notify)
{
	notify_state(notify, "STOPPING=1");
}

void notify_status(struct notify *notify, const char *format, ...)
{
	char message[NOTIFY_LINE_SIZE_MAX] = "STATUS=";
	size_t length = strlen(message);
	va_list ap;

	va_start(ap, format);
	vsnprintf(message + length, sizeof(message) - length, format, ap);
	va_end(ap);
	if (text_equal(message, notify->status))
		return;
	/* One that finds no room is dropped: the next pass has another. */
	if (notify->pending_count || !notify_send(message))
		return;
	free(notify->status);
	notify->status = memory_copy_text(message);
}

void notify_done(struct notify *notify)
{
	uv_close((uv_handle_t *)&notify->again, NULL);
	uv_close((uv_handle_t *)&notify->watchdog, NULL);
	for (size_t i = 0; i < notify->pending_count; i++)
		free(notify->pending[i]);
	notify->pending_count = 0;
	free(notify->status);
	notify->status = NULL;
}
