#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "kinds/application_internal.h"
#include "kinds/graph.h"
#include "world/json.h"

/* A recorded id is believed to be gone when two passes at least this far apart say so (domain.md 5.1). */
enum { APPLICATION_GONE_CONFIRM_S = 30 };
/* How long a replica may be behind a write of ours. */
enum { APPLICATION_BEHIND_S = 120 };

#define APPLICATION_PROPERTIES "id,appId,displayName,appRoles,identifierUris,requiredResourceAccess,web,spa"

/* ---- which question is next ---- */

const char *application_recorded_id(const struct node *node, size_t i)
{
	const char *found[16];
	size_t count = 0;

	for (const struct application_user *user = application_want(node)->users; user; user = user->next) {
		const struct application_evidence *evidence = user->evidence->observed;

		for (size_t j = 0; evidence && j < evidence->app_id_count; j++) {
			bool is_known = false;

			for (size_t k = 0; k < count; k++)
				is_known = is_known || text_equal_fold(found[k], evidence->app_ids[j]);
			if (is_known)
				continue;
			if (count == i)
				return evidence->app_ids[j];
			if (count == ARRAY_SIZE(found))
				return NULL;
			found[count++] = evidence->app_ids[j];
		}
	}
	return NULL;
}

enum question { ASK_BY_OBJECT_ID, ASK_BY_PINNED_ID, ASK_BY_RECORDED_ID, ASK_BY_NAME, ASK_BY_UNIQUE_NAME };

/* The question of this round, and in *RET_VALUE what it asks for. */
static enum question application_question(const struct node *node, const char **ret_value)
{
	const struct application_want *want = application_want(node);
	const struct application *observed = node->observed;
	size_t recorded_count = 0;

	if (observed && observed->id) {
		*ret_value = observed->id;
		return ASK_BY_OBJECT_ID;
	}
	if (want->desired.app_id) {
		*ret_value = want->desired.app_id;
		return ASK_BY_PINNED_ID;
	}
	if (node->writes) { /* our own create found that it existed */
		*ret_value = want->unique_name;
		return ASK_BY_UNIQUE_NAME;
	}
	while (application_recorded_id(node, recorded_count))
		recorded_count++;
	if (node->round < recorded_count) {
		*ret_value = application_recorded_id(node, node->round);
		return ASK_BY_RECORDED_ID;
	}
	if (node->round > recorded_count) { /* nothing has the name: is the key of the one that we would make free? */
		*ret_value = want->unique_name;
		return ASK_BY_UNIQUE_NAME;
	}
	*ret_value = want->desired.display_name;
	return ASK_BY_NAME;
}

/* ---- read ---- */

void application_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		      struct request *ret)
{
	static const char *const properties[] = {
		[ASK_BY_OBJECT_ID] = "id",     [ASK_BY_PINNED_ID] = "appId", [ASK_BY_RECORDED_ID] = "appId",
		[ASK_BY_NAME] = "displayName", [ASK_BY_UNIQUE_NAME] = NULL,
	};
	const char *value;
	enum question question = application_question(node, &value);

	/* Graph does not filter by this one, and says "not found" when there is none. */
	if (question == ASK_BY_UNIQUE_NAME)
		*ret = (struct request){
			.service = SERVICE_GRAPH,
			.method = METHOD_GET,
			.path = arena_printf(arena, "/v1.0/applications(uniqueName='%s')?$select=%s", value,
					     APPLICATION_PROPERTIES),
		};
	else
		*ret = graph_find(arena, "applications", properties[question], value, APPLICATION_PROPERTIES);
}

/* ---- absorb ---- */

static enum absorbed application_take(struct world *world, struct node *node, struct application *application)
{
	char version[DIGEST_SHA256_HEX_SIZE];

	digest_sha256_hex(application->body, strlen(application->body), version);
	node->version = arena_copy_text(&world->arena, version);
	node->observed = application;
	return ABSORBED_PRESENT;
}

static enum absorbed application_take_item(struct world *world, struct node *node, const cJSON *item)
{
	struct application *application = application_parse(&world->arena, application_want(node)->purpose, item);

	return application ? application_take(world, node, application) : ABSORBED_GARBLED;
}

