/*
 * Kind "application-evidence": what one installation knows of the app registration that it uses: the ids that its
 * settings record (domain.md 2.16) and the host names at which users sign in. A node of its own, because an
 * installation becomes known step by step and a registration may serve several: it is looked for only when all of them
 * have said what they know.
 */
#pragma once

#include "kinds/application_roles.h"
#include "world/world.h"

extern const struct kind application_evidence_kind;

/* What such a node observes. */
struct application_evidence {
	const char *const *app_ids; /* none, one or two */
	size_t app_id_count;
	struct node *unread;      /* settings that could not be read: there may be an id that nobody knows; or NULL */
	const char *const *hosts; /* at which users sign in, the preferred one first; none for SCEPman-api */
	size_t host_count;
	bool has_unknown_host; /* a web app is planned: its host name is the cloud's to assign */
};

struct node *application_evidence_state(struct world *world, struct installation *installation,
					enum application_purpose purpose);
