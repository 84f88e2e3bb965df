#include "service/once.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "reconcile/verdict.h"
#include "observe/audit.h"
#include "observe/disk.h"
#include "service/selection.h"
#include "service/tenant_runner.h"

/* Passes that bring nothing, one after the other, before apply gives up; with the waits below that is about two
 * minutes. */
enum { ONCE_IDLE_PASSES_MAX = 6, ONCE_WAIT_MAX_S = 60, ONCE_ASKED_WAIT_MAX_S = 15 * 60, ONCE_ONLY_MAX = 256 };

struct once;

struct once_tenant {
	struct once *once;
	const struct desired_tenant *desired;
	const char *only[ONCE_ONLY_MAX];
	size_t only_count;
	struct tenant_runner *runner;
	struct memory_of_passes memory;
	uv_timer_t timer;
	bool is_finished;
	unsigned idle_passes;
};

struct once {
	uv_loop_t *loop;
	const struct once_options *options;
	struct report *report;
	struct once_tenant *tenants;
	size_t tenant_count;
	struct audit *audit;
	struct disk disk;
	struct watcher progress_watcher;
	struct watchers watchers;
	uv_signal_t signals[2];
	bool was_interrupted;
};

/* ---- the end ---- */

static void once_on_runner_closed(void *arg)
{
	struct once_tenant *tenant = arg;

	uv_close((uv_handle_t *)&tenant->timer, NULL);
}

static void once_finish_tenant(struct once_tenant *tenant)
{
	struct once *once = tenant->once;

	tenant->is_finished = true;
	tenant_runner_close(tenant->runner, once_on_runner_closed, tenant);
	for (size_t i = 0; i < once->tenant_count; i++)
		if (!once->tenants[i].is_finished)
			return;
	for (size_t i = 0; i < ARRAY_SIZE(once->signals); i++)
		uv_close((uv_handle_t *)&once->signals[i], NULL);
}

/* ---- passes ---- */

static void once_on_timer(uv_timer_t *timer)
{
	struct once_tenant *tenant = timer->data;

	tenant_runner_start(tenant->runner);
}

/* After a pass that brought something the next one comes soon; otherwise the waits grow. */
static int64_t once_wait_s(const struct once_tenant *tenant, int64_t asked_s)
{
	int64_t wait_s = tenant->idle_passes ? (int64_t)1 << tenant->idle_passes : 1;

	if (wait_s > ONCE_WAIT_MAX_S)
		wait_s = ONCE_WAIT_MAX_S;
	if (asked_s > ONCE_ASKED_WAIT_MAX_S)
		asked_s = ONCE_ASKED_WAIT_MAX_S;
	return wait_s < asked_s ? asked_s : wait_s;
}

/* Of the tenant whose pass could not even begin this is the end; the others go on. */
static bool once_goes_on(struct once_tenant *tenant, struct world *world, const char *problem, int64_t *ret_wait_s)
{
	const struct once *once = tenant->once;

	if (problem || once->options->is_plan || once->was_interrupted ||
	    !verdict_is_worth_another_pass(world, ret_wait_s))
		return false;
	tenant->idle_passes = tenant_runner_count_writes(world) ? 0 : tenant->idle_passes + 1;
	return tenant->idle_passes < ONCE_IDLE_PASSES_MAX;
}

static void once_on_pass_done(void *arg, struct world *world, const char *problem)
{
	struct once_tenant *tenant = arg;
	struct once *once = tenant->once;
	int64_t wait_s;

	if (problem)
		report_add_problem(once->report, world, problem, world->now_unix_s);
	else
		report_add(once->report, world, world->now_unix_s);
	if (!once_goes_on(tenant, world, problem, &wait_s)) {
		once_finish_tenant(tenant);
		return;
	}
	wait_s = once_wait_s(tenant, wait_s);
	progress_say(once->options->progress, "%s: something is not settled yet; looking again in %lld s",
		     tenant->desired->name, (long long)wait_s);
	uv_timer_start(&tenant->timer, once_on_timer, (uint64_t)wait_s * 1000, 0);
}

