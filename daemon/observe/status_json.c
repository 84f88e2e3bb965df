#include "observe/status_json.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "reconcile/render.h"
#include "world/json.h"

static void add_time(cJSON *object, const char *name, int64_t unix_ms)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(unix_ms, time);
	cJSON_AddStringToObject(object, name, time);
}

static void add_number(cJSON *object, const char *name, uint64_t value)
{
	cJSON_AddNumberToObject(object, name, (double)value);
}

/* ---- passes ---- */

static cJSON *json_of_record(const struct pass_record *record)
{
	cJSON *json = cJSON_CreateObject();

	add_time(json, "started", record->began_unix_ms);
	add_time(json, "ended", record->began_unix_ms + record->duration_ms);
	add_number(json, "duration_ms", (uint64_t)record->duration_ms);
	json_add_text(json, "result", pass_result_name(record->result));
	add_number(json, "drift", record->drift);
	add_number(json, "writes", record->writes);
	add_number(json, "blocked", record->blocked);
	return json;
}

/* ---- installations ---- */

static const struct report_instance *find_instance(const struct status_tenant *tenant, const char *name)
{
	for (const struct report_tenant *t = tenant->report.tenants; t; t = t->next)
		for (const struct report_instance *i = t->instances; i; i = i->next)
			if (text_equal(i->name, name))
				return i;
	return NULL;
}

static const struct report_condition *find_condition(const struct report_instance *instance, const char *type)
{
	for (const struct report_condition *c = instance ? instance->conditions : NULL; c; c = c->next)
		if (text_equal(c->type, type))
			return c;
	return NULL;
}

static bool is_ready(const struct report_instance *instance)
{
	const struct report_condition *ready = find_condition(instance, "Ready");

	return ready && text_equal(ready->status, "True");
}

static void add_since(cJSON *json, const char *name, const struct report_condition *condition)
{
	json_add_text(json, name, condition ? condition->since : NULL);
}

static cJSON *json_of_instance(const struct status_tenant *tenant, const struct desired_instance *desired)
{
	const struct report_instance *instance = find_instance(tenant, desired->name);
	const struct status_write *write = map_get(&tenant->writes, desired->name);
	const struct report_instance unknown = {.name = desired->name};
	cJSON *json = render_instance_json(instance ? instance : &unknown), *last;

	cJSON_AddBoolToObject(json, "known", instance != NULL);
	cJSON_AddBoolToObject(json, "ready", is_ready(instance));
	add_since(json, "ready_since", find_condition(instance, "Ready"));
	add_since(json, "in_sync_since", find_condition(instance, "InSync"));
	if (!write) {
		cJSON_AddNullToObject(json, "last_write");
		return json;
	}
	last = cJSON_AddObjectToObject(json, "last_write");
	add_time(last, "time", write->unix_ms);
	json_add_text(last, "kind", write->kind);
	json_add_text(last, "target", write->target);
	json_add_text(last, "result", write->result);
	return json;
}

/* ---- tenants ---- */

static cJSON *json_of_tenant(const struct status_tenant *tenant, int64_t now_unix_ms, int64_t now_monotonic_ms,
			     size_t events_max)
{
	cJSON *json = cJSON_CreateObject(), *list;

	json_add_text(json, "name", tenant->name);
	json_add_text(json, "tenant_id", tenant->tenant_id);
	json_add_text(json, "mode", tenant->desired->mode == MODE_PLAN ? "plan" : "apply");
	json_add_text(json, "state", tenant->is_running ? "running" : "waiting");
	add_number(json, "passes", tenant->passes);
	cJSON_AddItemToObject(json, "last_pass", tenant->passes ? json_of_record(&tenant->last) : cJSON_CreateNull());
	if (tenant->is_running)
		cJSON_AddNullToObject(json, "next_pass");
	else
		add_time(json, "next_pass", now_unix_ms + tenant->next_monotonic_ms - now_monotonic_ms);
	add_number(json, "consecutive_failures", tenant->failures);
	json_add_text(json, "problem", tenant->drift.problem);
	list = cJSON_AddArrayToObject(json, "instances");
	for (size_t i = 0; i < tenant->desired->instance_count; i++)
		cJSON_AddItemToArray(list, json_of_instance(tenant, &tenant->desired->instances[i]));
	list = cJSON_AddArrayToObject(json, "history");
	for (size_t i = 0; i < tenant->history_count; i++)
		cJSON_AddItemToArray(list,
				     json_of_record(&tenant->history[(tenant->history_first + i) % STATUS_PASSES_MAX]));
	cJSON_AddItemToObject(json, "events", drift_file_json(&tenant->drift, events_max));
	return json;
}

