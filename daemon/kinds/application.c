#include "kinds/application.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "kinds/application_internal.h"
#include "kinds/graph.h"
#include "world/json.h"

/* ---- want ---- */

enum { APPLICATION_UNIQUE_NAME_MAX = 64 };

static const struct desired_app_registration *registration_of(const struct desired_instance *instance,
							      enum application_purpose purpose)
{
	return purpose == APPLICATION_SCEPMAN_API ? &instance->scepman_api : &instance->certificate_master_app;
}

/*
 * The alternate key of the one that we make: follows from the display name alone, so that a create whose answer was
 * lost finds what it made. Names that differ in more than case differ here, too: what is not a letter, digit or dash
 * becomes a dash, and a digest of the name tells it from its likes.
 */
static const char *unique_name_of(struct arena *arena, const char *display_name)
{
	char *name = arena_printf(arena, "scepmand-%s", display_name);
	char digest[DIGEST_SHA256_HEX_SIZE];
	bool is_exact = strlen(name) <= APPLICATION_UNIQUE_NAME_MAX;

	for (char *c = name; *c; c++) {
		*c = text_lower(*c);
		if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-')
			continue;
		*c = '-';
		is_exact = false;
	}
	if (is_exact)
		return name;
	digest_sha256_hex(display_name, strlen(display_name), digest);
	return arena_printf(arena, "%.*s-%.8s", APPLICATION_UNIQUE_NAME_MAX - 9, name, digest);
}

bool application_is_shared(const struct desired_instance *a, const struct desired_instance *b,
			   enum application_purpose purpose)
{
	const struct desired_app_registration *x = registration_of(a, purpose), *y = registration_of(b, purpose);

	if (a == b)
		return true;
	if (purpose == APPLICATION_CERTIFICATE_MASTER && (a->certificate_master.none || b->certificate_master.none))
		return false;
	if (text_equal(desired_primary_name(a), desired_primary_name(b)))
		return true;
	return a->shared_app_registrations && b->shared_app_registrations &&
	       text_equal_fold(x->display_name, y->display_name) && text_equal_fold(x->app_id, y->app_id);
}

static void application_add_user(struct world *world, struct node *node, struct installation *installation)
{
	struct application_want *want = node->want;
	struct application_user *user = arena_new(&world->arena, struct application_user), **tail = &want->users;

	user->evidence = application_evidence_state(world, installation, want->purpose);
	world_need(world, node, user->evidence, NEED_TRIED, STEP_READ);
	while (*tail)
		tail = &(*tail)->next;
	*tail = user;
}

struct node *application_state(struct world *world, struct installation *installation, enum application_purpose purpose)
{
	const struct desired_app_registration *desired = registration_of(installation->desired, purpose);
	struct application_want *want;
	struct node *node;
	bool is_new;

	node = world_state(world, &application_kind, installation, &is_new, desired->display_name, "application/%s/%s",
			   purpose == APPLICATION_SCEPMAN_API ? "scepman-api" : "certificate-master",
			   desired->app_id ? desired->app_id : desired->display_name);
	if (!is_new)
		return node;
	want = arena_new(&world->arena, struct application_want);
	want->purpose = purpose;
	want->desired = *desired;
	want->unique_name = unique_name_of(&world->arena, desired->display_name);
	node->want = want;
	/* All that share it, at once: it must not be settled before the last of them has said where its users sign in.
	 */
	for (size_t i = 0; i < world->installation_count; i++)
		if (application_is_shared(installation->desired, world->installations[i].desired, purpose))
			application_add_user(world, node, &world->installations[i]);
	return node;
}

const struct app_role *application_role(const struct node *node, const char *value)
{
	const struct application *application = node->observed;

	return application ? graph_find_role(application->roles, application->role_count, value) : NULL;
}

/* ---- differs ---- */

