/*
 * What the simulated tenant is made of, for its own files. Clients see sim.h; a front knows nothing of this.
 */
#pragma once

#include "call.h"
#include "interference.h"
#include "sim.h"
#include "state.h"

struct router;
struct entra;

struct sim {
	struct sim_options options; /* base_url is owned */
	struct sim_state state;
	struct interference *interference;
	struct router *router;
	uint64_t request_random; /* the generator for the ids of requests */
	struct entra *entra;     /* keys and tokens that were issued; see entra.h */
};

/* Which service answers for HOST and PATH. Everything may sit on one host; the public cloud's names decide where a path
 * does not. A host that belongs to a web app of STATE is SERVICE_SITE. */
enum sim_service core_classify(const struct sim_state *state, const char *host, const char *path);

/* The part of a request that a $batch part has too: finds the route, asks interference, parses the body, runs the
 * handler. The service and the identity must be set. Afterwards the call is answered. */
void core_dispatch(struct call *call);
