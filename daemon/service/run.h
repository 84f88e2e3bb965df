/*
 * `scepmand run`: passes over all tenants for ever, on one loop. This is where signals, the configuration's changes,
 * systemd and the endpoint meet; when a tenant's passes begin and what came of them is run_tenant.h's.
 *
 * SIGHUP reads the configuration again, SIGUSR1 begins a pass now, SIGTERM and SIGINT finish what is in flight for at
 * most 10 s; a second one ends at once.
 */
#pragma once

#include "base/attributes.h"
#include "desired/desired.h"
#include "service/options.h"

/* OPTIONS: the configuration's file, and --verbose or --quiet, which outweigh its log level. Takes DESIRED over. The
 * exit status: 0 after a signal, 1 when it could not begin (the endpoint's address is in use); standard error or the
 * journal says why. */
int run_daemon(const struct options *options, struct desired *desired) _must_check_;
