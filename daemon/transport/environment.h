/*
 * The environment variables that the Azure SDKs read (auth.md section 2), and whether they speak of the tenant and the
 * cloud that the configuration names: a proof of who we are is sent to the configured authority, never to one that a
 * variable names. Nothing of the environment is copied, so there is nothing to wipe.
 */
#pragma once

#include "transport/credential.h"

/* The variable NAME; NULL when it is not set, or empty. */
const char *environment_get(const char *name);
/* NULL when AZURE_TENANT_ID and AZURE_AUTHORITY_HOST, as far as they are set, are those of CONTEXT, or
 * AZURE_ADDITIONALLY_ALLOWED_TENANTS allows CONTEXT's tenant. Otherwise a sentence in ARENA. */
const char *environment_disagreement(const struct credential_context *context, struct arena *arena);
/* Are A and B addresses of the same authority? "https://login.windows.net/" is "https://login.microsoftonline.com". */
bool environment_is_same_authority(const char *a, const char *b);
