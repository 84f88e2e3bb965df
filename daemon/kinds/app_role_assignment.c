#include "kinds/app_role_assignment.h"

#include "base/text.h"
#include "kinds/application.h"
#include "kinds/directory_principal.h"
#include "kinds/graph.h"
#include "world/json.h"

/* ---- want ---- */

struct app_role_assignment_want {
	struct role_holder holder;
	struct node *assignments;            /* kind "app-role-assignments": all that the holder has */
	struct node *resource;               /* kind "service-principal" */
	struct node *application;            /* ours, or NULL */
	const struct well_known_role *known; /* Microsoft's, or NULL */
	const char *value;
	bool is_refused; /* Graph said in this pass that the resource has no such role */
};

static const struct app_role_assignment_want *app_role_assignment_want(const struct node *node)
{
	return node->want;
}

static struct node *app_role_assignment_state_any(struct world *world, struct installation *installation,
						  const struct app_role_assignment_want *want)
{
	struct app_role_assignment_want *copy;
	struct node *node;
	bool is_new;

	node = world_state(
		world, &app_role_assignment_kind, installation, &is_new,
		arena_printf(&world->arena, "%s of %s for %s", want->value, want->resource->label, want->holder.label),
		"app-role-assignment/%s/%s/%s", want->assignments->name, want->resource->name, want->value);
	if (!is_new)
		return node;
	copy = arena_new(&world->arena, struct app_role_assignment_want);
	*copy = *want;
	node->want = copy;
	world_need(world, node, want->assignments, NEED_DONE, STEP_READ);
	return node;
}

struct node *app_role_assignment_state_well_known(struct world *world, struct installation *installation,
						  const struct role_holder *holder, struct node *assignments,
						  const struct well_known_role *role)
{
	const struct app_role_assignment_want want = {
		.holder = *holder,
		.assignments = assignments,
		.resource = role->is_intune ? world->intune_service_principal : world->graph_service_principal,
		.known = role,
		.value = role->value,
	};
	struct node *node = app_role_assignment_state_any(world, installation, &want);

	/* Done, not known: a tenant without Intune is as it should be, too. */
	world_need(world, node, want.resource, NEED_DONE, STEP_READ);
	return node;
}

struct node *app_role_assignment_state(struct world *world, struct installation *installation,
				       const struct role_holder *holder, struct node *application,
				       struct node *resource, const char *value)
{
	const struct app_role_assignment_want want = {
		.holder = *holder,
		.assignments = app_role_assignments_state(world, installation, holder),
		.resource = resource,
		.application = application,
		.value = value,
	};
	struct node *node = app_role_assignment_state_any(world, installation, &want);

	world_need(world, node, resource, NEED_KNOWN, STEP_READ);
	world_need(world, node, application, NEED_KNOWN, STEP_READ);
	world_need(world, node, application, NEED_DONE, STEP_WRITE);
	return node;
}

struct node *app_role_assignment_state_desired(struct world *world, struct installation *installation,
					       const struct desired_role_assignment *desired, struct node *application,
					       struct node *resource)
{
	struct node *principal = directory_principal_state(world, installation, &desired->principal);
	const struct role_holder holder = role_holder_of_directory(principal, &desired->principal);

	return app_role_assignment_state(world, installation, &holder, application, resource, desired->role);
}

/* NULL: not known (yet). */
static const char *wanted_role_id(const struct app_role_assignment_want *want)
{
	const struct app_role *role;

	if (want->known)
		return want->known->id;
	role = application_role(want->application, want->value);
	return role ? role->id : NULL;
}

static const char *wanted_resource_id(const struct app_role_assignment_want *want)
{
	const struct service_principal *resource = want->resource->observed;

	return resource ? resource->id : NULL;
}

/* No Intune, no right to ask of it (domain.md 1.1). */
static bool is_not_needed(const struct app_role_assignment_want *want)
{
	return want->known && want->known->is_intune && !want->resource->observed;
}

/* ---- derive ---- */

