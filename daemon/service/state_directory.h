/*
 * Can the state directory be used? Without it nothing is written to a tenant, so that it cannot is said at once, not
 * only when there is something to write: to the log when it begins and ends, and to the status as long as it lasts. It
 * is looked at by the disk's thread.
 */
#pragma once

#include <stdbool.h>

#include "observe/disk.h"
#include "observe/log.h"
#include "observe/status.h"

struct state_directory {
	struct disk_job job;
	struct disk *disk;
	struct status *status;
	const struct log *log;
	char *path; /* that is being looked at */
	int result;
	bool is_looking;
};

/* DIRECTORY has DISK, STATUS and LOG, which outlive what is given to the disk. */
void state_directory_look(struct state_directory *directory, const char *path);
