#include "kinds/role_assignment.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "kinds/api.h"
#include "world/json.h"

/* ---- want ---- */

static const struct {
	const char *name, *guid; /* domain.md 1.1 */
	const char *purpose;     /* why SCEPman or Certificate Master needs it */
} azure_roles[AZURE_ROLES] = {
	[AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR] = {"Storage Table Data Contributor",
						       "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
						       "to keep certificates and revocations"},
	[AZURE_ROLE_KEY_VAULT_CRYPTO_OFFICER] = {"Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
						 "to create the root key and to sign with it"},
	[AZURE_ROLE_KEY_VAULT_CERTIFICATES_OFFICER] = {"Key Vault Certificates Officer",
						       "a4417e6f-fecd-4de8-b567-7b0420556985",
						       "to create and read the root certificate"},
	[AZURE_ROLE_KEY_VAULT_SECRETS_USER] = {"Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6",
					       "to read settings that are kept in the vault"},
	[AZURE_ROLE_MONITORING_METRICS_PUBLISHER] = {"Monitoring Metrics Publisher",
						     "3913510d-42f4-4e42-8a64-420c390055eb", "to send its logs"},
};

/* The namespace of the names of our role assignments; never to be changed. */
#define ROLE_ASSIGNMENT_NAMESPACE "6f0c2d0e-8f5b-4b7e-9d53-2a4c1b1f7a60"

struct role_assignment_want {
	const struct principal *principal;
	const struct node *list;
	const char *scope; /* ARM id */
	enum azure_role role;
};

const char *azure_role_name(enum azure_role role)
{
	return azure_roles[role].name;
}

const char *azure_role_guid(enum azure_role role)
{
	return azure_roles[role].guid;
}

/* The list is of one scope, whoever asks for it. */
static struct node *role_assignments_state(struct world *world, struct installation *installation, struct node *scope,
					   const char *scope_id)
{
	const char *label = arena_printf(&world->arena, "role assignments on %s", arm_id_name(scope_id));
	struct node *node;
	bool is_new;

	node = world_state(world, &role_assignments_kind, installation, &is_new, label, "role-assignments/%s",
			   scope_id);
	if (is_new) {
		node->want = arena_copy_text(&world->arena, scope_id);
		world_need(world, node, scope, NEED_KNOWN, STEP_READ);
	}
	return node;
}

/* What has no object id yet is known by the installation that will have it. */
static const char *role_assignment_name(struct world *world, const struct installation *installation,
					const struct principal *principal, const char *scope_id, enum azure_role role)
{
	const char *object_id = principal_object_id(principal);

	if (!object_id)
		object_id = arena_printf(&world->arena, "new/%s/%s", installation->desired->name, principal->label);
	return arena_printf(&world->arena, "role-assignment/%s/%s/%s", scope_id, azure_role_guid(role), object_id);
}

struct node *role_assignment_find(struct world *world, const struct installation *installation,
				  const struct principal *principal, const char *scope_id, enum azure_role role)
{
	return world_find(world, role_assignment_name(world, installation, principal, scope_id, role));
}

struct node *role_assignment_state(struct world *world, struct installation *installation,
				   const struct principal *principal, struct node *scope, const char *scope_id,
				   enum azure_role role)
{
	struct role_assignment_want *want;
	struct node *list, *node;
	const char *label;
	bool is_new;

	list = role_assignments_state(world, installation, scope, scope_id);
	label = arena_printf(&world->arena, "%s for %s on %s", azure_role_name(role), principal->label,
			     arm_id_name(scope_id));
	node = world_state(world, &role_assignment_kind, installation, &is_new, label, "%s",
			   role_assignment_name(world, installation, principal, scope_id, role));
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct role_assignment_want);
	*want = (struct role_assignment_want){
		.principal = principal,
		.list = list,
		.scope = list->want,
		.role = role,
	};
	node->want = want;
	world_need(world, node, principal->site, NEED_KNOWN, STEP_READ);
	/* DONE, not KNOWN: on what is yet to be created there is nothing, and that is all there is to know. */
	world_need(world, node, list, NEED_DONE, STEP_READ);
	return node;
}

/* ---- read ---- */

/* atScope() is "at this scope or above it": inherited assignments are as good. */
static void role_assignments_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				  struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.is_collection = true,
		.path = arena_printf(arena,
				     "%s/providers/Microsoft.Authorization/roleAssignments?$filter=atScope%%28%%29"
				     "&api-version=" API_AUTHORIZATION,
				     (const char *)node->want),
	};
}

/* ---- absorb ---- */

static bool role_assignment_parse(struct arena *arena, const cJSON *resource, struct role_assignment *assignment)
{
	const char *role;

	if (json_get_text(resource, "properties/scope", arena, &assignment->scope) < 0 ||
	    json_get_text(resource, "properties/roleDefinitionId", arena, &role) < 0 ||
	    json_get_text(resource, "properties/principalId", arena, &assignment->principal_id) < 0)
		return false;
	assignment->role_definition_guid = arm_id_name(role);
	return true;
}

static enum absorbed role_assignments_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct role_assignment_list *list = arena_new(&world->arena, struct role_assignment_list);
	struct role_assignment *items;
	const cJSON *array, *item;

	if (json_get_array(body, "value", &array) < 0)
		return ABSORBED_GARBLED;
	items = arena_new_array(&world->arena, (size_t)cJSON_GetArraySize(array) + 1, struct role_assignment);
	cJSON_ArrayForEach (item, array)
		if (!role_assignment_parse(&world->arena, item, &items[list->count++]))
			return ABSORBED_GARBLED;
	list->items = items;
	node->observed = list;
	return ABSORBED_PRESENT;
}

