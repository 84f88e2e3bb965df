#include "service/once.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/installation.h"
#include "reconcile/pass.h"
#include "reconcile/verdict.h"
#include "service/backup.h"
#include "transport/azure.h"

/* Passes that bring nothing, one after the other, before apply gives up; with the waits below that is about two
 * minutes. */
enum { ONCE_IDLE_PASSES_MAX = 6, ONCE_WAIT_MAX_S = 60, ONCE_ONLY_MAX = 256 };

struct once;

struct once_tenant {
	struct once *once;
	const struct desired_tenant *desired;
	const char *only[ONCE_ONLY_MAX];
	size_t only_count;
	struct azure *azure;
	struct memory_of_passes memory;
	struct pass_observer observer;
	struct pass pass;
	uv_timer_t timer;
	bool is_running, is_closed;
	unsigned passes, idle_passes;
};

struct once {
	uv_loop_t *loop;
	const struct once_options *options;
	struct report *report;
	struct once_tenant *tenants;
	size_t tenant_count;
	uv_signal_t signals[2];
	bool was_interrupted;
};

static void once_start_pass(struct once_tenant *tenant);

static int once_refuse(char **ret_problem, int error, const char *format, ...) _printf_(3, 4);

static int once_refuse(char **ret_problem, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_problem, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return error;
}

/* ---- the end ---- */

static void once_on_handle_closed(uv_handle_t *handle)
{
	struct once_tenant *tenant = handle->data;

	if (tenant)
		tenant->is_closed = true;
}

static void once_on_azure_closed(void *arg)
{
	struct once_tenant *tenant = arg;

	tenant->azure = NULL;
	uv_close((uv_handle_t *)&tenant->timer, once_on_handle_closed);
}

static void once_finish_tenant(struct once_tenant *tenant)
{
	struct once *once = tenant->once;

	tenant->is_running = false;
	azure_close(tenant->azure, once_on_azure_closed, tenant);
	for (size_t i = 0; i < once->tenant_count; i++)
		if (once->tenants[i].is_running)
			return;
	for (size_t i = 0; i < ARRAY_SIZE(once->signals); i++)
		uv_close((uv_handle_t *)&once->signals[i], NULL);
}

/* ---- passes ---- */

static void once_on_timer(uv_timer_t *timer)
{
	once_start_pass(timer->data);
}

/* After a pass that brought something the next one comes soon; otherwise the waits grow. */
static int64_t once_wait_s(const struct once_tenant *tenant, int64_t asked_s)
{
	int64_t wait_s = tenant->idle_passes ? (int64_t)1 << tenant->idle_passes : 1;

	if (wait_s < asked_s)
		wait_s = asked_s;
	return wait_s > ONCE_WAIT_MAX_S ? ONCE_WAIT_MAX_S : wait_s;
}

static unsigned once_writes(const struct world *world)
{
	unsigned writes = 0;

	for (const struct node *node = world->nodes; node; node = node->next_in_world)
		writes += node->applied != NULL;
	return writes;
}

static void once_on_pass_done(struct pass *pass, void *arg)
{
	struct once_tenant *tenant = arg;
	struct once *once = tenant->once;
	unsigned writes = once_writes(&pass->world);
	bool goes_on;
	int64_t wait_s;

	report_add(once->report, &pass->world, pass->world.now_unix_s);
	goes_on = !once->options->is_plan && !once->was_interrupted &&
		  verdict_is_worth_another_pass(&pass->world, &wait_s);
	world_done(&pass->world);
	tenant->idle_passes = writes ? 0 : tenant->idle_passes + 1;
	if (!goes_on || tenant->idle_passes >= ONCE_IDLE_PASSES_MAX) {
		once_finish_tenant(tenant);
		return;
	}
	wait_s = once_wait_s(tenant, wait_s);
	progress_say(once->options->progress, "%s: something is not settled yet; looking again in %lld s",
		     tenant->desired->name, (long long)wait_s);
	uv_timer_start(&tenant->timer, once_on_timer, (uint64_t)wait_s * 1000, 0);
}

