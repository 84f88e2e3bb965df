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
	if (instances && instances->kind == TREE_SEQUENCE && !instances->count)
		reader_problem(reader, instances, "instances is an empty list: name at least one SCEPman installation");
}

static const struct desired_tenant defaults = {
	.mode = MODE_APPLY, .entra_grants = POLICY_MANAGE, .azure_roles = POLICY_MANAGE};

const struct table table_tenant = {
	.what = "a tenant", TABLE_FIELDS(fields), .defaults = &defaults, .size = sizeof(defaults), .check = check};
