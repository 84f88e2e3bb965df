/*
 * A client secret, kept in a file. The file is read again for each token, so replacing the secret needs no restart; in
 * between it is not in memory. Format: auth.md section 3.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "transport/credential.h"
#include "transport/login.h"
#include "transport/token.h"

enum { SECRET_MAX = 4096, FORM_MAX = 64 * 1024 };

/* One token on its way. */
struct acquisition {
	struct acquisition *next;
	struct client_secret *credential;
	struct login *login; /* NULL: no request was made, PROBLEM is told from the timer */
	uv_timer_t timer;
	struct arena arena;
	struct fault problem;
	credential_answer_fn *on_answer;
	void *arg;
};

struct client_secret {
	struct credential credential; /* first */
	const struct desired_credential *desired;
	struct remedy_login who;
	struct acquisition *acquisitions;
	bool is_closing, was_warned;
};

static void free_when_closed(struct client_secret *credential)
{
	if (!credential->is_closing || credential->acquisitions)
		return;
	if (credential->credential.on_closed)
		credential->credential.on_closed(credential->credential.closed_arg);
	free(credential);
}

static void forget(struct acquisition *acquisition)
{
	struct acquisition **link = &acquisition->credential->acquisitions;

	while (*link != acquisition)
		link = &(*link)->next;
	*link = acquisition->next;
	arena_done(&acquisition->arena);
	free_when_closed(acquisition->credential);
	free(acquisition);
}

static void on_login_answer(void *arg, const struct credential_answer *answer)
{
	struct acquisition *acquisition = arg;

	acquisition->on_answer(acquisition->arg, answer);
	forget(acquisition);
}

static void on_login_closed(void *arg)
{
	forget(arg);
}

static void on_problem_closed(uv_handle_t *handle)
{
	forget(handle->data);
}

static void on_problem(uv_timer_t *timer)
{
	struct acquisition *acquisition = timer->data;
	struct credential_answer answer = {.fault = acquisition->problem};

	acquisition->on_answer(acquisition->arg, &answer);
	if (!uv_is_closing((uv_handle_t *)timer))
		uv_close((uv_handle_t *)timer, on_problem_closed);
}

/* An administrator who edits such a file leaves a line end behind, and some editors a blank. */
static void trim(struct buffer *secret)
{
	while (secret->length && strchr(" \t\r\n", secret->data[secret->length - 1]))
		secret->data[--secret->length] = 0;
}

/* NULL, or what is wrong with the secret. */
static const char *read_secret(struct client_secret *credential, struct arena *arena, struct buffer *ret)
{
	const char *file = credential->desired->client_secret_file;
	struct stat status;
	FILE *stream = fopen(file, "re");
	char chunk[512];
	size_t n;

	if (!stream)
		return arena_printf(
			arena,
			"the client secret cannot be read from %s: %s; credential.client_secret_file must name a "
			"file that this user may read",
			file, strerror(errno));
	/* The stream's own buffer would keep a copy. */
	setvbuf(stream, NULL, _IONBF, 0);
	if (fstat(fileno(stream), &status) == 0 && (status.st_mode & S_IROTH) && !credential->was_warned &&
	    credential->credential.context.warn) {
		credential->was_warned = true;
		credential->credential.context.warn(credential->credential.context.arg,
						    arena_printf(arena,
								 "every user of this machine may read the client "
								 "secret in %s; mend it with: chmod o= %s",
								 file, file));
	}
	while ((n = fread(chunk, 1, sizeof(chunk), stream)))
		buffer_append(ret, chunk, n);
	memory_wipe(chunk, sizeof(chunk));
	fclose(stream);
	trim(ret);
	if (!ret->length)
		return arena_printf(arena, "%s is empty; it must hold the value of the client secret", file);
	if (ret->overflowed || strlen(ret->data) != ret->length)
		return arena_printf(
			arena, "%s is not a client secret (too long, or not text); it must hold the secret's value",
			file);
	return NULL;
}

static void append_field(struct buffer *form, const char *name, const char *value)
{
	buffer_printf(form, "%s%s=", form->length ? "&" : "", name);
	buffer_append_url_encoded(form, value);
}

static void build_form(struct client_secret *credential, const struct credential_wish *wish, const char *secret,
		       struct arena *arena, struct buffer *form)
{
	append_field(form, "client_id", credential->desired->client_id);
	append_field(form, "grant_type", "client_credentials");
	append_field(form, "scope", arena_printf(arena, "%s/.default", wish->audience));
	append_field(form, "claims", token_claims_parameter(wish->claims, arena));
	append_field(form, "client_secret", secret);
}

static void acquire(struct credential *base, const struct credential_wish *wish, credential_answer_fn *on_answer,
		    void *arg)
{
	struct client_secret *credential = (struct client_secret *)base;
	struct acquisition *acquisition = memory_new(sizeof(*acquisition));
	struct buffer secret, form;
	const char *problem;

	acquisition->credential = credential;
	acquisition->on_answer = on_answer;
	acquisition->arg = arg;
	acquisition->next = credential->acquisitions;
	credential->acquisitions = acquisition;
	credential->who = (struct remedy_login){.client_id = credential->desired->client_id,
						.tenant_id = base->context.tenant_id,
						.secret_file = credential->desired->client_secret_file};
	buffer_init(&secret, SECRET_MAX);
	buffer_init(&form, FORM_MAX);
	problem = read_secret(credential, &acquisition->arena, &secret);
	if (problem) {
		acquisition->problem = (struct fault){.class = FAULT_CREDENTIAL, .message = problem};
		uv_timer_init(base->context.loop, &acquisition->timer);
		acquisition->timer.data = acquisition;
		uv_timer_start(&acquisition->timer, on_problem, 0, 0);
	} else {
		build_form(credential, wish, secret.data, &acquisition->arena, &form);
		acquisition->login =
			login_begin(&base->context, &credential->who, form.data, on_login_answer, acquisition);
	}
	buffer_done(&form);
	buffer_done(&secret);
}

static void close_credential(struct credential *base)
{
	struct client_secret *credential = (struct client_secret *)base;

	credential->is_closing = true;
	for (struct acquisition *acquisition = credential->acquisitions; acquisition; acquisition = acquisition->next) {
		if (acquisition->login)
			login_cancel(acquisition->login, on_login_closed, acquisition);
		else if (!uv_is_closing((uv_handle_t *)&acquisition->timer))
			uv_close((uv_handle_t *)&acquisition->timer, on_problem_closed);
	}
	free_when_closed(credential);
}

static const struct credential_operations client_secret_operations = {.acquire = acquire, .close = close_credential};

struct credential *credential_client_secret_new(const struct desired_credential *desired)
{
	struct client_secret *credential = memory_new(sizeof(*credential));

	credential->credential.operations = &client_secret_operations;
	credential->desired = desired;
	return &credential->credential;
}
