/* Says to the log what happens to a tenant while a pass runs: writes and their results, throttling, warnings; requests
 * at level debug. */
#pragma once

#include "service/log.h"
#include "service/watcher.h"

/* LOG must outlive it. */
struct watcher log_watcher(const struct log *log);
