/*
 * What must be true of the simulated tenant whatever happened to a pass: nothing exists twice, nothing foreign changed,
 * no secret is gone. Judged on the state of the world, never on the list of calls.
 */
#pragma once

#include <stdbool.h>

#include "rig.h"

/* What was there before anything was done. */
struct invariants {
	cJSON *before;
};

void invariants_init(struct invariants *invariants, struct rig *rig);
void invariants_done(struct invariants *invariants);
/* True; or false with a sentence in *RET_PROBLEM (to be freed). */
bool invariants_hold(const struct invariants *invariants, struct rig *rig, char **ret_problem);
/* Does every web app answer its health check with 200? */
bool invariants_are_healthy(struct rig *rig, char **ret_problem);
