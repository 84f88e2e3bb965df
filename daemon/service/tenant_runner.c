#include "service/tenant_runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "kinds/installation.h"
#include "kinds/restoration.h"
#include "reconcile/pass.h"
#include "service/holds.h"
#include "service/old_world.h"
#include "service/recorder.h"
#include "service/written_sites.h"
#include "transport/azure.h"

/* A pass begins and ends when the disk has done what was given to it before. */
struct runner_mark {
	struct disk_job job;
	struct tenant_runner *runner;
};

struct tenant_runner {
	uv_loop_t *loop;
	struct tenant_runner_options options;
	struct azure *azure; /* NULL until the first pass */
	struct pass_observer observer;
	struct recorder recorder;
	struct runner_mark mark;
	uv_timer_t turn; /* a pass begins from the loop, so that it also ends there */
	struct pass pass;
	bool is_running; /* from the start of a pass until on_done */
	bool is_due;     /* it was started, and the loop has not come to it yet */
	bool has_begun;  /* requests are made */
	bool is_finishing, is_azure_closed;
	char *problem;             /* why the pass could not begin, or NULL */
	uint64_t sites_kept;       /* memory->changes that are on the disk */
	const char *sites_problem; /* in the pass' world: why no site may be written, or NULL */
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/* ---- telling the watchers ---- */

/* Calls FUNCTION of every watcher that has it. */
#define TELL(runner, function, ...)                                                                                    \
	for (size_t tell_i = 0; tell_i < (runner)->options.watchers->count; tell_i++) {                                \
		const struct watcher *tell_to = (runner)->options.watchers->items[tell_i];                             \
                                                                                                                       \
		if (tell_to->function)                                                                                 \
			tell_to->function(tell_to->arg, __VA_ARGS__);                                                  \
	}

static void runner_before_write(void *arg, struct pass_request *write, struct world *world _unused_,
				const struct node *node, const struct request *request)
{
	struct tenant_runner *runner = arg;

	/* What cannot be told of the sites holds their writes back; the audit trail is not asked. */
	recorder_before_write(&runner->recorder, write, node, request, node->web_app ? runner->sites_problem : NULL);
}

static void runner_on_recorded(void *arg, struct pass_request *write, const struct node *node,
			       const struct request *request, const char *refusal)
{
	struct tenant_runner *runner = arg;
	struct world *world = &runner->pass.world;

	if (refusal)
		refusal = arena_copy_text(&world->arena, refusal);
	else
		TELL(runner, before_write, world, node, request);
	pass_release(write, refusal);
}

static void runner_after_write(void *arg, struct world *world, const struct node *node, const struct request *request,
			       const struct response *response)
{
	struct tenant_runner *runner = arg;

	recorder_after_write(&runner->recorder, node, response);
	TELL(runner, after_write, world, node, request, response);
}

static void runner_on_delay(void *arg, struct world *world, const struct node *node, int64_t delay_ms)
{
	struct tenant_runner *runner = arg;

	TELL(runner, delayed, world, node, delay_ms);
}

static void runner_on_sites_kept(void *arg, int error)
{
	struct tenant_runner *runner = arg;
	const struct tenant_runner_options *options = &runner->options;

	TELL(runner, warning, options->tenant,
	     arena_printf(&runner->pass.world.arena,
			  "that a site was written could not be kept in %s (%s): another process will not know whether "
			  "it is ill",
			  options->daemon->state_directory, strerror(-error)));
}

/* At once, not at the end of the pass: whoever kills us must not make an ill site well. No later write is sent before
 * it is on the disk, since that is recorded after it. */
static void runner_keep_sites(struct tenant_runner *runner, const struct world *world)
{
	const struct tenant_runner_options *options = &runner->options;

	if (options->memory->changes == runner->sites_kept)
		return;
	runner->sites_kept = options->memory->changes;
	written_sites_keep(options->disk, options->daemon->state_directory, options->tenant, options->memory,
			   world->now_unix_s, runner_on_sites_kept, runner);
}

static void runner_on_progress(void *arg, struct world *world, const struct node *node)
{
	struct tenant_runner *runner = arg;

	TELL(runner, answered, world, node);
	runner_keep_sites(runner, world);
}

static void runner_on_request(void *arg, const char *host, enum method method, int status, int64_t duration_ms,
			      unsigned parts)
{
	struct tenant_runner *runner = arg;

	TELL(runner, request_finished, runner->options.tenant, host, method, status, duration_ms, parts);
}

static void runner_on_throttled(void *arg, const char *host, int64_t duration_ms)
{
	struct tenant_runner *runner = arg;

	TELL(runner, throttled, runner->options.tenant, host, duration_ms);
}

static void runner_on_token(void *arg, const char *audience, int64_t expires_unix_s)
{
	struct tenant_runner *runner = arg;

	TELL(runner, token_renewed, runner->options.tenant, audience, expires_unix_s);
}

static void runner_on_warning(void *arg, const char *sentence)
{
	struct tenant_runner *runner = arg;

	TELL(runner, warning, runner->options.tenant, sentence);
}

/* ---- a pass ---- */

static int runner_open(struct tenant_runner *runner, char **ret_problem)
{
	const struct tenant_runner_options *options = &runner->options;
	const struct azure_options azure_options = {
		.is_read_only = options->is_plan || options->tenant->mode == MODE_PLAN,
		.observer =
			{
				.arg = runner,
				.request_finished = runner_on_request,
				.throttled = runner_on_throttled,
				.token_renewed = runner_on_token,
				.warning = runner_on_warning,
			},
	};

	if (runner->azure)
		return 0;
	return azure_new(runner->loop, options->tenant, options->daemon, &azure_options, &runner->azure, ret_problem);
}

static void runner_close_if_over(struct tenant_runner *runner);

static void runner_on_rested(struct disk_job *mark)
{
	struct tenant_runner *runner = ((struct runner_mark *)mark)->runner;

	runner->is_running = runner->has_begun = runner->is_finishing = false;
	runner->options.on_done(runner->options.arg, &runner->pass.world, runner->problem);
	old_world_free_later(&runner->pass.world, runner->options.disk);
	free(runner->problem);
	runner->problem = NULL;
	runner_close_if_over(runner);
}

/* Connections are closed in a turn of their own: with a hundred installations the one that tells is long as it is. */
static void runner_on_pass_recorded(struct disk_job *mark)
{
	struct tenant_runner *runner = ((struct runner_mark *)mark)->runner;

	if (runner->azure)
		azure_rest(runner->azure);
	runner->mark.job.done = runner_on_rested;
	disk_do(runner->options.disk, &runner->mark.job);
}

/* What became of it is told when the disk has all of it, too. */
static void runner_end_pass(struct tenant_runner *runner)
{
	runner->mark = (struct runner_mark){{.done = runner_on_pass_recorded}, runner};
	disk_do(runner->options.disk, &runner->mark.job);
}

static void runner_on_pass_done(struct pass *pass _unused_, void *arg)
{
	runner_end_pass(arg);
}

/* Reads what other processes have left. The pass has not begun: nobody else looks at its world. */
static void runner_on_load(struct disk_job *mark)
{
	struct tenant_runner *runner = ((struct runner_mark *)mark)->runner;
	const struct tenant_runner_options *options = &runner->options;
	struct world *world = &runner->pass.world;

	runner->sites_problem = NULL;
	if (written_sites_load(options->daemon->state_directory, options->tenant, options->memory, &world->arena,
			       &runner->sites_problem) == 0)
		runner->sites_kept = options->memory->changes;
	world->holds = holds_load(options->daemon->state_directory, &world->arena);
}

static void runner_on_loaded(struct disk_job *mark)
{
	struct tenant_runner *runner = ((struct runner_mark *)mark)->runner;
	struct world *world = &runner->pass.world;

	/* The first nodes; what follows from them is the core's to find out. */
	if (world->restoration)
		restoration_state(world);
	else
		installations_state(world);
	if (runner->is_finishing) {
		runner_end_pass(runner);
		return;
	}
	/* Tried at every pass: a certificate file may appear, a credential may be mended. */
	if (runner_open(runner, &runner->problem) < 0) {
		if (!runner->problem)
			runner->problem = memory_copy_text("its transport cannot be set up");
		runner_end_pass(runner);
	} else {
		runner->has_begun = true;
		pass_start(&runner->pass, azure_transport(runner->azure), &runner->observer, runner_on_pass_done,
			   runner);
	}
}

static void runner_on_turn(uv_timer_t *turn)
{
	struct tenant_runner *runner = turn->data;
	const struct tenant_runner_options *options = &runner->options;
	struct world *world = &runner->pass.world;

	runner->is_due = false;
	memory_of_passes_begin(options->memory);
	world_init(world, options->tenant, options->memory, options->is_plan, clock_unix_ms() / 1000,
		   options->daemon->max_writes_per_pass);
	world->only = options->only;
	world->only_count = options->only_count;
	world->restoration = options->restoration;
	runner->mark = (struct runner_mark){
		{.work = options->restoration ? NULL : runner_on_load, .done = runner_on_loaded},
		runner,
	};
	disk_do(options->disk, &runner->mark.job);
}

void tenant_runner_start(struct tenant_runner *runner)
{
	runner->is_running = runner->is_due = true;
	uv_timer_start(&runner->turn, runner_on_turn, 0, 0);
}

bool tenant_runner_is_running(const struct tenant_runner *runner)
{
	return runner->is_running;
}

unsigned tenant_runner_count_writes(const struct world *world)
{
	unsigned writes = 0;

	for (const struct node *node = world->nodes; node; node = node->next_in_world)
		writes += node->writes_done;
	return writes;
}

/* ---- the end ---- */

void tenant_runner_finish(struct tenant_runner *runner)
{
	runner->is_finishing = runner->is_running;
	if (runner->has_begun)
		pass_stop(&runner->pass);
}

/* Nothing to do: the pass ends when its last answer is in, and that tells the driver. */
static void runner_on_azure_stopped(void *arg _unused_)
{
}

void tenant_runner_stop(struct tenant_runner *runner)
{
	tenant_runner_finish(runner);
	if (runner->azure)
		azure_stop(runner->azure, runner_on_azure_stopped, runner);
}

static void runner_on_turn_closed(uv_handle_t *handle)
{
	struct tenant_runner *runner = handle->data;
	void (*on_closed)(void *arg) = runner->on_closed;
	void *arg = runner->closed_arg;

	free(runner);
	on_closed(arg);
}

static void runner_close_if_over(struct tenant_runner *runner)
{
	if (runner->is_azure_closed && !runner->is_running)
		uv_close((uv_handle_t *)&runner->turn, runner_on_turn_closed);
}

/* A write that waits for the disk keeps the pass from its end. */
static void runner_on_azure_closed(void *arg)
{
	struct tenant_runner *runner = arg;

	runner->azure = NULL;
	runner->is_azure_closed = true;
	runner_close_if_over(runner);
}

static void runner_close_azure(struct tenant_runner *runner)
{
	if (runner->azure)
		azure_close(runner->azure, runner_on_azure_closed, runner);
	else
		runner_on_azure_closed(runner);
}

static void runner_on_last_turn(uv_timer_t *turn)
{
	struct tenant_runner *runner = turn->data;

	if (runner->is_due)
		runner_on_turn(turn);
	runner_close_azure(runner);
}

void tenant_runner_close(struct tenant_runner *runner, void (*on_closed)(void *arg), void *arg)
{
	runner->on_closed = on_closed;
	runner->closed_arg = arg;
	tenant_runner_finish(runner);
	uv_timer_start(&runner->turn, runner_on_last_turn, 0, 0);
}

struct tenant_runner *tenant_runner_new(uv_loop_t *loop, const struct tenant_runner_options *options)
{
	struct tenant_runner *runner = memory_new(sizeof(*runner));

	runner->loop = loop;
	runner->options = *options;
	uv_timer_init(loop, &runner->turn);
	runner->turn.data = runner;
	runner->observer = (struct pass_observer){
		.arg = runner,
		.before_write = runner_before_write,
		.after_write = runner_after_write,
		.on_delay = runner_on_delay,
		.on_progress = runner_on_progress,
	};
	runner->recorder = (struct recorder){
		.disk = options->disk,
		.audit = options->audit,
		.directory = options->daemon->state_directory,
		.tenant = options->tenant,
		.ignores_holds = options->restoration != NULL,
		.arg = runner,
		.on_recorded = runner_on_recorded,
		.on_problem = runner_on_warning,
	};
	return runner;
}
