/* What the cloud of a golden case makes of writes: a default answer, and what later reads show. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "golden_cloud.h"

/* The answer to the write NAME with BODY (JSON text or NULL) where the case gives none: what was written, with ids. */
cJSON *golden_echo(struct golden_cloud *cloud, const char *name, const char *body) _must_check_;
/* NAME took effect and is answered with ANSWER (or NULL). */
void golden_learn(struct golden_cloud *cloud, const char *name, const char *body, const cJSON *answer);
/* The read NAME was answered with BODY. */
void golden_saw(struct golden_cloud *cloud, const char *name, const cJSON *body);
/* A copy of what was last read of that which the write NAME concerns, or null. */
cJSON *golden_known(const struct golden_cloud *cloud, const char *name) _must_check_;
