#include "desired/tables.h"

#include <string.h>

#include "base/text.h"
#include "desired/names.h"
#include "desired/scalar.h"
#include "desired/slots.h"

static const char *const slot_policies[] = {[SLOT_MANAGE] = "manage", [SLOT_OBSERVE] = "observe", NULL};
static const char *const channels[] = {
	[CHANNEL_UNMANAGED] = "unmanaged", [CHANNEL_PROD] = "prod",         [CHANNEL_BETA] = "beta",
	[CHANNEL_INTERNAL] = "internal",   [CHANNEL_DEFERRED] = "deferred", NULL};
static const char *const certificate_master_words[] = {"none", NULL};

/* Fills two members: the row that names it has offset 0. */
static void read_channel(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	struct desired_instance *instance = target;
	const char *text = value->kind == TREE_SCALAR ? value->text : "";
	unsigned channel = CHANNEL_UNMANAGED;

	if (!text_has_prefix_fold(text, "http://") && !text_has_prefix_fold(text, "https://")) {
		scalar_read_word(reader, field, value, &channel);
		instance->update_channel = channel;
		return;
	}
	scalar_read_text(reader, &(const struct field){field->name, .complain = names_check_https_url}, value,
			 &instance->update_channel_url);
	if (instance->update_channel_url)
		instance->update_channel = CHANNEL_URL;
}

static const struct field registration_fields[] = {
	{"display_name", scalar_read_text, offsetof(struct desired_app_registration, display_name),
	 .complain = names_check_display_name, .is_required = true},
	{"app_id", scalar_read_text, offsetof(struct desired_app_registration, app_id), .complain = names_check_guid},
};

const struct table table_app_registration = {.what = "an app registration", TABLE_FIELDS(registration_fields)};

static void read_registration(struct reader *reader, const struct field *field, const struct tree_node *value,
			      void *target)
{
	struct desired_app_registration *registration = target;

	if (value->kind == TREE_MAPPING)
		reader_read_table(reader, field->table, value, target);
	else
		scalar_read_text(reader, &(const struct field){field->name, .complain = names_check_display_name},
				 value, &registration->display_name);
}

static const struct field registrations_fields[] = {
	{"scepman_api", read_registration, offsetof(struct desired_instance, scepman_api),
	 .table = &table_app_registration},
	{"certificate_master", read_registration, offsetof(struct desired_instance, certificate_master_app),
	 .table = &table_app_registration},
	{"shared", scalar_read_boolean, offsetof(struct desired_instance, shared_app_registrations)},
};

static void check_registrations(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_instance *instance = target;

	if (text_equal_fold(instance->scepman_api.display_name, instance->certificate_master_app.display_name))
		reader_problem(reader, node,
			       "scepman_api and certificate_master are two registrations: give each its own name");
}

/* Fills the instance's own struct, as the row that names it has offset 0. */
const struct table table_app_registrations = {
	.what = "app_registrations", TABLE_FIELDS(registrations_fields), .check = check_registrations};

static const struct field role_assignment_item = {"role_assignments", reader_read_mapping,
						  .table = &table_role_assignment};

static const struct field certificate_master_fields[] = {
	{"app_service", scalar_read_text, offsetof(struct desired_certificate_master, app_service),
	 .complain = names_check_site},
	{"resource_group", scalar_read_text, offsetof(struct desired_certificate_master, resource_group),
	 .complain = names_check_resource_group},
	{"create", scalar_read_boolean, offsetof(struct desired_certificate_master, create)},
	{"role_assignments", assignment_read_list, offsetof(struct desired_certificate_master, role_assignments),
	 .item = &role_assignment_item, .item_size = sizeof(struct desired_role_assignment),
	 .count_offset = offsetof(struct desired_certificate_master, role_assignment_count)},
};

static void check_certificate_master(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_certificate_master *master = target;

	if (master->create && !tree_get(node, "app_service"))
		reader_problem(reader, tree_get(node, "create"),
			       "create: true needs app_service: the name of the new site");
}

const struct table table_certificate_master = {
	.what = "certificate_master", TABLE_FIELDS(certificate_master_fields), .check = check_certificate_master};

static void read_certificate_master(struct reader *reader, const struct field *field, const struct tree_node *value,
				    void *target)
{
	struct desired_certificate_master *master = target;

	if (value->kind == TREE_SCALAR && text_equal(value->text, field->words[0]))
		master->none = true;
	else if (value->kind == TREE_SCALAR)
		reader_problem(reader, value, "certificate_master must be a mapping (key: value) or the word none");
	else
		reader_read_table(reader, field->table, value, target);
}

static const struct field storage_fields[] = {
	{"name", scalar_read_text, offsetof(struct desired_instance, storage_account.name),
	 .complain = names_check_storage_account},
	{"create", scalar_read_boolean, offsetof(struct desired_instance, storage_account.create)},
};

static void check_storage(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_instance *instance = target;

	if (instance->storage_account.create && !tree_get(node, "name"))
		reader_problem(reader, tree_get(node, "create"),
			       "create: true needs name: that of the new storage account");
}

static const struct field key_vault_fields[] = {
	{"manage", scalar_read_boolean, offsetof(struct desired_instance, key_vault.manage)},
	{"prestage_rbac", scalar_read_boolean, offsetof(struct desired_instance, key_vault.prestage_rbac)},
};

