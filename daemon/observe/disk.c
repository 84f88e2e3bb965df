#include "observe/disk.h"

#include "base/attributes.h"
#include "base/memory.h"

static void disk_on_work(uv_work_t *work)
{
	const struct disk *disk = work->data;

	for (struct disk_job *job = disk->batch; job; job = job->next)
		if (job->work)
			job->work(job);
	for (struct disk_job *job = disk->batch; job; job = job->next)
		if (job->settle)
			job->settle(job);
}

static void disk_on_done(uv_work_t *work, int status);

static void disk_start(struct disk *disk)
{
	disk->batch = disk->waiting;
	disk->waiting = NULL;
	disk->waiting_tail = &disk->waiting;
	disk->is_busy = disk->batch != NULL;
	if (disk->is_busy && uv_queue_work(disk->loop, &disk->work, disk_on_work, disk_on_done) < 0)
		memory_exhausted();
}

static void disk_on_done(uv_work_t *work, int status _unused_)
{
	struct disk *disk = work->data;

	/* It is still busy: what is given from here waits for the next batch. */
	while (disk->batch) {
		struct disk_job *job = disk->batch;

		disk->batch = job->next;
		job->done(job);
	}
	disk_start(disk);
}

void disk_init(struct disk *disk, uv_loop_t *loop)
{
	*disk = (struct disk){.loop = loop};
	disk->work.data = disk;
	disk->waiting_tail = &disk->waiting;
}

void disk_do(struct disk *disk, struct disk_job *job)
{
	job->next = NULL;
	*disk->waiting_tail = job;
	disk->waiting_tail = &job->next;
	if (!disk->is_busy)
		disk_start(disk);
}
