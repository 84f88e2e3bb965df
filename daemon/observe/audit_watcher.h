/* Has the audit trail told of every write, before it is sent and after: no entry on the disk, no write. */
#pragma once

#include "observe/audit.h"
#include "observe/watcher.h"

struct audit_watcher {
	struct watcher watcher;
	struct audit *audit;
	const struct watchers *watchers; /* whose warning() is told when an answer could not be recorded */
};

/* AUDIT and WATCHERS (which may hold AUDITOR's own watcher) must outlive it; AUDITOR must stay where it is. */
void audit_watcher_init(struct audit_watcher *auditor, struct audit *audit, const struct watchers *watchers);
