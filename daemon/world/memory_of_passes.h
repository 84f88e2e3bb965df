/*
 * The little that one pass must remember for the next: claims that become true only when a second, later read agrees
 * (domain.md 1.2: before lowering a level; 5.1: before creating an app registration whose id is recorded), and the
 * sites that we wrote (2.18: which of them became unhealthy, when they restarted). Claims are kept in memory only:
 * after a restart the count starts anew, which is the safe side. Sites are to be kept on the disk, too
 * (service/written_sites.h): a rollout that was stopped must not go on because another process looks.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

struct memory_of_passes {
	struct map claims;  /* "what" -> struct claim */
	struct map written; /* ARM id -> struct written_site */
	int64_t pass;       /* number of the pass under way */
	uint64_t changes;   /* of WRITTEN */
};

/* A site whose settings we wrote, or may have written, and which therefore restarted. */
struct written_site {
	const char *id;           /* ARM id */
	const char *name;         /* "app-scepman/staging" */
	const char *host;         /* where its /probe is; NULL: not known */
	const char *installation; /* by its name in the configuration */
	int64_t written_s;        /* by the cloud's clock */
	bool is_suspect;          /* it was healthy before, and has not been seen so since */
};

void memory_of_passes_init(struct memory_of_passes *memory);
void memory_of_passes_done(struct memory_of_passes *memory);
/* A new pass begins: claims that the last pass did not repeat are forgotten. */
void memory_of_passes_begin(struct memory_of_passes *memory);
/*
 * States that the cloud was seen to say WHAT ("level/<site id>=0") at NOW_S. True when an earlier pass at least
 * AT_LEAST_S before saw the same and every pass since did; otherwise *RET_WAIT_S is how long until it is worth asking
 * again.
 */
bool memory_of_passes_confirms(struct memory_of_passes *memory, const char *what, int64_t now_s, int64_t at_least_s,
			       int64_t *ret_wait_s);

/* Takes a copy of SITE, in the place of what was known of it. */
void memory_of_passes_note_write(struct memory_of_passes *memory, const struct written_site *site);
/* What is known of the site with this ARM id, or NULL. */
const struct written_site *memory_of_passes_written(const struct memory_of_passes *memory, const char *id);
/* The site was seen to be healthy. */
void memory_of_passes_trust(struct memory_of_passes *memory, const char *id);
