/*
 * What must be on the disk, without the loop waiting for the disk: jobs are done by one thread of libuv's pool at a
 * time, in the order in which they were given, so that files keep the order of what happened. Jobs that wait while
 * others are done go together and may share a sync. Knows nothing of what a job does; never drops one.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

/* To be embedded, and left alone until DONE. */
struct disk_job {
	/* On the thread. Touches nothing that the loop may change meanwhile. */
	void (*work)(struct disk_job *job);
	/* Or NULL. On the thread, too: after the work of all jobs that go together, for what they share. */
	void (*settle)(struct disk_job *job);
	/* On the loop: it is over. May free the job, or give the next one. */
	void (*done)(struct disk_job *job);
	struct disk_job *next;
};

struct disk {
	uv_loop_t *loop;
	uv_work_t work;
	struct disk_job *waiting, **waiting_tail;
	struct disk_job *batch; /* what is being done */
	bool is_busy;
};

/* The loop goes on until every job is done. */
void disk_init(struct disk *disk, uv_loop_t *loop);
/* From the loop. Without WORK the job is a mark: it is done when everything before it is. */
void disk_do(struct disk *disk, struct disk_job *job);
