#include "transport/credential_chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Somebody who waits for the search. */
struct chain_try {
	struct chain_try *next;
	struct arena arena;
	struct credential_wish wish;
	credential_answer_fn *on_answer;
	void *arg;
	/* Why each member that was asked for this one was passed over. */
	const char *reasons[CREDENTIAL_CHAIN_MAX];
};

struct credential_chain {
	struct credential credential; /* first */
	struct arena arena;
	uv_timer_t timer; /* so that nobody is answered from inside of his question */
	const char *advice;
	struct credential_chain_member members[CREDENTIAL_CHAIN_MAX];
	size_t count;
	size_t position;                             /* of the member that is asked for the first who waits */
	const struct credential_chain_member *found; /* or NULL */
	struct chain_try *waiting, **waiting_tail;
	unsigned open_parts; /* while it closes */
};

static void begin_search(struct credential_chain *chain);

static struct chain_try *take_first(struct credential_chain *chain)
{
	struct chain_try *try = chain->waiting;

	chain->waiting = try->next;
	if (!chain->waiting)
		chain->waiting_tail = &chain->waiting;
	return try;
}

static void free_try(struct chain_try *try)
{
	arena_done(&try->arena);
	free(try);
}

static void tell(struct chain_try *try, const struct credential_answer *answer)
{
	try->on_answer(try->arg, answer);
	free_try(try);
}

static const char *list_reasons(const struct credential_chain *chain, struct chain_try *try)
{
	const char *list = "";

	for (size_t i = 0; i < chain->count; i++)
		list = arena_printf(&try->arena, "%s(%zu) %s: %s. ", list, i + 1, chain->members[i].name,
				    try->reasons[i]);
	return list;
}

/* What one of them waited for in vain is in vain for all: whether a credential is there does not depend on the
 * audience. */
static void tell_all_that_there_is_none(struct credential_chain *chain)
{
	struct chain_try *first = take_first(chain), *next;
	struct chain_try *others = chain->waiting;
	struct credential_answer answer = {
		.is_unavailable = true,
		.fault = {.class = FAULT_CREDENTIAL,
			  .code = "NoCredential",
			  .message = arena_printf(&first->arena, "none of these credentials is there: %s%s",
						  list_reasons(chain, first), chain->advice)},
	};

	chain->waiting = NULL;
	chain->waiting_tail = &chain->waiting;
	for (; others; others = next) {
		next = others->next;
		tell(others, &answer);
	}
	tell(first, &answer);
}

static void on_member_answer(void *arg, const struct credential_answer *answer)
{
	struct credential_chain *chain = arg;
	const struct credential_chain_member *member = &chain->members[chain->position];
	struct chain_try *try = chain->waiting;
	struct credential_answer refused;

	if (!answer->token && answer->is_unavailable) {
		try->reasons[chain->position++] = arena_copy_text(&try->arena, answer->fault.message);
		begin_search(chain);
		return;
	}
	chain->position = 0;
	take_first(chain);
	if (answer->token) {
		chain->found = member;
		tell(try, answer);
	} else {
		refused = *answer;
		refused.fault.message =
			arena_printf(&try->arena, "%s (this credential is the first of type default that is there: %s)",
				     answer->fault.message, member->name);
		tell(try, &refused);
	}
	if (chain->waiting)
		begin_search(chain);
}

/* Goes on with the search for the first who waits. */
static void on_timer(uv_timer_t *timer)
{
	struct credential_chain *chain = timer->data;
	struct chain_try *try = chain->waiting;
	struct credential_answer wrong = {.fault = {.class = FAULT_CREDENTIAL, .code = "WrongCredential"}};
	struct credential_wish wish;

	if (chain->found) {
		while (chain->waiting) {
			try = take_first(chain);
			credential_acquire(chain->found->credential, &try->wish, try->on_answer, try->arg);
			free_try(try);
		}
		return;
	}
	for (; chain->position < chain->count; chain->position++) {
		const struct credential_chain_member *member = &chain->members[chain->position];

		if (member->credential) {
			wish = try->wish;
			wish.probe_ms = member->probe_ms;
			credential_acquire(member->credential, &wish, on_member_answer, chain);
			return;
		}
		if (member->is_wrong) {
			wrong.fault.message = member->problem;
			on_member_answer(chain, &wrong);
			return;
		}
		try->reasons[chain->position] = member->problem;
	}
	chain->position = 0;
	tell_all_that_there_is_none(chain);
}

static void begin_search(struct credential_chain *chain)
{
	if (!uv_is_closing((uv_handle_t *)&chain->timer))
		uv_timer_start(&chain->timer, on_timer, 0, 0);
}

static void acquire(struct credential *base, const struct credential_wish *wish, credential_answer_fn *on_answer,
		    void *arg)
{
	struct credential_chain *chain = (struct credential_chain *)base;
	struct chain_try *try;

	if (chain->found) {
		credential_acquire(chain->found->credential, wish, on_answer, arg);
		return;
	}
	try = memory_new(sizeof(*try));
	try->wish.audience = arena_copy_text(&try->arena, wish->audience);
	try->wish.claims = arena_copy_text(&try->arena, wish->claims);
	try->on_answer = on_answer;
	try->arg = arg;
	*chain->waiting_tail = try;
	chain->waiting_tail = &try->next;
	if (chain->waiting == try)
		begin_search(chain);
}

static void end_part(struct credential_chain *chain)
{
	if (--chain->open_parts)
		return;
	if (chain->credential.on_closed)
		chain->credential.on_closed(chain->credential.closed_arg);
	arena_done(&chain->arena);
	free(chain);
}

static void on_member_closed(void *arg)
{
	end_part(arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
	end_part(handle->data);
}

static void close_chain(struct credential *base)
{
	struct credential_chain *chain = (struct credential_chain *)base;

	while (chain->waiting)
		free_try(take_first(chain));
	chain->open_parts = 1;
	uv_close((uv_handle_t *)&chain->timer, on_timer_closed);
	for (size_t i = 0; i < chain->count; i++) {
		if (!chain->members[i].credential)
			continue;
		chain->open_parts++;
		credential_close(chain->members[i].credential, on_member_closed, chain);
	}
}

static const struct credential_operations chain_operations = {.acquire = acquire, .close = close_chain};

struct credential *credential_chain_new(uv_loop_t *loop, const char *advice)
{
	struct credential_chain *chain = memory_new(sizeof(*chain));

	chain->credential.operations = &chain_operations;
	chain->advice = advice;
	chain->waiting_tail = &chain->waiting;
	uv_timer_init(loop, &chain->timer);
	chain->timer.data = chain;
	return &chain->credential;
}

void credential_chain_add(struct credential *base, const struct credential_chain_member *member)
{
	struct credential_chain *chain = (struct credential_chain *)base;

	assert(chain->count < CREDENTIAL_CHAIN_MAX);
	chain->members[chain->count++] = *member;
}

struct arena *credential_chain_arena(struct credential *chain)
{
	return &((struct credential_chain *)chain)->arena;
}
