/*
 * Kind "application": the app registrations SCEPman-api and SCEPman-CertMaster (domain.md 1.3, 1.4). Which one it is,
 * is settled by domain.md 2.16: the pinned app id, else what the settings record, else the display name, else it is
 * made. Only ever adds: a role, an identifier URI or a redirect URI that somebody else put there stays as it is.
 */
#pragma once

#include "kinds/application_roles.h"
#include "world/world.h"

extern const struct kind application_kind;

/*
 * States the registration that INSTALLATION uses for PURPOSE; for Certificate Master it may be called before or after
 * its web app is known, whose host names become redirect URIs. Installations that share a registration share the node,
 * which waits until each of them knows its web apps; world->installations must be complete.
 */
struct node *application_state(struct world *world, struct installation *installation,
			       enum application_purpose purpose);
/* Do A and B use one registration for PURPOSE, on purpose (domain.md 4.4), or are they the same? */
bool application_is_shared(const struct desired_instance *a, const struct desired_instance *b,
			   enum application_purpose purpose);
/* NODE's app role VALUE, or NULL: the application is not known, or has no such role. */
const struct app_role *application_role(const struct node *node, const char *value);
