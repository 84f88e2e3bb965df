#include "graph_shown.h"

#include "base/text.h"

const char *shown_roles(struct arena *arena, enum application_purpose purpose, const char *without, const char *extra)
{
	size_t count;
	const struct application_role *roles = application_roles(purpose, &count);
	const char *text = extra;

	for (size_t i = 0; i < count; i++)
		if (!without || !text_equal(roles[i].value, without))
			text = arena_printf(arena,
					    "%s%s{\"id\":\"eeeeeeee-0000-4000-8000-0000000000%02zx\",\"value\":\"%s\","
					    "\"displayName\":\"x\",\"description\":\"y\",\"isEnabled\":true,"
					    "\"allowedMemberTypes\":[\"User\"],\"origin\":\"Application\"}",
					    text, *text ? "," : "", i, roles[i].value);
	return text;
}

const char *shown_json(struct arena *arena, const struct shown *shown)
{
	const char *web = arena_printf(
		arena,
		"{\"homePageUrl\":%s,\"logoutUrl\":null,\"redirectUris\":[%s],\"redirectUriSettings\":[],"
		"\"implicitGrantSettings\":{\"enableAccessTokenIssuance\":true,\"enableIdTokenIssuance\":%s}}",
		shown->is_new ? "null" : "\"https://h\"", shown->redirect_uris ? shown->redirect_uris : "",
		shown->has_id_tokens ? "true" : "false");

	return arena_printf(
		arena,
		"{\"id\":\"%s\",\"appId\":\"%s\",\"displayName\":\"SCEPman-api\",\"appRoles\":[%s],"
		"\"identifierUris\":[%s],\"web\":%s,\"spa\":{\"redirectUris\":[%s]},\"requiredResourceAccess\":[%s]}",
		shown->id ? shown->id : OBJECT, shown->app_id ? shown->app_id : APP, shown->roles ? shown->roles : "",
		shown->identifier_uris ? shown->identifier_uris : "", web, shown->spa_uris ? shown->spa_uris : "",
		shown->required ? shown->required : "");
}

const char *shown_list(struct arena *arena, const char *items)
{
	return arena_printf(arena, "{\"value\":[%s]}", items);
}

struct shown shown_complete(struct arena *arena)
{
	return (struct shown){
		.roles = shown_roles(arena, APPLICATION_SCEPMAN_API, NULL, ""),
		.identifier_uris = "\"api://" APP "\"",
	};
}

struct shown shown_complete_master(struct arena *arena)
{
	return (struct shown){
		.roles = shown_roles(arena, APPLICATION_CERTIFICATE_MASTER, NULL, ""),
		.identifier_uris = "\"api://" APP "\"",
		.redirect_uris = "\"" REDIRECT "\"",
		.required = GRAPH_HAS(USER_READ),
		.has_id_tokens = true,
	};
}
