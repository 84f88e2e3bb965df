/*
 * Does the right to assign roles reach as far as SCEPman's roles? Azure's list of permissions says nothing of the
 * conditions of the assignments that it adds up, so the assignments themselves are looked at. Pure. Only what can be
 * told for certain counts as a refusal.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "doctor/demand.h"

/*
 * ASSIGNMENTS: the answer of roleAssignments?$filter=assignedTo('…') at demand->scope; NULL: there is none. Corrects a
 * need that was judged to be there: FINDING_LACKS when every assignment that gives the right leaves out one of
 * demand->roles; otherwise a remark where there is something to know.
 */
void demand_judge_delegation(struct demand *demand, const cJSON *assignments, struct arena *arena);
