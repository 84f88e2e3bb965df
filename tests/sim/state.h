/*
 * The tenant: every object is kept as the JSON that the cloud would show, in tables by id. One form serves the scenarios,
 * GET and PUT of /_sim/state, and the handlers.
 *
 * The JSON form (format_version "1"):
 *   {"format_version":"1","about":"...",
 *    "tenant":{"tenantId","displayName","verifiedDomains":[..]},
 *    "subscriptions":[{"subscriptionId","displayName","state"}],
 *    "resourceGroups":[{"id","name","location","tags"}],
 *    "resources":[ARM resources: {"id","type","name","location","kind","sku","identity","tags","properties"}], role assignments,
 *                 site configs ("…/sites/NAME/config/appsettings"), tables and slots among them, each under its own id,
 *    "directory":{"applications":[],"servicePrincipals":[],"appRoleAssignments":[],"oauth2PermissionGrants":[],"groups":[],"users":[],
 *                 "deletedItems":[]},
 *    "credentials":[{"appId","secret"}],
 *    "packages":{...}}                 what the simulated web apps need to call themselves healthy (probe.c)
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/map.h"

enum directory_set {
	DIRECTORY_APPLICATIONS,
	DIRECTORY_SERVICE_PRINCIPALS,
	DIRECTORY_APP_ROLE_ASSIGNMENTS,
	DIRECTORY_OAUTH2_PERMISSION_GRANTS,
	DIRECTORY_GROUPS,
	DIRECTORY_USERS,
	DIRECTORY_DELETED_ITEMS,
	DIRECTORY_SETS,
};

struct sim_state {
	cJSON *tenant;
	struct map subscriptions;              /* subscription id -> cJSON */
	struct map resource_groups;            /* ARM id -> cJSON */
	struct map resources;                  /* ARM id -> cJSON */
	struct map directory[DIRECTORY_SETS];  /* object id -> cJSON */
	cJSON *credentials;                    /* array */
	cJSON *packages;
	struct map restarts;                   /* site id -> (void *)(uintptr_t)count: restarts that writes of settings caused */
	uint64_t random;                       /* the generator's state; see state_guid() */
};

void state_init(struct sim_state *state, uint64_t seed);
void state_done(struct sim_state *state);
/* 0 or -EINVAL with a sentence in *RET_ERROR (to be freed); STATE is then unchanged. */
int state_load(struct sim_state *state, const cJSON *json, char **ret_error) _must_check_;
/* The whole tenant in the form above; to be freed. */
cJSON *state_save(const struct sim_state *state) _must_check_;

/* A fresh GUID from the seeded generator. */
void state_guid(struct sim_state *state, char ret[37]);
