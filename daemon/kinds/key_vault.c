#include "kinds/key_vault.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/collection.h"
#include "kinds/rights.h"
#include "kinds/subscription_lists.h"
#include "world/json.h"

#define KEY_VAULT_SETTING "AppConfig:KeyVaultConfig:KeyVaultURL"

/* ---- want ---- */

struct node *key_vault_state(struct world *world, struct installation *installation)
{
	struct subscription_lists lists, *want;
	struct node *node;
	bool is_new;

	if (!installation->desired->key_vault.manage)
		return NULL;
	lists = subscription_lists_state(world, installation, &key_vaults_kind, "key vaults");
	if (!lists.count)
		return NULL;
	node = world_state(world, &key_vault_kind, installation, &is_new, "key vault", "key-vault/%s",
			   installation->desired->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct subscription_lists);
	*want = lists;
	node->want = want;
	installation->key_vault = node;
	subscription_lists_need(world, node, &lists);
	world_need(world, node, installation->production->settings, NEED_KNOWN, STEP_READ);
	return node;
}

/* ---- read ---- */

static void key_vaults_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			    struct request *ret)
{
	subscription_list_request(node, arena, "Microsoft.KeyVault/vaults", API_KEY_VAULT, ret);
}

/* ---- absorb ---- */

static bool is_garbled(int r)
{
	return r < 0 && r != -ENOENT;
}

/* A right that is listed without its permissions has none. */
static bool access_policy_parse(struct arena *arena, const cJSON *item, struct access_policy *policy)
{
	return json_get_text(item, "objectId", arena, &policy->object_id) == 0 &&
	       json_get_text(item, "tenantId", arena, &policy->tenant_id) == 0 &&
	       !is_garbled(json_get_text(item, "applicationId", arena, &policy->application_id)) &&
	       !is_garbled(json_get_texts(item, "permissions/keys", arena, &policy->keys, &policy->key_count)) &&
	       !is_garbled(
		       json_get_texts(item, "permissions/secrets", arena, &policy->secrets, &policy->secret_count)) &&
	       !is_garbled(json_get_texts(item, "permissions/certificates", arena, &policy->certificates,
					  &policy->certificate_count));
}

static bool key_vault_parse_policies(struct arena *arena, const cJSON *resource, struct key_vault *vault)
{
	struct access_policy *policies;
	const cJSON *array, *item;
	int r;

	r = json_get_array(resource, "properties/accessPolicies", &array);
	if (r < 0)
		return r == -ENOENT;
	policies = arena_new_array(arena, (size_t)cJSON_GetArraySize(array) + 1, struct access_policy);
	cJSON_ArrayForEach (item, array)
		if (!access_policy_parse(arena, item, &policies[vault->policy_count++]))
			return false;
	vault->policies = policies;
	return true;
}

struct key_vault *key_vault_parse(struct arena *arena, const cJSON *resource)
{
	struct key_vault *vault = arena_new(arena, struct key_vault);

	/* enableRbacAuthorization null or absent: a vault with access policies, whatever the api-version's default for
	 * new ones (domain.md 1.5). */
	if (json_get_arm_id(resource, "id", arena, &vault->id) < 0 ||
	    json_get_text(resource, "name", arena, &vault->name) < 0 ||
	    json_get_text(resource, "properties/tenantId", arena, &vault->tenant_id) < 0 ||
	    is_garbled(json_get_text(resource, "properties/vaultUri", arena, &vault->uri)) ||
	    is_garbled(json_get_bool(resource, "properties/enableRbacAuthorization", &vault->uses_rbac)) ||
	    !key_vault_parse_policies(arena, resource, vault))
		return NULL;
	return vault;
}

static const void *key_vaults_item(struct arena *arena, const cJSON *item)
{
	return key_vault_parse(arena, item);
}

static enum absorbed key_vaults_absorb(struct world *world, struct node *node, const cJSON *body)
{
	return collection_absorb(world, node, body, key_vaults_item);
}

/* ---- derive ---- */

/* Without a copy of every vault's host: with a thousand installations there are a million of these questions. */
static bool key_vault_has_host(const struct key_vault *vault, const char *host)
{
	const char *at = vault->uri ? strstr(vault->uri, "://") : NULL;
	size_t length = strlen(host);

	return at && text_has_prefix_fold(at + 3, host) && (!at[3 + length] || strchr(":/", at[3 + length]));
}

static const struct key_vault *key_vault_find(const struct subscription_lists *lists, const char *host)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct collection *list = lists->items[i]->observed;

		for (size_t j = 0; list && j < list->count; j++)
			if (key_vault_has_host(list->items[j], host))
				return list->items[j];
	}
	return NULL;
}

static enum absorbed key_vault_derive(struct world *world, struct node *node)
{
	const struct subscription_lists *lists = node->want;
	const char *url = web_app_setting(node->installation->production, KEY_VAULT_SETTING);
	const char *host = url_host(&world->arena, url);
	const struct key_vault *vault;

	if (!host)
		return node_block_read(world, node, REASON_KEY_VAULT_NOT_RESOLVABLE,
				       "production's setting " KEY_VAULT_SETTING
				       " %s, so it is not known where its identities need "
				       "rights; everything else goes on. Set it to the vault's URL",
				       text_is_empty(url) ? "is missing" : "is not a URL");
	vault = key_vault_find(lists, host);
	if (vault) {
		node->observed = (void *)vault;
		return ABSORBED_PRESENT;
	}
	if (subscription_lists_unread(&world->arena, lists))
		return subscription_lists_doubt(world, node, lists, REASON_KEY_VAULT_NOT_RESOLVABLE,
						arena_printf(&world->arena, "the key vault %s", url));
	return node_block_read(
		world, node, REASON_KEY_VAULT_NOT_RESOLVABLE,
		"%s has no key vault %s that the daemon may read, so no rights in it are checked or given; everything "
		"else goes on. If it is in another subscription, add that to the tenant's `subscriptions`; if the "
		"daemon "
		"may not see it, give it the role Reader there; key_vault.manage: false leaves the vault to you",
		subscription_lists_describe(&world->arena, lists), url);
}

static void key_vault_grow(struct world *world, struct node *node)
{
	rights_state(world, node->installation);
}

/* ---- differs: never, only its rights do ---- */

const struct kind key_vaults_kind = {
	.name = "key-vaults",
	.must_exist = true,
	.read = key_vaults_read,
	.absorb = key_vaults_absorb,
};

const struct kind key_vault_kind = {
	.name = "key-vault",
	.is_entitlement = true,
	.grow = key_vault_grow,
	.derive = key_vault_derive,
};
