/*
 * Since when the conditions of a tenant's installations are as they are, over restarts:
 * state_directory/since/TENANT.json. A condition of this process' first pass that was so already when the last one
 * ended keeps its date. Without the file, or with one that is none, everything is new; nothing else depends on it.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "base/digest.h"
#include "reconcile/report.h"

struct since_file {
	char *folder, *name;
	cJSON *known;                       /* as it was read, until the first save; or NULL */
	char saved[DIGEST_SHA256_HEX_SIZE]; /* of what the file holds, as far as we know */
};

/* Reads it. */
void since_file_init(struct since_file *file, const char *state_directory, const char *tenant);
void since_file_done(struct since_file *file);
/* Dates in REPORT, the first one of this process, what the file knows. */
void since_file_date(const struct since_file *file, struct report *report);
/* What the file has to hold after REPORT, to be freed; NULL: it does already. */
char *since_file_begin_save(struct since_file *file, const struct report *report) _must_check_;
/* Puts TEXT there; not from the loop. 0 or negative errno. */
int since_file_write(const struct since_file *file, const char *text) _must_check_;
/* RESULT of that, back on the loop. What could not be saved is tried again after the next pass. */
void since_file_end_save(struct since_file *file, int result);
