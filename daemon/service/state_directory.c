#include "service/state_directory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"

void state_directory_check(const char *directory, const struct log *log)
{
	int r = durable_make_folders(directory);

	if (r == 0 && access(directory, W_OK | X_OK) < 0)
		r = -errno;
	if (r < 0)
		log_say(log, LOG_LEVEL_ERROR, EVENT_STATE_DIRECTORY, NULL,
			"state_directory %s cannot be used: %s; installations are observed, and nothing is written "
			"until it can be (no backup and no audit line, no write)",
			directory, strerror(-r));
}
