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
#include "world/memory_of_passes.h"

/* Adds to MEMORY what the file of TENANT in DIRECTORY knows better. 0, also when there is none; or negative errno with
 * *RET_MESSAGE in ARENA: then nobody knows whether a site is ill, and no site must be written. */
int written_sites_load(const char *directory, const struct desired_tenant *tenant, struct memory_of_passes *memory,
		       struct arena *arena, const char **ret_message) _must_check_;
/* The file for what MEMORY knows, but what is older than a day and well; to be freed. */
char *written_sites_print(const struct memory_of_passes *memory, int64_t now_unix_s) _must_check_;
/* Has TEXT on the disk. 0 or negative errno. */
int written_sites_save(const char *directory, const struct desired_tenant *tenant, const char *text) _must_check_;
