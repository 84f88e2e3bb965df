/*
 * What the cloud's answers are reduced to: the structures behind node->observed, by kind. Only what we compare or use.
 * Strings live in the pass' arena. An id that is NULL is one that the cloud will assign (a plan's "known after apply").
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "desired/desired.h"
#include "world/node.h"

/* A collection that was read whole (kinds "slots", "sites", "storage-accounts" …): its items are the structures of
 * their kind. */
struct collection {
	const void *const *items;
	size_t count;
};

/* ---- Microsoft.Web ---- */

struct user_assigned_identity {
	const char *id;           /* ARM id */
	const char *principal_id; /* object id */
};

/* kind "site": a web app or a deployment slot. */
struct site {
	const char *id;   /* ARM id, with /slots/NAME for a slot */
	const char *name; /* the app's name */
	const char *slot; /* NULL: production */
	const char *location;
	const char *kind; /* "app", "app,linux" */
	bool is_linux;    /* domain.md 1.11 */
	const char *server_farm_id;
	const char *default_host; /* NULL: not assigned yet */
	const char *const *hosts; /* all host names, the default one included */
	size_t host_count;
	const char *principal_id; /* system-assigned identity, or NULL */
	bool has_system_identity; /* true with principal_id NULL: planned */
	const struct user_assigned_identity *user_assigned;
	size_t user_assigned_count;
	const char *tenant_id; /* of the identity, or NULL */
	const char *subnet_id; /* virtualNetworkSubnetId, or NULL */
	const char *state;     /* "Running" */
};

/* kind "app-settings": the whole dictionary, byte for byte. */
struct setting {
	const char *name; /* as spelled in the cloud */
	const char *value;
};

struct settings {
	const struct setting *items;
	size_t count;
};

/* kind "site-config". */
struct site_config {
	const char *stack; /* netFrameworkVersion, or linuxFxVersion; "": none */
};

/* kind "probe": what GET /probe of a site came to. */
struct health {
	bool is_healthy;
};

/* kind "slot-config-names": all three lists, to be sent back whole. NULL list: absent. */
struct slot_config_names {
	const char *const *app_setting_names;
	size_t app_setting_count;
	const char *const *connection_string_names;
	size_t connection_string_count;
	const char *const *azure_storage_config_names;
	size_t azure_storage_config_count;
	bool has_connection_strings, has_azure_storage;
};

/* ---- Microsoft.Storage, KeyVault, Authorization ---- */

/* kind "storage-account"; kind "storage-accounts" is a collection of them. */
struct storage_account {
	const char *id, *name;
	const char *table_endpoint; /* primaryEndpoints.table; NULL: not assigned yet */
};

struct access_policy {
	const char *object_id, *tenant_id, *application_id;
	const char *const *keys, *const *secrets, *const *certificates;
	size_t key_count, secret_count, certificate_count;
};

/* kind "key-vault"; kind "key-vaults" is a collection of them. */
struct key_vault {
	const char *id, *name, *uri, *tenant_id;
	bool uses_rbac; /* properties.enableRbacAuthorization is true */
	const struct access_policy *policies;
	size_t policy_count;
};

/* kind "role-assignments": all at or above one scope. */
struct role_assignment {
	const char *scope;
	const char *role_definition_guid; /* the last segment of roleDefinitionId */
	const char *principal_id;
};

struct role_assignment_list {
	const struct role_assignment *items;
	size_t count;
};

/* ---- Microsoft.OperationalInsights, Microsoft.Insights ---- */

/* kind "workspace"; kind "workspaces" is a collection of them. */
struct workspace {
	const char *id, *name, *location, *resource_group, *customer_id;
};

struct column {
	const char *name, *type;
};

/* kind "table". */
struct table {
	const char *sub_type;         /* "DataCollectionRuleBased", "Classic", … */
	const struct column *columns; /* custom columns */
	size_t column_count;
	const struct column *standard_columns;
	size_t standard_column_count;
	const char *columns_body; /* the custom columns as JSON: an update sends back what else is said about them */
};

/* kind "data-collection-rule"; kind "data-collection-rules" is a collection of them. */
struct data_collection_rule {
	const char *id, *name;
	const char *immutable_id;   /* NULL: not assigned yet */
	const char *logs_ingestion; /* endpoint, or NULL */
	const char *body;           /* the whole resource as JSON: an update sends back what it does not own */
};

/* ---- Microsoft Graph ---- */

struct app_role {
	const char *id, *value;
	bool is_enabled;
	bool allows_users, allows_applications; /* allowedMemberTypes */
};

/* kind "application". */
struct application {
	const char *id;     /* object id */
	const char *app_id; /* client id */
	const char *display_name;
	const struct app_role *roles;
	size_t role_count;
	const char *body; /* the whole object as JSON: collections are replaced whole, so what is not ours is sent back
			     unchanged */
};

