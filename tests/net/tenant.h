/* Runs tenant-sim for one test, and reads from its ready file how to reach it. */
#pragma once

#include <cjson/cJSON.h>
#include <sys/types.h>

#include "base/arena.h"
#include "desired/desired.h"

struct tenant {
	struct arena arena;
	pid_t pid;
	char directory[64];
	cJSON *ready; /* the ready file */
	struct desired_tenant desired;
};

/* Starts PROGRAM with SCENARIO and waits until it listens. */
void tenant_start(struct tenant *tenant, const char *program, const char *scenario);
void tenant_stop(struct tenant *tenant);
/* A member of the ready file. */
const char *tenant_text(const struct tenant *tenant, const char *name);
/* METHOD on /_sim/PATH with BODY (or NULL), outside of the transport under test. The answer's text, in the tenant's
 * arena. */
const char *tenant_control(struct tenant *tenant, const char *method, const char *path, const char *body);
