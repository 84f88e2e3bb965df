#include "kinds/rights.h"

#include "kinds/access_policies.h"
#include "kinds/role_assignment.h"

static void rights_state_role(struct world *world, const struct web_app *app, struct node *scope, const char *scope_id,
			      enum azure_role role)
{
	if (app->is_observed_only || !node_is_present(app->site))
		return;
	for (const struct principal *principal = app->principals; principal; principal = principal->next)
		role_assignment_state(world, app->installation, principal, scope, scope_id, role);
}

/* For SCEPman: production and its slots. */
static void rights_state_scepman(struct world *world, struct installation *installation, struct node *scope,
				 const char *scope_id, enum azure_role role)
{
	rights_state_role(world, installation->production, scope, scope_id, role);
	for (const struct web_app *app = installation->slot_apps; app; app = app->next)
		rights_state_role(world, app, scope, scope_id, role);
}

static void rights_state_everybody(struct world *world, struct installation *installation, struct node *scope,
				   const char *scope_id, enum azure_role role)
{
	rights_state_scepman(world, installation, scope, scope_id, role);
	if (installation->certificate_master)
		rights_state_role(world, installation->certificate_master, scope, scope_id, role);
}

/* Roles mean nothing to a vault with access policies, until its model is switched: then they are there already
 * (prestage_rbac, domain.md 4.9). */
static void rights_state_key_vault(struct world *world, struct installation *installation)
{
	const struct key_vault *vault = installation->key_vault->observed;
	struct node *scope = installation->key_vault;

	if (vault->uses_rbac || installation->desired->key_vault.prestage_rbac) {
		rights_state_scepman(world, installation, scope, vault->id, AZURE_ROLE_KEY_VAULT_CRYPTO_OFFICER);
		rights_state_scepman(world, installation, scope, vault->id, AZURE_ROLE_KEY_VAULT_CERTIFICATES_OFFICER);
		rights_state_scepman(world, installation, scope, vault->id, AZURE_ROLE_KEY_VAULT_SECRETS_USER);
	}
	if (!vault->uses_rbac)
		access_policies_state(world, installation);
}

void rights_state(struct world *world, struct installation *installation)
{
	if (node_is_present(installation->storage_account)) {
		const struct storage_account *account = installation->storage_account->observed;

		rights_state_everybody(world, installation, installation->storage_account, account->id,
				       AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR);
	}
	if (node_is_present(installation->key_vault))
		rights_state_key_vault(world, installation);
	if (node_is_present(installation->data_collection_rule)) {
		const struct data_collection_rule *rule = installation->data_collection_rule->observed;

		rights_state_everybody(world, installation, installation->data_collection_rule, rule->id,
				       AZURE_ROLE_MONITORING_METRICS_PUBLISHER);
	}
}
