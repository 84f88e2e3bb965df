#include "observe/status.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

void status_init(struct status *status, int64_t now_unix_ms)
{
	*status = (struct status){.started_unix_ms = now_unix_ms};
}

/* ---- tenants ---- */

static struct status_tenant *status_tenant_new(const struct desired *desired, const struct desired_tenant *tenant)
{
	struct status_tenant *status = memory_new(sizeof(*status));

	status->name = memory_copy_text(tenant->name);
	status->tenant_id = memory_copy_text(tenant->tenant_id);
	drift_file_init(&status->drift, desired->daemon.state_directory, tenant->name);
	return status;
}

static void status_forget_write(struct status_write *write)
{
	if (!write)
		return;
	free(write->kind);
	free(write->target);
	free(write);
}

static void status_tenant_free(struct status_tenant *tenant)
{
	if (!tenant)
		return;
	for (size_t i = 0; i < tenant->writes.count; i++)
		status_forget_write(tenant->writes.entries[i].value);
	map_done(&tenant->writes);
	report_done(&tenant->report);
	drift_file_done(&tenant->drift);
	free(tenant->name);
	free(tenant->tenant_id);
	free(tenant);
}

void status_done(struct status *status)
{
	for (size_t i = 0; i < status->tenant_count; i++)
		status_tenant_free(status->tenants[i]);
	free(status->tenants);
	free(status->reload.problem);
	free(status->state_problem);
}

/* Takes the tenant out of the old list, when it is the same one with the same state directory. */
static struct status_tenant *status_take(struct status *status, const struct desired *desired,
					 const struct desired_tenant *wanted)
{
	if (!status->desired || !text_equal(status->desired->daemon.state_directory, desired->daemon.state_directory))
		return NULL;
	for (size_t i = 0; i < status->tenant_count; i++) {
		struct status_tenant *tenant = status->tenants[i];

		if (!tenant || !text_equal(tenant->name, wanted->name) ||
		    !text_equal_fold(tenant->tenant_id, wanted->tenant_id))
			continue;
		status->tenants[i] = NULL;
		return tenant;
	}
	return NULL;
}

void status_set_desired(struct status *status, const struct desired *desired, int64_t now_unix_ms)
{
	struct status_tenant **tenants = memory_new(desired->tenant_count * sizeof(struct status_tenant *));

	for (size_t i = 0; i < desired->tenant_count; i++) {
		tenants[i] = status_take(status, desired, &desired->tenants[i]);
		if (!tenants[i])
			tenants[i] = status_tenant_new(desired, &desired->tenants[i]);
		tenants[i]->desired = &desired->tenants[i];
	}
	for (size_t i = 0; i < status->tenant_count; i++)
		status_tenant_free(status->tenants[i]);
	free(status->tenants);
	status->tenants = tenants;
	status->tenant_count = desired->tenant_count;
	status->desired = desired;
	status->configured_unix_ms = now_unix_ms;
}

void status_set_reload(struct status *status, const char *problem, int64_t now_unix_ms)
{
	free(status->reload.problem);
	status->reload.problem = memory_copy_text(problem);
	status->reload.unix_ms = now_unix_ms;
}

struct status_tenant *status_find(const struct status *status, const char *name)
{
	for (size_t i = 0; i < status->tenant_count; i++)
		if (text_equal(status->tenants[i]->name, name))
			return status->tenants[i];
	return NULL;
}

/* ---- passes ---- */

void status_pass_begins(struct status_tenant *tenant, int64_t now_unix_ms)
{
	tenant->is_running = true;
	tenant->began_unix_ms = now_unix_ms;
}

static void status_remember_pass(struct status_tenant *tenant, const struct pass_record *record)
{
	size_t at = (tenant->history_first + tenant->history_count) % STATUS_PASSES_MAX;

	tenant->history[at] = *record;
	if (tenant->history_count < STATUS_PASSES_MAX)
		tenant->history_count++;
	else
		tenant->history_first = (tenant->history_first + 1) % STATUS_PASSES_MAX;
}

void status_pass_ends(struct status_tenant *tenant, const struct pass_record *record, struct report *report,
		      int64_t now_monotonic_ms, int64_t next_monotonic_ms)
{
	tenant->is_running = false;
	tenant->passes++;
	tenant->last = *record;
	tenant->next_monotonic_ms = next_monotonic_ms;
	status_remember_pass(tenant, record);
	if (record->result == PASS_FAILED)
		tenant->failures++;
	else if (record->result != PASS_INTERRUPTED)
		tenant->failures = 0;
	if (!report)
		return;
	if (record->result != PASS_FAILED) {
		tenant->has_completed = true;
		tenant->completed_monotonic_ms = now_monotonic_ms;
	}
	report_done(&tenant->report);
	tenant->report = *report;
}

