/*
 * Type "default": which credentials are tried, in which order. The order is that of the Azure SDKs for production, and
 * AZURE_TOKEN_CREDENTIALS is read as they read it (auth.md section 1). Unlike them we ask the Azure CLI by ourselves
 * only when somebody sits at a terminal: a daemon must not act with the rights of whoever was logged in last.
 */
#pragma once

#include "base/arena.h"
#include "desired/desired.h"

enum { CREDENTIAL_DEFAULT_MAX = 4 };

struct credential_default_choice {
	enum credential_type types[CREDENTIAL_DEFAULT_MAX];
	size_t count;
	bool is_single; /* one was named, so it is not only looked for, it is waited for */
};

/* WORDS: AZURE_TOKEN_CREDENTIALS, or NULL. NULL with *RET, or a sentence in ARENA on what is wrong with WORDS. */
const char *credential_default_choose(const char *words, bool is_on_terminal, struct arena *arena,
				      struct credential_default_choice *ret) _must_check_;
