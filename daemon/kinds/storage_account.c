#include "kinds/storage_account.h"

#include <errno.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/collection.h"
#include "kinds/rights.h"
#include "kinds/subscription_lists.h"
#include "kinds/table_endpoint.h"
#include "world/json.h"

#define STORAGE_TYPE "Microsoft.Storage/storageAccounts"

/* ---- want ---- */

/* Waits for the settings of APPS, linked by next; what came of it is looked at when it is decided. */
static void storage_account_need_settings(struct world *world, struct node *node, const struct web_app *apps)
{
	for (; apps; apps = apps->next)
		world_need(world, node, apps->settings, NEED_READ, STEP_READ);
}

struct node *storage_account_state(struct world *world, struct installation *installation)
{
	struct subscription_lists lists =
		subscription_lists_state(world, installation, &storage_accounts_kind, "storage accounts");
	struct subscription_lists *want;
	struct node *node;
	bool is_new;

	if (!lists.count)
		return NULL;
	node = world_state(world, &storage_account_kind, installation, &is_new, "storage account", "storage-account/%s",
			   installation->desired->name);
	if (is_new) {
		want = arena_new(&world->arena, struct subscription_lists);
		*want = lists;
		node->want = want;
		installation->storage_account = node;
	}
	subscription_lists_need(world, node, &lists);
	world_need(world, node, installation->production->site, NEED_KNOWN, STEP_READ);
	world_need(world, node, installation->slots, NEED_TRIED, STEP_READ);
	world_need(world, node, installation->certificate_master_choice, NEED_TRIED, STEP_READ);
	storage_account_need_settings(world, node, installation->production);
	storage_account_need_settings(world, node, installation->slot_apps);
	storage_account_need_settings(world, node, installation->certificate_master);
	return node;
}

/* ---- derive ---- */

/* The account with that ENDPOINT, or with that NAME. */
static const struct storage_account *storage_account_find(const struct subscription_lists *lists, const char *endpoint,
							  const char *name)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct collection *list = lists->items[i]->observed;

		for (size_t j = 0; list && j < list->count; j++) {
			const struct storage_account *account = list->items[j];

			if (!account->table_endpoint)
				continue;
			if (endpoint ? table_endpoint_equal(account->table_endpoint, endpoint)
				     : text_equal_fold(account->name, name))
				return account;
		}
	}
	return NULL;
}

static enum absorbed storage_account_derive_configured(struct world *world, struct node *node,
						       const struct subscription_lists *lists, const char *endpoint,
						       const char *by)
{
	const struct storage_account *account = storage_account_find(lists, endpoint, NULL);

	if (account) {
		node->observed = (void *)account;
		return ABSORBED_PRESENT;
	}
	if (subscription_lists_unread(&world->arena, lists))
		return subscription_lists_doubt(
			world, node, lists, REASON_STORAGE_NOT_RESOLVABLE,
			arena_printf(&world->arena, "the storage account of %s, which the settings of %s name,",
				     endpoint, by));
	return node_block_read(
		world, node, REASON_STORAGE_NOT_RESOLVABLE,
		"the settings of %s name the table endpoint %s, but %s has no such storage account that the daemon may "
		"read. None is created and the settings stay as they are. If it is in another subscription, add that "
		"to the tenant's `subscriptions`; if the daemon may not see it, give it the role Reader there",
		by, endpoint, subscription_lists_describe(&world->arena, lists));
}