static void status_after_write(void *arg, struct world *world, const struct node *node,
			       const struct request *request _unused_, const struct response *response)
{
	struct status_tenant *tenant = status_find(arg, world->tenant->name);
	const enum fault_class class = response->fault.class;
	struct status_write *write;

	if (!tenant || !node->installation)
		return;
	write = memory_new(sizeof(*write));
	*write = (struct status_write){
		.unix_ms = clock_unix_ms(),
		.kind = memory_copy_text(node->kind->name),
		.target = memory_copy_text(node->label),
		.result = class == FAULT_NONE || class == FAULT_EXISTS ? "ok" : fault_class_name(class),
	};
	status_forget_write(map_remove(&tenant->writes, node->installation->desired->name));
	map_put(&tenant->writes, node->installation->desired->name, write);
}

struct watcher status_watcher(struct status *status)
{
	return (struct watcher){.arg = status, .after_write = status_after_write};
}

/* ---- short answers ---- */

bool status_tenant_is_ready(const struct status *status, const struct status_tenant *tenant, int64_t now_monotonic_ms)
{
	return tenant->has_completed &&
	       now_monotonic_ms - tenant->completed_monotonic_ms <= 3 * status->desired->daemon.interval_s * 1000;
}

bool status_is_ready(const struct status *status, int64_t now_monotonic_ms)
{
	for (size_t i = 0; i < status->tenant_count; i++)
		if (!status_tenant_is_ready(status, status->tenants[i], now_monotonic_ms))
			return false;
	return true;
}

/* The first condition that blocks, or NULL. */
static const char *blocking_reason(const struct report_instance *instance)
{
	for (const struct report_condition *c = instance->conditions; c; c = c->next)
		if (c->is_blocking)
			return c->reason;
	return NULL;
}

static void add_next_pass(const struct status *status, int64_t now_monotonic_ms, struct buffer *ret)
{
	int64_t wait_ms = INT64_MAX;
	size_t running = 0;

	for (size_t i = 0; i < status->tenant_count; i++) {
		const struct status_tenant *tenant = status->tenants[i];

		running += tenant->is_running;
		if (!tenant->is_running && tenant->next_monotonic_ms - now_monotonic_ms < wait_ms)
			wait_ms = tenant->next_monotonic_ms - now_monotonic_ms;
	}
	if (running) {
		buffer_append_text(ret, "; a pass is running");
	} else if (wait_ms != INT64_MAX) {
		char time[CLOCK_RFC3339_SIZE];

		clock_format_rfc3339(clock_unix_ms() + (wait_ms > 0 ? wait_ms : 0), time);
		buffer_printf(ret, "; next pass at %.5s UTC", time + sizeof("2026-01-02T") - 1);
	}
}

void status_line(const struct status *status, int64_t now_monotonic_ms, struct buffer *ret)
{
	size_t total = 0, in_sync = 0, blocked = 0;

	for (size_t t = 0; t < status->tenant_count; t++) {
		total += status->tenants[t]->desired->instance_count;
		for (const struct report_tenant *r = status->tenants[t]->report.tenants; r; r = r->next)
			for (const struct report_instance *i = r->instances; i; i = i->next)
				in_sync += i->in_sync;
	}
	buffer_printf(ret, "%zu of %zu installation%s in sync", in_sync, total, total == 1 ? "" : "s");
	for (size_t t = 0; t < status->tenant_count; t++) {
		for (const struct report_tenant *r = status->tenants[t]->report.tenants; r; r = r->next) {
			for (const struct report_instance *i = r->instances; i; i = i->next) {
				const char *reason = blocking_reason(i);

				if (reason && blocked++ < 3)
					buffer_printf(ret, "%s%s/%s (%s)", blocked == 1 ? "; blocked: " : ", ", r->name,
						      i->name, reason);
			}
		}
	}
	if (blocked > 3)
		buffer_printf(ret, " and %zu more", blocked - 3);
	if (status->state_problem)
		buffer_append_text(ret, "; nothing can be written: the state directory cannot be used");
	if (status->reload.problem)
		buffer_append_text(ret, "; the changed configuration is invalid and not used");
	add_next_pass(status, now_monotonic_ms, ret);
}
