#include "kinds/permission_level.h"

#include "kinds/graph.h"

/* How long to wait for a granted role to show before the settings are worth another pass: replicas differ by seconds.
 */
enum { PERMISSION_LEVEL_RETRY_S = 5 };

enum { PERMISSION_LEVEL_RIGHTS_MAX = 5 };

/* domain.md 1.2 */
static const struct well_known_role scepman_roles[] = {
	{"Directory.Read.All", GRAPH_DIRECTORY_READ_ALL_ID, .level = 0,
	 .purpose = "to check users and devices when OCSP asks"},
	{"scep_challenge_provider", INTUNE_SCEP_CHALLENGE_PROVIDER_ID, .is_intune = true, .level = 0,
	 .purpose = "to verify Intune's certificate requests"},
	{"DeviceManagementManagedDevices.Read.All", GRAPH_MANAGED_DEVICES_READ_ALL_ID, .level = 1,
	 .purpose = "to list the certificates that Intune enrolled"},
	{"DeviceManagementConfiguration.Read.All", GRAPH_CONFIGURATION_READ_ALL_ID, .level = 1,
	 .purpose = "to list the certificates that Intune enrolled"},
	{"IdentityRiskyUser.Read.All", GRAPH_RISKY_USER_READ_ALL_ID, .level = 2,
	 .purpose = "to revoke certificates of users at risk"},
};

static const struct well_known_role certificate_master_roles[] = {
	{"DeviceManagementManagedDevices.Read.All", GRAPH_MANAGED_DEVICES_READ_ALL_ID, .level = 2,
	 .purpose = "to list the certificates that Intune enrolled"},
	{"DeviceManagementConfiguration.Read.All", GRAPH_CONFIGURATION_READ_ALL_ID, .level = 2,
	 .purpose = "to list the certificates that Intune enrolled"},
};

const struct well_known_role *permission_level_roles(enum web_app_role role, size_t *ret_count)
{
	if (role == WEB_APP_SCEPMAN) {
		*ret_count = ARRAY_SIZE(scepman_roles);
		return scepman_roles;
	}
	*ret_count = ARRAY_SIZE(certificate_master_roles);
	return certificate_master_roles;
}

int permission_level_of(const int *levels, const bool *held, size_t count)
{
	int highest_held = -1, lowest_missing = 0;
	bool is_complete = true;

	for (size_t i = 0; i < count; i++) {
		if (held[i] && levels[i] > highest_held)
			highest_held = levels[i];
		if (!held[i] && (is_complete || levels[i] < lowest_missing))
			lowest_missing = levels[i];
		is_complete = is_complete && held[i];
	}
	return is_complete || highest_held < lowest_missing - 1 ? highest_held : lowest_missing - 1;
}

/* ---- want ---- */

struct permission_right {
	struct node *assignment, *resource;
	const struct well_known_role *role;
};

struct permission_level_want {
	struct node *assignments; /* what the identity held when the pass began */
	struct node *again;       /* and after roles were granted; NULL: none were */
	struct permission_right rights[PERMISSION_LEVEL_RIGHTS_MAX];
	size_t right_count;
};

static void permission_level_state_rights(struct world *world, const struct principal *principal, struct node *node,
					  const struct role_holder *holder)
{
	struct permission_level_want *want = node->want;
	size_t count;
	const struct well_known_role *roles = permission_level_roles(principal->web_app->role, &count);

	for (size_t i = 0; i < count; i++) {
		struct permission_right *right = &want->rights[want->right_count++];

		right->role = &roles[i];
		right->resource = roles[i].is_intune ? world->intune_service_principal : world->graph_service_principal;
		right->assignment = app_role_assignment_state_well_known(world, node->installation, holder,
									 want->assignments, &roles[i]);
		world_need(world, node, right->assignment, NEED_TRIED, STEP_READ);
	}
}

struct node *permission_level_state(struct world *world, struct principal *principal)
{
	const struct role_holder holder = role_holder_of_identity(principal);
	struct permission_level_want *want;
	struct node *node;
	bool is_new;

