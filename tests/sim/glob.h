/* Patterns for paths of rules: * matches any characters, / among them. Nothing else is special. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"

/* Without regard to ASCII case. Linear in memory and at worst quadratic in time. */
bool glob_matches_fold(const char *pattern, const char *text) _pure_;