static enum absorbed storage_account_derive_unnamed(struct world *world, struct node *node,
						    const struct subscription_lists *lists)
{
	const struct desired_instance *desired = node->installation->desired;
	const char *name = desired->storage_account.name;
	const struct storage_account *account = name ? storage_account_find(lists, NULL, name) : NULL;

	if (account) {
		node->observed = (void *)account;
		return ABSORBED_PRESENT;
	}
	if (!name)
		return node_block_read(
			world, node, REASON_STORAGE_NOT_RESOLVABLE,
			"no setting names a table endpoint. Name the storage account of the certificates in "
			"storage_account.name of the configuration; with storage_account.create: true it is created");
	if (subscription_lists_unread(&world->arena, lists))
		return subscription_lists_doubt(world, node, lists, REASON_STORAGE_NOT_RESOLVABLE,
						arena_printf(&world->arena, "storage account %s", name));
	if (desired->storage_account.create)
		return ABSORBED_ABSENT;
	return node_block_read(world, node, REASON_STORAGE_NOT_RESOLVABLE,
			       "no setting names a table endpoint, and %s has no storage account %s with one. Correct "
			       "storage_account.name, or set storage_account.create: true to have it created",
			       subscription_lists_describe(&world->arena, lists), name);
}

static enum absorbed storage_account_derive(struct world *world, struct node *node)
{
	const struct subscription_lists *lists = node->want;
	struct table_endpoint_claims claims = table_endpoint_collect(&world->arena, node->installation);
	const struct web_app *production = node->installation->production;

	/* What production names is not known: why not is said of its settings. */
	if (!node_is_present(production->settings)) {
		node->blocked_by = production->settings;
		return ABSORBED_BLOCKED;
	}
	if (claims.other)
		return node_block_read(world, node, REASON_STORAGE_ENDPOINT_CONFLICT,
				       "%s names the table endpoint %s, but %s names %s. Nothing of it is changed. "
				       "Decide which of them "
				       "holds the certificates and put that into the settings of all web apps",
				       claims.by->label, claims.endpoint, claims.other_by->label, claims.other);
	/* Production's own word stands. Anybody else's could be contradicted by what was not read. */
	if (claims.unread && claims.by != production) {
		node->condition.retry_after_s = claims.may_be_read_later;
		return node_block_read(world, node, REASON_STORAGE_NOT_RESOLVABLE,
				       "production names no table endpoint, and the settings of %s could not be read: "
				       "they may name one. "
				       "No storage account is created and no setting is changed before that is known",
				       claims.unread);
	}
	if (claims.endpoint)
		return storage_account_derive_configured(world, node, lists, claims.endpoint, claims.by->label);
	return storage_account_derive_unnamed(world, node, lists);
}

/* ---- read: once more before it is created ---- */

/* Where it would be created: beside SCEPman. */
static const char *storage_account_new_id(const struct node *node, struct arena *arena)
{
	const struct site *site = node->installation->production->site->observed;

	return arena_printf(arena, "/subscriptions/%s/resourceGroups/%s/providers/" STORAGE_TYPE "/%s",
			    arm_id_subscription(arena, site->id), arm_id_resource_group(arena, site->id),
			    node->installation->desired->storage_account.name);
}

static void storage_account_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				 struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s?api-version=" API_STORAGE, storage_account_new_id(node, arena)),
	};
}

static void storage_accounts_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				  struct request *ret)
{
	subscription_list_request(node, arena, STORAGE_TYPE, API_STORAGE, ret);
}

/* ---- absorb ---- */

/* Accounts of some kinds have no tables and so no endpoint for them. */
static struct storage_account *storage_account_parse(struct arena *arena, const cJSON *resource)
{
	struct storage_account *account = arena_new(arena, struct storage_account);
	int r;

	if (json_get_arm_id(resource, "id", arena, &account->id) < 0 ||
	    json_get_text(resource, "name", arena, &account->name) < 0)
		return NULL;
	r = json_get_text(resource, "properties/primaryEndpoints/table", arena, &account->table_endpoint);
	return r < 0 && r != -ENOENT ? NULL : account;
}

static enum absorbed storage_account_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct storage_account *account = storage_account_parse(&world->arena, body);

	if (!account || !account->table_endpoint)
		return ABSORBED_GARBLED;
	node->observed = account;
	return ABSORBED_PRESENT;
}

static const void *storage_accounts_item(struct arena *arena, const cJSON *item)
{
	return storage_account_parse(arena, item);
}

static enum absorbed storage_accounts_absorb(struct world *world, struct node *node, const cJSON *body)
{
	return collection_absorb(world, node, body, storage_accounts_item);
}

