/*
 * Which sites are on hold, in state_directory/holds.json: written by restore-1x and release, read before every pass and
 * again before every write of settings, so that it counts for a daemon that runs at the time. What cannot be read holds
 * everything: a file that may say "hands off" is never taken for one that says nothing.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "world/world.h"

/* The holds of DIRECTORY in ARENA. Never NULL; when they cannot be read, holds->problem says why, with a remedy. No
 * file and no directory: no holds. */
const struct holds *holds_load(const char *directory, struct arena *arena) _must_check_;
/*
 * Read again: may the settings of NODE (kind "app-settings" and all that belong to a web app; others: 0) be written? 0,
 * -EBUSY when the site was put on hold since the pass began, -EIO when that cannot be told; then *RET_MESSAGE, in
 * ARENA.
 */
int holds_check(const char *directory, struct arena *arena, const struct node *node,
		const char **ret_message) _must_check_;

/*
 * Puts SITE on hold: on the disk when this returns. 1; 0 when it is on hold already; or negative errno with
 * *RET_PROBLEM (to be freed): nothing was changed. site->since is not used; NOW_UNIX_MS dates the hold.
 */
int holds_put(const char *directory, const struct hold *site, int64_t now_unix_ms, char **ret_problem) _must_check_;
/* Lifts it: 1; 0 when there is none; or as above. */
int holds_lift(const char *directory, const struct hold *site, char **ret_problem) _must_check_;