static void once_start_pass(struct once_tenant *tenant)
{
	struct once *once = tenant->once;
	const struct once_options *options = once->options;

	tenant->passes++;
	memory_of_passes_begin(&tenant->memory);
	world_init(&tenant->pass.world, tenant->desired, &tenant->memory, options->is_plan, clock_unix_ms() / 1000,
		   options->desired->daemon.max_writes_per_pass);
	if (tenant->only_count) {
		tenant->pass.world.only = tenant->only;
		tenant->pass.world.only_count = tenant->only_count;
	}
	installations_state(&tenant->pass.world);
	pass_start(&tenant->pass, azure_transport(tenant->azure), &tenant->observer, once_on_pass_done, tenant);
}

/* ---- watching a pass ---- */

static int once_before_write(void *arg, struct world *world, const struct node *node,
			     const struct request *request _unused_, const char **ret_message)
{
	struct once_tenant *tenant = arg;
	const struct once_options *options = tenant->once->options;
	int r;

	r = backup_settings(options->desired->daemon.state_directory, world, node, clock_unix_ms(), ret_message);
	if (r < 0)
		return r;
	progress_write_begins(options->progress, world, node);
	return 0;
}

static void once_after_write(void *arg, struct world *world, const struct node *node,
			     const struct request *request _unused_, const struct response *response)
{
	struct once_tenant *tenant = arg;

	progress_write_ends(tenant->once->options->progress, world, node, response);
}

static void once_on_progress(void *arg, struct world *world, const struct node *node)
{
	struct once_tenant *tenant = arg;

	progress_answer(tenant->once->options->progress, world, node);
}

static void once_on_request(void *arg, const char *host, enum method method, int status, int64_t duration_ms,
			    unsigned parts)
{
	struct once_tenant *tenant = arg;

	progress_detail(tenant->once->options->progress, "%s: %s %s %d, %lld ms%s", tenant->desired->name,
			method_name(method), host, status, (long long)duration_ms, parts > 1 ? " (a batch)" : "");
}

static void once_on_throttled(void *arg, const char *host, int64_t duration_ms)
{
	struct once_tenant *tenant = arg;

	progress_say(tenant->once->options->progress, "%s: %s asks us to wait %lld s", tenant->desired->name, host,
		     (long long)(duration_ms + 999) / 1000);
}

static void once_on_warning(void *arg, const char *sentence)
{
	struct once_tenant *tenant = arg;

	progress_say(tenant->once->options->progress, "%s: warning: %s", tenant->desired->name, sentence);
}

/* ---- signals ---- */

/* Nothing to do: the pass ends when its last answer is in, and that closes the tenant. */
static void once_on_azure_stopped(void *arg _unused_)
{
}

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

		if (!tenant->is_running)
			continue;
		pass_stop(&tenant->pass);
		azure_stop(tenant->azure, once_on_azure_stopped, tenant);
		if (uv_is_active((uv_handle_t *)&tenant->timer)) {
			uv_timer_stop(&tenant->timer);
			once_finish_tenant(tenant);
		}
	}
}

/* ---- the beginning ---- */

/* Does the option "NAME" or "TENANT/NAME" mean this instance? */
static bool once_means(const char *option, const struct desired_tenant *tenant, const struct desired_instance *instance)
{
	size_t length = strlen(tenant->name);

	if (text_equal(option, instance->name))
		return true;
	return strncmp(option, tenant->name, length) == 0 && option[length] == '/' &&
	       text_equal(option + length + 1, instance->name);
}

