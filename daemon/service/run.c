#include "service/run.h"

#include <openssl/rand.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/program_pages.h"
#include "base/text.h"
#include "service/answers.h"
#include "observe/audit.h"
#include "observe/disk.h"
#include "service/configuration.h"
#include "observe/log_watcher.h"
#include "service/listening.h"
#include "service/notify.h"
#include "service/run_tenant.h"
#include "service/stall.h"
#include "service/state_directory.h"
#include "service/watch.h"
#include "transport/http_memory.h"

enum { RUN_STOP_MAX_MS = 10 * 1000, RUN_LINE_SIZE_MAX = 1024 };

static const int signal_numbers[] = {SIGHUP, SIGUSR1, SIGTERM, SIGINT};

struct run {
	struct disk_job closed; /* the tenants are, and the disk has done what they gave it */
	uv_loop_t loop;
	const struct options *options;
	struct desired *desired, *next; /* NEXT: valid, and in force when the passes under way have ended */
	struct log log;
	struct status status;
	struct notify notify;
	struct stall stall;
	struct watch watch;
	struct listening listening;
	struct state_directory state_directory;
	struct audit *audit;
	struct disk disk;
	struct watcher log_watcher, status_watcher, metrics_watcher;
	struct answers answers;
	struct watchers watchers;
	struct run_context context;
	struct run_tenant **tenants;
	size_t tenant_count, open_count; /* OPEN_COUNT: tenants whose closing is awaited */
	uv_signal_t signals[ARRAY_SIZE(signal_numbers)];
	uv_timer_t stop_timer;
	bool is_closing; /* the tenants are */
	bool is_stopping;
};

static void run_say_status(struct run *run)
{
	struct buffer line;

	buffer_init(&line, RUN_LINE_SIZE_MAX);
	status_line(&run->status, clock_monotonic_ms(), &line);
	notify_status(&run->notify, "%s", line.data);
	buffer_done(&line);
}

/* ---- the desired state comes into force ---- */

static struct run_tenant *run_find(const struct run *run, const struct desired_tenant *desired)
{
	for (size_t i = 0; i < run->tenant_count; i++)
		if (run_tenant_is(run->tenants[i], desired))
			return run->tenants[i];
	return NULL;
}

static void run_free_tenants(struct run *run)
{
	for (size_t i = 0; i < run->tenant_count; i++)
		run_tenant_free(run->tenants[i]);
	free(run->tenants);
	run->tenants = NULL;
	run->tenant_count = 0;
}

static enum log_level run_log_level(const struct run *run, const struct desired *desired)
{
	if (run->options->is_verbose)
		return LOG_LEVEL_DEBUG;
	return run->options->is_quiet ? LOG_LEVEL_WARNING : desired->daemon.log_level;
}

/* The old tenants are closed (or there are none yet). */
static void run_adopt(struct run *run, struct desired *desired)
{
	struct desired *old = run->desired;
	struct run_tenant **tenants = memory_new(desired->tenant_count * sizeof(struct run_tenant *));

	run->desired = desired;
	log_set(&run->log, run_log_level(run, desired), desired->daemon.log_format);
	status_set_desired(&run->status, desired, clock_unix_ms());
	metrics_set_desired(run->context.metrics, desired);
	audit_free(run->audit);
	run->audit = audit_new(desired->daemon.state_directory, "run", desired->generation);
	run->context.audit = run->audit;
	for (size_t i = 0; i < desired->tenant_count; i++)
		tenants[i] = run_tenant_new(&run->context, desired, &desired->tenants[i],
					    run_find(run, &desired->tenants[i]));
	run_free_tenants(run);
	run->tenants = tenants;
	run->tenant_count = desired->tenant_count;
	desired_free(old);
	log_say(&run->log, LOG_LEVEL_INFO, EVENT_CONFIGURATION_LOADED, NULL,
		"%s is in force, generation %s: %zu tenant%s", run->options->config_file, desired->generation,
		desired->tenant_count, desired->tenant_count == 1 ? "" : "s");
	state_directory_look(&run->state_directory, desired->daemon.state_directory);
}

/* ---- the end ---- */

static void run_end(struct run *run)
{
	listening_end(&run->listening);
	watch_done(&run->watch);
	stall_done(&run->stall);
	notify_done(&run->notify);
	uv_close((uv_handle_t *)&run->stop_timer, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(run->signals); i++)
		uv_close((uv_handle_t *)&run->signals[i], NULL);
}

/* ---- between two desired states ---- */