static const char *application_config_key(const struct node *node)
{
	return application_want(node)->purpose == APPLICATION_SCEPMAN_API ? "app_registrations.scepman_api"
									  : "app_registrations.certificate_master";
}

static enum absorbed application_be_ambiguous(struct world *world, struct node *node, const char *how,
					      const char *app_ids)
{
	const char *name = application_want(node)->desired.display_name;

	return node_block_read(
		world, node, REASON_AMBIGUOUS_APP_REGISTRATION,
		"more than one app registration %s: %s. None of them was changed and none was made. Write the "
		"application id of the right one into %s: {display_name: %s, app_id: ...}; to tell them apart: "
		"az ad app list --display-name \"%s\"",
		how, app_ids, application_config_key(node), name, name);
}

/* Nothing answers to an id that settings record. That must be seen twice before another registration takes its place.
 */
static bool application_is_certain(struct world *world, struct node *node)
{
	const char *missing = application_want(node)->search.missing;
	int64_t wait_s;

	if (!missing || node_is_held(world, node) ||
	    memory_of_passes_confirms(world->memory, arena_printf(&world->arena, "%s/gone/%s", node->name, missing),
				      world->now_unix_s, APPLICATION_GONE_CONFIRM_S, &wait_s))
		return true;
	node_block_read(
		world, node, REASON_READ_INCONSISTENT,
		"the app settings record app registration %s, and Microsoft Graph does not show it. Nothing is made in "
		"its place until a second look confirms that it is gone. Was it deleted by mistake? It can be restored "
		"for 30 days: az rest --method POST --url "
		"https://graph.microsoft.com/v1.0/directory/deletedItems/<object id>/restore",
		missing);
	node->condition.retry_after_s = wait_s;
	return false;
}

static enum absorbed application_absorb_recorded(struct world *world, struct node *node, const cJSON *item)
{
	struct application_want *want = node->want;
	struct application_search *search = &want->search;
	const char *id = application_recorded_id(node, node->round);
	bool is_last = !application_recorded_id(node, node->round + 1);

	if (item) {
		struct application *found = application_parse(&world->arena, want->purpose, item);

		if (!found || !text_equal_fold(found->app_id, id))
			return ABSORBED_GARBLED;
		/* Without that role it was made for something else: SCEPman 1.x's registration, usually. */
		if (graph_find_role(found->roles, found->role_count, application_anchor_role(want->purpose))) {
			if (search->accepted)
				search->accepted_by_several =
					arena_printf(&world->arena, "%s, %s",
						     search->accepted_by_several ? search->accepted_by_several
										 : search->accepted->app_id,
						     found->app_id);
			search->accepted = found;
		}
	} else {
		search->missing = search->missing ? arena_printf(&world->arena, "%s, %s", search->missing, id) : id;
	}
	if (!is_last)
		return ABSORBED_MORE;
	if (search->accepted_by_several)
		return application_be_ambiguous(world, node,
						"is recorded in the app settings of the installations that share it",
						search->accepted_by_several);
	return search->accepted ? application_take(world, node, search->accepted) : ABSORBED_MORE;
}

/* Nobody knows what settings that cannot be read may record: nothing is made then. */
static struct node *application_unread_settings(const struct node *node)
{
	for (const struct application_user *user = application_want(node)->users; user; user = user->next) {
		const struct application_evidence *evidence = user->evidence->observed;

		if (evidence && evidence->unread)
			return evidence->unread;
	}
	return NULL;
}

static enum absorbed application_absorb_named(struct world *world, struct node *node, const cJSON *item, size_t count)
{
	const char *app_ids = "";

	if (count <= 1 && !application_is_certain(world, node))
		return ABSORBED_BLOCKED;
	if (count == 1)
		return application_take_item(world, node, item);
	if (count == 0) {
		node->blocked_by = application_unread_settings(node);
		return node->blocked_by ? ABSORBED_BLOCKED : ABSORBED_MORE;
	}
	for (; item; item = item->next) {
		const char *id;

		if (json_get_text(item, "appId", &world->arena, &id) < 0)
			return ABSORBED_GARBLED;
		app_ids = arena_printf(&world->arena, "%s%s%s", app_ids, *app_ids ? ", " : "", id);
	}
	return application_be_ambiguous(
		world, node,
		arena_printf(&world->arena, "is named \"%s\"", application_want(node)->desired.display_name), app_ids);
}

