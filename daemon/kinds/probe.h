/*
 * Kind "probe": GET /probe of one site, anonymously: 200 is healthy, 5xx is not (domain.md 4.11). Asked before and
 * after our write of its settings, and in later passes until a site that we made unhealthy is healthy again. It never
 * asks a site that nothing was, or is to be, written to, and never changes anything.
 */
#pragma once

#include "world/world.h"

extern const struct kind probe_kind;

enum probe_moment {
	PROBE_BEFORE, /* our write: whatever is answered, or not, is an answer */
	PROBE_AFTER,  /* our write, of a site that was healthy: blocked when it is not within rollout.timeout */
	PROBE_AGAIN,  /* in a later pass, of a site that was not: blocked when it still is not */
};

/* States the probe of SITE, of which it takes copies, around the write of WRITTEN (NULL: of an earlier pass).
 * SITE->host must be known. */
struct node *probe_state(struct world *world, const struct node *written, struct installation *installation,
			 enum probe_moment moment, const struct written_site *site);
/* The same, if it was stated in this pass; or NULL. */
struct node *probe_find(struct world *world, const struct node *written, enum probe_moment moment, const char *site_id);
/* Did the site answer, and say that it is healthy? */
bool probe_was_healthy(const struct node *probe);
