/* scepmand audit verify | show: opens the trail of the configured state directory and prints what was asked for. */
#pragma once

#include "base/attributes.h"
#include "desired/desired.h"
#include "service/options.h"

/* The exit status: 0, or 1 when the trail is broken, not there, lacks the line that was noted down, or cannot be read;
 * then standard error says why. */
int audit_command(const struct options *options, const struct desired *desired) _must_check_;
