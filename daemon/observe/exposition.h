/* Prometheus' text format, version 0.0.4: families with their help, and samples. Knows no metric of ours. */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"

#define EXPOSITION_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum exposition_type { EXPOSITION_COUNTER, EXPOSITION_GAUGE, EXPOSITION_HISTOGRAM };

/* COUNT names and values in turn as {name="value",…}, escaped; "" when COUNT is 0. In ARENA. */
const char *exposition_labels(struct arena *arena, const char *const *names_and_values, size_t count);
/* Begins the family NAME; all its samples follow at once. */
void exposition_begin(struct buffer *out, const char *name, enum exposition_type type, const char *help);
/* One sample. SUFFIX: "" or what a histogram's series add to the name. LABELS as exposition_labels() makes them. */
void exposition_add(struct buffer *out, const char *name, const char *suffix, const char *labels, double value);

/* A histogram with fixed upper bounds. */
enum { EXPOSITION_BUCKETS_MAX = 16 };

struct exposition_histogram {
	double counts[EXPOSITION_BUCKETS_MAX]; /* of each bucket alone; what is above all bounds is only in COUNT */
	double count, sum;
};

/* BOUNDS: ascending, COUNT <= EXPOSITION_BUCKETS_MAX of them. */
void exposition_observe(struct exposition_histogram *histogram, const double *bounds, size_t count, double value);
/* Its series: _bucket with "le" added to LABELS, _sum and _count. */
void exposition_add_histogram(struct buffer *out, const char *name, const char *labels, const double *bounds,
			      size_t count, const struct exposition_histogram *histogram);
