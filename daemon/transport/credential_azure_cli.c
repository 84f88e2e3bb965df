/*
 * The token of a person who is logged in with the Azure CLI, for development: `az account get-access-token`. What az
 * needs to know is passed as arguments of which none is secret; what it answers is wiped. Format and limits: auth.md
 * section 3.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "transport/azure_cli.h"
#include "transport/credential.h"
#include "transport/token_claims.h"
#include "world/json.h"

enum { OUTPUT_MAX = 256 * 1024, CLI_LIMIT_MS = 10 * 1000 };

/* One run of az. */
struct cli_run {
	struct cli_run *next;
	struct azure_cli *credential;
	uv_process_t process;
	uv_pipe_t out, err;
	uv_timer_t limit;
	struct buffer out_bytes, err_bytes;
	struct arena arena;
	char chunk[4096];
	unsigned open_pipes, open_handles;
	int64_t exit_status;
	const char *resource;
	bool has_process; /* a handle for it */
	bool is_running;
	bool is_over; /* who asked was told, or does not want to know any more */
	bool is_missing;
	const char *problem; /* why az was not started */
	credential_answer_fn *on_answer;
	void *arg;
};

struct azure_cli {
	struct credential credential; /* first */
	struct cli_run *runs;
	bool is_closing;
};

static void free_when_closed(struct azure_cli *credential)
{
	if (!credential->is_closing || credential->runs)
		return;
	if (credential->credential.on_closed)
		credential->credential.on_closed(credential->credential.closed_arg);
	free(credential);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct cli_run *run = handle->data, **link = &run->credential->runs;

	if (--run->open_handles || run->is_running)
		return;
	while (*link != run)
		link = &(*link)->next;
	*link = run->next;
	buffer_done(&run->out_bytes);
	buffer_done(&run->err_bytes);
	arena_done(&run->arena);
	memory_wipe(run->chunk, sizeof(run->chunk));
	free_when_closed(run->credential);
	free(run);
}

static void close_handle(struct cli_run *run, uv_handle_t *handle)
{
	run->open_handles++;
	uv_close(handle, on_handle_closed);
}

static void end_run(struct cli_run *run)
{
	run->is_over = true;
	close_handle(run, (uv_handle_t *)&run->out);
	close_handle(run, (uv_handle_t *)&run->err);
	close_handle(run, (uv_handle_t *)&run->limit);
	/* az may be a script that runs Python: all of them. The handle is closed when it is gone, so that it does not
	 * stay behind as a zombie. */
	if (run->is_running)
		uv_kill(-run->process.pid, SIGKILL);
	else if (run->has_process)
		close_handle(run, (uv_handle_t *)&run->process);
}

static void answer_and_end(struct cli_run *run, const struct credential_answer *answer)
{
	run->is_over = true;
	run->on_answer(run->arg, answer);
	end_run(run);
}

static void fail(struct cli_run *run, const char *message, bool is_unavailable)
{
	struct credential_answer answer = {.fault = {.class = FAULT_CREDENTIAL, .code = "AzureCli", .message = message},
					   .is_unavailable = is_unavailable};

	answer_and_end(run, &answer);
}

