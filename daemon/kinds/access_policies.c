#include "kinds/access_policies.h"

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/key_vault.h"
#include "world/json.h"

/* ---- want ---- */

enum { PERMISSIONS_MAX = 4, PERMISSION_KINDS = 3 };

/* What SCEPman does in its vault (domain.md 1.5). Certificate Master needs nothing there. */
static const struct {
	const char *name; /* of the member in "permissions" */
	const char *required[PERMISSIONS_MAX + 1];
} permission_kinds[PERMISSION_KINDS] = {
	{"keys", {"get", "create", "unwrapKey", "sign"}},
	{"secrets", {"get", "list"}},
	{"certificates", {"get", "list", "create", "managecontacts"}},
};

static void access_policies_need_sites(struct world *world, struct node *node, const struct web_app *apps)
{
	for (; apps; apps = apps->next)
		world_need(world, node, apps->site, apps->may_be_created ? NEED_TRIED : NEED_READ, STEP_READ);
}

struct node *access_policies_state(struct world *world, struct installation *installation)
{
	const struct key_vault *vault = installation->key_vault->observed;
	struct node *node;
	const char *label;

	label = arena_printf(&world->arena, "access policies of %s", vault->name);
	node = world_state(world, &access_policies_kind, installation, NULL, label, "access-policies/%s/%s", vault->id,
			   installation->desired->name);
	installation->access_policies = node;
	world_need(world, node, installation->key_vault, NEED_KNOWN, STEP_READ);
	/* One write for all: so all identities must be known that will be. */
	world_need(world, node, installation->slots, NEED_TRIED, STEP_READ);
	access_policies_need_sites(world, node, installation->production);
	access_policies_need_sites(world, node, installation->slot_apps);
	return node;
}

/* ---- read ---- */

static void access_policies_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				 struct request *ret)
{
	const struct key_vault *vault = node->installation->key_vault->observed;

	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_KEY_VAULT, vault->id),
	};
}

/* ---- absorb ---- */

static enum absorbed access_policies_absorb(struct world *world, struct node *node, const cJSON *body)
{
	node->observed = key_vault_parse(&world->arena, body);
	return node->observed ? ABSORBED_PRESENT : ABSORBED_GARBLED;
}

/* ---- differs ---- */

static void access_policy_permissions(const struct access_policy *policy, size_t kind, const char *const **ret,
				      size_t *ret_count)
{
	const char *const *const lists[PERMISSION_KINDS] = {policy->keys, policy->secrets, policy->certificates};
	const size_t counts[PERMISSION_KINDS] = {policy->key_count, policy->secret_count, policy->certificate_count};

	*ret = lists[kind];
	*ret_count = counts[kind];
}

/* A policy with an application id is for that application on somebody's behalf, not for the identity by itself. */
static bool access_policy_is_of(const struct access_policy *policy, const struct key_vault *vault,
				const char *object_id)
{
	return text_equal_fold(policy->object_id, object_id) && text_equal_fold(policy->tenant_id, vault->tenant_id) &&
	       text_is_empty(policy->application_id);
}

static bool key_vault_permits(const struct key_vault *vault, const char *object_id, size_t kind, const char *permission)
{
	for (size_t i = 0; i < vault->policy_count; i++) {
		const char *const *list;
		size_t count;

		if (!access_policy_is_of(&vault->policies[i], vault, object_id))
			continue;
		access_policy_permissions(&vault->policies[i], kind, &list, &count);
		for (size_t j = 0; j < count; j++)
			if (text_equal_fold(list[j], permission) || text_equal_fold(list[j], "all"))
				return true;
	}
	return false;
}

/* The required permissions of that kind that OBJECT_ID has, or lacks, separated by commas; "": none. */
static const char *permissions_list(struct arena *arena, const struct key_vault *vault, const char *object_id,
				    size_t kind, bool is_permitted)
{
	const char *text = "";

	for (const char *const *p = permission_kinds[kind].required; *p; p++)
		if (key_vault_permits(vault, object_id, kind, *p) == is_permitted)
			text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", *p);
	return text;
}

static bool principal_lacks(const struct key_vault *vault, const char *object_id)
{
	for (size_t kind = 0; kind < PERMISSION_KINDS; kind++)
		for (const char *const *p = permission_kinds[kind].required; *p; p++)
			if (!key_vault_permits(vault, object_id, kind, *p))
				return true;
	return false;
}

