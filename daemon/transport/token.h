/*
 * One access token for one audience: cached, fetched by one for all who wait, renewed before it expires, dropped when
 * the cloud refuses it. Pure: given the time (a monotonic clock, so the wall clock may jump as it likes), does no I/O;
 * who waits and how a token is fetched is azure_token.c's business. Source: auth.md section 4.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/fault.h"

enum {
	TOKEN_MARGIN_MS =
		5 * 60 * 1000,       /* not used any more this long before it expires, when there may be a new one */
	TOKEN_LAST_MS = 30 * 1000,   /* nor when there is none: a request takes a while to arrive */
	TOKEN_RETRY_MS = 30 * 1000,  /* after a renewal ahead of time failed */
	TOKEN_FAILURE_MS = 5 * 1000, /* for so long everybody hears of a failure, and nobody asks again */
	TOKEN_JITTER = 10,           /* a renewal comes earlier by up to this part of the time until it */
};

enum token_state {
	TOKEN_READY,
	TOKEN_AWAITED, /* wait for token_absorb() */
	TOKEN_FAILED,  /* token->fault */
};

struct token {
	char *value;         /* NULL: none */
	uint64_t generation; /* of VALUE; counts up */
	int64_t usable_until_ms, last_use_ms;
	int64_t refresh_ms; /* when to see about the next one */
	uint64_t random;    /* of the jitter; 0: none */
	bool is_fetching;
	bool is_replacement; /* VALUE, or what will be, is instead of one that was refused in this pass */
	bool is_outdated; /* what is being fetched will be of no use: the cloud has meanwhile demanded other claims */
	char *claims;     /* demanded by the last challenge, JSON, or NULL */
	int64_t failed_until_ms;
	struct arena fault_arena;
	struct fault fault;
};

/* A token of all zero bytes is valid and empty, and without jitter: who wants some sets RANDOM first. */
void token_done(struct token *token);
/* What there is for somebody who needs a token at NOW_MS. */
enum token_state token_ask(const struct token *token, int64_t now_ms);
/* Must the caller begin to fetch now? Says so once per fetch: the answer is to be given to token_absorb…(). */
bool token_begin_fetch(struct token *token, int64_t now_ms);
/* A fetched VALUE that lives LIFETIME_S; REFRESH_IN_S: when the issuer wants it renewed, 0: not said. */
void token_absorb(struct token *token, const char *value, int64_t lifetime_s, int64_t refresh_in_s, int64_t now_ms);
void token_absorb_fault(struct token *token, const struct fault *fault, int64_t now_ms);
/* The cloud refused the value of GENERATION with 401; CLAIMS (or NULL) are to be asked for. A younger value stays, and
 * so does the replacement of one that was refused before: no third one is asked for in a pass. */
void token_refuse(struct token *token, uint64_t generation, const char *claims);
/* A pass is over: what the cloud refuses in the next one is replaced again. */
void token_end_pass(struct token *token);
/* The claims parameter of a token request: CHALLENGE (JSON, or NULL) merged with the capability cp1, which says that we
 * understand such challenges. */
const char *token_claims_parameter(const char *challenge, struct arena *arena);
