#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/application_internal.h"
#include "kinds/graph.h"
#include "world/json.h"

/* The namespace of the ids that we give to app roles (RFC 4122, version 5): the same create twice asks for the same
 * ids. */
#define APPLICATION_ROLE_NAMESPACE "5f0c1ad2-6d0b-4b6e-8f7e-1f4f3d1f0a55"

/* ---- what was observed ---- */

static cJSON *json_or_die(cJSON *json)
{
	if (!json)
		memory_exhausted();
	return json;
}

static void application_copy_member(cJSON *to, const cJSON *from, const char *name)
{
	const cJSON *member = json_get(from, name);

	if (member)
		cJSON_AddItemToObject(to, name, json_or_die(cJSON_Duplicate(member, true)));
}

struct application *application_parse(struct arena *arena, enum application_purpose purpose, const cJSON *json)
{
	static const char *const members[] = {
		"id", "appId", "displayName", "appRoles", "identifierUris", "requiredResourceAccess", "web", "spa"};
	struct application *application = arena_new(arena, struct application);
	const char *const *texts;
	const cJSON *array;
	size_t count;
	cJSON *body;

	if (json_get_text(json, "id", arena, &application->id) < 0 || !text_is_guid(application->id) ||
	    json_get_text(json, "appId", arena, &application->app_id) < 0 || !text_is_guid(application->app_id) ||
	    json_get_text(json, "displayName", arena, &application->display_name) < 0 ||
	    !graph_absorb_roles(arena, json, &application->roles, &application->role_count) ||
	    json_get_texts(json, "identifierUris", arena, &texts, &count) < 0)
		return NULL;
	/* Collections are replaced whole: what we cannot see we could not send back. */
	if (purpose == APPLICATION_CERTIFICATE_MASTER &&
	    (json_get_array(json, "requiredResourceAccess", &array) < 0 ||
	     json_get_texts(json, "web/redirectUris", arena, &texts, &count) < 0))
		return NULL;
	body = json_or_die(cJSON_CreateObject());
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		application_copy_member(body, json, members[i]);
	application->body = json_print(body, arena);
	cJSON_Delete(body);
	/* It will be read back from the text: what cannot be is no answer of Graph's. */
	body = json_parse(application->body, strlen(application->body));
	cJSON_Delete(body);
	return body ? application : NULL;
}

/* ---- what is missing ---- */

struct finder {
	const struct node *node;
	struct arena *arena;
	cJSON *body; /* NULL: nothing was observed */
	const struct application_missing *first, **tail;
};

static void finder_add(struct finder *finder, enum application_lack lack, const char *value,
		       const struct application_role *role)
{
	struct application_missing *missing = arena_new(finder->arena, struct application_missing);

	*missing = (struct application_missing){.lack = lack, .value = value, .role = role};
	*finder->tail = missing;
	finder->tail = &missing->next;
}

/* Is TEXT, without regard to case, in the array of strings at PATH? */
static bool json_has_text(const cJSON *json, const char *path, const char *text)
{
	const cJSON *array = json_get(json, path), *item;

	cJSON_ArrayForEach (item, array) {
		if (cJSON_IsString(item) && text_equal_fold(item->valuestring, text))
			return true;
	}
	return false;
}

static void finder_look_at_roles(struct finder *finder)
{
	const struct application *application = finder->node->observed;
	size_t count;
	const struct application_role *roles = application_roles(application_want(finder->node)->purpose, &count);

	for (size_t i = 0; i < count; i++)
		if (!application || !graph_find_role(application->roles, application->role_count, roles[i].value))
			finder_add(finder, LACK_ROLE, roles[i].value, &roles[i]);
}

static void finder_look_at_identifier_uri(struct finder *finder)
{
	const struct application *application = finder->node->observed;
	const char *uri;

	if (!application)
		return; /* it is made of the id that the cloud will assign: a second write */
	uri = arena_printf(finder->arena, "api://%s", application->app_id);
	if (!json_has_text(finder->body, "identifierUris", uri))
		finder_add(finder, LACK_IDENTIFIER_URI, uri, NULL);
}

static void finder_look_at_redirect_uris(struct finder *finder)
{
	for (const struct application_user *user = application_want(finder->node)->users; user; user = user->next) {
		const struct application_evidence *evidence = user->evidence->observed;

		for (size_t i = 0; evidence && i < evidence->host_count; i++) {
			const char *uri = arena_printf(finder->arena, "https://%s/signin-oidc", evidence->hosts[i]);

			/* Terraform registers it under "spa", which serves as well; in both it would be refused. */
			if (!json_has_text(finder->body, "web/redirectUris", uri) &&
			    !json_has_text(finder->body, "spa/redirectUris", uri))
				finder_add(finder, LACK_REDIRECT_URI, uri, NULL);
		}
		if (evidence && evidence->has_unknown_host)
			finder_add(finder, LACK_REDIRECT_URI, NULL, NULL);
	}
}

