/* Looks over the objects of the directory before they become a tenant: a state may be written by hand. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "state.h"

/* Are the OBJECTS of SET (an array of objects) of the types that Graph publishes, with what they cannot do without? 0,
 * or -EINVAL with a sentence in *RET_ERROR (to be freed) that begins with the path of the offending value, from WHERE
 * on. Members that Graph does not know are let be: its objects are open. */
int graph_check_objects(enum directory_set set, const cJSON *objects, const char *where, char **ret_error) _must_check_;
