/*
 * Finds the route for a call. Patterns are taken apart once; a request then costs one comparison per segment of the few
 * routes that have its shape. Knows nothing of what the routes do.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"

struct router;

/* A router over TABLES[service], each a NULL-terminated list of tables that end with a route without a pattern. The
 * tables must outlive it; among routes that match, the first of the first table wins. */
struct router *router_new(const struct sim_route *const *const tables[], size_t table_count) _must_check_;
void router_free(struct router *router);

/* Sets CALL's route and arguments: true. False: there is none; *RET_OTHER_METHOD says whether another method has one.
 */
bool router_match(const struct router *router, struct call *call, bool *ret_other_method) _must_check_;
