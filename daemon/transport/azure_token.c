#include "transport/azure_parts.h"

#include <string.h>

#include "base/clock.h"
#include "transport/token_claims.h"

void azure_audience_init(struct azure_audience *audience, struct azure *azure, const char *base_url,
			 const char *resource, uint64_t seed)
{
	audience->azure = azure;
	audience->base_url = base_url;
	audience->resource = resource ? resource : base_url;
	audience->token.random = seed;
	audience->waiting_tail = &audience->waiting;
}

void azure_audience_done(struct azure_audience *audience)
{
	token_done(&audience->token);
}

static void on_answer(void *arg, const struct credential_answer *answer);

static void fetch_if_needed(struct azure_audience *audience)
{
	struct azure *azure = audience->azure;
	struct credential_wish wish = {.audience = audience->resource, .claims = audience->token.claims};

	if (!azure->is_stopping && token_begin_fetch(&audience->token, clock_boot_ms()))
		credential_acquire(azure->credential, &wish, on_answer, audience);
}

/* Tells CALL what there is, or false: it must wait. */
static bool serve(struct azure_call *call)
{
	struct token *token = &call->audience->token;

	switch (token_ask(token, clock_boot_ms())) {
	case TOKEN_READY:
		if (call->audience->client_id[0])
			exchange_identify(&call->call.exchange, call->audience->client_id,
					  call->audience->is_managed_identity);
		call_absorb(&call->call, &(struct reply){.type = REPLY_READY});
		return true;
	case TOKEN_FAILED:
		call_absorb(&call->call, &(struct reply){.type = REPLY_FAULT, .fault = token->fault});
		return true;
	case TOKEN_AWAITED:
		break;
	}
	return false;
}

static void wait_for_token(struct azure_call *call)
{
	struct azure_audience *audience = call->audience;

	call->next_waiting = NULL;
	*audience->waiting_tail = call;
	audience->waiting_tail = &call->next_waiting;
}

void azure_forget_waiting(struct azure_call *call)
{
	struct azure_audience *audience = call->audience;

	if (!audience)
		return;
	for (struct azure_call **link = &audience->waiting; *link; link = &(*link)->next_waiting) {
		if (*link != call)
			continue;
		*link = call->next_waiting;
		if (!*link)
			audience->waiting_tail = link;
		return;
	}
}

void azure_get_token(struct call *call, const struct exchange_move *move)
{
	struct azure_call *own = (struct azure_call *)call;

	if (move->renew)
		token_refuse(&own->audience->token, own->token_generation, move->claims);
	fetch_if_needed(own->audience);
	if (!serve(own))
		wait_for_token(own);
}

/* Whom the sentences are about. A configuration may name nobody: the machine's own identity, whoever is in the
 * environment or signed in with az. */
static void learn_who_it_is(struct azure_audience *audience, const char *token)
{
	struct arena arena = {0};
	struct token_claims claims;

	audience->client_id[0] = 0;
	if (token_claims_read(token, &arena, &claims) == 0 && text_is_guid(claims.app_id) &&
	    !text_equal(claims.identity_type, "user") && !claims.user_name && !claims.scopes.count) {
		memcpy(audience->client_id, claims.app_id, sizeof(audience->client_id));
		audience->is_managed_identity = claims.resource_id;
	}
	arena_done(&arena);
}

/* It becomes part of a header line, so what it may be made of is checked whoever gave it. */
static bool is_token(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text >= 0x7f)
			return false;
	return true;
}

/* True: there is a new token. */
static bool absorb_answer(struct token *token, const struct credential_answer *answer)
{
	static const struct fault garbled = {
		.class = FAULT_GARBLED,
		.message =
			"the token that was given has blanks or control characters in it, so it is none; nothing was "
			"sent with it. Check what answers at the authority under cloud: and the proxy before it",
	};
	const struct fault *fault = answer->token ? &garbled : &answer->fault;

	if (answer->token && is_token(answer->token)) {
		token_absorb(token, answer->token, answer->lifetime_s, answer->refresh_in_s, clock_boot_ms());
		return true;
	}
	token_absorb_fault(token, fault, clock_boot_ms());
	return false;
}

static void on_answer(void *arg, const struct credential_answer *answer)
{
	struct azure_audience *audience = arg;
	struct azure *azure = audience->azure;
	struct token *token = &audience->token;
	struct azure_call *waiting = audience->waiting;
	bool is_given = absorb_answer(token, answer);

	if (is_given)
		learn_who_it_is(audience, answer->token);
	if (is_given && azure->options.observer.token_renewed)
		azure->options.observer.token_renewed(azure->options.observer.arg, audience->base_url,
						      clock_unix_ms() / 1000 + answer->lifetime_s);
	fetch_if_needed(audience);
	/* Whoever cannot be served goes to the end of a new queue. */
	audience->waiting = NULL;
	audience->waiting_tail = &audience->waiting;
	while (waiting) {
		struct azure_call *next = waiting->next_waiting;

		if (!serve(waiting))
			wait_for_token(waiting);
		waiting = next;
	}
}

const char *azure_current_token(struct azure_audience *audience, uint64_t *ret_generation)
{
	if (token_ask(&audience->token, clock_boot_ms()) != TOKEN_READY)
		return NULL;
	*ret_generation = audience->token.generation;
	return audience->token.value;
}
