/*
 * Kind "key-vault": the vault of SCEPman's root certificate, found in the lists of the subscriptions by the setting
 * AppConfig:KeyVaultConfig:KeyVaultURL of production (domain.md 2.12). Only ever looked at: not the vault and not its
 * permission model is changed here; rights in it are role assignments or access policies.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

/* observed: struct collection, struct key_vault */
extern const struct kind key_vaults_kind, key_vault_kind;

/*
 * States INSTALLATION's vault and sets installation->key_vault. NULL when the configuration says key_vault.manage:
 * false, and as long as the installation's subscription is not known. Needs installation->production->settings.
 */
struct node *key_vault_state(struct world *world, struct installation *installation);

/* A vault resource as ARM shows it -> struct key_vault in ARENA. NULL: it lacks what every vault has. */
struct key_vault *key_vault_parse(struct arena *arena, const cJSON *resource) _must_check_;
