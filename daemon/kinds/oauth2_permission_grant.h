/*
 * Kind "oauth2-permission-grant": the consent for all users that lets Certificate Master read who is signed in
 * (domain.md 1.4). A scope is added to a grant that exists; grants and scopes of others are never replaced or removed.
 */
#pragma once

#include "world/world.h"

extern const struct kind oauth2_permission_grant_kind;

/* States the consent of CLIENT (kind "service-principal") to Microsoft Graph's User.Read. */
struct node *oauth2_permission_grant_state(struct world *world, struct installation *installation, struct node *client);