static enum absorbed role_assignment_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct role_assignment *assignment = arena_new(&world->arena, struct role_assignment);

	if (!role_assignment_parse(&world->arena, body, assignment))
		return ABSORBED_GARBLED;
	node->observed = assignment;
	return ABSORBED_PRESENT;
}

/* Assigned here or further up? The filter says so, too; it is not to be relied on alone where rights are concerned. */
static bool role_assignment_reaches(const struct role_assignment *assignment, const char *scope)
{
	size_t length = strlen(assignment->scope);

	/* "/" is the tenant; management groups are above the subscription, and not in its ids. */
	if (text_equal(assignment->scope, "/") ||
	    text_has_prefix_fold(assignment->scope, "/providers/Microsoft.Management/"))
		return true;
	return text_has_prefix_fold(scope, assignment->scope) && (!scope[length] || scope[length] == '/');
}

static enum absorbed role_assignment_derive(struct world *world, struct node *node)
{
	const struct role_assignment_want *want = node->want;
	const struct role_assignment_list *list = want->list->observed;
	const char *object_id = principal_object_id(want->principal);

	if (!list) {
		node->condition.retry_after_s = 60;
		return node_block_read(world, node, REASON_READ_INCONSISTENT,
				       "Azure knows %s but not its role assignments: it was created, moved or deleted "
				       "just now. The next "
				       "pass looks again",
				       want->scope);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct role_assignment *assignment = &list->items[i];

		if (!text_equal_fold(assignment->principal_id, object_id) ||
		    !text_equal_fold(assignment->role_definition_guid, azure_role_guid(want->role)) ||
		    !role_assignment_reaches(assignment, want->scope))
			continue;
		node->observed = (void *)assignment;
		return ABSORBED_PRESENT;
	}
	return ABSORBED_ABSENT;
}

/* ---- differs ---- */

static enum verdict role_assignment_differs(struct world *world, struct node *node)
{
	const struct role_assignment_want *want = node->want;
	const char *object_id = principal_object_id(want->principal);

	if (node->knowledge == KNOWLEDGE_PRESENT)
		return VERDICT_IN_SYNC;
	node_add_change(world, node,
			&(struct change){
				.action = ACTION_ASSIGN,
				.target = arena_printf(&world->arena, "%s on %s", azure_role_name(want->role),
						       arm_id_name(want->scope)),
				.key = want->principal->label,
				.after = object_id,
				.is_known_after_apply = !object_id,
				.reason = azure_roles[want->role].purpose,
			});
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

/* The name follows from what is assigned: a second attempt after a lost answer makes the same assignment. */
static const char *role_assignment_guid(const struct role_assignment_want *want, struct arena *arena)
{
	char *key = arena_printf(arena, "%s|%s|%s", want->scope, azure_role_guid(want->role),
				 principal_object_id(want->principal));
	char *guid = arena_alloc(arena, DIGEST_GUID_SIZE);

	for (char *p = key; *p; p++)
		*p = text_lower(*p);
	digest_guid_v5(ROLE_ASSIGNMENT_NAMESPACE, key, guid);
	return guid;
}

/* principalType spares Azure a question to a directory that may not have heard of a new identity (limits.md 3.4). */
static void role_assignment_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				  struct request *ret)
{
	const struct role_assignment_want *want = node->want;
	const char *guid = role_assignment_guid(want, arena);

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(
			arena, "%s/providers/Microsoft.Authorization/roleAssignments/%s?api-version=" API_AUTHORIZATION,
			want->scope, guid),
		.body = arena_printf(arena,
				     "{\"properties\":{\"roleDefinitionId\":\"/subscriptions/%s/providers/"
				     "Microsoft.Authorization/roleDefinitions/%s\",\"principalId\":\"%s\","
				     "\"principalType\":\"ServicePrincipal\"}}",
				     arm_id_subscription(arena, want->scope), azure_role_guid(want->role),
				     principal_object_id(want->principal)),
	};
}

static void role_assignment_assume(struct world *world, struct node *node)
{
	const struct role_assignment_want *want = node->want;
	struct role_assignment *assignment = arena_new(&world->arena, struct role_assignment);

	assignment->scope = want->scope;
	assignment->role_definition_guid = azure_role_guid(want->role);
	assignment->principal_id = principal_object_id(want->principal);
	node->observed = assignment;
}

static bool role_assignment_is_withheld(const struct world *world, const struct node *node _unused_)
{
	return world->tenant->azure_roles == POLICY_REPORT;
}

const struct kind role_assignments_kind = {
	.name = "role-assignments",
	.must_exist = true,
	.reads_what_is_new = true, /* what is inherited holds from the first moment */
	.read = role_assignments_read,
	.absorb = role_assignments_absorb,
};

const struct kind role_assignment_kind = {
	.name = "role-assignment",
	.is_entitlement = true,
	.reads_what_is_new = true,
	.absorb = role_assignment_absorb,
	.derive = role_assignment_derive,
	.differs = role_assignment_differs,
	.write = role_assignment_write,
	.assume = role_assignment_assume,
	.is_withheld = role_assignment_is_withheld,
};
