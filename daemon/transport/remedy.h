/* The command or the decision that helps against a refusal, as the last sentence of a fault's message. Tables, pure. */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "transport/refusal.h"

/* A sentence in ARENA or NULL when there is nothing to do that the cloud's own MESSAGE (may be NULL) does not say. */
const char *remedy_for_refusal(const struct refusal_context *context, const struct fault *fault, const char *message,
			       struct arena *arena);

/* Whose login failed, for remedy_for_login(). */
struct remedy_login {
	const char *client_id, *tenant_id, *secret_file;
};

/* The whole sentence for an error code of the token endpoint ("AADSTS7000222"), or NULL when the code is not known.
 * Source: wire.md section 2; Microsoft's list of AADSTS codes. */
const char *remedy_for_login(const struct remedy_login *login, const char *code, struct arena *arena);
