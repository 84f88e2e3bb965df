#include "desired/tables.h"

#include "base/text.h"
#include "desired/cloud.h"
#include "desired/names.h"
#include "desired/scalar.h"

static const char *const modes[] = {[MODE_APPLY] = "apply", [MODE_PLAN] = "plan", NULL};
static const char *const policies[] = {[POLICY_MANAGE] = "manage", [POLICY_REPORT] = "report", NULL};

static const struct field subscription_item = {"a subscription", scalar_read_text, .complain = names_check_guid};
static const struct field instance_item = {"instances", reader_read_mapping, .table = &table_instance};

static const struct field fields[] = {
	{"name", scalar_read_text, offsetof(struct desired_tenant, name), .complain = names_check_label,
	 .is_required = true},
	{"tenant_id", scalar_read_text, offsetof(struct desired_tenant, tenant_id), .complain = names_check_guid,
	 .is_required = true},
	{"cloud", cloud_read, offsetof(struct desired_tenant, cloud), .table = &table_cloud, .words = cloud_names},
	{"credential", reader_read_mapping, offsetof(struct desired_tenant, credential), .table = &table_credential,
	 .is_required = true},
	{"mode", scalar_read_word, offsetof(struct desired_tenant, mode), .words = modes},
	{"entra_grants", scalar_read_word, offsetof(struct desired_tenant, entra_grants), .words = policies},
	{"azure_roles", scalar_read_word, offsetof(struct desired_tenant, azure_roles), .words = policies},
	{"subscriptions", reader_read_list, offsetof(struct desired_tenant, subscriptions), .item = &subscription_item,
	 .item_size = sizeof(const char *), .count_offset = offsetof(struct desired_tenant, subscription_count)},
	{"instances", reader_read_list, offsetof(struct desired_tenant, instances), .item = &instance_item,
	 .item_size = sizeof(struct desired_instance), .count_offset = offsetof(struct desired_tenant, instance_count),
	 .is_required = true},
};

static const struct desired_instance *find_instance(const struct desired_tenant *tenant, const char *name)
{
	for (size_t i = 0; i < tenant->instance_count; i++)
		if (text_equal(tenant->instances[i].name, name))
			return &tenant->instances[i];
	return NULL;
}

/* A clone uses what the other one says of their app registrations. */
static void resolve_clone(struct reader *reader, const struct tree_node *node, const struct desired_tenant *tenant,
			  struct desired_instance *clone)
{
	const struct desired_instance *primary = find_instance(tenant, clone->clone_of);

	if (!primary || primary == clone) {
		reader_problem(reader, node, "clone_of must be the name of another instance of this tenant");
		return;
	}
	if (primary->clone_of) {
		reader_problem(reader, node, "clone_of names a clone: name the instance that that one is a clone of");
		return;
	}
	clone->scepman_api = primary->scepman_api;
	clone->certificate_master_app = primary->certificate_master_app;
	clone->shared_app_registrations = primary->shared_app_registrations;
}

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct tree_node *instances = tree_get(node, "instances");
	const struct tree_node *subscriptions = tree_get(node, "subscriptions");
	struct desired_tenant *tenant = target;

	tenant->position = node->position;
	if (!tenant->cloud.name)
		tenant->cloud = *cloud_find("AzureCloud");
	if (tenant->subscriptions)
		reader_check_unique(reader, "subscriptions", subscriptions, tenant->subscriptions);
	for (size_t i = 0; instances && i < tenant->instance_count && i < instances->count; i++)
		if (tenant->instances[i].clone_of)
			resolve_clone(reader, tree_get(instances->entries[i].value, "clone_of"), tenant,
				      (struct desired_instance *)&tenant->instances[i]);
	if (instances && instances->kind == TREE_SEQUENCE && !instances->count)
		reader_problem(reader, instances, "instances is an empty list: name at least one SCEPman installation");
}

static const struct desired_tenant defaults = {
	.mode = MODE_APPLY, .entra_grants = POLICY_MANAGE, .azure_roles = POLICY_MANAGE};

const struct table table_tenant = {
	.what = "a tenant", TABLE_FIELDS(fields), .defaults = &defaults, .size = sizeof(defaults), .check = check};
