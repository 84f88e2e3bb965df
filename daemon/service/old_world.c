#include "service/old_world.h"

#include <stdlib.h>

#include "base/attributes.h"
#include "base/memory.h"

struct old_world {
	struct disk_job job;
	struct world world;
};

static void old_world_on_thread(struct disk_job *job _unused_)
{
	memory_give_up_kept();
}

static void old_world_on_turn(struct disk_job *job)
{
	struct old_world *old = (struct old_world *)job;

	world_done(&old->world);
	free(old);
	/* From the loop itself the stack is at its lowest: all that the pass left on it is below. */
	memory_wipe_stack();
	/* What the pass held in hundreds of small pieces goes back to the system: until the next one is a long time. */
	memory_give_back();
}

void old_world_free_later(struct world *world, struct disk *disk)
{
	struct old_world *old = memory_new(sizeof(*old));

	old->job.work = old_world_on_thread;
	old->job.done = old_world_on_turn;
	old->world = *world;
	*world = (struct world){0};
	disk_do(disk, &old->job);
}
