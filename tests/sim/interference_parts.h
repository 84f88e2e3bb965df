/* What an interference is made of, for interference.c and control.c only. */
#pragma once

#include "faults.h"
#include "journal.h"
#include "lag.h"
#include "throttle.h"
#include "writers.h"

struct interference {
	struct journal journal;
	struct faults faults;
	struct throttle throttle;
	struct lag lag;
	struct writers writers;
	int64_t latency_ms;
};