/* The entry for Microsoft Graph among the resources that are asked for, or NULL. */
static cJSON *find_graph_access(const cJSON *required)
{
	cJSON *item;

	for (item = required ? required->child : NULL; item; item = item->next) {
		const cJSON *id = json_get(item, "resourceAppId");

		if (cJSON_IsString(id) && text_equal_fold(id->valuestring, GRAPH_APP_ID))
			return item;
	}
	return NULL;
}

static void finder_look_at_user_read(struct finder *finder)
{
	const cJSON *access =
		json_get(find_graph_access(json_get(finder->body, "requiredResourceAccess")), "resourceAccess");
	const cJSON *item;

	cJSON_ArrayForEach (item, access) {
		const cJSON *id = json_get(item, "id"), *type = json_get(item, "type");

		if (cJSON_IsString(id) && text_equal_fold(id->valuestring, GRAPH_SCOPE_USER_READ_ID) &&
		    cJSON_IsString(type) && text_equal_fold(type->valuestring, "Scope"))
			return;
	}
	finder_add(finder, LACK_USER_READ, NULL, NULL);
}

/* Only of a new one (domain.md 1.4), and never a write of its own: later it is an administrator's to change. */
static void finder_look_at_home_page(struct finder *finder)
{
	const struct application_user *user = application_want(finder->node)->users;
	const struct application_evidence *evidence = user ? user->evidence->observed : NULL;

	if (finder->first && finder->node->was_created && evidence && evidence->host_count &&
	    !json_get(finder->body, "web/homePageUrl"))
		finder_add(finder, LACK_HOME_PAGE, arena_printf(finder->arena, "https://%s", evidence->hosts[0]), NULL);
}

const struct application_missing *application_find_missing(const struct node *node, struct arena *arena)
{
	const struct application *application = node->observed;
	struct finder finder = {.node = node, .arena = arena};

	finder.tail = &finder.first;
	if (application && application->body)
		finder.body = json_or_die(json_parse(application->body, strlen(application->body)));
	finder_look_at_roles(&finder);
	finder_look_at_identifier_uri(&finder);
	if (application_want(node)->purpose == APPLICATION_CERTIFICATE_MASTER) {
		finder_look_at_redirect_uris(&finder);
		if (!cJSON_IsTrue(json_get(finder.body, "web/implicitGrantSettings/enableIdTokenIssuance")))
			finder_add(&finder, LACK_ID_TOKENS, NULL, NULL);
		finder_look_at_user_read(&finder);
		finder_look_at_home_page(&finder);
	}
	cJSON_Delete(finder.body);
	return finder.first;
}

/* ---- the JSON that adds it ---- */

static cJSON *body_array(cJSON *object, const char *name)
{
	cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!cJSON_IsArray(array)) {
		cJSON_DeleteItemFromObjectCaseSensitive(object, name);
		array = json_or_die(cJSON_AddArrayToObject(object, name));
	}
	return array;
}

static cJSON *body_object(cJSON *object, const char *name)
{
	cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!cJSON_IsObject(member)) {
		cJSON_DeleteItemFromObjectCaseSensitive(object, name);
		member = json_or_die(cJSON_AddObjectToObject(object, name));
	}
	return member;
}

static void body_add_text(cJSON *array, const char *text)
{
	cJSON_AddItemToArray(array, json_or_die(cJSON_CreateString(text)));
}

static bool roles_have_id(const cJSON *roles, const char *id)
{
	const cJSON *role;

	cJSON_ArrayForEach (role, roles) {
		const cJSON *other = json_get(role, "id");

		if (cJSON_IsString(other) && text_equal_fold(other->valuestring, id))
			return true;
	}
	return false;
}

/* The id is free in ROLES: somebody may have renamed the role that once had it. */
static void body_add_role(cJSON *roles, const char *unique_name, const struct application_role *role,
			  struct arena *arena)
{
	cJSON *item = json_or_die(cJSON_CreateObject()), *types;
	const char *seed = arena_printf(arena, "%s/%s", unique_name, role->value);
	char id[DIGEST_GUID_SIZE];

	for (digest_guid_v5(APPLICATION_ROLE_NAMESPACE, seed, id); roles_have_id(roles, id);
	     digest_guid_v5(APPLICATION_ROLE_NAMESPACE, seed, id))
		seed = arena_printf(arena, "%s/again", seed);
	types = json_or_die(cJSON_AddArrayToObject(item, "allowedMemberTypes"));
	if (role->for_users)
		body_add_text(types, "User");
	if (role->for_applications)
		body_add_text(types, "Application");
	cJSON_AddStringToObject(item, "description", role->description);
	cJSON_AddStringToObject(item, "displayName", role->display_name);
	cJSON_AddStringToObject(item, "id", id);
	cJSON_AddTrueToObject(item, "isEnabled");
	cJSON_AddStringToObject(item, "value", role->value);
	cJSON_AddItemToArray(roles, item);
}

