/*
 * App registrations as Microsoft Graph shows them, for tests of kind "application", and the requests that concern them.
 */
#pragma once

#include "graph_rig.h"
#include "kinds/application.h"

#define APP      "cccccccc-0000-4000-8000-000000000001" /* app ids */
#define OTHER    "cccccccc-0000-4000-8000-000000000002"
#define OBJECT   "dddddddd-0000-4000-8000-000000000001" /* object ids */
#define OBJECT_2 "dddddddd-0000-4000-8000-000000000002"
#define SETTING  "AppConfig:AuthConfig:ApplicationId"
#define HOME     "AppConfig:AuthConfig:HomeApplicationId"

#define FIND          "GET /v1.0/applications?$filter="
#define BY_ID         FIND "id eq '" OBJECT "'"
#define BY_APP_ID     FIND "appId eq '" APP "'"
#define BY_OTHER      FIND "appId eq '" OTHER "'"
#define BY_NAME       FIND "displayName eq 'SCEPman-api'"
#define BY_UNIQUE     "GET /v1.0/applications(uniqueName='scepmand-scepman-api')?$select="
#define BY_MASTER     FIND "displayName eq 'SCEPman-CertMaster'"
#define CREATE        "PATCH /v1.0/applications(uniqueName='scepmand-scepman-api')"
#define CREATE_MASTER "PATCH /v1.0/applications(uniqueName='scepmand-scepman-certmaster')"
#define UPDATE        "PATCH /v1.0/applications/" OBJECT
#define NONE          "{\"value\":[]}"

#define REDIRECT         "https://app-scepman-cm.azurewebsites.net/signin-oidc"
#define USER_READ        "{\"id\":\"e1fe6dd8-ba31-4d61-89e7-88639da4683d\",\"type\":\"Scope\"}"
#define GRAPH_HAS(items) "{\"resourceAppId\":\"00000003-0000-0000-c000-000000000000\",\"resourceAccess\":[" items "]}"

/* One application; arrays as the JSON of their items, NULL: none. */
struct shown {
	const char *id, *app_id, *roles, *identifier_uris, *redirect_uris, *spa_uris, *required;
	bool has_id_tokens;
	bool is_new; /* without the home page that all others have */
};

/* The vendor's roles but WITHOUT, after those in EXTRA, as the items of an array. */
const char *shown_roles(struct arena *arena, enum application_purpose purpose, const char *without, const char *extra);
/* What Graph says of it; and of all those in ITEMS. */
const char *shown_json(struct arena *arena, const struct shown *shown);
const char *shown_list(struct arena *arena, const char *items);
/* SCEPman-api and SCEPman-CertMaster as they should be. */
struct shown shown_complete(struct arena *arena);
struct shown shown_complete_master(struct arena *arena);
