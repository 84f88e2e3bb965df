/* Which installations --instance means: "NAME", or "TENANT/NAME" where that is ambiguous. Pure. */
#pragma once

#include <stddef.h>

#include "base/attributes.h"
#include "desired/desired.h"

/* Every one of OPTIONS must mean exactly one: 0, or -ESRCH with *RET_PROBLEM (to be freed). */
int selection_check(const struct desired *desired, const char *const *options, size_t count,
		    char **ret_problem) _must_check_;
/* The names of the installations of TENANT that OPTIONS mean, at most MAXIMUM of them, in RET. How many. */
size_t selection_of_tenant(const struct desired_tenant *tenant, const char *const *options, size_t count,
			   const char **ret, size_t maximum);
