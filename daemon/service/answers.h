/* What the endpoint says under each path: health, readiness, and the status document. It reads the status and changes
 * nothing. */
#pragma once

#include "service/endpoint.h"
#include "service/status.h"

/* An endpoint_answer_fn; ARG is a struct status. */
bool answers_give(void *arg, const char *path, struct endpoint_page *ret);