/*
 * No registration has the name, and one has the key that we derive from it: we made it once under this name, and since
 * then somebody called it something else. A create would rename it and share what it is used for. When it is called
 * so still, the list of names was only behind.
 */
static enum absorbed application_absorb_taken(struct world *world, struct node *node, const cJSON *item)
{
	const char *name = application_want(node)->desired.display_name;
	struct application *found = application_parse(&world->arena, application_want(node)->purpose, item);

	if (!found || text_equal_fold(found->display_name, name))
		return found ? application_take(world, node, found) : ABSORBED_GARBLED;
	return node_block_read(
		world, node, REASON_AMBIGUOUS_APP_REGISTRATION,
		"no app registration is named \"%s\", but the one that was made as \"%s\" is there and called \"%s\" "
		"now: "
		"application id %s. It was not changed and no other one was made. If it is the right one, write its id "
		"into %s: {display_name: %s, app_id: %s}; if not, choose another display_name",
		name, name, found->display_name, found->app_id, application_config_key(node), name, found->app_id);
}

static enum absorbed application_absorb_pinned(struct world *world, struct node *node, const cJSON *item)
{
	const char *app_id = application_want(node)->desired.app_id;

	if (item)
		return application_take_item(world, node, item);
	return node_block_read(
		world, node, REASON_APP_REGISTRATION_NOT_FOUND,
		"%s.app_id is %s, and this tenant has no such app registration. A pinned one is never made. Correct "
		"the id or leave it out; to look for it: az ad app show --id %s",
		application_config_key(node), app_id, app_id);
}

/*
 * Graph took our write, and this replica shows the object as it was before, or not at all: it is behind, and the
 * service's word counts. Not for ever: the same again a while later means that the write does not do what we think it
 * does.
 */
static void application_trust_write(struct world *world, struct node *node)
{
	int64_t wait_s;

	if (!memory_of_passes_confirms(world->memory,
				       arena_printf(&world->arena, "%s/behind/%s", node->name, node->version),
				       world->now_unix_s, APPLICATION_BEHIND_S, &wait_s))
		application_assume(world, node);
}

static enum absorbed application_absorb_known(struct world *world, struct node *node, const cJSON *item)
{
	const char *version = node->version;
	enum absorbed absorbed = ABSORBED_PRESENT;

	if (!item && !node->was_written)
		return ABSORBED_ABSENT;
	if (item)
		absorbed = application_take_item(world, node, item);
	if (absorbed == ABSORBED_PRESENT && node->is_reading_back && text_equal(version, node->version))
		application_trust_write(world, node);
	return absorbed;
}

bool application_is_absence(const struct node *node, const struct fault *fault)
{
	const char *value;

	return !node->writes && application_question(node, &value) == ASK_BY_UNIQUE_NAME && fault->status == 404 &&
	       text_equal(fault->code, "Request_ResourceNotFound");
}

enum absorbed application_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct application_want *want = node->want;
	const char *value;
	const cJSON *item;
	size_t count;

	if (!graph_items(body, &item, &count))
		return ABSORBED_GARBLED;
	if (!json_get(body, "value")) /* the object itself: what our create made or found, or what has its key */
		return node->writes ? application_take_item(world, node, item)
				    : application_absorb_taken(world, node, item);
	if (node->round == 0)
		want->search = (struct application_search){0};
	switch (application_question(node, &value)) {
	case ASK_BY_OBJECT_ID:
		return application_absorb_known(world, node, item);
	case ASK_BY_PINNED_ID:
		return application_absorb_pinned(world, node, item);
	case ASK_BY_RECORDED_ID:
		return application_absorb_recorded(world, node, item);
	case ASK_BY_NAME:
		return application_absorb_named(world, node, item, count);
	case ASK_BY_UNIQUE_NAME:
		return ABSORBED_GARBLED; /* not a list */
	}
	return ABSORBED_GARBLED;
}
