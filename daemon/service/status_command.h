/* `scepmand status`: asks the running daemon over HTTP, where the configuration says that it listens, and prints what
 * it knows. It never looks at the cloud and never reads the daemon's files. */
#pragma once

#include "base/attributes.h"
#include "desired/desired.h"
#include "service/options.h"

/* The exit status: 0 every installation is Ready, 3 some is not (yet), 1 the daemon cannot be asked; then standard
 * error says why and how to start it. */
int status_command(const struct options *options, const struct desired *desired) _must_check_;
