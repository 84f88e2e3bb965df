/* A simulated tenant with nothing but a directory, and a token for it: for the fuzz targets of Graph. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "sim.h"

/* The state that tenants are made of; to be freed. */
cJSON *directory_rig_state(void) _must_check_;
/* A tenant of STATE. NULL: the state was refused. */
struct sim *directory_rig_new(const cJSON *state) _must_check_;
/* Sends METHOD TARGET with BODY (LENGTH bytes, as JSON); aborts when the answer is no HTTP status. */
void directory_rig_send(struct sim *sim, const char *method, const char *target, const char *body, size_t length);