static void run_switch(struct run *run)
{
	struct desired *next = run->next;

	run->next = NULL;
	run->is_closing = false;
	status_set_reload(&run->status, NULL, clock_unix_ms());
	run_adopt(run, next);
	listening_move(&run->listening, run->desired, &run->log);
	notify_ready(&run->notify);
	run_say_status(run);
}

static void run_on_closed(struct disk_job *job)
{
	struct run *run = (struct run *)job;

	if (run->is_stopping)
		run_end(run);
	else
		run_switch(run);
}

/* What the tenants gave to the disk is done before what it is about goes away. */
static void run_on_tenant_closed(void *arg)
{
	struct run *run = arg;

	if (--run->open_count)
		return;
	run->closed.done = run_on_closed;
	disk_do(&run->disk, &run->closed);
}

static void run_close_tenants(struct run *run)
{
	run->is_closing = true;
	run->open_count = run->tenant_count;
	for (size_t i = 0; i < run->tenant_count; i++)
		run_tenant_close(run->tenants[i], run_on_tenant_closed, run);
}

/* Goes on with what waits for the passes under way. */
static void run_go_on(struct run *run)
{
	if (run->is_closing || (!run->is_stopping && !run->next))
		return;
	for (size_t i = 0; i < run->tenant_count; i++)
		if (run_tenant_is_running(run->tenants[i]))
			return;
	run_close_tenants(run);
}

static void run_on_idle(void *arg)
{
	struct run *run = arg;

	if (!run->is_stopping) {
		state_directory_look(&run->state_directory, run->desired->daemon.state_directory);
		run_say_status(run);
	}
	run_go_on(run);
}

static void run_refuse(struct run *run, const char *problems)
{
	log_say(&run->log, LOG_LEVEL_ERROR, EVENT_CONFIGURATION_REFUSED, NULL,
		"the configuration is invalid and not used; generation %s stays in force. Mend it, `scepmand validate` "
		"checks it:\n%s",
		run->desired->generation, problems);
	status_set_reload(&run->status, problems, clock_unix_ms());
}

/* IS_FORCED: also when the file's bytes are those in force, since what it names (certificates) may have changed. */
static void run_reload(struct run *run, bool is_forced)
{
	const struct desired *current = run->next ? run->next : run->desired;
	struct desired *desired;
	struct buffer problems;

	if (run->is_stopping)
		return;
	watch_remember(&run->watch);
	buffer_init(&problems, CONFIGURATION_PROBLEMS_SIZE_MAX);
	desired = configuration_load(run->options->config_file, &problems);
	if (desired && !is_forced && text_equal(desired->generation, current->generation)) {
		if (run->status.reload.problem)
			status_set_reload(&run->status, NULL, clock_unix_ms());
		desired_free(desired);
		buffer_done(&problems);
		return;
	}
	notify_reloading(&run->notify);
	if (!desired) {
		run_refuse(run, problems.data);
		buffer_done(&problems);
		/* systemd waits for the end of a reload, however it ends; one that is still under way ends later. */
		if (!run->next)
			notify_ready(&run->notify);
		run_say_status(run);
		return;
	}
	buffer_done(&problems);
	desired_free(run->next);
	run->next = desired;
	/* Nothing new is begun by the old state: it may be that it must stop writing (hold: true). */
	for (size_t i = 0; i < run->tenant_count && !run->is_closing; i++)
		run_tenant_finish(run->tenants[i]);
	run_go_on(run);
}

static void run_on_file_changed(void *arg)
{
	run_reload(arg, false);
}

/* ---- signals ---- */

static void run_on_stop_timer(uv_timer_t *timer)
{
	struct run *run = timer->data;

	log_say(&run->log, LOG_LEVEL_WARNING, EVENT_STOPPING, NULL,
		"what was in flight has not come back within 10 s; leaving it, the next start looks at it again");
	if (!run->is_closing)
		run_close_tenants(run);
}

static void run_stop(struct run *run, int number)
{
	if (run->is_stopping)
		_exit(128 + number);
	run->is_stopping = true;
	notify_stopping(&run->notify);
	log_say(&run->log, LOG_LEVEL_INFO, EVENT_STOPPING, NULL,
		"stopping: what is in flight is finished, nothing new is begun");
	for (size_t i = 0; i < run->tenant_count && !run->is_closing; i++)
		run_tenant_stop(run->tenants[i]);
	uv_timer_start(&run->stop_timer, run_on_stop_timer, RUN_STOP_MAX_MS, 0);
	run_go_on(run);
}

