/*
 * Reads that do not see the latest writes. Before a write the tenant is copied; a read that is to lag is then answered
 * from the copy that was true at its moment in the past. Writes always go to the present.
 *
 * With --lag realistic (limits.md 3.3 and 3.6): half of the reads from Microsoft Graph, by the seed, are answered by a
 * replica that is graph_ms behind, so lists alternate; Resource Graph is an index that is index_ms behind; a role
 * assignment without a principalType for a principal younger than principal_ms is refused.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "call.h"
#include "state.h"

struct lag_snapshot;
struct lag_hidden;

struct lag {
	int64_t graph_ms, index_ms, principal_ms;
	uint64_t random;
	struct lag_snapshot *snapshots; /* oldest first */
	size_t count, allocated;
	struct lag_hidden *hidden; /* a list */
};

void lag_init(struct lag *lag, bool realistic, uint64_t seed);
/* Forgets all copies. */
void lag_clear(struct lag *lag);

/* Call before a write takes effect: keeps what was true until now, for reads up to STALE_MS (of fault rules) or the
 * realistic lags behind. */
void lag_before_write(struct lag *lag, const struct call *call, int64_t stale_ms);
/* The write CALL is not seen by READS reads of its collection (UINT64_MAX: any number) until UNTIL_MS. */
void lag_hide(struct lag *lag, const struct call *call, uint64_t reads, int64_t until_ms);
/* The tenant as the read CALL sees it: the present, or a copy when it is hidden or lags; STALE_MS > 0: so far behind.
 */
struct sim_state *lag_view(struct lag *lag, const struct call *call, int64_t stale_ms);
/* Refuses a role assignment for a principal that has not arrived in the region yet. True: CALL has been answered. */
bool lag_refuse_principal(struct lag *lag, struct call *call);

/* Sets the lags from {"graph_ms","index_ms","principal_ms"}; NULL or a sentence, to be freed. */
char *lag_configure(struct lag *lag, const cJSON *json) _must_check_;
cJSON *lag_describe(const struct lag *lag) _must_check_;