static const struct field logging_fields[] = {
	{"manage", scalar_read_boolean, offsetof(struct desired_instance, logging.manage)},
	{"workspace", scalar_read_text, offsetof(struct desired_instance, logging.workspace),
	 .complain = names_check_workspace_id},
	{"migrate_table", scalar_read_boolean, offsetof(struct desired_instance, logging.migrate_table)},
	{"remove_shared_key", scalar_read_boolean, offsetof(struct desired_instance, logging.remove_shared_key)},
};

static const struct table table_storage = {
	.what = "storage_account", TABLE_FIELDS(storage_fields), .check = check_storage};
static const struct table table_key_vault = {.what = "key_vault", TABLE_FIELDS(key_vault_fields)};
static const struct table table_logging = {.what = "logging", TABLE_FIELDS(logging_fields)};

static const struct field shared_setting_item = {"a prefix of settings", scalar_read_text};
static const struct field slot_item = {"a deployment slot", slots_read_item, .table = &table_slot};
static const struct field api_client_item = {"api_clients", reader_read_mapping, .table = &table_api_client};

static const struct field fields[] = {
	{"name", scalar_read_text, offsetof(struct desired_instance, name), .complain = names_check_label,
	 .is_required = true},
	{"subscription_id", scalar_read_text, offsetof(struct desired_instance, subscription_id),
	 .complain = names_check_guid},
	{"resource_group", scalar_read_text, offsetof(struct desired_instance, resource_group),
	 .complain = names_check_resource_group},
	{"app_service", scalar_read_text, offsetof(struct desired_instance, app_service), .complain = names_check_site,
	 .is_required = true},
	{"clone_of", scalar_read_text, offsetof(struct desired_instance, clone_of), .complain = names_check_label},
	{"shared_settings", reader_read_list, offsetof(struct desired_instance, shared_settings),
	 .item = &shared_setting_item, .item_size = sizeof(const char *),
	 .count_offset = offsetof(struct desired_instance, shared_setting_count)},
	{"production_slot", scalar_read_word, offsetof(struct desired_instance, production_slot),
	 .words = slot_policies},
	{"deployment_slots", slots_read, offsetof(struct desired_instance, slots), .words = slots_words,
	 .item = &slot_item, .item_size = sizeof(struct desired_slot),
	 .count_offset = offsetof(struct desired_instance, slot_count)},
	{"hold", scalar_read_boolean, offsetof(struct desired_instance, hold)},
	{"upgrade_from_1x", scalar_read_boolean, offsetof(struct desired_instance, upgrade_from_1x)},
	{"version_assertion", slots_read_assertions, 0},
	{"dotnet_version", scalar_read_text, offsetof(struct desired_instance, dotnet_version),
	 .complain = names_check_dotnet_version},
	{"update_channel", read_channel, 0, .words = channels},
	{"app_registrations", reader_read_mapping, 0, .table = &table_app_registrations},
	{"certificate_master", read_certificate_master, offsetof(struct desired_instance, certificate_master),
	 .table = &table_certificate_master, .words = certificate_master_words},
	{"storage_account", reader_read_mapping, 0, .table = &table_storage},
	{"key_vault", reader_read_mapping, 0, .table = &table_key_vault},
	{"logging", reader_read_mapping, 0, .table = &table_logging},
	{"api_clients", assignment_read_list, offsetof(struct desired_instance, api_clients), .item = &api_client_item,
	 .item_size = sizeof(struct desired_role_assignment),
	 .count_offset = offsetof(struct desired_instance, api_client_count)},
};

static const struct desired_instance defaults = {
	.production_slot = SLOT_MANAGE,
	.deployment_slots = SLOTS_ALL,
	.dotnet_version = "10.0", /* domain.md 1.9: what SCEPman 3.1 runs on */
	.update_channel = CHANNEL_UNMANAGED,
	.scepman_api = {.display_name = "SCEPman-api"},
	.certificate_master_app = {.display_name = "SCEPman-CertMaster"},
	.key_vault = {.manage = true},
	.logging = {.manage = true, .remove_shared_key = true},
};

/* What belongs to the whole CA is said of the installation that it is a clone of. */
static void check_clone(struct reader *reader, const struct tree_node *node, struct desired_instance *instance)
{
	const struct tree_node *master = tree_get(node, "certificate_master");

	if (!instance->clone_of) {
		if (tree_get(node, "shared_settings"))
			reader_problem(reader, tree_get(node, "shared_settings"),
				       "shared_settings are for a clone: add clone_of, or remove them");
		return;
	}
	if (tree_get(node, "app_registrations"))
		reader_problem(reader, tree_get(node, "app_registrations"),
			       "a clone uses the app registrations of the instance that clone_of names: remove "
			       "app_registrations");
	if (master && !instance->certificate_master.none)
		reader_problem(
			reader, master,
			"a clone has no Certificate Master of its own: remove certificate_master, or write none");
	instance->certificate_master.none = true;
}

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	struct desired_instance *instance = target;
	const struct tree_node *master = tree_get(node, "certificate_master");

	instance->position = node->position;
	slots_check(reader, node, instance);
	check_clone(reader, node, instance);
	if (instance->app_service && text_equal_fold(instance->app_service, instance->certificate_master.app_service))
		reader_problem(reader, tree_get(master, "app_service"),
			       "app_service of certificate_master is SCEPman itself: name the other web app");
}

const struct table table_instance = {
	.what = "an instance", TABLE_FIELDS(fields), .defaults = &defaults, .size = sizeof(defaults), .check = check};
