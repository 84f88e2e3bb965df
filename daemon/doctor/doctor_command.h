/* `scepmand doctor`: who the daemon is in each tenant, which rights it has and lacks for what the configuration asks,
 * and the commands that give them. Changes nothing. */
#pragma once

#include "desired/desired.h"
#include "service/options.h"

/* The exit status: 0 nothing lacks, 1 no token or no answer, 3 something lacks, 64. */
int doctor_command(const struct options *options, const struct desired *desired);
