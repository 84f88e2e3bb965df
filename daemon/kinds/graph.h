/*
 * What all kinds that live in Microsoft Graph share: the well-known identifiers of domain.md 1.1 and the making of
 * paths. Never sends anything and knows nothing of nodes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/observed.h"
#include "world/request.h"

#define GRAPH_APP_ID                      "00000003-0000-0000-c000-000000000000"
#define INTUNE_APP_ID                     "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4"
#define GRAPH_SCOPE_USER_READ             "User.Read"
#define GRAPH_SCOPE_USER_READ_ID          "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
#define GRAPH_DIRECTORY_READ_ALL_ID       "7ab1d382-f21e-4acd-a863-ba3e13f7da61"
#define GRAPH_MANAGED_DEVICES_READ_ALL_ID "2f51be20-0bb4-4fed-bf7b-db946066c75e"
#define GRAPH_CONFIGURATION_READ_ALL_ID   "dc377aa6-52d8-4e23-b271-2a7ae04cedf3"
#define GRAPH_RISKY_USER_READ_ALL_ID      "dc5007c0-2d7d-4c42-879c-2dab87571379"
#define INTUNE_SCEP_CHALLENGE_PROVIDER_ID "39d724e8-6a34-4930-9a36-364082c35716"

/*
 * The request for those of COLLECTION ("applications") whose PROPERTY equals VALUE, which may contain anything. SELECT
 * names the properties of the answer, separated by commas. A filter is used where a key would do, too: "there is none"
 * is then an answer (an empty list) and not a 404, which Graph also says of what exists and has not reached that
 * replica.
 */
struct request graph_find(struct arena *arena, const char *collection, const char *property, const char *value,
			  const char *select) _must_check_;

/* The items of an answer: those of its "value" when it is a list, else the one object that it is. False: neither. */
bool graph_items(const cJSON *body, const cJSON **ret_first, size_t *ret_count) _must_check_;

/* The "appRoles" of an application or a service principal. False: absent, or not what they must be. */
bool graph_absorb_roles(struct arena *arena, const cJSON *object, const struct app_role **ret,
			size_t *ret_count) _must_check_;
/* The role of that VALUE, exactly as spelled, or NULL. */
const struct app_role *graph_find_role(const struct app_role *roles, size_t count, const char *value);