static enum absorbed app_role_assignment_derive(struct world *world, struct node *node)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);
	struct app_role_assignment *observed;

	if (is_not_needed(want))
		return ABSORBED_PRESENT;
	if (!app_role_assignments_have(want->assignments->observed, wanted_resource_id(want), wanted_role_id(want)))
		return ABSORBED_ABSENT;
	observed = arena_new(&world->arena, struct app_role_assignment);
	*observed = (struct app_role_assignment){wanted_resource_id(want), wanted_role_id(want)};
	node->observed = observed;
	return ABSORBED_PRESENT;
}

/* ---- absorb: the answer to our write ---- */

static enum absorbed app_role_assignment_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);
	struct app_role_assignment *observed = arena_new(&world->arena, struct app_role_assignment);

	if (json_get_text(body, "resourceId", &world->arena, &observed->resource_id) < 0 ||
	    json_get_text(body, "appRoleId", &world->arena, &observed->app_role_id) < 0 ||
	    !text_equal_fold(observed->resource_id, wanted_resource_id(want)) ||
	    !text_equal_fold(observed->app_role_id, wanted_role_id(want)))
		return ABSORBED_GARBLED;
	node->observed = observed;
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static bool resource_has_role(const struct app_role_assignment_want *want)
{
	const struct service_principal *resource = want->resource->observed;

	for (size_t i = 0; resource && i < resource->role_count; i++)
		if (text_equal_fold(resource->roles[i].id, wanted_role_id(want)))
			return true;
	return false;
}

/* Without a role of level 0 SCEPman does not work. Without another it works at a lower level, for ever in a cloud that
 * does not have the role: that is worth a sentence, and no trouble (domain.md 1.2, 4.7). */
static enum verdict be_unavailable(struct world *world, struct node *node)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);

	if (want->known->level > 0) {
		node_warn(
			world, node, REASON_ROLE_UNAVAILABLE_IN_CLOUD,
			"%s has no app role %s in this cloud, so %s goes without it, with a lower permission level: it "
			"is needed %s. Everything else goes on; there is nothing to do",
			want->resource->label, want->value, want->holder.label, want->known->purpose);
		return VERDICT_IN_SYNC;
	}
	return node_block(
		world, node, REASON_ROLE_UNAVAILABLE_IN_CLOUD,
		"%s shows no app role %s in this tenant, so %s cannot be given it, and SCEPman does not work without: "
		"it "
		"is needed %s. Everything else goes on. To see which roles there are: az ad sp show --id %s --query "
		"\"appRoles[].value\"; if it is not among them, ask Microsoft's support about this cloud",
		want->resource->label, want->value, want->holder.label, want->known->purpose,
		want->known->is_intune ? INTUNE_APP_ID : GRAPH_APP_ID);
}

/* A tenant may do without Intune (domain.md 1.1); who uses it would look for the fault elsewhere, so it is said. */
static enum verdict be_without_intune(struct world *world, struct node *node)
{
	node_warn(world, node, REASON_INTUNE_NOT_USED,
		  "this tenant has no service principal of the Microsoft Intune API, so Intune counts as not used: its "
		  "role scep_challenge_provider is not required and does not lower the permission level. If devices "
		  "are to enrol through Intune, make it: az ad sp create --id " INTUNE_APP_ID);
	return VERDICT_IN_SYNC;
}

/* Can a role of our own application be given to the holder? NULL: yes. Else why not. */
static const char *role_is_unsuitable(const struct app_role_assignment_want *want)
{
	const struct app_role *role = application_role(want->application, want->value);
	bool is_application = want->holder.type == PRINCIPAL_SERVICE_PRINCIPAL;

	if (!role)
		return "does not exist";
	if (!role->is_enabled)
		return "is disabled";
	if (is_application && !role->allows_applications)
		return "is for users and groups only";
	if (!is_application && !role->allows_users)
		return "is for applications only";
	return NULL;
}

