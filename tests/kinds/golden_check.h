/* What must be true after the passes of a golden case: what the case says, and what no case may break. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "desired/desired.h"
#include "golden_case.h"
#include "golden_cloud.h"

/* What was printed and returned at the end. */
struct golden_outcome {
	const char *text, *json, *grants_text, *grants_json;
	int exit_status;
};

/* Each of them appends a line for each thing that is wrong to PROBLEMS. */

/* What the case expects of all its passes. */
void golden_check_expectations(const struct golden_case *golden, const struct golden_cloud *cloud,
			       const struct golden_outcome *outcome, struct buffer *problems);
/* All writes in the way in which a case expects them, for whoever writes one: {"request", "settings" or "body"}. */
cJSON *golden_show_writes(const struct golden_cloud *cloud) _must_check_;
/* What holds for every pass: WRITES are those of this pass. At most one settings write for each site; foreign settings,
 * but those that a clone takes over, byte for byte; nothing that was in a list is gone from it; nothing at all in a
 * plan. */
void golden_check_writes(const struct desired *desired, const cJSON *writes, bool is_plan, struct buffer *problems);
/* Settings' values that begin with "canary" are nowhere to be read. */
void golden_check_secrets(const struct golden_outcome *outcome, struct buffer *problems);