/* When the token ends, Unix seconds: the newer field is a number, the older one local time. 0: it cannot be told. */
static int64_t read_expiry_s(const cJSON *json)
{
	const cJSON *epoch = json_get(json, "expires_on"), *local = json_get(json, "expiresOn");
	struct tm tm = {.tm_isdst = -1};
	uint64_t seconds;

	if (cJSON_IsNumber(epoch) && epoch->valuedouble > 0 && epoch->valuedouble < 1e11)
		return (int64_t)epoch->valuedouble;
	if (cJSON_IsString(epoch) && text_parse_uint64(epoch->valuestring, &seconds) && seconds < (uint64_t)1e11)
		return (int64_t)seconds;
	if (!cJSON_IsString(local) || sscanf(local->valuestring, "%4d-%2d-%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon,
					     &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return mktime(&tm);
}

/* az gives the token of a service principal whatever tenant it is asked for. NULL, or why TOKEN is not used. */
static const char *judge_tenant(struct cli_run *run, const char *token)
{
	const char *tenant = run->credential->credential.context.tenant_id;
	struct token_claims claims;

	if (token_claims_read(token, &run->arena, &claims) < 0 || !text_is_guid(claims.tenant_id) ||
	    text_equal_fold(claims.tenant_id, tenant))
		return NULL;
	return arena_printf(
		&run->arena,
		"whoever is logged in with the Azure CLI belongs to tenant %s, not to %s, so nothing was asked "
		"with that token; correct tenant_id, or run: az login --tenant %s",
		claims.tenant_id, tenant, tenant);
}

static void absorb_output(struct cli_run *run)
{
	cJSON *json = json_parse(run->out_bytes.data, run->out_bytes.length);
	const cJSON *token = json_get(json, "accessToken");
	int64_t expiry_s = read_expiry_s(json);
	struct credential_answer answer = {.lifetime_s = expiry_s - clock_unix_ms() / 1000};
	const char *problem;

	if (!cJSON_IsString(token) || !token->valuestring[0]) {
		fail(run, "az account get-access-token printed no accessToken; try it by hand, and update azure-cli",
		     false);
	} else if (answer.lifetime_s <= 0) {
		fail(run,
		     "az account get-access-token printed a token that has expired already; compare this machine's "
		     "clock, and run: az login --tenant",
		     false);
	} else if ((problem = judge_tenant(run, token->valuestring))) {
		fail(run, problem, false);
	} else {
		answer.token = token->valuestring;
		answer_and_end(run, &answer);
	}
	cJSON_Delete(json);
}

static void absorb_failure(struct cli_run *run)
{
	struct azure_cli_complaint complaint =
		azure_cli_explain(run->err_bytes.data, (int)run->exit_status, run->resource,
				  run->credential->credential.context.tenant_id, &run->arena);

	fail(run, complaint.message, complaint.is_nobody_logged_in);
}

static void finish_when_complete(struct cli_run *run)
{
	if (run->is_over || run->is_running || run->open_pipes)
		return;
	if (run->exit_status)
		absorb_failure(run);
	else
		absorb_output(run);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal)
{
	struct cli_run *run = process->data;

	run->is_running = false;
	run->exit_status = signal ? 128 + signal : status;
	if (run->is_over)
		close_handle(run, (uv_handle_t *)process);
	else
		finish_when_complete(run);
}

static void lend_chunk(uv_handle_t *handle, size_t suggested _unused_, uv_buf_t *ret)
{
	struct cli_run *run = handle->data;

	*ret = uv_buf_init(run->chunk, sizeof(run->chunk));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *chunk)
{
	struct cli_run *run = stream->data;

	if (length > 0)
		buffer_append(stream == (uv_stream_t *)&run->out ? &run->out_bytes : &run->err_bytes, chunk->base,
			      (size_t)length);
	if (length >= 0)
		return;
	uv_read_stop(stream);
	run->open_pipes--;
	finish_when_complete(run);
}

static void on_limit(uv_timer_t *timer)
{
	struct cli_run *run = timer->data;

	if (run->is_over)
		return;
	if (run->problem)
		fail(run, run->problem, run->is_missing);
	else
		fail(run,
		     "az account get-access-token did not answer within 10 s; try it by hand as the user that this "
		     "process runs as",
		     false);
}

/* auth.md section 3: what may stand in an argument, so that none is ever taken for an option or more than one word. */
static bool is_argument(const char *text)
{
	return text[0] && text[0] != '-' &&
	       strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.:/") == strlen(text);
}

static char **make_environment(struct arena *arena)
{
	static char no_color[] = "AZURE_CORE_NO_COLOR=true";
	size_t count = 0;
	char **environment;

	while (environ[count])
		count++;
	environment = arena_new_array(arena, count + 2, char *);
	count = 0;
	for (char **variable = environ; *variable; variable++)
		if (azure_cli_inherits(*variable))
			environment[count++] = *variable;
	environment[count++] = no_color;
	environment[count] = NULL;
	return environment;
}

/* NULL, or why az could not be started. */
static const char *spawn(struct cli_run *run, const char *resource, const char *tenant)
{
	const char *const words[] = {"az",         "account", "get-access-token", "-o",  "json",
				     "--resource", resource,  "--tenant",         tenant};
	char *arguments[ARRAY_SIZE(words) + 1] = {NULL};
	uv_stdio_container_t stdio[] = {
		{.flags = UV_IGNORE},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&run->out},
		{.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&run->err},
	};
	uv_process_options_t options = {
		.file = "az",
		.args = arguments,
		.env = make_environment(&run->arena),
		.exit_cb = on_process_exit,
		/* A process group of its own, to be ended as one; and it is we who hear Ctrl+C. */
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = stdio,
	};
	int r;

	if (!is_argument(resource) || !is_argument(tenant))
		return arena_printf(
			&run->arena,
			"the Azure CLI cannot be asked for a token for %s in tenant %s: only letters, digits "
			"and -.:/ may stand there",
			resource, tenant);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		arguments[i] = arena_copy_text(&run->arena, words[i]);
	/* Whether or not it worked, the handle is to be closed. */
	run->has_process = true;
	r = uv_spawn(run->credential->credential.context.loop, &run->process, &options);
	run->is_missing = r == UV_ENOENT;
	if (run->is_missing)
		return "the Azure CLI is not installed, or not in this process's PATH; install it (apt install "
		       "azure-cli), or use "
		       "another type of credential";
	if (r < 0)
		return arena_printf(&run->arena, "the Azure CLI could not be started: %s", uv_strerror(r));
	run->is_running = true;
	run->open_pipes = 2;
	uv_read_start((uv_stream_t *)&run->out, lend_chunk, on_read);
	uv_read_start((uv_stream_t *)&run->err, lend_chunk, on_read);
	return NULL;
}

static void acquire(struct credential *base, const struct credential_wish *wish, credential_answer_fn *on_answer,
		    void *arg)
{
	struct azure_cli *credential = (struct azure_cli *)base;
	struct cli_run *run = memory_new(sizeof(*run));

	run->credential = credential;
	run->resource = arena_copy_text(&run->arena, wish->audience);
	run->on_answer = on_answer;
	run->arg = arg;
	run->next = credential->runs;
	credential->runs = run;
	buffer_init(&run->out_bytes, OUTPUT_MAX);
	buffer_init(&run->err_bytes, OUTPUT_MAX);
	uv_pipe_init(base->context.loop, &run->out, 0);
	uv_pipe_init(base->context.loop, &run->err, 0);
	uv_timer_init(base->context.loop, &run->limit);
	run->process.data = run->out.data = run->err.data = run->limit.data = run;
	run->problem = spawn(run, run->resource, base->context.tenant_id);
	/* A problem too is told from the loop: nobody is called back from inside. */
	uv_timer_start(&run->limit, on_limit, run->problem ? 0 : CLI_LIMIT_MS, 0);
}

static void close_credential(struct credential *base)
{
	struct azure_cli *credential = (struct azure_cli *)base;

	credential->is_closing = true;
	/* Handles are closed in later turns of the loop, so the list stays as it is. */
	for (struct cli_run *run = credential->runs; run; run = run->next)
		if (!run->is_over)
			end_run(run);
	free_when_closed(credential);
}

static const struct credential_operations azure_cli_operations = {.acquire = acquire, .close = close_credential};

struct credential *credential_azure_cli_new(void)
{
	struct azure_cli *credential = memory_new(sizeof(*credential));

	credential->credential.operations = &azure_cli_operations;
	return &credential->credential;
}
