/* Proves to the token endpoint with a certificate who the application is: what the types client_certificate and
 * environment share. */
#pragma once

#include "transport/client_certificate.h"
#include "transport/credential_login.h"

/* Reads FILE, and appends an assertion for TOKEN_URL that it signed to FORM. NULL, or a sentence in ARENA. Says in
 * LOGIN->who which certificate it was. */
const char *certificate_proof_append(struct credential_login *login, const struct certificate_file *file,
				     bool has_chain, const char *token_url, struct arena *arena, struct buffer *form);
