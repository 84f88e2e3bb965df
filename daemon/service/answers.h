/* What the endpoint says under each path: health, readiness, metrics, the status document and the page. It reads what
 * the daemon knows and changes nothing. */
#pragma once

#include "service/endpoint.h"
#include "observe/metrics.h"
#include "observe/status.h"

struct answers {
	uv_loop_t *loop; /* whose handles are counted */
	const struct status *status;
	const struct metrics *metrics;
};

/* An endpoint_answer_fn; ARG is a struct answers. */
bool answers_give(void *arg, const char *path, struct endpoint_page *ret);
