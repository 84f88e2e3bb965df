#include "transport/credential_login.h"

#include <stdlib.h>

#include "base/memory.h"
#include "transport/token.h"

enum { FORM_MAX = 256 * 1024 };

/* One token on its way. */
struct credential_login_try {
	struct credential_login_try *next;
	struct credential_login *credential;
	struct login *login; /* NULL: no request was made, PROBLEM is told from the timer */
	uv_timer_t timer;
	struct arena arena;
	struct fault problem;
	credential_answer_fn *on_answer;
	void *arg;
};

static void free_when_closed(struct credential_login *credential)
{
	if (!credential->is_closing || credential->tries)
		return;
	if (credential->credential.on_closed)
		credential->credential.on_closed(credential->credential.closed_arg);
	credential->operations->free(credential);
}

static void forget(struct credential_login_try *try)
{
	struct credential_login_try **link = &try->credential->tries;

	while (*link != try)
		link = &(*link)->next;
	*link = try->next;
	arena_done(&try->arena);
	free_when_closed(try->credential);
	free(try);
}

static void on_login_answer(void *arg, const struct credential_answer *answer)
{
	struct credential_login_try *try = arg;

	try->on_answer(try->arg, answer);
	forget(try);
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
	struct credential_login_try *try = timer->data;
	struct credential_answer answer = {.fault = try->problem};

	try->on_answer(try->arg, &answer);
	if (!uv_is_closing((uv_handle_t *)timer))
		uv_close((uv_handle_t *)timer, on_problem_closed);
}

void credential_login_append(struct buffer *form, const char *name, const char *value)
{
	buffer_printf(form, "%s%s=", form->length ? "&" : "", name);
	buffer_append_url_encoded(form, value);
}

static const char *build_form(struct credential_login *credential, const struct credential_wish *wish,
			      struct arena *arena, struct buffer *form)
{
	const struct credential_context *context = &credential->credential.context;
	const char *token_url = login_token_url(context, arena), *problem;

	credential_login_append(form, "client_id", credential->who.client_id);
	credential_login_append(form, "grant_type", "client_credentials");
	credential_login_append(form, "scope", arena_printf(arena, "%s/.default", wish->audience));
	credential_login_append(form, "claims", token_claims_parameter(wish->claims, arena));
	problem = credential->operations->append_proof(credential, token_url, arena, form);
	if (!problem && form->overflowed)
		problem = arena_printf(arena, "the proof of who application %s is would be larger than %d bytes",
				       credential->who.client_id, FORM_MAX);
	return problem;
}

static void acquire(struct credential *base, const struct credential_wish *wish, credential_answer_fn *on_answer,
		    void *arg)
{
	struct credential_login *credential = (struct credential_login *)base;
	struct credential_login_try *try = memory_new(sizeof(*try));
	struct buffer form;
	const char *problem;

	try->credential = credential;
	try->on_answer = on_answer;
	try->arg = arg;
	try->next = credential->tries;
	credential->tries = try;
	credential->who.tenant_id = base->context.tenant_id;
	buffer_init(&form, FORM_MAX);
	problem = build_form(credential, wish, &try->arena, &form);
	if (problem) {
		try->problem = (struct fault){.class = FAULT_CREDENTIAL, .message = problem};
		uv_timer_init(base->context.loop, &try->timer);
		try->timer.data = try;
		uv_timer_start(&try->timer, on_problem, 0, 0);
	} else {
		try->login = login_begin(&base->context, &credential->who, form.data, on_login_answer, try);
	}
	buffer_done(&form);
}

static void close_credential(struct credential *base)
{
	struct credential_login *credential = (struct credential_login *)base;

	credential->is_closing = true;
	for (struct credential_login_try *try = credential->tries; try; try = try->next) {
		if (try->login)
			login_cancel(try->login, on_login_closed, try);
		else if (!uv_is_closing((uv_handle_t *)&try->timer))
			uv_close((uv_handle_t *)&try->timer, on_problem_closed);
	}
	free_when_closed(credential);
}

static const struct credential_operations login_operations = {.acquire = acquire, .close = close_credential};

void credential_login_init(struct credential_login *credential, const struct credential_login_operations *operations)
{
	credential->credential.operations = &login_operations;
	credential->operations = operations;
}
