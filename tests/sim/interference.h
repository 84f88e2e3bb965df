/*
 * What stands between a request and its handler: faults, throttling, lag, other writers, the journal, and the control
 * interface under /_sim/. sim.c and router.c know this header only; faults.h, throttle.h, lag.h, writers.h, journal.h
 * and control.h lie behind it. Has no clock and no I/O: a line of the journal goes to whoever set a sink.
 *
 * The order of one request:
 *   interference_tick()      once, before anything else
 *   interference_control()   instead of all that follows, for SERVICE_CONTROL
 *   interference_before()    for each call with a route, a part of a $batch too, when its caller is known
 *   the route's handler      only when interference_before() said false
 *   interference_after()     always when interference_before() was called
 *   interference_finish()    once, with the response, also for a call without a route or without a valid token
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "call.h"
#include "sim.h"
#include "state.h"

struct interference;

struct interference *interference_new(const struct sim_options *options) _must_check_;
void interference_free(struct interference *interference);

/* Does what the other writers have to do until NOW_MS. */
void interference_tick(struct interference *interference, struct sim_state *state, int64_t now_ms);
/* Answers a call for /_sim/…; needs no token. */
void interference_control(struct interference *interference, struct call *call);
/* True: CALL has been answered (throttled, failed by a rule) and its handler must not run. May point call->state at an
 * older copy of the tenant, so handlers use call->state only. */
bool interference_before(struct interference *interference, struct call *call);
void interference_after(struct interference *interference, struct call *call);
/* Journal and counters; moves call->fate and call->delay_ms into RESPONSE. */
void interference_finish(struct interference *interference, const struct call *call, struct sim_response *response);
/* Forgets snapshots and counts, since the tenant was replaced; rules and writers stay. */
void interference_reset(struct interference *interference);

/* Every further line of the journal (without a newline) also goes to WRITE; NULL ends that. */
void interference_set_journal_sink(struct interference *interference, void (*write)(void *userdata, const char *line),
				   void *userdata);
