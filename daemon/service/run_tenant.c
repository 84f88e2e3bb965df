#include "service/run_tenant.h"

#include <openssl/rand.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "reconcile/report.h"
#include "reconcile/verdict.h"
#include "observe/news.h"
#include "observe/since_file.h"
#include "service/schedule.h"
#include "service/tenant_runner.h"

struct drift_job {
	struct disk_job job;
	struct run_tenant *tenant;
	struct drift_save save;
};

struct since_job {
	struct disk_job job;
	struct run_tenant *tenant;
	char *text;
	int result;
};

struct run_tenant {
	const struct run_context *context;
	const struct desired *desired_state;
	const struct desired_tenant *desired;
	struct status_tenant *status;
	struct tenant_runner *runner;
	struct memory_of_passes memory;
	struct schedule schedule;
	uv_timer_t timer;
	int64_t began_ms, began_unix_ms;
	bool is_finishing;
	struct drift_job drift_job;
	struct since_file since;
	struct since_job since_job;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/* ---- when ---- */

static void run_tenant_on_timer(uv_timer_t *timer);

static void run_tenant_arm(struct run_tenant *tenant)
{
	int64_t wait_ms = schedule_wait_ms(&tenant->schedule, clock_monotonic_ms());

	if (tenant->is_finishing || tenant->schedule.is_running)
		return;
	/* The loop's idea of now is as old as this turn; the timer counts from it. */
	uv_update_time(tenant->context->loop);
	uv_timer_start(&tenant->timer, run_tenant_on_timer, (uint64_t)wait_ms, 0);
}

static void run_tenant_on_timer(uv_timer_t *timer)
{
	struct run_tenant *tenant = timer->data;

	if (!schedule_is_due(&tenant->schedule, clock_monotonic_ms())) {
		run_tenant_arm(tenant);
		return;
	}
	schedule_begin(&tenant->schedule);
	tenant->began_ms = clock_monotonic_ms();
	tenant->began_unix_ms = clock_unix_ms();
	status_pass_begins(tenant->status, tenant->began_unix_ms);
	tenant_runner_start(tenant->runner);
}

void run_tenant_trigger(struct run_tenant *tenant)
{
	schedule_trigger(&tenant->schedule, clock_monotonic_ms());
	run_tenant_arm(tenant);
}

/* ---- what came of it ---- */

static void add_text(cJSON *json, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(json, name, value);
}

static void run_tenant_add_event(struct run_tenant *tenant, const struct news *news)
{
	cJSON *json = cJSON_CreateObject();
	char time[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(clock_unix_ms(), time);
	add_text(json, "time", time);
	add_text(json, "event", news_kind_name(news->kind));
	add_text(json, "instance", news->instance);
	add_text(json, "kind", news->node_kind);
	add_text(json, "target", news->target);
	add_text(json, "slot", news->slot);
	add_text(json, "node", news->node);
	add_text(json, "action", news->action);
	add_text(json, "keys", news->keys);
	add_text(json, "reason", news->reason);
	add_text(json, "message", news->message);
	add_text(json, "generation", tenant->desired_state->generation);
	drift_file_add(&tenant->status->drift, json);
	cJSON_Delete(json);
}

static void run_tenant_on_drift_work(struct disk_job *job)
{
	drift_save_write(&((struct drift_job *)job)->save);
}

static void run_tenant_on_drift_done(struct disk_job *job)
{
	struct run_tenant *tenant = ((struct drift_job *)job)->tenant;
	struct drift_file *drift = &tenant->status->drift;
	bool was_fine = !drift->problem;

	if (drift_file_end_save(drift, &tenant->drift_job.save) < 0 && was_fine)
		log_say(tenant->context->log, LOG_LEVEL_ERROR, EVENT_STATE_DIRECTORY,
			&(struct log_context){.tenant = tenant->desired->name}, "%s", drift->problem);
}

/* The events of a pass together. It is done before the next pass ends, since that waits for the disk, too. */
static void run_tenant_save_drift(struct run_tenant *tenant)
{
	if (drift_file_is_saved(&tenant->status->drift))
		return;
	tenant->drift_job = (struct drift_job){
		.job = {.work = run_tenant_on_drift_work, .done = run_tenant_on_drift_done}, .tenant = tenant};
	drift_file_begin_save(&tenant->status->drift, &tenant->drift_job.save);
	disk_do(tenant->context->disk, &tenant->drift_job.job);
}

static void run_tenant_on_since_work(struct disk_job *job)
{
	struct since_job *since = (struct since_job *)job;

	since->result = since_file_write(&since->tenant->since, since->text);
}

/* A disk that fails is said of the state directory, and of the drift history. */
static void run_tenant_on_since_done(struct disk_job *job)
{
	struct since_job *since = (struct since_job *)job;

	since_file_end_save(&since->tenant->since, since->result);
	free(since->text);
}

static void run_tenant_save_since(struct run_tenant *tenant, const struct report *report)
{
	char *text = since_file_begin_save(&tenant->since, report);

	if (!text)
		return;
	tenant->since_job = (struct since_job){
		.job = {.work = run_tenant_on_since_work, .done = run_tenant_on_since_done},
		.tenant = tenant,
		.text = text,
	};
	disk_do(tenant->context->disk, &tenant->since_job.job);
}

static void run_tenant_on_news(void *arg, const struct news *news)
{
	struct run_tenant *tenant = arg;
	const struct log *log = tenant->context->log;
	const struct log_context context = {
		.tenant = tenant->desired->name,
		.instance = news->instance,
		.node = news->node,
		.action = news->action,
		.reason = news->reason,
	};

	switch (news->kind) {
	case NEWS_DRIFT_FOUND:
		log_say(log, LOG_LEVEL_INFO, EVENT_DRIFT_FOUND, &context, "drift: %s %s%s%s%s%s", news->node_kind,
			news->target, news->keys ? ": " : "", news->keys ? news->keys : "", news->message ? "; " : "",
			news->message ? news->message : "");
		break;
	case NEWS_DRIFT_HEALED:
		/* Our own writes have said so already. */
		log_say(log, news->is_ours ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, EVENT_DRIFT_HEALED, &context,
			"healed: %s %s (%s)", news->node_kind, news->target, news->message);
		break;
	case NEWS_BLOCKED:
		log_say(log, LOG_LEVEL_WARNING, EVENT_CONDITION_APPEARED, &context, "blocked: %s: %s", news->reason,
			news->message);
		break;
	case NEWS_UNBLOCKED:
		log_say(log, LOG_LEVEL_INFO, EVENT_CONDITION_GONE, &context, "no longer blocked: %s", news->reason);
		break;
	case NEWS_CONDITION_APPEARED:
		log_say(log, LOG_LEVEL_INFO, EVENT_CONDITION_APPEARED, &context, "%s is %s (%s): %s", news->condition,
			news->status, news->reason, news->message);
		return;
	case NEWS_CONDITION_CHANGED:
		log_say(log, news->is_status_changed ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, EVENT_CONDITION_CHANGED,
			&context, "%s is now %s (%s): %s", news->condition, news->status, news->reason, news->message);
		return;
	case NEWS_CONDITION_GONE:
		log_say(log, LOG_LEVEL_INFO, EVENT_CONDITION_GONE, &context, "%s is gone", news->condition);
		return;
	}
	if (tenant->status->report.tenants ||
	    !drift_file_said(&tenant->status->drift, news->instance, news->node, news_kind_name(news->kind)))
		run_tenant_add_event(tenant, news);
}

/* Was the pass ended before everything was looked at? */
static bool is_interrupted(const struct run_tenant *tenant, const struct world *world)
{
	if (!tenant->is_finishing)
		return false;
	for (const struct node *node = world->nodes; node; node = node->next_in_world)
		if (!node_is_settled(node))
			return true;
	return false;
}

static uint64_t random_bits(void)
{
	uint64_t bits;

	if (RAND_bytes((unsigned char *)&bits, sizeof(bits)) != 1)
		memory_exhausted();
	return bits;
}

static void run_tenant_log_pass(const struct run_tenant *tenant, const struct pass_record *record)
{
	const bool is_routine = record->result == PASS_IN_SYNC && !record->writes;

	log_say(tenant->context->log, is_routine ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, EVENT_PASS_ENDED,
		&(struct log_context){.tenant = tenant->desired->name, .reason = pass_result_name(record->result)},
		"pass ended after %lld ms: %s; %u changes, %u writes, %u blocked; next in %lld s",
		(long long)record->duration_ms, pass_result_name(record->result), record->drift, record->writes,
		record->blocked, (long long)(schedule_wait_ms(&tenant->schedule, clock_monotonic_ms()) + 500) / 1000);
}

static void run_tenant_on_done(void *arg, struct world *world, const char *problem)
{
	struct run_tenant *tenant = arg;
	int64_t now_ms = clock_monotonic_ms();
	struct schedule_outcome outcome = {0};
	struct pass_record record = {
		.began_unix_ms = tenant->began_unix_ms,
		.duration_ms = now_ms - tenant->began_ms,
		.writes = tenant_runner_count_writes(world),
	};
	bool was_interrupted = is_interrupted(tenant, world);
	struct report report;

	report_init(&report, tenant->desired_state->generation, tenant->context->key);
	if (problem)
		report_add_problem(&report, world, problem, clock_unix_ms() / 1000);
	else
		report_add(&report, world, clock_unix_ms() / 1000);
	pass_record_judge(&record, &report);
	if (was_interrupted)
		record.result = PASS_INTERRUPTED;
	metrics_pass_ends(tenant->context->metrics, tenant->desired, &record, was_interrupted ? NULL : &report);
	outcome.is_unsettled =
		verdict_is_worth_another_pass(world, &outcome.retry_after_s) || record.result == PASS_FAILED;
	schedule_end(&tenant->schedule, &outcome, now_ms, random_bits());
	if (was_interrupted) {
		report_done(&report);
	} else {
		news_compare(tenant->status->report.tenants ? &tenant->status->report : NULL, &report,
			     run_tenant_on_news, tenant);
		drift_file_forget_said(&tenant->status->drift);
		if (!tenant->status->report.tenants)
			since_file_date(&tenant->since, &report);
		run_tenant_save_drift(tenant);
		run_tenant_save_since(tenant, &report);
	}
	status_pass_ends(tenant->status, &record, was_interrupted ? NULL : &report, now_ms, tenant->schedule.next_ms);
	run_tenant_log_pass(tenant, &record);
	run_tenant_arm(tenant);
	tenant->context->on_idle(tenant->context->arg);
}

/* ---- beginning and end ---- */

struct run_tenant *run_tenant_new(const struct run_context *context, const struct desired *desired,
				  const struct desired_tenant *tenant, struct run_tenant *previous)
{
	struct run_tenant *run = memory_new(sizeof(*run));

	*run = (struct run_tenant){
		.context = context,
		.desired_state = desired,
		.desired = tenant,
		.status = status_find(context->status, tenant->name),
	};
	memory_of_passes_init(&run->memory);
	since_file_init(&run->since, desired->daemon.state_directory, tenant->name);
	if (previous) {
		run->memory = previous->memory;
		memory_of_passes_init(&previous->memory);
	}
	schedule_init(&run->schedule, desired->daemon.interval_s, desired->daemon.jitter, clock_monotonic_ms());
	uv_timer_init(context->loop, &run->timer);
	run->timer.data = run;
	run->runner = tenant_runner_new(context->loop, &(struct tenant_runner_options){
							       .tenant = tenant,
							       .daemon = &desired->daemon,
							       .memory = &run->memory,
							       .disk = context->disk,
							       .audit = context->audit,
							       .watchers = context->watchers,
							       .on_done = run_tenant_on_done,
							       .arg = run,
						       });
	run_tenant_arm(run);
	return run;
}

void run_tenant_free(struct run_tenant *tenant)
{
	if (!tenant)
		return;
	memory_of_passes_done(&tenant->memory);
	since_file_done(&tenant->since);
	free(tenant);
}

bool run_tenant_is(const struct run_tenant *tenant, const struct desired_tenant *desired)
{
	return text_equal(tenant->desired->name, desired->name) &&
	       text_equal_fold(tenant->desired->tenant_id, desired->tenant_id);
}

bool run_tenant_is_running(const struct run_tenant *tenant)
{
	return tenant->schedule.is_running;
}

void run_tenant_finish(struct run_tenant *tenant)
{
	tenant->is_finishing = true;
	uv_timer_stop(&tenant->timer);
	tenant_runner_finish(tenant->runner);
}

void run_tenant_stop(struct run_tenant *tenant)
{
	run_tenant_finish(tenant);
	tenant_runner_stop(tenant->runner);
}

static void run_tenant_on_timer_closed(uv_handle_t *handle)
{
	struct run_tenant *tenant = handle->data;

	tenant->on_closed(tenant->closed_arg);
}

static void run_tenant_on_runner_closed(void *arg)
{
	struct run_tenant *tenant = arg;

	uv_close((uv_handle_t *)&tenant->timer, run_tenant_on_timer_closed);
}

void run_tenant_close(struct run_tenant *tenant, void (*on_closed)(void *arg), void *arg)
{
	tenant->on_closed = on_closed;
	tenant->closed_arg = arg;
	run_tenant_finish(tenant);
	tenant_runner_close(tenant->runner, run_tenant_on_runner_closed, tenant);
}
