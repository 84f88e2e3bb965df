#include "base/text.h"
#include "kinds/role_assignment.h"
#include "kinds/settings_task.h"

#define APPLICATION_ID         "AppConfig:AuthConfig:ApplicationId"
#define APPLICATION_ID_BACKUP  "BackUp:AppConfig:AuthConfig:ApplicationId"
#define APPLICATION_KEY        "AppConfig:AuthConfig:ApplicationKey"
#define APPLICATION_KEY_BACKUP "BackUp:AppConfig:AuthConfig:ApplicationKey"

/* ---- what the identity must have before the key goes ---- */

/* The first of SITE's identities that has not ROLE on the resource SCOPE_ID, as text; or NULL. */
static const char *missing_role(const struct settings_task *task, const char *scope_id, enum azure_role role)
{
	struct world *world = task->world;

	for (const struct principal *principal = task->app->principals; principal; principal = principal->next) {
		const struct node *assignment =
			role_assignment_find(world, task->installation, principal, scope_id, role);

		if (!assignment || !node_is_good(assignment))
			return arena_printf(&world->arena, "%s has not (yet) the role %s on %s", principal->label,
					    azure_role_name(role), arm_id_name(scope_id));
	}
	return NULL;
}

static const char *missing_right_on_vault(const struct settings_task *task)
{
	static const enum azure_role roles[] = {AZURE_ROLE_KEY_VAULT_CRYPTO_OFFICER,
						AZURE_ROLE_KEY_VAULT_CERTIFICATES_OFFICER,
						AZURE_ROLE_KEY_VAULT_SECRETS_USER};
	const struct installation *installation = task->installation;
	const struct node *node = installation->key_vault;
	const struct key_vault *vault;
	const char *missing = NULL;

	/* Whoever manages the vault's rights himself answers for them. */
	if (!node || !installation->desired->key_vault.manage)
		return NULL;
	if (!node_is_present(node) || !node_is_good(node) || !node->observed)
		return "its Key Vault could not be looked at";
	vault = node->observed;
	if (!vault->uses_rbac)
		return installation->access_policies && node_is_good(installation->access_policies)
			       ? NULL
			       : arena_printf(&task->world->arena, "the access policies of %s are not complete",
					      vault->name);
	for (size_t i = 0; i < ARRAY_SIZE(roles) && !missing; i++)
		missing = missing_role(task, vault->id, roles[i]);
	return missing;
}

static const char *missing_right_on_storage(const struct settings_task *task)
{
	const struct node *account = task->installation->storage_account;

	if (!node_is_present(account) || !account->observed)
		return NULL;
	return missing_role(task, ((const struct storage_account *)account->observed)->id,
			    AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR);
}

/* Why the identity could not do the work of the key yet, or NULL. */
static const char *obstacle_to_switch(const struct settings_task *task)
{
	const char *missing;

	if (!settings_identity_is_able(task))
		return "the roles on Microsoft Graph and Intune that SCEPman cannot do without were not found with "
		       "every "
		       "managed identity of the installation";
	missing = missing_right_on_vault(task);
	return missing ? missing : missing_right_on_storage(task);
}

/* ---- refusals: the slot keeps its key, and nothing of it is written ---- */

static bool refuse_without_consent(struct settings_task *task)
{
	node_block(
		task->world, task->node, REASON_UPGRADE_NEEDS_CONSENT,
		"%s signs in with an ApplicationKey of its own app registration, as SCEPman 1.x does, and would have "
		"to be switched to its managed identity. Its settings are left as they are. Consent with "
		"upgrade_from_1x: true: then the key and ApplicationId are kept as BackUp:… in the same write",
		settings_task_site_name(task));
	return false;
}

static bool refuse_until(struct settings_task *task, const char *obstacle)
{
	node_block(
		task->world, task->node, REASON_UPGRADE_PENDING,
		"%s goes on with its ApplicationKey, and its settings are left as they are: %s. It is switched to its "
		"managed identity once that can do the work of the key",
		settings_task_site_name(task), obstacle);
	return false;
}

static bool refuse_backup(struct settings_task *task, const char *backup, const char *name)
{
	struct arena *arena = &task->world->arena;

	node_block(
		task->world, task->node, REASON_BACKUP_CONFLICT,
		"%s of %s has another value than %s, which would be backed up there. A backup can be the only copy, so "
		"it is not overwritten and nothing of this slot was written. Look at both; when the old backup is of "
		"no "
		"use any more, remove it: az webapp config appsettings delete %s --setting-names %s",
		backup, settings_task_site_name(task), name, settings_task_az_arguments(task),
		setting_name_spell(arena, backup, task->site->is_linux));
	return false;
}

/* ---- the switch ---- */

static bool has_other_backup(struct settings_task *task, const char *backup, const char *value,
			     settings_same_fn *is_same)
{
	const char *before = settings_edit_before(&task->edit, backup);

	return !text_is_empty(before) && !text_is_empty(value) && !is_same(before, value);
}

static void back_up(struct settings_task *task, const char *backup, const char *value, const char *reason)
{
	if (!text_is_empty(value) && text_is_empty(settings_edit_before(&task->edit, backup)))
		settings_edit_set(&task->edit, backup, value, reason);
}

/* IS_NEW: ApplicationId changes. When it does not, the switch was begun by somebody else, who has backed up the id that
 * belongs to the key. */
static bool want_switch(struct settings_task *task, const char *id, const char *key, bool is_new)
{
	if (is_new && has_other_backup(task, APPLICATION_ID_BACKUP, id, text_equal_fold))
		return refuse_backup(task, APPLICATION_ID_BACKUP, APPLICATION_ID);
	if (has_other_backup(task, APPLICATION_KEY_BACKUP, key, text_equal))
		return refuse_backup(task, APPLICATION_KEY_BACKUP, APPLICATION_KEY);
	back_up(task, APPLICATION_ID_BACKUP, id, "what ApplicationId was before; restore-1x brings it back");
	back_up(task, APPLICATION_KEY_BACKUP, key, "what ApplicationKey was before; restore-1x brings it back");
	settings_edit_remove(&task->edit, APPLICATION_KEY, "the managed identity takes its place");
	return settings_want_app_id(task, APPLICATION_ID, NULL, task->installation->scepman_api);
}

bool settings_want_credential(struct settings_task *task)
{
	const struct node *application = task->installation->scepman_api;
	const char *id = settings_edit_before(&task->edit, APPLICATION_ID);
	const char *key = settings_edit_before(&task->edit, APPLICATION_KEY), *app_id = NULL, *obstacle;
	bool has_consent = task->installation->desired->upgrade_from_1x, is_new;

	if (text_is_empty(key))
		return settings_want_app_id(task, APPLICATION_ID, APPLICATION_ID_BACKUP, application);
	/* Whose the key is cannot be told before the id is known that would replace its ApplicationId. */
	if (!settings_know_app_id(task, application, &app_id))
		return refuse_until(task, "the app registration that takes the place of its own is not known yet");
	is_new = !text_equal_fold(id, app_id);
	if (!has_consent)
		return !is_new || refuse_without_consent(task);
	obstacle = obstacle_to_switch(task);
	if (!obstacle)
		return want_switch(task, id, key, is_new);
	/* With its ApplicationId in place the rest of the slot needs not wait; only the key stays. */
	return !is_new || refuse_until(task, obstacle);
}
