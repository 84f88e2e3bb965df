/*
 * Who hands out this machine's managed identity, and how it is asked: the instance metadata service of a virtual
 * machine (or of a Kubernetes node), App Service (Functions and Container Apps speak the same), or the agent of Azure
 * Arc. Found from the environment in the order of the Azure SDKs. Pure: asks nobody.
 * Source: auth.md sections 2 and 3.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "desired/desired.h"

enum identity_service { IDENTITY_METADATA, IDENTITY_APP_SERVICE, IDENTITY_ARC };

/* What tells where we are; NULL and "" are the same. */
struct identity_variables {
	const char *identity_endpoint;           /* IDENTITY_ENDPOINT */
	const char *identity_header;             /* IDENTITY_HEADER, a secret */
	const char *identity_server_thumbprint;  /* IDENTITY_SERVER_THUMBPRINT */
	const char *imds_endpoint;               /* IMDS_ENDPOINT */
	const char *msi_endpoint;                /* MSI_ENDPOINT */
	const char *pod_identity_authority_host; /* AZURE_POD_IDENTITY_AUTHORITY_HOST */
	bool has_arc_agent;                      /* IDENTITY_ARC_AGENT is there */
};

#define IDENTITY_ARC_AGENT "/opt/azcmagent/bin/himds"

struct identity_source {
	enum identity_service service;
	const char *url;    /* without what identity_source_request() adds */
	const char *host;   /* for sentences */
	const char *name;   /* "the metadata service (169.254.169.254)", for sentences */
	const char *header; /* the line that every request carries; a secret where the service is App Service */
};

/*
 * Fills RET, with strings in ARENA. 0; or, with a sentence in *RET_PROBLEM (in ARENA), -ENOENT: a platform that is not
 * supported; -EINVAL: no address, or one where a request would leave this machine unencrypted, with the secret and the
 * token in its answer.
 */
int identity_source_find(const struct identity_variables *variables, struct arena *arena, struct identity_source *ret,
			 const char **ret_problem) _must_check_;
/* The URL that asks for a token for AUDIENCE, of the identity that DESIRED names: by its client_id, object_id or
 * resource_id, or the machine's own. */
const char *identity_source_request(const struct identity_source *source, const struct desired_credential *desired,
				    const char *audience, struct arena *arena) _must_check_;
