/*
 * The tenant: every object is kept as the JSON that the cloud would show, in tables by id. One form serves the
 * scenarios, GET and PUT of /_sim/state, and the handlers.
 *
 * The JSON form (format_version "1"):
 *   {"format_version":"1","about":"...",
 *    "tenant":{"tenantId","displayName","verifiedDomains":[..]},
 *    "subscriptions":[{"subscriptionId","displayName","state"}],
 *    "resourceGroups":[{"id","name","location","tags"}],
 *    "resources":[ARM resources: {"id","type","name","location","kind","sku","identity","tags","properties"}], role
 * assignments, site configs ("…/sites/NAME/config/appsettings"), tables and slots among them, each under its own id,
 *    "directory":{"applications":[],"servicePrincipals":[],"appRoleAssignments":[],"oauth2PermissionGrants":[],"groups":[],"users":[],
 *                 "deletedItems":[]},
 *    "credentials":[{"appId","secret"}],      also, for Entra: "endDateTime" of the secret; "issuer" and "keys" (JSON
 * web keys) of who signs federated tokens for the application; and for managed identities "identity" ("system" or
 *                 "user"), "resourceId", "availableAt", "updatingUntil", "identityHeader", "arcDirectory", "arcIsOld"
 *    "packages":{...}}                 what the simulated web apps need to call themselves healthy (probe.c)
 *
 * Resources are put and removed through state_put_resource() and state_remove_resource() only, because lists are kept
 * of them: by what contains them, by type, by principal, by host name. A handler may change members of a resource in
 * place when they are none of these: id, type, properties.principalId, and the host names of a site.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
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

/* Resources that have something in common, in the order in which they came. */
struct state_list {
	cJSON **items;
	size_t count, allocated;
};

/* That an application or service principal was put or taken, for delta queries. */
struct state_change {
	enum directory_set set;
	char id[37];
};

struct sim_state {
	cJSON *tenant;
	struct map subscriptions;             /* subscription id -> cJSON */
	struct map resource_groups;           /* ARM id -> cJSON */
	struct map resources;                 /* ARM id -> cJSON */
	struct map directory[DIRECTORY_SETS]; /* object id -> cJSON */
	cJSON *credentials;                   /* array */
	cJSON *packages;
	cJSON *activity; /* array: events of the activity log, oldest first; not part of the JSON form */
	cJSON *audits;   /* array: the directory\'s audit log, likewise */
	size_t audit_count;
	struct state_change *changes; /* since the state was loaded, oldest first */
	size_t change_count, changes_allocated;
	struct map restarts;   /* site id -> (void *)(uintptr_t)count: restarts that writes of settings caused */
	struct map operations; /* operation id -> struct arm_operation, under way or done; see arm_operation.h */
	struct map lists;      /* key -> struct state_list; see state_index.c */
	uint64_t random;       /* the generator's state; see state_guid() */
};

void state_init(struct sim_state *state, uint64_t seed);
void state_done(struct sim_state *state);
/* Fills the empty STATE from JSON, which is taken over in any case. 0, or -EINVAL with a sentence in *RET_ERROR (to be
 * freed) that begins with the path of the offending value; STATE is then good for nothing but state_done(). */
int state_load(struct sim_state *state, cJSON *json, char **ret_error) _must_check_;
/* The whole tenant in the form above; to be freed. */
cJSON *state_save(const struct sim_state *state) _must_check_;

/* Name of SET in the JSON form: "servicePrincipals". */
const char *state_directory_name(enum directory_set set);

/* A fresh GUID from the seeded generator. */
void state_guid(struct sim_state *state, char ret[37]);

/* Has the generator go on from what the tenant holds: one that was saved and put back would otherwise make the GUIDs
 * again that it has made before. The same tenant and seed still make the same ones. */
void state_reseed(struct sim_state *state);

/* The same from another generator. */
void state_guid_from(uint64_t *random, char ret[37]);

/* Puts RESOURCE (taken over; has "id" and "type") under its id, replacing and freeing what was there. Returns it. */
cJSON *state_put_resource(struct sim_state *state, cJSON *resource);
/* Removes and frees the resource ID and everything under it, role assignments included. False: there is none. */
bool state_remove_resource(struct sim_state *state, const char *id);
/* Puts an object of the directory (taken over; has "id"), replacing and freeing what was there. Returns it. */
cJSON *state_put_object(struct sim_state *state, enum directory_set set, cJSON *object);
/* Takes an object out of the directory and returns it, to be freed; NULL: there is none. */
cJSON *state_take_object(struct sim_state *state, enum directory_set set, const char *id) _must_check_;

/* Lists, never NULL; valid until the next put or remove. */
/* What lies directly in PARENT: a resource group's resources, a site's slots and configs, a scope's role assignments.
 */
const struct state_list *state_list_children(const struct sim_state *state, const char *parent_id);
/* Resources of TYPE ("Microsoft.Web/sites"; only types that lie directly in a group) in a subscription or group. */
const struct state_list *state_list_type(const struct sim_state *state, const char *scope, const char *type);
/* All role assignments at or below the subscription ("/subscriptions/GUID"). */
const struct state_list *state_list_role_assignments(const struct sim_state *state, const char *subscription);
/* All role assignments of a principal. */
const struct state_list *state_list_principal(const struct sim_state *state, const char *principal_id);
/* The site or slot that answers for host name HOST (without a port), or NULL. */
cJSON *state_find_host(const struct sim_state *state, const char *host);
/* The resource of a globally unique name ("Microsoft.Storage/storageAccounts", "abc"), or NULL. */
cJSON *state_find_name(const struct sim_state *state, const char *type, const char *name);
/* Objects of SET whose text PROPERTY is VALUE; only for the properties that state_index.c keeps lists of. NULL: it
 * keeps none. */
const struct state_list *state_list_objects(const struct sim_state *state, enum directory_set set, const char *property,
					    const char *value);