static void body_add_user_read(cJSON *required)
{
	cJSON *graph = find_graph_access(required), *scope = json_or_die(cJSON_CreateObject());

	if (!graph) {
		graph = json_or_die(cJSON_CreateObject());
		cJSON_AddStringToObject(graph, "resourceAppId", GRAPH_APP_ID);
		cJSON_AddItemToArray(required, graph);
	}
	cJSON_AddStringToObject(scope, "id", GRAPH_SCOPE_USER_READ_ID);
	cJSON_AddStringToObject(scope, "type", "Scope");
	cJSON_AddItemToArray(body_array(graph, "resourceAccess"), scope);
}

static void body_add(cJSON *body, const struct node *node, const struct application_missing *missing,
		     struct arena *arena)
{
	switch (missing->lack) {
	case LACK_ROLE:
		body_add_role(body_array(body, "appRoles"), application_want(node)->unique_name, missing->role, arena);
		return;
	case LACK_IDENTIFIER_URI:
		body_add_text(body_array(body, "identifierUris"), missing->value);
		return;
	case LACK_REDIRECT_URI:
		if (missing->value)
			body_add_text(body_array(body_object(body, "web"), "redirectUris"), missing->value);
		return;
	case LACK_ID_TOKENS: {
		cJSON *settings = body_object(body_object(body, "web"), "implicitGrantSettings");

		cJSON_DeleteItemFromObject(settings, "enableIdTokenIssuance");
		cJSON_AddTrueToObject(settings, "enableIdTokenIssuance");
		return;
	}
	case LACK_USER_READ:
		body_add_user_read(body_array(body, "requiredResourceAccess"));
		return;
	case LACK_HOME_PAGE: {
		cJSON *web = body_object(body, "web");

		cJSON_DeleteItemFromObject(web, "homePageUrl");
		cJSON_AddStringToObject(web, "homePageUrl", missing->value);
		return;
	}
	}
}

static const char *body_finish(cJSON *body, struct arena *arena)
{
	const char *text = json_print(body, arena);

	cJSON_Delete(body);
	return text;
}

const char *application_create_body(const struct node *node, struct arena *arena)
{
	cJSON *body = json_or_die(cJSON_CreateObject());

	cJSON_AddStringToObject(body, "displayName", application_want(node)->desired.display_name);
	cJSON_AddStringToObject(body, "signInAudience", "AzureADMyOrg");
	return body_finish(body, arena);
}

static const char *lack_member(enum application_lack lack)
{
	switch (lack) {
	case LACK_ROLE:
		return "appRoles";
	case LACK_IDENTIFIER_URI:
		return "identifierUris";
	case LACK_REDIRECT_URI:
	case LACK_ID_TOKENS:
	case LACK_HOME_PAGE:
		return "web";
	case LACK_USER_READ:
		return "requiredResourceAccess";
	}
	return "";
}

const char *application_update_body(const struct node *node, const struct application_missing *missing,
				    struct arena *arena)
{
	const struct application *application = node->observed;
	const char *before = application ? application->body : "{}";
	cJSON *observed = json_or_die(json_parse(before, strlen(before)));
	cJSON *body = json_or_die(cJSON_CreateObject()), *role;

	for (; missing; missing = missing->next) {
		const char *member = lack_member(missing->lack);

		if (!cJSON_HasObjectItem(body, member))
			application_copy_member(body, observed, member);
		body_add(body, node, missing, arena);
	}
	cJSON_Delete(observed);
	/* Two members that Graph tells and does not take back: where a role comes from, and the order of redirect URIs,
	 * which repeats the list that we change. */
	cJSON_ArrayForEach (role, cJSON_GetObjectItemCaseSensitive(body, "appRoles"))
		cJSON_DeleteItemFromObject(role, "origin");
	cJSON_DeleteItemFromObject(cJSON_GetObjectItemCaseSensitive(body, "web"), "redirectUriSettings");
	return body_finish(body, arena);
}

struct application *application_updated(const struct node *node, const char *body, struct arena *arena)
{
	const struct application *before = node->observed;
	cJSON *merged = json_or_die(json_parse(before->body, strlen(before->body)));
	cJSON *update = json_or_die(json_parse(body, strlen(body))), *member;
	struct application *application;

	while ((member = cJSON_DetachItemFromArray(update, 0))) {
		cJSON_DeleteItemFromObjectCaseSensitive(merged, member->string);
		cJSON_AddItemToObject(merged, member->string, member);
	}
	application = application_parse(arena, application_want(node)->purpose, merged);
	cJSON_Delete(update);
	cJSON_Delete(merged);
	return application;
}
