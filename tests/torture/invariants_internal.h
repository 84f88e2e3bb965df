/* What the parts of the invariants share: looking into a state of the simulated tenant. */
#pragma once

#include "invariants.h"

/* False, and *RET_PROBLEM says why. */
bool invariants_fail(char **ret_problem, const char *format, ...) _printf_(2, 3);
/* Member NAME of OBJECT, "" when it is no text. */
const char *invariants_text(const cJSON *object, const char *name);
/* Array SET of the directory. */
const cJSON *invariants_directory(const cJSON *state, const char *set);
/* The resource with ID, or NULL. */
const cJSON *invariants_find_resource(const cJSON *state, const char *id);

/* ---- invariants_credentials.c ---- */

/* Does every web app and slot that signed in with a key still have the key, and a credential that works? */
bool invariants_credentials_hold(const cJSON *before, const cJSON *after, char **ret_problem);
