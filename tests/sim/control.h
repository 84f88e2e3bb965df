/*
 * The control interface of the simulated tenant, for tests and for people who rehearse. No token is needed; a front
 * lets only loopback peers reach it. It is not in the journal and is not counted.
 *
 *   GET  PUT    /_sim/state      the whole tenant; PUT replaces it
 *   GET  POST DELETE /_sim/faults     rules (faults.h); POST takes one or an array
 *   GET  DELETE /_sim/journal    JSON lines, the latest 100,000
 *   GET  DELETE /_sim/counters
 * {"requests":{HOST:{VERB:n}},"restarts":{SITE:n},"total","writes","unknown_routes","faults","throttled"} GET  POST
 * DELETE /_sim/writers    other writers (writers.h) GET  PUT    /_sim/lag        {"graph_ms","index_ms","principal_ms"}
 *   GET  PUT    /_sim/throttle   {"realistic":bool}
 *   POST        /_sim/edit       one change (edit.h), now
 *   POST        /_sim/scenario   {"name":"fresh"}: starts again from a scenario
 *
 * What is wrong in a body is answered with 400 and {"error":{"code":"InvalidRequest","message":"PATH: what"}}.
 */
#pragma once

#include "call.h"

struct interference;

void control_handle(struct interference *interference, struct call *call);
