/* One pass of the whole core against the cloud of a golden case. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "golden_case.h"
#include "golden_cloud.h"
#include "reconcile/report.h"

/* The configuration of the case, which must be valid; to be freed with desired_free(). */
struct desired *golden_desired(const struct golden_case *golden) _must_check_;
/* A pass of DESIRED's first tenant. What no pass may do is added to cloud->problems, what it came to to REPORT. */
void golden_pass(const struct desired *desired, struct golden_cloud *cloud, struct memory_of_passes *memory,
		 bool is_plan, const cJSON *operator_says, struct report *report);