/* Roles with which one can issue certificates for anybody, or give oneself that right (domain.md 4.1). */
static const char *reason_to_look_twice(const struct app_role_assignment_want *want)
{
	if (want->known)
		return want->known->purpose;
	if (text_equal_fold(want->value, "Admin.Full") || text_has_prefix_fold(want->value, "Request.User") ||
	    text_has_prefix_fold(want->value, "Request.SubCa"))
		return "security-sensitive: its holder can obtain certificates in the name of others";
	return NULL;
}

static enum verdict app_role_assignment_differs(struct world *world, struct node *node)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);

	if (is_not_needed(want))
		return be_without_intune(world, node);
	if (node->knowledge == KNOWLEDGE_PRESENT)
		return VERDICT_IN_SYNC;
	if (want->known && (want->is_refused || !resource_has_role(want)))
		return be_unavailable(world, node);
	if (!want->known && role_is_unsuitable(want))
		return node_block(
			world, node, REASON_ROLE_UNAVAILABLE_IN_CLOUD,
			"app role %s of app registration %s %s, so %s was not given it. Name another role in the "
			"configuration, or change this one in the app registration; to list them: az ad app list "
			"--display-name \"%s\" --query \"[].appRoles[]\"",
			want->value, want->application->label, role_is_unsuitable(want), want->holder.label,
			want->application->label);
	node_add_change(world, node,
			&(struct change){
				.action = ACTION_ASSIGN,
				.target = arena_printf(&world->arena, "%s on %s", want->value, want->resource->label),
				.after = want->holder.label,
				.reason = reason_to_look_twice(want),
			});
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

static void app_role_assignment_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				      struct request *ret)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);
	const char *principal_id = role_holder_object_id(&want->holder), *resource_id = wanted_resource_id(want);

	*ret = (struct request){.service = SERVICE_GRAPH, .method = METHOD_POST};
	ret->path = role_holder_assignments_path(&want->holder, arena);
	ret->body = arena_printf(arena, "{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}",
				 principal_id ? principal_id : "<object id>", resource_id ? resource_id : "<object id>",
				 wanted_role_id(want));
}

static void app_role_assignment_assume(struct world *world, struct node *node)
{
	const struct app_role_assignment_want *want = app_role_assignment_want(node);
	struct app_role_assignment *observed = arena_new(&world->arena, struct app_role_assignment);

	*observed = (struct app_role_assignment){wanted_resource_id(want), wanted_role_id(want)};
	node->observed = observed;
}

static bool app_role_assignment_is_withheld(const struct world *world, const struct node *node)
{
	return app_role_assignment_want(node)->known && world->tenant->entra_grants == POLICY_REPORT;
}

static bool app_role_assignment_absorb_refusal(struct world *world, struct node *node, const struct fault *fault)
{
	struct app_role_assignment_want *want = node->want;

	if (!fault_is_missing_role(fault))
		return false;
	if (want->known) {
		want->is_refused = true; /* differs() says what that means */
		return true;
	}
	/* The service principal takes a while to follow its application, which does have the role. */
	if (resource_has_role(want)) {
		node_block(
			world, node, REASON_ROLE_UNAVAILABLE_IN_CLOUD,
			"Microsoft Graph refuses to give app role %s of %s to %s: it says that there is no such role, "
			"though it lists it. Look at the app registration: az ad app list --display-name \"%s\" "
			"--query \"[].appRoles[]\"",
			want->value, want->resource->label, want->holder.label, want->application->label);
		return true;
	}
	node_block(world, node, REASON_READ_INCONSISTENT,
		   "Microsoft Graph does not know app role %s of %s yet, which the app registration has; the next pass "
		   "tries again",
		   want->value, want->resource->label);
	node->condition.retry_after_s = 5;
	return true;
}

const struct kind app_role_assignment_kind = {
	.name = "app-role-assignment",
	.is_entitlement = true,
	.derive = app_role_assignment_derive,
	.absorb = app_role_assignment_absorb,
	.differs = app_role_assignment_differs,
	.write = app_role_assignment_write,
	.assume = app_role_assignment_assume,
	.is_withheld = app_role_assignment_is_withheld,
	.absorb_refusal = app_role_assignment_absorb_refusal,
};
