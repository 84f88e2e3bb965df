/* The command or the decision that helps against a refusal, as the last sentence of a fault's message. Tables, pure. */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "transport/refusal.h"

/* A sentence in ARENA or NULL when there is nothing to do that the cloud's own MESSAGE (may be NULL) does not say. */
const char *remedy_for_refusal(const struct refusal_context *context, const struct fault *fault, const char *message,
			       struct arena *arena);

/* Whose login failed, and by what he proved who he is, for remedy_for_login(). */
struct remedy_login {
	const char *client_id, *tenant_id;
	const char *secret_file;          /* a client secret's, or the variable that holds it */
	const char *certificate_file;     /* or NULL */
	const char *federated_token_file; /* or NULL */
	char thumbprint[41];              /* of the certificate */
};

/* The whole sentence for an error code of the token endpoint ("AADSTS7000222"), or NULL when the code is not known.
 * MESSAGE: what the endpoint said (may be NULL). Source: wire.md section 2; Microsoft's list of AADSTS codes. */
const char *remedy_for_login(const struct remedy_login *login, const char *code, const char *message,
			     struct arena *arena);
/* Where the file PATH is to be mended: systemd's credentials are copies that nobody can write, made at each start. */
const char *remedy_place_of(const char *path, struct arena *arena);
/* Its part for certificates and federated tokens. */
const char *remedy_for_assertion(const struct remedy_login *login, const char *code, const char *message,
				 struct arena *arena);
