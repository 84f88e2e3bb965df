/*
 * plan, apply and grants: passes over all tenants until they are done, then the report. Tenants go side by side on one
 * loop. apply repeats the pass while something is left that may resolve itself, and gives up when that brings nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "reconcile/report.h"
#include "service/progress.h"
#include "world/world.h"

struct once_options {
	const struct desired *desired;
	const char *const *instances; /* "NAME" or "TENANT/NAME"; none: all */
	size_t instance_count;
	bool is_plan;
	const struct restoration *restoration; /* only this is done; NULL: the whole */
	struct progress *progress;
};

/* 0 with the outcome in REPORT; -EINTR when a signal ended it (the report holds what was done); another negative errno
 * with *RET_PROBLEM (to be freed) when it could not begin: an instance that is not configured (-ESRCH). A tenant whose
 * credential cannot be used is blocked in the report and does not end the others. */
int once_run(uv_loop_t *loop, const struct once_options *options, struct report *report,
	     char **ret_problem) _must_check_;
