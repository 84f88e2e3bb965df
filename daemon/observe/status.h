/*
 * What the running daemon knows, for everybody who asks: /status, the page, `scepmand status`, systemd's status line,
 * readiness and metrics. It only keeps what it is told; it starts nothing and decides nothing. status_json.h says it in
 * one JSON document.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/map.h"
#include "desired/desired.h"
#include "reconcile/report.h"
#include "observe/drift_file.h"
#include "observe/pass_record.h"
#include "observe/watcher.h"

enum { STATUS_PASSES_MAX = 96 }; /* a day of passes at the default interval */

/* The last write to an installation. */
struct status_write {
	int64_t unix_ms;
	char *kind, *target;
	const char *result; /* "ok", or the class of the refusal */
};

struct status_tenant {
	const struct desired_tenant *desired;
	char *name, *tenant_id;
	bool is_running;
	uint64_t passes;
	int64_t began_unix_ms;                         /* of the pass under way */
	struct pass_record last;                       /* passes > 0 */
	bool has_completed;                            /* some pass learned something */
	int64_t completed_monotonic_ms;                /* when the last such pass ended */
	int64_t next_monotonic_ms;                     /* when the next pass is due; meaningless while one runs */
	unsigned failures;                             /* passes in a row that learned nothing */
	struct report report;                          /* of the last pass that was not interrupted; empty before */
	struct map writes;                             /* name of the installation -> struct status_write */
	struct pass_record history[STATUS_PASSES_MAX]; /* a ring */
	size_t history_first, history_count;
	struct drift_file drift;
};

struct status {
	int64_t started_unix_ms;
	const struct desired *desired;
	int64_t configured_unix_ms; /* since when that is the desired state */
	struct {
		int64_t unix_ms; /* 0: never */
		char *problem;   /* why the file was refused and the old state kept, or NULL */
	} reload;
	char *state_problem;  /* why nothing can be written: of the state directory, or NULL */
	int64_t stall_max_ms; /* the longest time that the loop was away from its events */
	struct status_tenant **tenants;
	size_t tenant_count;
};

void status_init(struct status *status, int64_t now_unix_ms);
void status_done(struct status *status);
/* DESIRED is the desired state from now on: what is known of tenants that stay (name and tenant_id) is kept, the others
 * are forgotten, the new ones begin. The old desired state may be freed afterwards. */
void status_set_desired(struct status *status, const struct desired *desired, int64_t now_unix_ms);
/* A configuration was refused (PROBLEM, copied) or, NULL, accepted. */
void status_set_reload(struct status *status, const char *problem, int64_t now_unix_ms);
/* The tenant of that name, which must be configured. */
struct status_tenant *status_find(const struct status *status, const char *name);

void status_pass_begins(struct status_tenant *tenant, int64_t now_unix_ms);
/* REPORT: taken over when not NULL; NULL after an interrupted pass. */
void status_pass_ends(struct status_tenant *tenant, const struct pass_record *record, struct report *report,
		      int64_t now_monotonic_ms, int64_t next_monotonic_ms);
/* Notes the last write of each installation. STATUS must outlive it. */
struct watcher status_watcher(struct status *status);

/* Has a pass completed for TENANT within three intervals? */
bool status_tenant_is_ready(const struct status *status, const struct status_tenant *tenant, int64_t now_monotonic_ms);
/* Has one for every tenant? */
bool status_is_ready(const struct status *status, int64_t now_monotonic_ms);
/* One line for systemctl status: "2 of 3 installations in sync; blocked: Contoso/a (InsufficientPrivileges); …". */
void status_line(const struct status *status, int64_t now_monotonic_ms, struct buffer *ret);
