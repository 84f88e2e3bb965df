/*
 * Several credentials in an order, of which the first that is there is used (auth.md section 1). One that is not there
 * is passed over; one that is there and refused ends the search, since what comes after it would be somebody else. The
 * first that gave a token is used from then on, as long as the chain lives.
 */
#pragma once

#include "base/arena.h"
#include "transport/credential.h"

enum { CREDENTIAL_CHAIN_MAX = 8 };

struct credential_chain_member {
	const char *name;              /* as a configuration names its type */
	struct credential *credential; /* owned from now on; NULL: PROBLEM says why there is none */
	const char *problem;           /* lives as long as the chain */
	bool is_wrong;                 /* it is configured, and PROBLEM is what is wrong with that: the search ends */
	int64_t probe_ms;              /* credential_wish.probe_ms until the chain has found its credential */
};

/* An empty chain. ADVICE: what to do when none of its members is there; a sentence that lives as long as the chain. */
struct credential *credential_chain_new(uv_loop_t *loop, const char *advice);
/* Adds MEMBER at the end, before the first acquisition. */
void credential_chain_add(struct credential *chain, const struct credential_chain_member *member);
/* For what has to live as long as the chain. */
struct arena *credential_chain_arena(struct credential *chain);
