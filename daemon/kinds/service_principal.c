#include "kinds/service_principal.h"

#include "base/text.h"
#include "kinds/graph.h"
#include "world/json.h"

/* ---- want ---- */

struct service_principal_want {
	const char *app_id;       /* Microsoft's own, or NULL */
	struct node *application; /* ours, or NULL */
	bool is_optional;         /* a tenant may do without it */
};

static const struct service_principal_want *service_principal_want(const struct node *node)
{
	return node->want;
}

static struct node *service_principal_state_of_microsoft(struct world *world, const char *label, const char *app_id,
							 bool is_optional)
{
	struct service_principal_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &service_principal_kind, NULL, &is_new, label, "service-principal/%s", app_id);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct service_principal_want);
	*want = (struct service_principal_want){.app_id = app_id, .is_optional = is_optional};
	node->want = want;
	return node;
}

void service_principal_state_well_known(struct world *world)
{
	world->graph_service_principal =
		service_principal_state_of_microsoft(world, "Microsoft Graph", GRAPH_APP_ID, false);
	world->intune_service_principal =
		service_principal_state_of_microsoft(world, "Microsoft Intune API", INTUNE_APP_ID, true);
}

struct node *service_principal_state(struct world *world, struct installation *installation, struct node *application)
{
	struct service_principal_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &service_principal_kind, installation, &is_new, application->label,
			   "service-principal/%s", application->name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct service_principal_want);
	*want = (struct service_principal_want){.application = application};
	node->want = want;
	world_need(world, node, application, NEED_KNOWN, STEP_READ);
	return node;
}

/* NULL: planned. */
static const char *service_principal_app_id(const struct node *node)
{
	const struct service_principal_want *want = service_principal_want(node);
	const struct application *application;

	if (want->app_id)
		return want->app_id;
	application = want->application->observed;
	return application ? application->app_id : NULL;
}

/* ---- read ---- */

static void service_principal_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				   struct request *ret)
{
	*ret = graph_find(arena, "servicePrincipals", "appId", service_principal_app_id(node),
			  "id,appId,appRoleAssignmentRequired,appRoles");
}

/* ---- absorb ---- */

static enum absorbed service_principal_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const struct service_principal_want *want = service_principal_want(node);
	struct service_principal *observed;
	const cJSON *item;
	size_t count;

	if (!graph_items(body, &item, &count) || count > 1)
		return ABSORBED_GARBLED;
	if (count == 0)
		return ABSORBED_ABSENT;
	observed = arena_new(&world->arena, struct service_principal);
	if (json_get_text(item, "id", &world->arena, &observed->id) < 0 || !text_is_guid(observed->id) ||
	    json_get_text(item, "appId", &world->arena, &observed->app_id) < 0 ||
	    !text_equal_fold(observed->app_id, service_principal_app_id(node)))
		return ABSORBED_GARBLED;
	/* Not knowing it must not read as "false" (domain.md 6, case 35). Of Microsoft's it is none of our business. */
	if (want->application &&
	    json_get_bool(item, "appRoleAssignmentRequired", &observed->app_role_assignment_required) < 0)
		return ABSORBED_GARBLED;
	/* Without Microsoft's roles nobody could say that one of them does not exist; ours are the application's to
	 * say. */
	if (!graph_absorb_roles(&world->arena, item, &observed->roles, &observed->role_count) && want->app_id)
		return ABSORBED_GARBLED;
	node->observed = observed;
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static enum verdict service_principal_differs(struct world *world, struct node *node)
{
	const struct service_principal_want *want = service_principal_want(node);
	const struct service_principal *observed = node->observed;

	if (!want->application) {
		if (observed || want->is_optional)
			return VERDICT_IN_SYNC;
		return node_block(
			world, node, REASON_READ_INCONSISTENT,
			"Microsoft Graph shows no service principal of its own (application %s) in this tenant, so no "
			"role can be told apart; nothing was granted. Usually gone at the next pass, else look with: "
			"az ad sp show --id %s",
			want->app_id, want->app_id);
	}
	if (!observed) {
		node_add_change(world, node,
				&(struct change){.action = ACTION_CREATE,
						 .target = node->label,
						 .reason = "the application has no service principal in this tenant"});
		return VERDICT_DIFFERS;
	}
	if (observed->app_role_assignment_required)
		return VERDICT_IN_SYNC;
	node_add_change(world, node,
			&(struct change){.action = ACTION_UPDATE,
					 .target = node->label,
					 .key = "appRoleAssignmentRequired",
					 .before = "false",
					 .after = "true",
					 .reason = "without it everybody in the tenant may use the application"});
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

static void service_principal_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				    struct request *ret)
{
	const struct service_principal *observed = node->observed;

	*ret = (struct request){.service = SERVICE_GRAPH, .method = METHOD_PATCH};
	if (observed) {
		ret->path = arena_printf(arena, "/v1.0/servicePrincipals/%s", observed->id);
		ret->body = "{\"appRoleAssignmentRequired\":true}";
		return;
	}
	/* Made if it is missing, else brought to the same state: repeating it after a lost answer does no harm. */
	ret->create_if_missing = true;
	ret->path = arena_printf(arena, "/v1.0/servicePrincipals(appId='%s')", service_principal_app_id(node));
	/* No tags (HideApp): an object that exists after all, and that a stale list did not show, would lose its own.
	 */
	ret->body = "{\"appRoleAssignmentRequired\":true}";
}

static void service_principal_assume(struct world *world, struct node *node)
{
	struct service_principal *observed = arena_new(&world->arena, struct service_principal);

	if (node->observed)
		*observed = *(const struct service_principal *)node->observed;
	else
		observed->app_id = service_principal_app_id(node);
	observed->app_role_assignment_required = true;
	node->observed = observed;
}

const struct kind service_principal_kind = {
	.name = "service-principal",
	.is_entitlement = true,
	.read_after_write = true,
	.read = service_principal_read,
	.absorb = service_principal_absorb,
	.differs = service_principal_differs,
	.write = service_principal_write,
	.assume = service_principal_assume,
};
