/*
 * The app settings of a site as they were before a write, in a file that only we can read: Azure replaces the whole
 * dictionary and keeps no history (domain.md 2.18). Written and synced before the write goes out; no backup, no write.
 * Files are never removed here: they are few, and they may hold the only copy of a secret.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/*
 * Saves what NODE (kind "app-settings"; others are no settings: 0) observed last, in
 * DIRECTORY/backups/TENANT/INSTANCE/SITE[_SLOT]-TIME.json, mode 0600. NOW_UNIX_MS names the file. 0, or negative errno
 * with *RET_MESSAGE in ARENA.
 */
int backup_settings(const char *directory, struct arena *arena, const struct desired_tenant *tenant,
		    const struct node *node, int64_t now_unix_ms, const char **ret_message) _must_check_;