static void application_add_change(struct world *world, struct node *node, const struct application_missing *missing)
{
	struct change change = {
		.action = ACTION_UPDATE,
		.target = node->label,
		.after = missing->value,
		.is_of_create = node->was_created,
	};

	switch (missing->lack) {
	case LACK_ROLE:
		change.key = "appRoles";
		break;
	case LACK_IDENTIFIER_URI:
		change.key = "identifierUris";
		break;
	case LACK_REDIRECT_URI:
		change.key = "web.redirectUris";
		change.is_known_after_apply = !missing->value;
		break;
	case LACK_ID_TOKENS:
		change.key = "web.implicitGrantSettings.enableIdTokenIssuance";
		change.before = "false";
		change.after = "true";
		change.reason = "users could not sign in without ID tokens";
		break;
	case LACK_USER_READ:
		change.key = "requiredResourceAccess";
		change.after = "Microsoft Graph User.Read";
		break;
	case LACK_HOME_PAGE:
		change.key = "web.homePageUrl";
		break;
	}
	node_add_change(world, node, &change);
}

/* Of a web app that is planned the host name is unknown; only a plan has use for the line that says so. */
static const struct application_missing *application_missing_now(const struct world *world, const struct node *node,
								 struct arena *arena)
{
	const struct application_missing *all = application_find_missing(node, arena), *missing;

	for (missing = all; missing; missing = missing->next)
		if (missing->lack != LACK_REDIRECT_URI || missing->value || node_is_held(world, node))
			return all;
	return NULL;
}

static enum verdict application_differs(struct world *world, struct node *node)
{
	const struct application_missing *missing;

	if (!node->observed) {
		node_add_change(world, node,
				&(struct change){.action = ACTION_CREATE,
						 .target = node->label,
						 .reason = "no app registration has this name"});
		return VERDICT_DIFFERS;
	}
	missing = application_missing_now(world, node, &world->arena);
	if (!missing)
		return VERDICT_IN_SYNC;
	/* One update says it all, so a second one would only repeat it to a replica that is behind. After a create the
	 * second write belongs to it: its identifier URI contains the id that the cloud assigned. */
	if (node->was_written && !node->was_created) {
		node_block(world, node, REASON_READ_INCONSISTENT,
			   "%s was updated, and Microsoft Graph does not show all of it yet; the next pass looks again",
			   node->label);
		node->condition.retry_after_s = 5;
		return VERDICT_BLOCKED;
	}
	for (; missing; missing = missing->next)
		application_add_change(world, node, missing);
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

static void application_write(const struct world *world, const struct node *node, struct arena *arena,
			      struct request *ret)
{
	const struct application *application = node->observed;

	*ret = (struct request){.service = SERVICE_GRAPH, .method = METHOD_PATCH};
	if (application) {
		ret->path = arena_printf(arena, "/v1.0/applications/%s", application->id);
		ret->body = application_update_body(node, application_missing_now(world, node, arena), arena);
		return;
	}
	ret->create_if_missing = true;
	ret->path = arena_printf(arena, "/v1.0/applications(uniqueName='%s')", application_want(node)->unique_name);
	ret->body = application_create_body(node, arena);
}

/* One that is yet to be made: only its roles are of use to others, whose ids are ours to choose. */
static struct application *application_planned(const struct node *node, struct arena *arena)
{
	struct application *planned = arena_new(arena, struct application);
	const char *text = application_update_body(node, application_find_missing(node, arena), arena);
	cJSON *body = json_parse(text, strlen(text));

	planned->display_name = application_want(node)->desired.display_name;
	if (!graph_absorb_roles(arena, body, &planned->roles, &planned->role_count))
		planned->role_count = 0;
	cJSON_Delete(body);
	return planned;
}

void application_assume(struct world *world, struct node *node)
{
	struct arena *arena = &world->arena;
	struct application *updated = NULL;

	if (node->observed)
		updated = application_updated(
			node, application_update_body(node, application_find_missing(node, arena), arena), arena);
	else
		updated = application_planned(node, arena);
	if (updated)
		node->observed = updated;
}

const struct kind application_kind = {
	.name = "application",
	.writes_max = 2,
	.reread_before_write = true,
	.read_after_write = true,
	.is_entitlement = true,
	.read = application_read,
	.is_absence = application_is_absence,
	.absorb = application_absorb,
	.differs = application_differs,
	.write = application_write,
	.assume = application_assume,
};