/* ---- signals ---- */

/* The first one lets finish what is in flight; the second one ends the process at once. */
static void once_on_signal(uv_signal_t *handle, int number)
{
	struct once *once = handle->data;

	if (once->was_interrupted)
		_exit(128 + number);
	once->was_interrupted = true;
	progress_say(once->options->progress,
		     "stopping: what is under way is finished, nothing new is begun (once more to stop at once)");
	for (size_t i = 0; i < once->tenant_count; i++) {
		struct once_tenant *tenant = &once->tenants[i];

		if (tenant->is_finished)
			continue;
		tenant_runner_stop(tenant->runner);
		if (uv_is_active((uv_handle_t *)&tenant->timer)) {
			uv_timer_stop(&tenant->timer);
			once_finish_tenant(tenant);
		}
	}
}

/* ---- the beginning ---- */

static bool once_selects(const struct once_options *options, struct once_tenant *tenant)
{
	tenant->only_count = selection_of_tenant(tenant->desired, options->instances, options->instance_count,
						 tenant->only, ARRAY_SIZE(tenant->only));
	return !options->instance_count || tenant->only_count;
}

static void once_begin_tenant(struct once *once, struct once_tenant *tenant)
{
	memory_of_passes_init(&tenant->memory);
	uv_timer_init(once->loop, &tenant->timer);
	tenant->timer.data = tenant;
	tenant->runner = tenant_runner_new(once->loop, &(struct tenant_runner_options){
							       .tenant = tenant->desired,
							       .daemon = &once->options->desired->daemon,
							       .memory = &tenant->memory,
							       .is_plan = once->options->is_plan,
							       .restoration = once->options->restoration,
							       .only = tenant->only_count ? tenant->only : NULL,
							       .only_count = tenant->only_count,
							       .disk = &once->disk,
							       .audit = once->audit,
							       .watchers = &once->watchers,
							       .on_done = once_on_pass_done,
							       .arg = tenant,
						       });
}

static void once_watch_signals(struct once *once)
{
	static const int numbers[] = {SIGINT, SIGTERM};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uv_signal_init(once->loop, &once->signals[i]);
		once->signals[i].data = once;
		uv_signal_start(&once->signals[i], once_on_signal, numbers[i]);
	}
}

static void once_done(struct once *once)
{
	for (size_t i = 0; i < once->tenant_count; i++)
		memory_of_passes_done(&once->tenants[i].memory);
	free(once->tenants);
	audit_free(once->audit);
}

int once_run(uv_loop_t *loop, const struct once_options *options, struct report *report, char **ret_problem)
{
	struct once once = {
		.loop = loop,
		.options = options,
		.report = report,
		.progress_watcher = progress_watcher(options->progress),
	};
	int r;

	r = selection_check(options->desired, options->instances, options->instance_count, ret_problem);
	if (r < 0)
		return r;
	once.audit = audit_new(options->desired->daemon.state_directory, "apply", options->desired->generation);
	disk_init(&once.disk, loop);
	once.watchers = (struct watchers){
		.items = {&once.progress_watcher},
		.count = 1,
	};
	once.tenants = memory_new(options->desired->tenant_count * sizeof(*once.tenants));
	for (size_t i = 0; i < options->desired->tenant_count; i++) {
		struct once_tenant *tenant = &once.tenants[once.tenant_count];

		*tenant = (struct once_tenant){.once = &once, .desired = &options->desired->tenants[i]};
		if (!once_selects(options, tenant))
			continue;
		once.tenant_count++;
		once_begin_tenant(&once, tenant);
	}
	once_watch_signals(&once);
	for (size_t i = 0; i < once.tenant_count; i++)
		tenant_runner_start(once.tenants[i].runner);
	uv_run(loop, UV_RUN_DEFAULT);
	progress_done(options->progress);
	once_done(&once);
	return once.was_interrupted ? -EINTR : 0;
}
