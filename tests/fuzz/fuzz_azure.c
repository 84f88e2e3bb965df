/*
 * Answers of Azure about storage, vaults, rights and logging: any JSON at all, as the answer to any of these kinds. The
 * first byte says which, from 'a'. What is present is judged and, where it differs, written; a rule that we write must
 * have nothing left to correct.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "azure_rig.h"
#include "kinds/access_policies.h"
#include "kinds/data_collection_rule.h"
#include "kinds/key_vault.h"
#include "kinds/log_schema.h"
#include "kinds/role_assignment.h"
#include "kinds/rule_shape.h"
#include "kinds/storage_account.h"
#include "kinds/table.h"
#include "kinds/workspace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORKSPACE_ID RIG_GROUP "/providers/Microsoft.OperationalInsights/workspaces/log-scepman"

static const struct kind *const kinds[] = {
	&storage_accounts_kind,
	&storage_account_kind,
	&key_vaults_kind,
	&access_policies_kind,
	&role_assignments_kind,
	&role_assignment_kind,
	&workspaces_kind,
	&workspace_kind,
	&table_kind,
	&data_collection_rule_kind,
	&data_collection_rules_kind,
};

/* NODE is there: judged and, if it differs, written. */
static void judge(struct rig *rig, struct node *node)
{
	struct request request = {0};
	cJSON *body;

	node->knowledge = KNOWLEDGE_PRESENT;
	if (!node->kind->differs || node->kind->differs(&rig->world, node) != VERDICT_DIFFERS)
		return;
	assert(node->changes);
	node->kind->write(&rig->world, node, &rig->world.arena, &request);
	if (!request.body)
		return;
	body = json_parse(request.body, strlen(request.body));
	assert(body);
	if (node->kind == &data_collection_rule_kind) {
		struct rule_drift drift = rule_compare(&rig->world.arena, body, WORKSPACE_ID);

		assert(!rule_has_drifted(&drift));
	}
	cJSON_Delete(body);
}

/* The rule that the settings name is looked for in the list that was taken. */
static void judge_configured(struct rig *rig, struct node *list)
{
	struct node *node = configured_rule_state(&rig->world, &rig->installation, "dcr-1");

	list->knowledge = KNOWLEDGE_PRESENT;
	if (node->kind->derive(&rig->world, node) == ABSORBED_PRESENT)
		judge(rig, node);
}

static void take(struct rig *rig, const struct kind *kind, const cJSON *answer)
{
	struct workspace workspace = {
		.id = WORKSPACE_ID, .name = "log-scepman", .location = "westeurope", .resource_group = "rg-scepman"};
	struct key_vault vault = {.id = RIG_GROUP "/vaults/kv", .name = "kv", .tenant_id = RIG_TENANT};
	struct node workspace_node = {.kind = &workspace_kind, .observed = &workspace};
	struct node vault_node = {.kind = &key_vault_kind, .observed = &vault};
	struct node *node;

	rig->installation.workspace = &workspace_node;
	rig->installation.key_vault = &vault_node;
	if (kind == &access_policies_kind)
		node = access_policies_state(&rig->world, &rig->installation);
	else if (kind == &table_kind)
		node = table_state(&rig->world, &rig->installation);
	else if (kind == &data_collection_rule_kind)
		node = data_collection_rule_state(&rig->world, &rig->installation);
	else
		/* As the kind itself would state the list of the installation's subscription. */
		node = world_state(&rig->world, kind, &rig->installation, NULL, "any", "%s/%s", kind->name,
				   RIG_SUBSCRIPTION);
	node->want = node->want ? node->want : (void *)RIG_SUBSCRIPTION;
	if (kind->absorb(&rig->world, node, answer) != ABSORBED_PRESENT)
		goto done;
	assert(node->observed);
	if (kind == &data_collection_rules_kind)
		judge_configured(rig, node);
	else if (kind != &storage_account_kind && kind != &role_assignment_kind)
		judge(rig, node);
done:
	free(workspace_node.dependents);
	free(vault_node.dependents);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig rig;
	cJSON *answer;

	if (!size || data[0] < 'a' || data[0] - 'a' >= (int)ARRAY_SIZE(kinds))
		return 0;
	answer = json_parse((const char *)data + 1, size - 1);
	if (!answer)
		return 0;
	rig_init(&rig);
	take(&rig, kinds[data[0] - 'a'], answer);
	rig_done(&rig);
	cJSON_Delete(answer);
	return 0;
}