static void storage_account_grow(struct world *world, struct node *node)
{
	rights_state(world, node->installation);
}

/* ---- differs ---- */

static enum verdict storage_account_differs(struct world *world, struct node *node)
{
	if (node->knowledge == KNOWLEDGE_PRESENT)
		return VERDICT_IN_SYNC;
	node_add_change(world, node,
			&(struct change){
				.action = ACTION_CREATE,
				.target = node->installation->desired->storage_account.name,
				.reason = "the storage account of the certificates; no setting names one",
			});
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

/*
 * The values with which it is created, domain.md 1.6; afterwards they are the administrator's. Public blobs are of use
 * only to those who host the artifacts there, so unlike the cmdlet we leave them off.
 */
static void storage_account_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				  struct request *ret)
{
	const struct site *site = node->installation->production->site->observed;
	cJSON *body = cJSON_CreateObject();
	cJSON *properties, *routing;

	cJSON_AddStringToObject(body, "location", site->location);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(body, "sku"), "name", "Standard_LRS");
	cJSON_AddStringToObject(body, "kind", "StorageV2");
	properties = cJSON_AddObjectToObject(body, "properties");
	cJSON_AddStringToObject(properties, "accessTier", "Hot");
	cJSON_AddBoolToObject(properties, "allowBlobPublicAccess", false);
	cJSON_AddBoolToObject(properties, "allowCrossTenantReplication", false);
	cJSON_AddBoolToObject(properties, "allowSharedKeyAccess", false);
	cJSON_AddBoolToObject(properties, "isNfsV3Enabled", false);
	cJSON_AddStringToObject(properties, "minimumTlsVersion", "TLS1_2");
	cJSON_AddBoolToObject(properties, "supportsHttpsTrafficOnly", true);
	routing = cJSON_AddObjectToObject(properties, "routingPreference");
	cJSON_AddStringToObject(routing, "routingChoice", "MicrosoftRouting");
	cJSON_AddBoolToObject(routing, "publishInternetEndpoints", false);
	cJSON_AddBoolToObject(routing, "publishMicrosoftEndpoints", false);
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s?api-version=" API_STORAGE, storage_account_new_id(node, arena)),
		.body = json_print(body, arena),
	};
	cJSON_Delete(body);
}

/* Its endpoint is the cloud's to assign. */
static void storage_account_assume(struct world *world, struct node *node)
{
	struct storage_account *account = arena_new(&world->arena, struct storage_account);

	account->id = storage_account_new_id(node, &world->arena);
	account->name = node->installation->desired->storage_account.name;
	node->observed = account;
}

/* Names of storage accounts are unique in the world. */
static bool storage_account_absorb_refusal(struct world *world, struct node *node, const struct fault *fault)
{
	if (!text_has_prefix_fold(fault->code, "StorageAccountAlready") &&
	    !text_equal_fold(fault->code, "StorageAccountInAnotherResourceGroup"))
		return false;
	node_block(world, node, REASON_STORAGE_NOT_RESOLVABLE,
		   "the name %s is taken by a storage account that the daemon cannot see in %s. If it is yours, give "
		   "the daemon the "
		   "role Reader there and add its subscription to `subscriptions`; otherwise choose another "
		   "storage_account.name",
		   node->installation->desired->storage_account.name,
		   subscription_lists_describe(&world->arena, node->want));
	return true;
}

const struct kind storage_accounts_kind = {
	.name = "storage-accounts",
	.must_exist = true,
	.read = storage_accounts_read,
	.absorb = storage_accounts_absorb,
};

const struct kind storage_account_kind = {
	.name = "storage-account",
	.is_entitlement = true,
	.rereads_absence = true,
	.grow = storage_account_grow,
	.read = storage_account_read,
	.absorb = storage_account_absorb,
	.derive = storage_account_derive,
	.differs = storage_account_differs,
	.write = storage_account_write,
	.assume = storage_account_assume,
	.absorb_refusal = storage_account_absorb_refusal,
};
