/*
 * Sites that an operator took out of the daemon's hands for a while (domain.md 4.3): a downgraded slot would be
 * upgraded again at once. Plain data; where it comes from is service/holds.c. The core only asks node_is_held().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct web_app;

/* Named by what does not change when the configuration is rewritten. */
struct hold {
	const char *tenant_id;
	const char *app_service;
	const char *slot;  /* NULL: production */
	const char *since; /* RFC 3339, for people */
};

struct holds {
	const struct hold *items;
	size_t count;
	/* Why it is not known what is on hold, for people; NULL: it is. While it is not, everything is held. */
	const char *problem;
};

/* The hold on that site, or NULL. SLOT: NULL is production. HOLDS may be NULL: there are none. */
const struct hold *holds_find(const struct holds *holds, const char *tenant_id, const char *app_service,
			      const char *slot);
/* The hold on the web app or slot APP, or NULL. Certificate Master cannot be held by itself. */
const struct hold *holds_find_app(const struct holds *holds, const struct web_app *app);
