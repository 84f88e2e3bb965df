#include "observe/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "observe/exposition.h"
#include "observe/process_metrics.h"

/* A family with labels: the labels as they are printed -> a number, or a histogram. */
enum family {
	FAMILY_PASSES,
	FAMILY_PASS_SUCCESS,
	FAMILY_DRIFT,
	FAMILY_WRITES,
	FAMILY_BLOCKED,
	FAMILY_REQUESTS,
	FAMILY_THROTTLED,
	FAMILY_TOKEN_EXPIRY,
	FAMILIES,
};

static const struct {
	const char *name;
	enum exposition_type type;
	const char *help;
	/* Gauges say what is, so they are forgotten with what they are about; counters say what was. */
	enum { ABOUT_THE_PAST, ABOUT_A_TENANT, ABOUT_AN_INSTALLATION } about;
} families[FAMILIES] = {
	[FAMILY_PASSES] = {"scepmand_passes_total", EXPOSITION_COUNTER, "Passes over a tenant by how they ended."},
	[FAMILY_PASS_SUCCESS] = {"scepmand_last_pass_success_timestamp_seconds", EXPOSITION_GAUGE,
				 "When the last pass ended that left the installation as desired.",
				 ABOUT_AN_INSTALLATION},
	[FAMILY_DRIFT] = {"scepmand_drift", EXPOSITION_GAUGE,
			  "Differences from the desired state that the last pass left, by kind of resource.",
			  ABOUT_AN_INSTALLATION},
	[FAMILY_WRITES] = {"scepmand_writes_total", EXPOSITION_COUNTER,
			   "Writes to the cloud by kind of resource and result."},
	[FAMILY_BLOCKED] = {"scepmand_blocked", EXPOSITION_GAUGE,
			    "Conditions that keep the installation from its desired state, by reason.",
			    ABOUT_AN_INSTALLATION},
	[FAMILY_REQUESTS] = {"scepmand_http_requests_total", EXPOSITION_COUNTER,
			     "HTTP requests by status code; code 0: there was no answer."},
	[FAMILY_THROTTLED] = {"scepmand_throttled_seconds_total", EXPOSITION_COUNTER,
			      "Time that a host asked us to hold back."},
	[FAMILY_TOKEN_EXPIRY] = {"scepmand_token_expiry_timestamp_seconds", EXPOSITION_GAUGE,
				 "Until when the latest access token can be used.", ABOUT_A_TENANT},
};

