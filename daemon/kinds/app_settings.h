/*
 * Kind "app-settings": all settings of one web app or deployment slot. Azure replaces the dictionary whole, knows no
 * ETag and restarts the app on every write. So it is read again immediately before the one write of a pass, sent back
 * with every foreign setting byte for byte, read back and compared. It never touches a setting that domain.md 1.11 does
 * not give us, and never writes on the strength of an empty or failed read. What is wanted: settings_scepman.c,
 * settings_certificate_master.c.
 */
#pragma once

#include "world/world.h"

extern const struct kind app_settings_kind;

/*
 * States the settings of APP, whose site node must be set, and puts the node in app->settings. Its only need is the
 * site, for reading; needs of the write (the entitlements, the order of sites) are the caller's to add. Nothing is
 * written while app->is_observed_only; stating it again for an app of ours that was a candidate before makes it
 * writable.
 *
 * Before the write these must be settled, as far as the installation has them: scepman_api, certificate_master_app,
 * storage_account, data_collection_rule with its role assignments, certificate_master and its site, and the permission
 * levels of all principals.
 */
struct node *app_settings_state(struct world *world, struct installation *installation, struct web_app *app);

/* Takes the failure to read NODE, the settings of CANDIDATE, for no trouble, unless they are those of an app of ours.
 */
void app_settings_disregard(struct node *node, const struct web_app *candidate);

/*
 * What a Certificate Master that we create starts with (domain.md 1.8), in the spelling of its platform: the artifact
 * of the production channel, the tenant and SCEPman's address. NULL while SCEPman's site is not known. Lives in the
 * world's arena.
 */
const struct settings *certificate_master_initial_settings(struct world *world, const struct installation *installation,
							   bool is_linux);
