/* The configuration file for the commands: read, validated, and its problems as the lines that people and editors
 * understand. Keeps nothing. */
#pragma once

#include "base/attributes.h"
#include "base/buffer.h"
#include "desired/desired.h"

enum { CONFIGURATION_PROBLEMS_SIZE_MAX = 64 * 1024 };

/* The desired state in FILE (desired_free()), or NULL with one line per problem in PROBLEMS: "FILE:LINE:COLUMN:
 * message". */
struct desired *configuration_load(const char *file, struct buffer *problems) _must_check_;
