/* What the three files of the exchange share: exchange.c (one request, its retries and its end), exchange_operation.c
 * (long-running operations) and exchange_pages.c (collections). Nobody else includes it. */
#pragma once

#include "transport/exchange.h"

/* Sends what TARGET and STAGE say, with fresh counts. */
struct exchange_move exchange_step(struct exchange *exchange);
/* The same after DELAY_MS. */
struct exchange_move exchange_step_later(struct exchange *exchange, int64_t delay_ms);
/* Ends well. BODY is taken over. */
struct exchange_move exchange_finish(struct exchange *exchange, int status, cJSON *body);
/* Ends with FAULT, whose strings live in the exchange's arena. A write whose operation had begun is ambiguous. */
struct exchange_move exchange_fail(struct exchange *exchange, struct fault fault);
/* LINK, which an answer names, as a path on our host; NULL after the exchange was failed with FAULT_REFUSED in
 * *RET_MOVE. */
const char *exchange_follow(struct exchange *exchange, const char *name, const char *link,
			    struct exchange_move *ret_move);

/* Is the 2xx REPLY to a write the beginning of an operation? Then *RET_MOVE is set. JSON may be NULL. */
bool exchange_operation_begins(struct exchange *exchange, const struct reply *reply, const cJSON *json, int64_t now_ms,
			       struct exchange_move *ret_move);
/* A 2xx answer to a poll. JSON is taken over. */
struct exchange_move exchange_operation_absorb(struct exchange *exchange, const struct reply *reply, cJSON *json,
					       int64_t now_ms);

/* A page of a collection. JSON is taken over. False: it is not a page, and nothing was done. */
bool exchange_pages_absorb(struct exchange *exchange, const struct reply *reply, cJSON *json,
			   struct exchange_move *ret_move);
