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
 * States the registration that INSTALLATION uses for PURPOSE. WEB_APP is whose settings may record its id: production
 * for the api, Certificate Master for its own (it may be one that is yet to be made); NULL: nobody's. Certificate
 * Master's host names become redirect URIs. Installations that share a registration share the node: call it once for
 * each.
 */
struct node *application_state(struct world *world, struct installation *installation, enum application_purpose purpose,
			       const struct web_app *web_app);
/* The id of NODE's app role VALUE, or NULL: the application is not known, is planned, or has no such role. */
const char *application_role_id(const struct node *node, const char *value);
