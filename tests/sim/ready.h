/* What --ready-file says, and a configuration for scepmand that fits the tenant. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"

/* Where the simulated tenant is. */
struct ready_place {
	const char *url, *proxy_url, *metadata_url; /* proxy_url NULL: none */
	const char *directory; /* absolute; holds ca.pem, and gets the configuration and the secret */
};

/* Writes DIRECTORY/scepmand.yaml and DIRECTORY/client-secret (0600) for DESCRIPTION (describe.h). 0 or a negative
 * errno. */
int ready_write_config(const struct ready_place *place, const cJSON *description) _must_check_;
/* Writes the ready file PATH in one step. 0 or a negative errno. */
int ready_write_file(const struct ready_place *place, const cJSON *description, const char *path) _must_check_;