/* SCEPman's identities one after the other: those of production, then of the slots. NULL: the first one. */
static const struct principal *principal_next(const struct installation *installation,
					      const struct principal *principal)
{
	const struct web_app *app = principal ? principal->web_app : installation->production;

	if (principal && principal->next)
		return principal->next;
	if (!principal && !app->is_observed_only && app->principals)
		return app->principals;
	for (app = app->is_slot ? app->next : installation->slot_apps; app; app = app->next)
		if (!app->is_observed_only && app->principals)
			return app->principals;
	return NULL;
}

static void access_policies_add_changes(struct world *world, struct node *node, const struct principal *principal)
{
	const struct key_vault *vault = node->observed;
	const char *object_id = principal_object_id(principal);

	for (size_t kind = 0; kind < PERMISSION_KINDS; kind++) {
		const char *missing = permissions_list(&world->arena, vault, object_id, kind, false);
		const char *present = permissions_list(&world->arena, vault, object_id, kind, true);

		if (!*missing)
			continue;
		node_add_change(
			world, node,
			&(struct change){
				.action = *present ? ACTION_UPDATE : ACTION_ASSIGN,
				.target = arena_printf(&world->arena, "access policy for %s in %s", principal->label,
						       vault->name),
				.key = permission_kinds[kind].name,
				.before = *present ? present : NULL,
				.after = arena_printf(&world->arena, "%s%s%s", present, *present ? ", " : "", missing),
			});
	}
}

static enum verdict access_policies_differs(struct world *world, struct node *node)
{
	const struct key_vault *vault = node->observed;
	const struct principal *principal = NULL;
	bool differs = false;

	if (node->knowledge == KNOWLEDGE_ABSENT)
		return node_block(world, node, REASON_KEY_VAULT_NOT_RESOLVABLE,
				  "the vault is in its subscription's list, but Azure says that it does not exist. It "
				  "may just have been "
				  "deleted or moved; nothing was changed");
	/* It became a vault with role assignments since it was listed: its policies mean nothing any more. */
	if (vault->uses_rbac)
		return VERDICT_IN_SYNC;
	while ((principal = principal_next(node->installation, principal))) {
		const char *object_id = principal_object_id(principal);

		if (!object_id || !principal_lacks(vault, object_id))
			continue;
		access_policies_add_changes(world, node, principal);
		differs = true;
	}
	return differs ? VERDICT_DIFFERS : VERDICT_IN_SYNC;
}

/* ---- write ---- */

static cJSON *access_policy_body(const struct key_vault *vault, const char *object_id)
{
	cJSON *policy = cJSON_CreateObject(), *permissions;

	cJSON_AddStringToObject(policy, "tenantId", vault->tenant_id);
	cJSON_AddStringToObject(policy, "objectId", object_id);
	permissions = cJSON_AddObjectToObject(policy, "permissions");
	for (size_t kind = 0; kind < PERMISSION_KINDS; kind++) {
		cJSON *list = cJSON_AddArrayToObject(permissions, permission_kinds[kind].name);

		for (const char *const *p = permission_kinds[kind].required; *p; p++)
			cJSON_AddItemToArray(list, cJSON_CreateString(*p));
	}
	return policy;
}

static void access_policies_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				  struct request *ret)
{
	const struct key_vault *vault = node->observed;
	const struct principal *principal = NULL;
	cJSON *body = cJSON_CreateObject();
	cJSON *policies = cJSON_AddArrayToObject(cJSON_AddObjectToObject(body, "properties"), "accessPolicies");

	while ((principal = principal_next(node->installation, principal))) {
		const char *object_id = principal_object_id(principal);

		if (object_id && principal_lacks(vault, object_id))
			cJSON_AddItemToArray(policies, access_policy_body(vault, object_id));
	}
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s/accessPolicies/add?api-version=" API_KEY_VAULT, vault->id),
		.body = json_print(body, arena),
	};
	cJSON_Delete(body);
}

const struct kind access_policies_kind = {
	.name = "access-policies",
	.is_entitlement = true,
	.read_after_write = true,
	.read = access_policies_read,
	.absorb = access_policies_absorb,
	.differs = access_policies_differs,
	.write = access_policies_write,
};
