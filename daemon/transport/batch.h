/*
 * Graph's $batch: up to 20 reads in one request, each answered and throttled on its own (limits.md 3.5). Writes the
 * request and takes the answer apart; who waits for which part is azure_parcel.c's business. Pure.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "transport/reply.h"

enum { BATCH_MAX = 20 };

/* The body for COUNT (2 to BATCH_MAX) GETs of URLS, which are absolute or paths and contain "/v1.0/"; ids are "1", "2"
 * … */
void batch_write(const char *const *urls, size_t count, struct buffer *ret);
/*
 * Gives each of the COUNT parts its own reply, in the order of the URLs. A batch that failed as a whole is that for
 * each part; a part that is missing, double or malformed is a garbled one. *RET_JSON owns what the replies point to
 * besides ARENA: delete it afterwards.
 */
void batch_read(const struct reply *reply, size_t count, struct arena *arena, struct reply *ret_replies,
		cJSON **ret_json);