	principal->assignments = app_role_assignments_state(world, principal->web_app->installation, &holder);
	node = world_state(world, &permission_level_kind, principal->web_app->installation, &is_new, principal->label,
			   "permission-level/%s/%zu", principal->site->name, principal->user_assigned);
	principal->level = node;
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct permission_level_want);
	want->assignments = principal->assignments;
	node->want = want;
	/* Tried and no more: the level of an identity that is yet to be made follows from its planned roles. */
	world_need(world, node, want->assignments, NEED_TRIED, STEP_READ);
	permission_level_state_rights(world, principal, node, &holder);
	return node;
}

/* ---- derive ---- */

/* Without this no level can be told: the list, or the resource whose roles are looked for in it. NULL: all is known. */
static struct node *permission_level_obstacle(const struct permission_level_want *want)
{
	if (!node_is_good(want->assignments))
		return want->assignments;
	if (want->again && !node_is_good(want->again))
		return want->again;
	for (size_t i = 0; i < want->right_count; i++)
		if (!node_is_good(want->rights[i].resource))
			return want->rights[i].resource;
	return NULL;
}

/* A write whose answer was lost may have been one, too. */
static bool is_uncertain(const struct node *assignment)
{
	return assignment->outcome == OUTCOME_FAILED && assignment->fault.is_ambiguous;
}

/* Was it, perhaps, granted in this pass? Not when Graph said that it existed: the first look came from a replica that
 * is behind, and what has been in force for long is no reason to restart a certification authority. */
static bool is_new(const struct node *assignment)
{
	return assignment->was_created || is_uncertain(assignment);
}

static bool permission_right_is_in(const struct permission_right *right, const struct node *list)
{
	const struct service_principal *resource = right->resource->observed;

	return app_role_assignments_have(list->observed, resource->id, right->role->id);
}

/* Reads again when something may have been granted; true when the second look is still to come. */
static bool permission_level_looks_again(struct world *world, struct node *node)
{
	struct permission_level_want *want = node->want;

	for (size_t i = 0; i < want->right_count && !want->again; i++)
		if (want->rights[i].assignment->was_written || is_uncertain(want->rights[i].assignment))
			want->again = app_role_assignments_state_again(world, want->assignments);
	if (!want->again)
		return false;
	world_need(world, node, want->again, NEED_TRIED, STEP_READ);
	return !node_is_settled(want->again);
}

static enum absorbed permission_level_derive(struct world *world, struct node *node)
{
	const struct permission_level_want *want = node->want;
	struct permission_level *observed = arena_new(&world->arena, struct permission_level);
	int levels[PERMISSION_LEVEL_RIGHTS_MAX];
	bool held[PERMISSION_LEVEL_RIGHTS_MAX];
	const struct node *list;
	size_t count = 0;

	if (permission_level_looks_again(world, node))
		return ABSORBED_MORE;
	node->blocked_by = permission_level_obstacle(want);
	if (node->blocked_by)
		return ABSORBED_BLOCKED;
	list = want->again ? want->again : want->assignments;
	for (size_t i = 0; i < want->right_count; i++) {
		const struct permission_right *right = &want->rights[i];

		if (!right->resource->observed) /* no Intune: not required */
			continue;
		levels[count] = right->role->level;
		held[count] = permission_right_is_in(right, list);
		observed->has_grown |= held[count] && is_new(right->assignment);
		if (right->assignment->was_written && !held[count]) {
			node_block_read(world, node, REASON_READ_INCONSISTENT,
					"%s was granted, and Microsoft Graph does not show it yet; the permission "
					"level is not written "
					"before it does",
					right->assignment->label);
			node->condition.retry_after_s = PERMISSION_LEVEL_RETRY_S;
		}
		/* A plan goes on as if what it plans had been done. */
		held[count] |= right->assignment->outcome == OUTCOME_PLANNED;
		count++;
	}
	observed->level = permission_level_of(levels, held, count);
	node->observed = observed;
	return ABSORBED_PRESENT;
}

/* ---- differs: a level is never written here ---- */

const struct kind permission_level_kind = {
	.name = "permission-level",
	.is_entitlement = true,
	.derive = permission_level_derive,
};