/* kind "service-principal". */
struct service_principal {
	const char *id, *app_id;
	bool app_role_assignment_required;
	const struct app_role *roles;
	size_t role_count;
};

/* kind "app-role-assignments": all of one principal. */
struct app_role_assignment {
	const char *resource_id; /* object id of the resource's service principal */
	const char *app_role_id;
};

struct app_role_assignment_list {
	const struct app_role_assignment *items;
	size_t count;
};

/* kind "permission-level": of one principal, by the formula of domain.md 1.2. */
struct permission_level {
	int level;      /* -1, 0, 1, 2 */
	bool has_grown; /* roles were granted in this pass, and read back */
};

/* kind "oauth2-permission-grant". */
struct oauth2_permission_grant {
	const char *id, *scope;
};

/* kind "directory-principal": a group, user or service principal that the configuration names. */
struct directory_principal {
	const char *id, *display_name;
};

/* ---- the installation ---- */

enum web_app_role { WEB_APP_SCEPMAN, WEB_APP_CERTIFICATE_MASTER };

/* One identity of a web app with the nodes that its rights are. */
struct principal {
	const char *label; /* "app-scepman", "app-scepman/staging", "id-scepman" */
	struct web_app *web_app;
	struct node *site;    /* the node that knows its object id */
	size_t user_assigned; /* which of the site's identities: 0 the system-assigned one, n the n-th user-assigned one
			       */
	struct node *assignments; /* kind app-role-assignments */
	struct node *level; /* kind permission-level; NULL: does not count (Certificate Master's user-assigned ones) */
	struct principal *next;
};

/* A site or slot of the installation, with the nodes that concern it. */
struct web_app {
	struct installation *installation;
	enum web_app_role role;
	const char *label; /* the app's name, or the slot's */
	bool is_slot;
	bool may_be_created;   /* a slot with create: true in the configuration */
	bool is_observed_only; /* production_slot: observe, or a slot that is not selected */
	struct node *site, *settings;
	struct node *artifact; /* which package it runs from; NULL: not ours to judge */
	struct node *config;   /* kind site-config; NULL: its runtime is not ours to judge */
	struct principal *principals;
	struct web_app *next;
};

/* One desired instance, as far as it is known. */
struct installation {
	const struct desired_tenant *tenant;
	const struct desired_instance *desired;
	struct world *world;
	bool is_bystander; /* not selected: looked at for the app registrations that it shares with one that is, never
			      written, not reported */

	struct installation *primary;     /* the one that it is a clone of (domain.md 3.2), or NULL */
	struct node *nodes, **nodes_tail; /* all of them, by world_group_nodes(), linked by next_of_installation */
	struct node *location; /* kind "site-search": where the site is when the configuration does not say; or NULL */
	struct node *slots;    /* collection */
	struct node *sites;    /* collection: the candidates for Certificate Master; or NULL */
	struct node *certificate_master_choice; /* kind "certificate-master": which web app it is; NULL with
						   certificate_master: none */
	struct web_app *production;
	struct web_app *slot_apps; /* linked by next */
	struct web_app *certificate_master;
	struct web_app *candidates; /* linked by next; read only */

	struct node *storage_account, *key_vault, *access_policies;
	struct node *workspace, *table, *data_collection_rule; /* NULL: logging is not managed */
	struct node *scepman_api, *scepman_api_principal;      /* application and its service principal */
	struct node *certificate_master_app, *certificate_master_principal, *consent;
	struct node *entitlements; /* the barrier before the settings: everything that SCEPman's rights are made of was
				      tried */
	struct node *slot_config_names;
};

/* The object id of PRINCIPAL, or NULL when it is not known (yet). */
const char *principal_object_id(const struct principal *principal);
/* The value of setting NAME ("AppConfig:AuthConfig:TenantId") under either spelling, without regard to case
 * (domain.md 1.11), or NULL. With both spellings present the value of the ':' one; the app-settings kind reports the
 * conflict. */
const char *settings_get(const struct settings *settings, const char *name);
/* The same of a web app's settings node; NULL when they are not known. */
const char *web_app_setting(const struct web_app *app, const char *name);
/* The host of an absolute URL in ARENA, lower case, without port; NULL: not a URL. */
const char *url_host(struct arena *arena, const char *url);
/* Is HOST, without regard to case, one of SITE's host names? */
bool site_has_host(const struct site *site, const char *host);
/* Segment after "/resourceGroups/" (any case) of an ARM id, copied; NULL when there is none. Likewise the
 * subscription's GUID. */
const char *arm_id_resource_group(struct arena *arena, const char *id);
const char *arm_id_subscription(struct arena *arena, const char *id);
/* The last segment of an ARM id. */
const char *arm_id_name(const char *id);