/* A reload that is under way ends with a pass anyway. */
static void run_trigger(struct run *run)
{
	log_say(&run->log, LOG_LEVEL_INFO, EVENT_PASS_REQUESTED, NULL,
		"SIGUSR1: a pass begins now; where one is under way, one more follows it");
	for (size_t i = 0; i < run->tenant_count && !run->is_closing; i++)
		run_tenant_trigger(run->tenants[i]);
}

static void run_on_signal(uv_signal_t *handle, int number)
{
	struct run *run = handle->data;

	if (number == SIGHUP)
		run_reload(run, true);
	else if (number == SIGUSR1)
		run_trigger(run);
	else
		run_stop(run, number);
}

/* ---- the beginning ---- */

static void run_init(struct run *run, const struct options *options)
{
	if (uv_loop_init(&run->loop) < 0 || uv_loop_configure(&run->loop, UV_METRICS_IDLE_TIME) < 0 ||
	    RAND_bytes(run->context.key, sizeof(run->context.key)) != 1)
		memory_exhausted();
	disk_init(&run->disk, &run->loop);
	/* OpenSSL takes 20 ms to begin. Now, when nobody waits for the loop. */
	http_memory_install();
	run->options = options;
	status_init(&run->status, clock_unix_ms());
	run->log_watcher = log_watcher(&run->log);
	run->status_watcher = status_watcher(&run->status);
	run->context.metrics = metrics_new(run->status.started_unix_ms);
	run->metrics_watcher = metrics_watcher(run->context.metrics);
	run->answers = (struct answers){.loop = &run->loop, .status = &run->status, .metrics = run->context.metrics};
	run->listening = (struct listening){.loop = &run->loop, .answers = &run->answers};
	run->state_directory = (struct state_directory){.disk = &run->disk, .status = &run->status, .log = &run->log};
	run->watchers = (struct watchers){
		.items = {&run->log_watcher, &run->status_watcher, &run->metrics_watcher},
		.count = 3,
	};
	run->context.loop = &run->loop;
	run->context.disk = &run->disk;
	run->context.log = &run->log;
	run->context.status = &run->status;
	run->context.watchers = &run->watchers;
	run->context.on_idle = run_on_idle;
	run->context.arg = run;
}

static void run_open(struct run *run)
{
	notify_init(&run->notify, &run->loop);
	stall_init(&run->stall, &run->loop, &run->status.stall_max_ms);
	watch_init(&run->watch, &run->loop, run->options->config_file, run_on_file_changed, run);
	uv_timer_init(&run->loop, &run->stop_timer);
	run->stop_timer.data = run;
	for (size_t i = 0; i < ARRAY_SIZE(signal_numbers); i++) {
		uv_signal_init(&run->loop, &run->signals[i]);
		run->signals[i].data = run;
		uv_signal_start(&run->signals[i], run_on_signal, signal_numbers[i]);
	}
}

static void run_done(struct run *run)
{
	run_free_tenants(run);
	audit_free(run->audit);
	metrics_free(run->context.metrics);
	status_done(&run->status);
	desired_free(run->next);
	desired_free(run->desired);
	uv_loop_close(&run->loop);
	log_close(&run->log);
}

int run_daemon(const struct options *options, struct desired *desired)
{
	struct run run = {0};
	char *problem = NULL;

	run_init(&run, options);
	log_open(&run.log, run_log_level(&run, desired), desired->daemon.log_format);
	if (listening_begin(&run.listening, desired, &problem) < 0) {
		log_say(&run.log, LOG_LEVEL_ERROR, EVENT_STOPPED, NULL, "cannot start: %s", problem);
		free(problem);
		desired_free(desired);
		uv_run(&run.loop, UV_RUN_DEFAULT);
		run_done(&run);
		return 1;
	}
	run_open(&run);
	log_say(&run.log, LOG_LEVEL_INFO, EVENT_STARTED, NULL, "scepmand %s started; %s%s", SCEPMAND_VERSION,
		run.listening.endpoint ? "status on " : "no endpoint, since daemon.listen is ", desired->daemon.listen);
	run_adopt(&run, desired);
	/* Starting is done: for months it will not be needed again. */
	program_pages_give_back();
	notify_ready(&run.notify);
	run_say_status(&run);
	uv_run(&run.loop, UV_RUN_DEFAULT);
	log_say(&run.log, LOG_LEVEL_INFO, EVENT_STOPPED, NULL, "stopped");
	run_done(&run);
	return 0;
}
