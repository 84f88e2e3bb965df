/* What is kept of each pass for `status`, the page and the metrics: when, how long, and how it ended. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "reconcile/report.h"

/* How a pass over a tenant ended; the worst installation decides. */
enum pass_result {
	PASS_IN_SYNC,
	PASS_DRIFT,       /* something is not as desired and left alone: a plan, a hold, an administrator's grant */
	PASS_BLOCKED,     /* something could not be read, decided or written */
	PASS_FAILED,      /* nothing could be learned of the tenant */
	PASS_INTERRUPTED, /* by a reload or the end of the daemon; the next pass looks again */
};

struct pass_record {
	int64_t began_unix_ms, duration_ms;
	enum pass_result result;
	unsigned drift;   /* changes that were found, made or not */
	unsigned writes;  /* that took effect */
	unsigned blocked; /* conditions that block */
};

/* "in-sync", "drift", "blocked", "failed", "interrupted" */
const char *pass_result_name(enum pass_result result);
/* Fills in what REPORT, of one pass over one tenant, says. */
void pass_record_judge(struct pass_record *record, const struct report *report);
