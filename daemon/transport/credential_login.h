/*
 * What the credentials that log in at Entra's token endpoint have in common: for each token the form is made anew, with
 * a proof of who we are (a secret, an assertion signed by us or by somebody whom the application trusts), and posted by
 * login.c. A type of credential embeds struct credential_login as its first member and appends its proof.
 */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "transport/credential.h"
#include "transport/login.h"

struct credential_login;

struct credential_login_operations {
	/* Appends the fields that prove who we are to FORM (credential_login_append()). TOKEN_URL: where it is sent,
	 * the audience of an assertion. NULL, or a sentence in ARENA on why it cannot, with the remedy. */
	const char *(*append_proof)(struct credential_login *credential, const char *token_url, struct arena *arena,
				    struct buffer *form);
	/* Releases what the type holds, and CREDENTIAL itself. */
	void (*free)(struct credential_login *credential);
};

struct credential_login {
	struct credential credential; /* first */
	const struct credential_login_operations *operations;
	struct remedy_login who; /* client_id must be set by the type; for the form and for sentences */
	struct credential_login_try *tries;
	bool is_closing;
};

/* CREDENTIAL's own part; the type has set WHO. */
void credential_login_init(struct credential_login *credential, const struct credential_login_operations *operations);
/* NAME=VALUE, percent-encoded. */
void credential_login_append(struct buffer *form, const char *name, const char *value);