/* Every --instance must mean exactly one. */
static int once_check_instances(const struct once_options *options, char **ret_problem)
{
	for (size_t i = 0; i < options->instance_count; i++) {
		size_t hits = 0;

		for (size_t t = 0; t < options->desired->tenant_count; t++) {
			const struct desired_tenant *tenant = &options->desired->tenants[t];

			for (size_t n = 0; n < tenant->instance_count; n++)
				hits += once_means(options->instances[i], tenant, &tenant->instances[n]);
		}
		if (!hits)
			return once_refuse(ret_problem, -ESRCH, "the configuration has no installation \"%s\"",
					   options->instances[i]);
		if (hits > 1)
			return once_refuse(ret_problem, -ESRCH,
					   "%zu tenants have an installation \"%s\"; say which one as TENANT/NAME",
					   hits, options->instances[i]);
	}
	return 0;
}

static bool once_selects(const struct once_options *options, struct once_tenant *tenant)
{
	const struct desired_tenant *desired = tenant->desired;

	for (size_t n = 0; n < desired->instance_count; n++)
		for (size_t i = 0; i < options->instance_count; i++)
			if (once_means(options->instances[i], desired, &desired->instances[n]) &&
			    tenant->only_count < ARRAY_SIZE(tenant->only))
				tenant->only[tenant->only_count++] = desired->instances[n].name;
	return !options->instance_count || tenant->only_count;
}

static int once_begin_tenant(struct once *once, struct once_tenant *tenant, char **ret_problem)
{
	const struct azure_options azure_options = {
		.is_read_only = once->options->is_plan || tenant->desired->mode == MODE_PLAN,
		.observer =
			{
				.arg = tenant,
				.request_finished = once_on_request,
				.throttled = once_on_throttled,
				.warning = once_on_warning,
			},
	};

	tenant->observer = (struct pass_observer){
		.arg = tenant,
		.before_write = once_before_write,
		.after_write = once_after_write,
		.on_progress = once_on_progress,
	};
	memory_of_passes_init(&tenant->memory);
	uv_timer_init(once->loop, &tenant->timer);
	tenant->timer.data = tenant;
	return azure_new(once->loop, tenant->desired, &once->options->desired->daemon, &azure_options, &tenant->azure,
			 ret_problem);
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
}

/* What was begun before the failure is ended in order: the loop must be empty when it is left. */
static void once_abandon(struct once *once)
{
	for (size_t i = 0; i < once->tenant_count; i++) {
		struct once_tenant *tenant = &once->tenants[i];

		if (tenant->azure)
			azure_close(tenant->azure, once_on_azure_closed, tenant);
		else
			uv_close((uv_handle_t *)&tenant->timer, once_on_handle_closed);
	}
	uv_run(once->loop, UV_RUN_DEFAULT);
}

int once_run(uv_loop_t *loop, const struct once_options *options, struct report *report, char **ret_problem)
{
	struct once once = {.loop = loop, .options = options, .report = report};
	int r;

	r = once_check_instances(options, ret_problem);
	if (r < 0)
		return r;
	once.tenants = memory_new(options->desired->tenant_count * sizeof(*once.tenants));
	for (size_t i = 0; i < options->desired->tenant_count && r == 0; i++) {
		struct once_tenant *tenant = &once.tenants[once.tenant_count];

		*tenant = (struct once_tenant){.once = &once, .desired = &options->desired->tenants[i]};
		if (!once_selects(options, tenant))
			continue;
		once.tenant_count++;
		r = once_begin_tenant(&once, tenant, ret_problem);
	}
	if (r < 0) {
		once_abandon(&once);
		once_done(&once);
		return r;
	}
	once_watch_signals(&once);
	for (size_t i = 0; i < once.tenant_count; i++)
		once.tenants[i].is_running = true;
	for (size_t i = 0; i < once.tenant_count; i++)
		once_start_pass(&once.tenants[i]);
	uv_run(loop, UV_RUN_DEFAULT);
	progress_done(options->progress);
	once_done(&once);
	return once.was_interrupted ? -EINTR : 0;
}
