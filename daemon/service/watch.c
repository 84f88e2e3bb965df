#include "service/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { WATCH_POLL_MS = 10 * 1000, WATCH_SETTLE_MS = 300 };

/* What a file looks like from outside; all zero when it is not there. */
static struct stat look(const struct watch *watch)
{
	struct stat file;

	return stat(watch->file, &file) < 0 ? (struct stat){0} : file;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void watch_on_settled(uv_timer_t *timer);

/* Each change begins the wait anew. */
static bool watch_check(struct watch *watch)
{
	struct stat now = look(watch);

	if (is_same(&now, &watch->seen))
		return false;
	watch->seen = now;
	uv_timer_start(&watch->settle, watch_on_settled, WATCH_SETTLE_MS, 0);
	return true;
}

static void watch_on_settled(uv_timer_t *timer)
{
	struct watch *watch = timer->data;

	/* Not there: somebody is replacing it. */
	if (!watch_check(watch) && watch->seen.st_ino)
		watch->on_changed(watch->arg);
}

static void watch_on_event(uv_fs_event_t *event, const char *name _unused_, int events _unused_, int status _unused_)
{
	watch_check(event->data);
}

static void watch_on_poll(uv_timer_t *timer)
{
	watch_check(timer->data);
}

/* Whatever the folder's name: events of a folder that cannot be watched are made up for by looking. */
static void watch_begin_events(struct watch *watch)
{
	const char *slash = strrchr(watch->file, '/');
	char *folder = memory_copy_text(slash ? watch->file : ".");

	if (slash)
		folder[slash == watch->file ? 1 : slash - watch->file] = 0;
	uv_fs_event_start(&watch->events, watch_on_event, folder, 0);
	free(folder);
}

void watch_init(struct watch *watch, uv_loop_t *loop, const char *file, void (*on_changed)(void *arg), void *arg)
{
	*watch = (struct watch){.file = memory_copy_text(file), .on_changed = on_changed, .arg = arg};
	uv_fs_event_init(loop, &watch->events);
	uv_timer_init(loop, &watch->poll);
	uv_timer_init(loop, &watch->settle);
	watch->events.data = watch->poll.data = watch->settle.data = watch;
	watch_remember(watch);
	watch_begin_events(watch);
	uv_timer_start(&watch->poll, watch_on_poll, WATCH_POLL_MS, WATCH_POLL_MS);
}

void watch_remember(struct watch *watch)
{
	watch->seen = look(watch);
	uv_timer_stop(&watch->settle);
}

void watch_done(struct watch *watch)
{
	uv_close((uv_handle_t *)&watch->events, NULL);
	uv_close((uv_handle_t *)&watch->poll, NULL);
	uv_close((uv_handle_t *)&watch->settle, NULL);
	free(watch->file);
	watch->file = NULL;
}
