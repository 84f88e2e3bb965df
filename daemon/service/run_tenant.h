/*
 * A tenant in the running daemon: when its passes begin (schedule.h), what came of them, and who is told: status, log
 * and drift history. Which desired state holds, and when the daemon ends, is run.c's.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "observe/audit.h"
#include "observe/disk.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/status.h"
#include "observe/watcher.h"

/* What all tenants of the daemon have in common; outlives them. */
struct run_context {
	uv_loop_t *loop;
	struct disk *disk;
	struct audit *audit; /* of the desired state in force */
	const struct log *log;
	struct status *status;
	struct metrics *metrics;
	const struct watchers *watchers;
	unsigned char key[32]; /* of the fingerprints */
	/* A pass is over, or a tenant will not begin one. */
	void (*on_idle)(void *arg);
	void *arg;
};

struct run_tenant;

/* TENANT of DESIRED, which must outlive it; PREVIOUS (or NULL), closed, hands over what its passes remember. The first
 * pass begins from the loop. */
struct run_tenant *run_tenant_new(const struct run_context *context, const struct desired *desired,
				  const struct desired_tenant *tenant, struct run_tenant *previous) _must_check_;
/* Only after run_tenant_close(). */
void run_tenant_free(struct run_tenant *tenant);
/* Is TENANT the same one: name and tenant_id? */
bool run_tenant_is(const struct run_tenant *tenant, const struct desired_tenant *desired);
bool run_tenant_is_running(const struct run_tenant *tenant);

/* A pass now; during a pass, exactly one more. */
void run_tenant_trigger(struct run_tenant *tenant);
/* No further pass begins; the one under way begins nothing new. */
void run_tenant_finish(struct run_tenant *tenant);
/* The same, and what is not on the wire yet is not sent. */
void run_tenant_stop(struct run_tenant *tenant);
/* Ends what is under way and closes everything, then calls ON_CLOSED from the loop. */
void run_tenant_close(struct run_tenant *tenant, void (*on_closed)(void *arg), void *arg);
