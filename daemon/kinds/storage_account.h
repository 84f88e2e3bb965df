/*
 * Kind "storage-account": the account where SCEPman keeps its certificates. Which one it is says the table endpoint
 * that the settings of SCEPman, its slots and Certificate Master agree on; it is found in the lists of the
 * subscriptions by that endpoint. It is created only when no setting anywhere names an endpoint, all settings and lists
 * were read, and the configuration consents (domain.md 1.6, 2.8, 2.9). An account that exists is never changed.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct collection, struct storage_account */
extern const struct kind storage_accounts_kind, storage_account_kind;

/*
 * States INSTALLATION's storage account, its only one, and sets installation->storage_account. NULL as long as the
 * installation's subscription is not known. State it again whenever the installation has more web apps or settings:
 * each time it waits for the settings of all that are there (production, slots, certificate_master), for the collection
 * of slots and for the choice of Certificate Master, so installation->slots and ->certificate_master_choice must be set
 * before the first time.
 */
struct node *storage_account_state(struct world *world, struct installation *installation);
