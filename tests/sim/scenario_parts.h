/*
 * The pieces that scenarios are put together from. All work on a tenant in the form of state.h; names and ids follow
 * from what they are for, so that every run makes the same tenant.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"

#define SCENARIO_SUBSCRIPTION "11111111-2222-4333-8444-555555555555"
#define SCENARIO_TENANT       "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"

/* TEXT (the data of a deployment) with names and ids made different by SUFFIX; to be freed. */
char *scenario_rename(struct arena *arena, const char *text, const char *suffix) _must_check_;

/* Built-in data, parsed; to be freed. */
cJSON *scenario_data(const char *text) _must_check_;
/* A GUID that follows from NAME. */
const char *scenario_guid(struct arena *arena, const char *name);

/* The tenant with its directory, subscription, and the Owner assignment of the daemon's identity, but no installation.
 */
cJSON *scenario_tenant(struct arena *arena) _must_check_;
/* Adds what the vendor's template deploys. SUFFIX ("2", "-0042") is put behind the names of the group and of all
 * resources, and makes other ids; "" leaves them as they are in the data. */
void scenario_deploy(struct arena *arena, cJSON *tenant, bool is_linux, const char *suffix);
/* Brings the installation with SUFFIX into the completed state of domain.md section 1. */
void scenario_complete(struct arena *arena, cJSON *tenant, const char *suffix);

/* The resource with ID, or NULL. */
cJSON *scenario_find(const cJSON *tenant, const char *id);
/* Array NAME of the directory. */
cJSON *scenario_directory(const cJSON *tenant, const char *name);

/* Object id of the identity that the credential in the tenant belongs to: the daemon's. */
const char *scenario_daemon(const cJSON *tenant);
/* Assigns the built-in role ROLE (a GUID) at SCOPE to a service principal. */
void scenario_assign(struct arena *arena, cJSON *tenant, const char *scope, const char *role, const char *principal);
/* Adds the service principal of a system-assigned identity. */
void scenario_add_identity(struct arena *arena, cJSON *tenant, const char *name, const char *principal,
			   const char *resource_id);

/* Adds an empty resource, and returns it. */
cJSON *scenario_add_resource(cJSON *tenant, const char *id, const char *type, const char *name);
/* The app settings of the site or slot with the id SITE. */
cJSON *scenario_settings(struct arena *arena, const cJSON *tenant, const char *site);
/* Sets a setting (spelled with colons; made fit for Linux) to VALUE; NULL removes it. */
void scenario_set(struct arena *arena, cJSON *settings, const char *name, const char *value);
/* Adds table and rule for logs to the workspace of the installation with SUFFIX; returns the rule's id. */
const char *scenario_add_logging(struct arena *arena, cJSON *tenant, const char *suffix);
/* Adds a slot to SCEPman as the portal makes it with production as its source: the same settings, an identity of its
 * own that has no rights yet. Returns its settings. */
cJSON *scenario_add_slot(struct arena *arena, cJSON *tenant, const char *suffix, const char *name);
/* Lets the vault judge by access policies, of which there are none. */
void scenario_use_policies(cJSON *tenant);
/* Makes a deployed installation one of SCEPman 1.x: an application with a secret, no Certificate Master, no storage. */
void scenario_age(struct arena *arena, cJSON *tenant);

/* Adds an app registration with its service principal and returns its appId. ROLES: key in app-roles.json, "" for none.
 */
const char *scenario_add_application(struct arena *arena, cJSON *tenant, const char *name, const char *roles,
				     const char *suffix);
/* The object of the directory's SET whose MEMBER is VALUE, or NULL. */
cJSON *scenario_find_object(const cJSON *tenant, const char *set, const char *member, const char *value);
/* Assigns the app role with ROLE_VALUE of the application APP_ID. */
void scenario_assign_app_role(struct arena *arena, cJSON *tenant, const char *principal_id, const char *app_id,
			      const char *role_value);
/* Consents to SCOPE for everybody. */
void scenario_grant(struct arena *arena, cJSON *tenant, const char *app_id, const char *resource_app_id,
		    const char *scope);
