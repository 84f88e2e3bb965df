/*
 * The app roles of the two app registrations as data: the tables of domain.md 1.3 and 1.4. What is here is what the
 * vendor's cmdlet creates; a role that the vendor adds later is one more line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct application_role {
	const char *value;
	const char *display_name;
	const char *description;
	bool for_users, for_applications; /* allowedMemberTypes */
};

/* Which of the two registrations. */
enum application_purpose { APPLICATION_SCEPMAN_API, APPLICATION_CERTIFICATE_MASTER };

/* The roles that the registration must have, in the vendor's order. */
const struct application_role *application_roles(enum application_purpose purpose, size_t *ret_count);
/* The role by which a registration is recognised (domain.md 2.16): an app without it was made for something else. */
const char *application_anchor_role(enum application_purpose purpose);
