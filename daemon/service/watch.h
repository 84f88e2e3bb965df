/*
 * Notices that a file is another one than before: edited in place, replaced by rename, or reached through a symbolic
 * link that was swapped (a ConfigMap of Kubernetes). Looks at the folder's events and, since some file systems have
 * none, every few seconds. Waits until the file has been still for a moment. Never opens the file.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/attributes.h"

struct watch {
	char *file;
	uv_fs_event_t events; /* of the folder */
	uv_timer_t poll, settle;
	struct stat seen;
	void (*on_changed)(void *arg);
	void *arg;
};

/* ON_CHANGED(ARG) comes from the loop. */
void watch_init(struct watch *watch, uv_loop_t *loop, const char *file, void (*on_changed)(void *arg), void *arg);
/* The file as it is now is the one that was read: what happens from here on is a change. */
void watch_remember(struct watch *watch);
/* Closes the handles; WATCH must live until the loop has seen that. */
void watch_done(struct watch *watch);