/* ---- the whole ---- */

static cJSON *json_of_daemon(const struct status *status, int64_t now_unix_ms)
{
	cJSON *json = cJSON_CreateObject(), *reload;

	json_add_text(json, "version", SCEPMAND_VERSION);
	add_number(json, "pid", (uint64_t)getpid());
	add_time(json, "now", now_unix_ms);
	add_time(json, "started", status->started_unix_ms);
	json_add_text(json, "config_file", status->desired->file);
	json_add_text(json, "generation", status->desired->generation);
	add_time(json, "configured", status->configured_unix_ms);
	add_number(json, "interval_s", (uint64_t)status->desired->daemon.interval_s);
	if (status->reload.unix_ms) {
		reload = cJSON_AddObjectToObject(json, "last_reload");
		add_time(reload, "time", status->reload.unix_ms);
		cJSON_AddBoolToObject(reload, "accepted", !status->reload.problem);
		json_add_text(reload, "problem", status->reload.problem);
	} else {
		cJSON_AddNullToObject(json, "last_reload");
	}
	json_add_text(json, "state_directory", status->desired->daemon.state_directory);
	json_add_text(json, "state_problem", status->state_problem);
	add_number(json, "loop_stall_max_ms", (uint64_t)status->stall_max_ms);
	return json;
}

static cJSON *json_of_summary(const struct status *status)
{
	cJSON *json = cJSON_CreateObject();
	uint64_t installations = 0, in_sync = 0, ready = 0, blocked = 0, withheld = 0;

	for (size_t t = 0; t < status->tenant_count; t++) {
		const struct status_tenant *tenant = status->tenants[t];
		const struct report_summary summary = report_summarise(&tenant->report);

		blocked += summary.blocked;
		withheld += summary.withheld;
		installations += tenant->desired->instance_count;
		for (const struct report_tenant *r = tenant->report.tenants; r; r = r->next) {
			for (const struct report_instance *i = r->instances; i; i = i->next) {
				in_sync += i->in_sync;
				ready += is_ready(i);
			}
		}
	}
	add_number(json, "installations", installations);
	add_number(json, "in_sync", in_sync);
	add_number(json, "ready", ready);
	add_number(json, "blocked", blocked);
	add_number(json, "withheld", withheld);
	return json;
}

cJSON *status_json(const struct status *status, int64_t now_unix_ms, int64_t now_monotonic_ms, size_t events_max)
{
	cJSON *json = cJSON_CreateObject(), *tenants;

	json_add_text(json, "format_version", "1");
	cJSON_AddBoolToObject(json, "ready", status_is_ready(status, now_monotonic_ms));
	cJSON_AddItemToObject(json, "summary", json_of_summary(status));
	cJSON_AddItemToObject(json, "daemon", json_of_daemon(status, now_unix_ms));
	tenants = cJSON_AddArrayToObject(json, "tenants");
	for (size_t i = 0; i < status->tenant_count; i++)
		cJSON_AddItemToArray(tenants,
				     json_of_tenant(status->tenants[i], now_unix_ms, now_monotonic_ms, events_max));
	return json;
}
