/*
 * HTTP in front of the simulated tenant: TLS for the services, plain for the instance metadata service. Carries
 * requests to sim_handle() and performs what it says of the connection: delays, dropped and truncated answers. Decides
 * nothing itself, but that
 * /_sim/ is for loopback peers only.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "sim.h"
#include "tls.h"

struct front;

/* How the core is called from several threads, at what time, and held-back answers. One for all listeners. */
struct front_shared;
struct front_shared *front_shared_new(struct sim *sim, int64_t clock_skew_s) _must_check_;
void front_shared_free(struct front_shared *shared);

/* Serves on LISTENER (taken over), with TLS unless IDENTITY is NULL; without TLS only the paths of a metadata service
 * are answered. NULL: the HTTP library refused. */
struct front *front_new(struct front_shared *shared, int listener, const struct tls_identity *identity) _must_check_;
/* Closes all connections. */
void front_free(struct front *front);
/* Answers everything that is held back, at once, and drops what would be held back from now on. Before front_free(). */
void front_shared_hurry(struct front_shared *shared);
