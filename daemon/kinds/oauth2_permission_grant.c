#include "kinds/oauth2_permission_grant.h"

#include <string.h>

#include "base/text.h"
#include "kinds/graph.h"
#include "world/json.h"

/* ---- want ---- */

struct oauth2_permission_grant_want {
	struct node *client, *resource; /* kind "service-principal" */
};

static const struct oauth2_permission_grant_want *oauth2_permission_grant_want(const struct node *node)
{
	return node->want;
}

struct node *oauth2_permission_grant_state(struct world *world, struct installation *installation, struct node *client)
{
	struct oauth2_permission_grant_want *want;
	struct node *node;
	bool is_new;

	node = world_state(
		world, &oauth2_permission_grant_kind, installation, &is_new,
		arena_printf(&world->arena, GRAPH_SCOPE_USER_READ " of Microsoft Graph for %s", client->label),
		"oauth2-permission-grant/%s", client->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct oauth2_permission_grant_want);
	*want = (struct oauth2_permission_grant_want){.client = client, .resource = world->graph_service_principal};
	node->want = want;
	world_need(world, node, want->resource, NEED_KNOWN, STEP_READ);
	world_need(world, node, client, NEED_KNOWN, STEP_READ);
	return node;
}

static const char *service_principal_id(const struct node *node)
{
	const struct service_principal *observed = node->observed;

	return observed ? observed->id : NULL;
}

/* ---- read ---- */

static void oauth2_permission_grant_read(const struct world *world _unused_, const struct node *node,
					 struct arena *arena, struct request *ret)
{
	*ret = graph_find(arena, "oauth2PermissionGrants", "clientId",
			  service_principal_id(oauth2_permission_grant_want(node)->client),
			  "id,clientId,consentType,resourceId,scope");
}

/* ---- absorb ---- */

static bool scope_is_enough(const char *scope)
{
	return text_list_contains_fold(scope, ' ', GRAPH_SCOPE_USER_READ);
}

/* Is it for all users, and for Microsoft Graph? Grants of single users are their own business. */
static int grant_is_ours(const struct node *node, const cJSON *item, struct arena *arena)
{
	const char *type, *resource_id;

	if (json_get_text(item, "consentType", arena, &type) < 0 ||
	    json_get_text(item, "resourceId", arena, &resource_id) < 0)
		return -1;
	return text_equal_fold(type, "AllPrincipals") &&
	       text_equal_fold(resource_id, service_principal_id(oauth2_permission_grant_want(node)->resource));
}

static enum absorbed oauth2_permission_grant_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct oauth2_permission_grant *found = NULL;
	const cJSON *item;
	size_t count;

	if (!graph_items(body, &item, &count))
		return ABSORBED_GARBLED;
	for (size_t i = 0; i < count; i++, item = item->next) {
		struct oauth2_permission_grant *grant = arena_new(&world->arena, struct oauth2_permission_grant);
		int is_ours = grant_is_ours(node, item, &world->arena);

		if (is_ours < 0 || json_get_text(item, "id", &world->arena, &grant->id) < 0 ||
		    strpbrk(grant->id, "/?#%"))
			return ABSORBED_GARBLED;
		if (!is_ours)
			continue;
		if (json_get_text(item, "scope", &world->arena, &grant->scope) < 0)
			grant->scope = ""; /* null: a grant of nothing */
		found = grant;             /* there is at most one for all users */
	}
	if (!found)
		return ABSORBED_ABSENT;
	node->observed = found;
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static const char *scope_extended(struct arena *arena, const char *scope)
{
	return text_is_empty(scope) ? GRAPH_SCOPE_USER_READ : arena_printf(arena, "%s " GRAPH_SCOPE_USER_READ, scope);
}

static enum verdict oauth2_permission_grant_differs(struct world *world, struct node *node)
{
	const struct oauth2_permission_grant_want *want = oauth2_permission_grant_want(node);
	const struct oauth2_permission_grant *observed = node->observed;
	struct change change = {
		.action = observed ? ACTION_UPDATE : ACTION_CREATE,
		.target = arena_printf(&world->arena, "consent of %s to Microsoft Graph", want->client->label),
		.key = "scope",
		.reason = "lets Certificate Master read who is signed in",
	};

	if (observed && scope_is_enough(observed->scope))
		return VERDICT_IN_SYNC;
	change.before = observed ? observed->scope : NULL;
	change.after = scope_extended(&world->arena, observed ? observed->scope : NULL);
	node_add_change(world, node, &change);
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

static void oauth2_permission_grant_write(const struct world *world _unused_, const struct node *node,
					  struct arena *arena, struct request *ret)
{
	const struct oauth2_permission_grant_want *want = oauth2_permission_grant_want(node);
	const struct oauth2_permission_grant *observed = node->observed;
	cJSON *body = cJSON_CreateObject();

	*ret = (struct request){.service = SERVICE_GRAPH, .method = observed ? METHOD_PATCH : METHOD_POST};
	if (observed) {
		ret->path = arena_printf(arena, "/v1.0/oauth2PermissionGrants/%s", observed->id);
	} else {
		ret->path = "/v1.0/oauth2PermissionGrants";
		cJSON_AddStringToObject(body, "clientId", service_principal_id(want->client));
		cJSON_AddStringToObject(body, "consentType", "AllPrincipals");
		cJSON_AddStringToObject(body, "resourceId", service_principal_id(want->resource));
	}
	cJSON_AddStringToObject(body, "scope", scope_extended(arena, observed ? observed->scope : NULL));
	ret->body = json_print(body, arena);
	cJSON_Delete(body);
}

static void oauth2_permission_grant_assume(struct world *world, struct node *node)
{
	const struct oauth2_permission_grant *before = node->observed;
	struct oauth2_permission_grant *observed = arena_new(&world->arena, struct oauth2_permission_grant);

	*observed = (struct oauth2_permission_grant){
		.id = before ? before->id : NULL,
		.scope = scope_extended(&world->arena, before ? before->scope : NULL),
	};
	node->observed = observed;
}

static bool oauth2_permission_grant_is_withheld(const struct world *world, const struct node *node _unused_)
{
	return world->tenant->entra_grants == POLICY_REPORT;
}

const struct kind oauth2_permission_grant_kind = {
	.name = "oauth2-permission-grant",
	.is_entitlement = true,
	.read_after_write = true,
	.read = oauth2_permission_grant_read,
	.absorb = oauth2_permission_grant_absorb,
	.differs = oauth2_permission_grant_differs,
	.write = oauth2_permission_grant_write,
	.assume = oauth2_permission_grant_assume,
	.is_withheld = oauth2_permission_grant_is_withheld,
};
