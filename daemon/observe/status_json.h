/*
 * What the daemon knows as one document: the body of /status, what the page is made of, and what `scepmand status`
 * asks for. No secrets: sensitive values are keyed fingerprints since the report was made. Times are RFC 3339, UTC;
 * null where there is nothing to say.
 *
 * {
 *   "format_version": "1",
 *   "ready": bool,                     a pass completed for every tenant within three intervals (/readyz)
 *   "summary": {"installations", "in_sync", "ready", "blocked", "withheld"},   numbers of installations; blocked and
 *                                      withheld count conditions and grants
 *   "daemon": {
 *     "version", "pid", "now", "started",
 *     "config_file", "generation", "configured",    the desired state in use, and since when
 *     "interval_s",
 *     "last_reload": {"time", "accepted": bool, "problem"} or null,   problem: FILE:LINE:COLUMN: message, one a line
 *     "state_directory",
 *     "state_problem": text,           why it cannot be used, so that nothing is written; or null
 *     "loop_stall_max_ms": number      the longest time that the loop was away from its events
 *   },
 *   "tenants": [{
 *     "name", "tenant_id", "mode": "apply|plan",
 *     "state": "waiting|running",
 *     "passes": number,                since the daemon's start
 *     "last_pass": {"started", "ended", "duration_ms", "result", "drift", "writes", "blocked"} or null,
 *                                      result: in-sync|drift|blocked|failed|interrupted
 *     "next_pass": time,               null while one is running
 *     "consecutive_failures": number,
 *     "problem": text,                 of the drift history's file, or null
 *     "instances": [{
 *       "name", "in_sync": bool, "ready": bool,
 *       "in_sync_since", "ready_since",     since when these two are as they are
 *       "known": bool,                 false: no pass has ended yet, all else of the installation is empty
 *       "actions": [{"action", "kind", "target", "slot", "key", "before", "after", "sensitive", "restarts", "reason",
 *                    "applied": bool, "node"}],     of the last pass: done, or pending
 *       "conditions": [{"type", "status", "reason", "message", "since", "generation", "node",
 *                       "blocking": bool}],      it keeps the installation from its desired state
 *       "withheld": [{"kind", "target", "command", "request"}],
 *       "last_write": {"time", "kind", "target", "result"} or null
 *     }],
 *     "history": [last_pass …],        the last passes, oldest first
 *     "events": [{"time", "event", "instance", "kind", "target", "slot", "node", "action", "keys", "reason",
 *                 "message", "generation"}]          the drift history, oldest first; members without value are
 *                                      left out; event: drift-found|drift-healed|blocked|unblocked
 *   }]
 * }
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "observe/status.h"

enum { STATUS_EVENTS_SHOWN = DRIFT_EVENTS_HELD };

/* At most EVENTS_MAX events of each tenant (the file has DRIFT_EVENTS_MAX). To be freed with cJSON_Delete(). */
cJSON *status_json(const struct status *status, int64_t now_unix_ms, int64_t now_monotonic_ms,
		   size_t events_max) _must_check_;
