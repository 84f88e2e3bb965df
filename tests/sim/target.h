/*
 * Takes a request target apart: percent-decoding of path segments and query parameters. Strict: what cannot be decoded,
 * a zero byte, or more parts than a call holds is refused. The result lives in the call's arena.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"

/* Fills path, segments and query of CALL from its request's target. False: the target is not well-formed. */
bool target_parse(struct call *call) _must_check_;
/* TEXT of LENGTH bytes percent-decoded ("+" is a blank when PLUS), in ARENA; NULL when it is malformed. */
char *target_decode(struct arena *arena, const char *text, size_t length, bool plus) _must_check_;
