/* The clouds that have a name, and reading of those that have none. */
#pragma once

#include "desired/scalar.h"

/* Field reader into struct desired_cloud: a cloud's name, or a mapping. */
scalar_reader cloud_read;
/* The cloud with that name, or NULL. */
const struct desired_cloud *cloud_find(const char *name);
/* The names, NULL-terminated. */
extern const char *const cloud_names[];
