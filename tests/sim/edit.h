/*
 * Another writer's change to the tenant: {"id":ID,"put":OBJECT | "merge":PATCH | "remove":true}. ID names a resource (a
 * role assignment or a site's settings, too) or an object of the directory; a merge is RFC 7386. Applied in one step,
 * without any of the checks that the cloud makes: it says what somebody else brought about, not how.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "state.h"

/* Is EDITS an edit, or an array of them? NULL if so, or a sentence that starts with PATH; to be freed. */
char *edit_check(const cJSON *edits, const char *path) _must_check_;
/* Applies what edit_check() found well. A merge into, or the removal of, what is not there does nothing. */
void edit_apply(const cJSON *edits, struct sim_state *state);
