/*
 * The examination of one tenant: a token for each audience, a plan pass that finds out where everything is, then what
 * the identity may do there. It changes nothing: its transport is read-only. Several tenants go side by side on one
 * loop.
 */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "doctor/diagnosis.h"

struct examination;

struct examination_options {
	const struct desired_tenant *tenant;
	const struct desired_daemon *daemon;
	const char *const *only; /* names of installations; NULL: all */
	size_t only_count;
};

/* Begins; it is over when LOOP has nothing left to do. What OPTIONS points to must outlive it; the struct is copied. */
struct examination *examination_new(uv_loop_t *loop, const struct examination_options *options) _must_check_;
/* What was found, when it is over; as long as the examination. */
const struct diagnosis *examination_diagnosis(const struct examination *examination);
/* Only when it is over. NULL is allowed. */
void examination_free(struct examination *examination);
