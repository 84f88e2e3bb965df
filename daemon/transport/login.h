/*
 * One request to the token endpoint of Entra (v2.0, client credentials), with retries: the part that a client secret, a
 * certificate and a federated token have in common. Source: auth.md section 3, wire.md section 2.
 */
#pragma once

#include "transport/credential.h"
#include "transport/remedy.h"

struct login;

/* Where CONTEXT's tenant logs in, in ARENA. */
const char *login_token_url(const struct credential_context *context, struct arena *arena);

/* FORM: the complete body (application/x-www-form-urlencoded), copied and wiped. WHO: for the sentences, outlives the
 * login. ON_ANSWER is called once, from the loop; then the login frees itself. */
struct login *login_begin(const struct credential_context *context, const struct remedy_login *who, const char *form,
			  credential_answer_fn *on_answer, void *arg);
/* Ends a login without an answer; ON_CLOSED is called from the loop. */
void login_cancel(struct login *login, void (*on_closed)(void *arg), void *arg);
