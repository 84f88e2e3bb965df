/* Says to the log what happens to a tenant while a pass runs: writes and their results, throttling, warnings; requests
 * at level debug. */
#pragma once

#include "observe/log.h"
#include "observe/watcher.h"

/* LOG must outlive it. */
struct watcher log_watcher(const struct log *log);