static const double pass_bounds[] = {0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600};
static const double request_bounds[] = {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

struct metrics {
	int64_t started_unix_ms;
	struct arena arena;          /* of everything below: a hundred small pieces that stay, not one on each page */
	struct map series[FAMILIES]; /* labels -> double */
	struct map passes, requests; /* labels -> struct exposition_histogram */
};

/* Empty. */
static void metrics_init(struct metrics *metrics, int64_t started_unix_ms)
{
	*metrics = (struct metrics){.started_unix_ms = started_unix_ms};
	for (size_t i = 0; i < FAMILIES; i++)
		map_init_in(&metrics->series[i], &metrics->arena);
	map_init_in(&metrics->passes, &metrics->arena);
	map_init_in(&metrics->requests, &metrics->arena);
}

struct metrics *metrics_new(int64_t started_unix_ms)
{
	struct metrics *metrics = memory_new(sizeof(*metrics));

	metrics_init(metrics, started_unix_ms);
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return;
	arena_done(&metrics->arena);
	free(metrics);
}

/* ---- series ---- */

#define LABELS(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* What stands under these labels, made of SIZE zero bytes when it is new. */
static void *series_get(struct map *map, const char *const *names_and_values, size_t count, size_t size)
{
	struct arena arena = {0};
	const char *labels = exposition_labels(&arena, names_and_values, count);
	void *value = map_get(map, labels);

	if (!value) {
		value = arena_alloc(map->arena, size);
		map_put(map, labels, value);
	}
	arena_done(&arena);
	return value;
}

static double *number(struct metrics *metrics, enum family family, const char *const *names_and_values, size_t count)
{
	return series_get(&metrics->series[family], names_and_values, count, sizeof(double));
}

/* ---- what passes tell ---- */

static const char *write_result(const struct response *response)
{
	return response->fault.class == FAULT_NONE ? "ok" : fault_class_name(response->fault.class);
}

static void metrics_after_write(void *arg, struct world *world, const struct node *node,
				const struct request *request _unused_, const struct response *response)
{
	const char *instance = node->installation ? node->installation->desired->name : "";

	++*number(arg, FAMILY_WRITES,
		  LABELS("tenant", world->tenant->name, "instance", instance, "kind", node->kind->name, "result",
			 write_result(response)));
}

static void metrics_request_finished(void *arg, const struct desired_tenant *tenant, const char *host,
				     enum method method, int status, int64_t duration_ms, unsigned parts _unused_)
{
	struct metrics *metrics = arg;
	char code[16];

	snprintf(code, sizeof(code), "%d", status);
	++*number(metrics, FAMILY_REQUESTS,
		  LABELS("tenant", tenant->name, "host", host, "method", method_name(method), "code", code));
	exposition_observe(series_get(&metrics->requests, LABELS("tenant", tenant->name, "host", host),
				      sizeof(struct exposition_histogram)),
			   request_bounds, ARRAY_SIZE(request_bounds), (double)duration_ms / 1000);
}

static void metrics_throttled(void *arg, const struct desired_tenant *tenant, const char *host, int64_t duration_ms)
{
	*number(arg, FAMILY_THROTTLED, LABELS("tenant", tenant->name, "host", host)) += (double)duration_ms / 1000;
}

static void metrics_token_renewed(void *arg, const struct desired_tenant *tenant, const char *audience,
				  int64_t expires_unix_s)
{
	*number(arg, FAMILY_TOKEN_EXPIRY, LABELS("tenant", tenant->name, "audience", audience)) =
		(double)expires_unix_s;
}

struct watcher metrics_watcher(struct metrics *metrics)
{
	return (struct watcher){
		.arg = metrics,
		.after_write = metrics_after_write,
		.request_finished = metrics_request_finished,
		.throttled = metrics_throttled,
		.token_renewed = metrics_token_renewed,
	};
}

/* ---- what they leave behind ---- */

/* How the labels of everything about an installation begin, or without INSTANCE about a tenant. In ARENA. */
static const char *labels_of(struct arena *arena, const char *tenant, const char *instance)
{
	const char *const names[] = {"tenant", tenant, "instance", instance};
	char *labels = arena_copy_text(arena, exposition_labels(arena, names, instance ? 4 : 2));

	labels[strlen(labels) - 1] = 0; /* the closing brace */
	return labels;
}

/* Drift that is gone is zero, not absent: an alert that waits for it must see it go. */
static void metrics_zero(struct metrics *metrics, enum family family, const char *tenant, const char *instance)
{
	struct map *map = &metrics->series[family];
	struct arena arena = {0};
	const char *prefix = labels_of(&arena, tenant, instance);

	for (size_t i = 0; i < map->count; i++)
		if (text_has_prefix(map->entries[i].name, prefix))
			*(double *)map->entries[i].value = 0;
	arena_done(&arena);
}

static void metrics_take_drift(struct metrics *metrics, const char *tenant, const struct report_instance *instance)
{
	metrics_zero(metrics, FAMILY_DRIFT, tenant, instance->name);
	for (const struct report_change *change = instance->changes; change; change = change->next)
		if (change->is_planned)
			++*number(metrics, FAMILY_DRIFT,
				  LABELS("tenant", tenant, "instance", instance->name, "kind", change->kind));
	for (const struct report_withheld *withheld = instance->withheld; withheld; withheld = withheld->next)
		++*number(metrics, FAMILY_DRIFT,
			  LABELS("tenant", tenant, "instance", instance->name, "kind", withheld->kind));
}

static void metrics_take_instance(struct metrics *metrics, const char *tenant, const struct report_instance *instance,
				  int64_t ended_unix_ms)
{
	metrics_zero(metrics, FAMILY_BLOCKED, tenant, instance->name);
	for (const struct report_condition *condition = instance->conditions; condition; condition = condition->next)
		if (condition->is_blocking)
			++*number(metrics, FAMILY_BLOCKED,
				  LABELS("tenant", tenant, "instance", instance->name, "reason", condition->reason));
	if (instance->in_sync)
		*number(metrics, FAMILY_PASS_SUCCESS, LABELS("tenant", tenant, "instance", instance->name)) =
			(double)(ended_unix_ms / 1000);
}

void metrics_pass_ends(struct metrics *metrics, const struct desired_tenant *tenant, const struct pass_record *record,
		       const struct report *report)
{
	++*number(metrics, FAMILY_PASSES, LABELS("tenant", tenant->name, "result", pass_result_name(record->result)));
	exposition_observe(
		series_get(&metrics->passes, LABELS("tenant", tenant->name), sizeof(struct exposition_histogram)),
		pass_bounds, ARRAY_SIZE(pass_bounds), (double)record->duration_ms / 1000);
	for (const struct report_tenant *t = report ? report->tenants : NULL; t; t = t->next) {
		for (const struct report_instance *instance = t->instances; instance; instance = instance->next) {
			/* Where nothing could be asked, nothing is known to be healed. */
			if (!t->is_unreachable)
				metrics_take_drift(metrics, t->name, instance);
			metrics_take_instance(metrics, t->name, instance, record->began_unix_ms + record->duration_ms);
		}
	}
}

static bool is_desired(const struct desired *desired, struct arena *arena, enum family family, const char *labels)
{
	for (size_t t = 0; t < desired->tenant_count; t++) {
		const struct desired_tenant *tenant = &desired->tenants[t];

		if (families[family].about == ABOUT_A_TENANT &&
		    text_has_prefix(labels, labels_of(arena, tenant->name, NULL)))
			return true;
		for (size_t i = 0; i < tenant->instance_count; i++)
			if (text_has_prefix(labels, labels_of(arena, tenant->name, tenant->instances[i].name)))
				return true;
	}
	return false;
}

static void copy_series(struct map *to, const struct map_entry *entry, size_t size)
{
	void *value = arena_alloc(to->arena, size);

	memcpy(value, entry->value, size);
	map_put(to, entry->name, value);
}

/* What is still desired of FAMILY, which is FROM; all of what tells of the past. */
static void copy_numbers(struct map *to, const struct map *from, enum family family, const struct desired *desired)
{
	struct arena arena = {0};

	for (size_t i = 0; i < from->count; i++)
		if (families[family].about == ABOUT_THE_PAST ||
		    is_desired(desired, &arena, family, from->entries[i].name))
			copy_series(to, &from->entries[i], sizeof(double));
	arena_done(&arena);
}

static void copy_histograms(struct map *to, const struct map *from)
{
	for (size_t i = 0; i < from->count; i++)
		copy_series(to, &from->entries[i], sizeof(struct exposition_histogram));
}

/* What stays moves to a new arena. */
void metrics_set_desired(struct metrics *metrics, const struct desired *desired)
{
	struct metrics old = *metrics;

	metrics_init(metrics, old.started_unix_ms);
	for (size_t family = 0; family < FAMILIES; family++)
		copy_numbers(&metrics->series[family], &old.series[family], (enum family)family, desired);
	copy_histograms(&metrics->passes, &old.passes);
	copy_histograms(&metrics->requests, &old.requests);
	arena_done(&old.arena);
}

/* ---- printing ---- */

static void print_numbers(const struct metrics *metrics, struct buffer *ret)
{
	for (size_t family = 0; family < FAMILIES; family++) {
		const struct map *map = &metrics->series[family];

		exposition_begin(ret, families[family].name, families[family].type, families[family].help);
		for (size_t i = 0; i < map->count; i++)
			exposition_add(ret, families[family].name, "", map->entries[i].name,
				       *(const double *)map->entries[i].value);
	}
}

static void print_histograms(const char *name, const char *help, const struct map *map, const double *bounds,
			     size_t count, struct buffer *ret)
{
	exposition_begin(ret, name, EXPOSITION_HISTOGRAM, help);
	for (size_t i = 0; i < map->count; i++)
		exposition_add_histogram(ret, name, map->entries[i].name, bounds, count, map->entries[i].value);
}

void metrics_print(const struct metrics *metrics, const struct metrics_loop *loop, struct buffer *ret)
{
	exposition_begin(ret, "scepmand_build_info", EXPOSITION_GAUGE, "Always 1; the version is in the label.");
	exposition_add(ret, "scepmand_build_info", "", "{version=\"" SCEPMAND_VERSION "\"}", 1);
	print_numbers(metrics, ret);
	print_histograms("scepmand_pass_duration_seconds", "How long passes over a tenant take.", &metrics->passes,
			 pass_bounds, ARRAY_SIZE(pass_bounds), ret);
	print_histograms("scepmand_http_request_duration_seconds", "How long HTTP requests take.", &metrics->requests,
			 request_bounds, ARRAY_SIZE(request_bounds), ret);
	exposition_begin(ret, "scepmand_loop_stall_seconds_max", EXPOSITION_GAUGE,
			 "The longest time that the event loop was kept from its events since the start.");
	exposition_add(ret, "scepmand_loop_stall_seconds_max", "", "", (double)loop->stall_max_ms / 1000);
	exposition_begin(ret, "scepmand_loop_handles", EXPOSITION_GAUGE,
			 "Timers, watchers and sockets that are open on the event loop.");
	exposition_add(ret, "scepmand_loop_handles", "", "", (double)loop->handles);
	process_print(metrics->started_unix_ms, ret);
}
