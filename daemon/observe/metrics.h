/*
 * The daemon's metrics (product.md section 4): counts what it is told while passes run, and prints it for Prometheus.
 * Holds a number for each combination of labels, none of which comes from the cloud's data, so it does not grow with
 * time. No secrets.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "desired/desired.h"
#include "reconcile/report.h"
#include "observe/pass_record.h"
#include "observe/watcher.h"

struct metrics;

/* STARTED_UNIX_MS: since when this process runs. */
struct metrics *metrics_new(int64_t started_unix_ms) _must_check_;
void metrics_free(struct metrics *metrics);

/* Counts requests, writes, throttling and tokens. METRICS must outlive it. */
struct watcher metrics_watcher(struct metrics *metrics);
/* A pass over TENANT has ended as RECORD says. REPORT is that pass' (NULL after an interrupted one). */
void metrics_pass_ends(struct metrics *metrics, const struct desired_tenant *tenant, const struct pass_record *record,
		       const struct report *report);
/* DESIRED is the desired state from now on: the gauges of tenants and installations that it does not
 * have are forgotten. */
void metrics_set_desired(struct metrics *metrics, const struct desired *desired);

/* What whoever drives the loop knows of it. */
struct metrics_loop {
	int64_t stall_max_ms; /* the longest time that it was away from its events */
	size_t handles;       /* that are open on it */
};

/* Appends all of them in Prometheus' text format. */
void metrics_print(const struct metrics *metrics, const struct metrics_loop *loop, struct buffer *ret);
