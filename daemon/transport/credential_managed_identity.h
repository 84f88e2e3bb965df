/* Managed identities: the token is asked of a service of this machine, which vouches for it. */
#pragma once

#include "transport/credential.h"
#include "transport/identity_source.h"

/* For tests; nobody who can set a variable can set these. */
struct managed_identity_options {
	const struct identity_variables *variables; /* instead of the process's environment */
	const char *arc_directory;                  /* instead of ARC_CHALLENGE_DIRECTORY */
};

/* OPTIONS may be NULL, which is what production uses. Returns as identity_source_find() does, with
 * *RET_PROBLEM to be freed. */
int credential_managed_identity_new(const struct desired_credential *desired,
				    const struct managed_identity_options *options, struct credential **ret,
				    char **ret_problem) _must_check_;
