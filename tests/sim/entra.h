/*
 * The simulated Entra: who may have a token, what stands in it, and whether a token that comes with a request is good.
 * Tokens are JSON web tokens that are really signed and really verified. The signing key follows from a fixed sentence,
 * so that the same requests at the same time get the same tokens in every run; it protects nothing.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"

struct entra;

/* Never NULL. The key is made when the first token is needed. */
struct entra *entra_new(void) _must_check_;
void entra_free(struct entra *entra);

/* Looks at the bearer token of a request to Azure Resource Manager or Microsoft Graph. True: CALL->identity is filled.
 * False: the call has been answered with 401, in the words of its service. */
bool entra_authenticate(struct call *call) _must_check_;

/* Azure Arc's proof is a file that the client must be able to read. WRITE is given each such file, since the tenant
 * itself touches none; without it the files are announced but never appear. */
void entra_set_challenge_sink(struct entra *entra, void (*write)(void *userdata, const char *path, const char *content),
			      void *userdata);

/* SERVICE_LOGIN */
extern const struct sim_route login_token_routes[];
extern const struct sim_route login_discovery_routes[];
/* SERVICE_METADATA: managed identities, and the description of the cloud. No token. */
extern const struct sim_route metadata_identity_routes[];
extern const struct sim_route metadata_cloud_routes[];
