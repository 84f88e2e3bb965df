#include "service/state_directory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/memory.h"
#include "base/text.h"

static int state_directory_try(const char *path)
{
	struct stat file;
	int r = durable_make_folders(path);

	if (r < 0)
		return r;
	if (stat(path, &file) < 0)
		return -errno;
	if (!S_ISDIR(file.st_mode))
		return -ENOTDIR;
	return access(path, W_OK | X_OK) < 0 ? -errno : 0;
}

static void state_directory_on_work(struct disk_job *job)
{
	struct state_directory *directory = (struct state_directory *)job;

	directory->result = state_directory_try(directory->path);
}

static char *state_directory_problem(const struct state_directory *directory)
{
	char *problem;

	if (directory->result == 0)
		return NULL;
	if (asprintf(&problem,
		     "state_directory %s cannot be used: %s; installations are observed, and nothing is written until "
		     "it can be "
		     "(no backup and no audit line, no write). Make it a folder of the daemon's user: install -d -m "
		     "0700 -o %u %s",
		     directory->path, strerror(-directory->result), (unsigned)geteuid(), directory->path) < 0)
		memory_exhausted();
	return problem;
}

static void state_directory_on_done(struct disk_job *job)
{
	struct state_directory *directory = (struct state_directory *)job;
	char *problem = state_directory_problem(directory), *old = directory->status->state_problem;

	directory->is_looking = false;
	if (problem && !text_equal(problem, old))
		log_say(directory->log, LOG_LEVEL_ERROR, EVENT_STATE_DIRECTORY, NULL, "%s", problem);
	if (!problem && old)
		log_say(directory->log, LOG_LEVEL_INFO, EVENT_STATE_DIRECTORY, NULL,
			"state_directory %s can be used again", directory->path);
	free(old);
	directory->status->state_problem = problem;
	free(directory->path);
	directory->path = NULL;
}

void state_directory_look(struct state_directory *directory, const char *path)
{
	if (directory->is_looking)
		return;
	directory->is_looking = true;
	directory->job = (struct disk_job){.work = state_directory_on_work, .done = state_directory_on_done};
	directory->path = memory_copy_text(path);
	disk_do(directory->disk, &directory->job);
}
