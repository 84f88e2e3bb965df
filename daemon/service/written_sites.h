/*
 * The sites that were written, by whichever process, in state_directory/sites-TENANT_ID.json: which of them was not
 * seen healthy since, and when they restarted (domain.md 2.18). Read before each pass and written when it changes, so
 * that a rollout that an unhealthy site has stopped stays stopped for the next process, too.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "desired/desired.h"
#include "observe/disk.h"
#include "world/memory_of_passes.h"

/* Adds to MEMORY what the file of TENANT in DIRECTORY knows better. 0, also when there is none; or negative errno with
 * *RET_MESSAGE in ARENA: then nobody knows whether a site is ill, and no site must be written. */
int written_sites_load(const char *directory, const struct desired_tenant *tenant, struct memory_of_passes *memory,
		       struct arena *arena, const char **ret_message) _must_check_;
/* Has DISK keep what MEMORY knows now, but what is older than a day and well. ON_PROBLEM comes from the loop with a
 * negative errno when that failed. DIRECTORY and TENANT must live until the disk has done it. */
void written_sites_keep(struct disk *disk, const char *directory, const struct desired_tenant *tenant,
			const struct memory_of_passes *memory, int64_t now_unix_s,
			void (*on_problem)(void *arg, int error), void *arg);
