/*
 * The same collection in every subscription where an installation's resources may be: its own, and those that the
 * tenant names in `subscriptions`. A list that could not be read is doubt, never an empty list (promise 1): who looks
 * for something and does not find it asks subscription_lists_unread() before saying that it is not there.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

struct subscription_lists {
	struct node **items; /* the installation's own subscription comes first */
	size_t count;
};

/* The subscription of INSTALLATION's web app: the configuration's, else the one where it was found; NULL: not known
 * yet. */
const char *subscription_of(struct arena *arena, const struct installation *installation);
/*
 * States the collections of KIND, each shared by all installations of the tenant (want: the subscription's id as text).
 * WHAT is for people: "storage accounts". None as long as subscription_of() is not known.
 */
struct subscription_lists subscription_lists_state(struct world *world, struct installation *installation,
						   const struct kind *kind, const char *what);
/* NODE looks for something in LISTS: it waits until all of them were tried. */
void subscription_lists_need(struct world *world, struct node *node, const struct subscription_lists *lists);
/* "subscription a", "subscriptions a, b": where was looked, for a person. */
const char *subscription_lists_describe(struct arena *arena, const struct subscription_lists *lists);
/* The lists that could not be read, each with the cloud's reason, for a person; or NULL when all of them were. */
const char *subscription_lists_unread(struct arena *arena, const struct subscription_lists *lists);
/*
 * NODE was not found in LISTS, of which some could not be read: blocks it with REASON and a message that begins with
 * WHAT
 * ("storage account stg1"). Worth another pass soon when a list may be readable then.
 */
enum absorbed subscription_lists_doubt(struct world *world, struct node *node, const struct subscription_lists *lists,
				       enum reason reason, const char *what);

/* The request for the collection NODE: all resources of TYPE ("Microsoft.Storage/storageAccounts") in its subscription.
 */
void subscription_list_request(const struct node *node, struct arena *arena, const char *type, const char *api_version,
			       struct request *ret);
