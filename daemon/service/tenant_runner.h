/*
 * One tenant on the loop: its transport, what its passes remember, and one pass after the other, each when it is asked
 * for. `plan`, `apply` and `grants` (once.c) and `run` (run.c) are drivers over it: when a pass begins, and what its
 * outcome means, is theirs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "observe/audit.h"
#include "observe/disk.h"
#include "observe/watcher.h"
#include "world/memory_of_passes.h"
#include "world/world.h"

struct tenant_runner;

struct tenant_runner_options {
	const struct desired_tenant *tenant;
	const struct desired_daemon *daemon;
	struct memory_of_passes *memory;
	bool is_plan;            /* also when the tenant's mode says it */
	const char *const *only; /* names of installations; NULL: all */
	size_t only_count;
	const struct restoration *restoration; /* only this is done; NULL: the whole */
	struct disk *disk;
	struct audit *audit;
	const struct watchers *watchers;
	/*
	 * A pass is over. WORLD is what became of it, freed when this returns. PROBLEM: NULL, or it could not begin,
	 * and this sentence tells the administrator why (a credential that cannot be used); then nothing is known of
	 * any node. Always from the loop, never from inside of a function of this module.
	 */
	void (*on_done)(void *arg, struct world *world, const char *problem);
	void *arg;
};

/* What OPTIONS points to must outlive it; the struct itself is copied. Nothing is opened yet. */
struct tenant_runner *tenant_runner_new(uv_loop_t *loop, const struct tenant_runner_options *options) _must_check_;
/* Begins a pass; none may be under way. */
void tenant_runner_start(struct tenant_runner *runner);
bool tenant_runner_is_running(const struct tenant_runner *runner);
/* Nothing new is begun, and what was begun is brought to its end, retries and waits included. The next start is as
 * usual. */
void tenant_runner_finish(struct tenant_runner *runner);
/* Nothing more is sent: what is on the wire may come back, all else counts as refused. Not to be started again. */
void tenant_runner_stop(struct tenant_runner *runner);
/* Ends what is under way (on_done comes first), frees the runner, then calls ON_CLOSED from the loop. */
void tenant_runner_close(struct tenant_runner *runner, void (*on_closed)(void *arg), void *arg);
/* How many writes of this pass took effect. */
unsigned tenant_runner_count_writes(const struct world *world);
