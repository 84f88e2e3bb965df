/*
 * The desired state: the configuration file as typed, validated structures (product.md section 3). Everything lives in
 * one arena and is replaced whole on reload; nothing in it ever changes. Knows nothing of Azure's answers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_JOURNAL, LOG_FORMAT_JSON, LOG_FORMAT_TEXT };
enum credential_type {
	CREDENTIAL_DEFAULT,
	CREDENTIAL_ENVIRONMENT,
	CREDENTIAL_MANAGED_IDENTITY,
	CREDENTIAL_WORKLOAD_IDENTITY,
	CREDENTIAL_CLIENT_SECRET,
	CREDENTIAL_CLIENT_CERTIFICATE,
	CREDENTIAL_AZURE_CLI,
};
enum tenant_mode { MODE_APPLY, MODE_PLAN };
enum authority_policy { POLICY_MANAGE, POLICY_REPORT };      /* entra_grants, azure_roles */
enum slot_policy { SLOT_MANAGE, SLOT_OBSERVE };              /* production_slot */
enum slot_selection { SLOTS_ALL, SLOTS_NONE, SLOTS_LISTED }; /* deployment_slots */
enum update_channel { CHANNEL_UNMANAGED, CHANNEL_PROD, CHANNEL_BETA, CHANNEL_INTERNAL, CHANNEL_DEFERRED, CHANNEL_URL };
enum principal_type { PRINCIPAL_GROUP, PRINCIPAL_USER, PRINCIPAL_SERVICE_PRINCIPAL };

/* Where a thing stands in the configuration file, for messages. */
struct source_position {
	unsigned line, column; /* from 1 */
};

/* The three services of one cloud. URLs without a trailing slash. */
struct desired_cloud {
	const char *name;             /* "AzureCloud", or "custom" */
	const char *authority;        /* "https://login.microsoftonline.com" */
	const char *resource_manager; /* "https://management.azure.com" */
	const char *graph;            /* "https://graph.microsoft.com" */
	/* What Resource Manager's tokens are issued for, where that is not its URL; or NULL. Custom only. */
	const char *resource_manager_audience;
	const char *ca_file;  /* an additional root certificate, or NULL; named clouds can have one too */
	const char *web_apps; /* custom only: where all web apps are reached, whatever their host names; NULL: by DNS */
};

/*
 * Which of these a type of credential has, may have and cannot have says the table in credential.c; what is not there
 * is NULL. Paths are as written after ${NAME} is replaced; relative ones begin at the folder of the configuration.
 */
struct desired_credential {
	enum credential_type type;
	/* Which identity; of a managed identity at most one of the three, none: the machine's own. */
	const char *client_id;
	const char *object_id;
	const char *resource_id;
	const char *client_secret_file;
	const char *certificate_file; /* PEM or PKCS#12, with its private key */
	const char *certificate_password_file;
	bool send_certificate_chain; /* x5c, for trust by subject name and issuer */
	const char *federated_token_file;
};

/* An app registration by display name; APP_ID pins it. */
struct desired_app_registration {
	const char *display_name;
	const char *app_id; /* or NULL */
};

/* A person, group or service principal: an object id, or a unique display name / user principal name. */
struct desired_principal {
	enum principal_type type;
	const char *name_or_id;
};

struct desired_role_assignment {
	struct desired_principal principal;
	const char *role; /* an app role value such as "Admin.Full" */
	bool unsafe;      /* api_clients only: consents to CSR.Request and CSR.Request.Direct (domain.md 3.3) */
	struct source_position position;
};

/* One of the deployment slots that are listed. */
struct desired_slot {
	const char *name;
	bool create; /* true: when there is none, it is made as a copy of production (domain.md 3.1) */
};

struct desired_version_assertion {
	const char *slot;    /* "production" or a slot's name */
	const char *version; /* ">=2.0" */
	bool is_at_least_2;  /* what follows from it for the 1.x question (domain.md 4.2) */
};

struct desired_certificate_master {
	bool none;                  /* certificate_master: none */
	const char *app_service;    /* NULL: found by its settings */
	const char *resource_group; /* NULL: the instance's */
	bool create;
	const struct desired_role_assignment *role_assignments;
	size_t role_assignment_count;
};

struct desired_instance {
	const char *name;
	const char *subscription_id; /* NULL: searched */
	const char *resource_group;  /* NULL: searched */
	const char *app_service;
	enum slot_policy production_slot;
	enum slot_selection deployment_slots;
	const struct desired_slot *slots; /* SLOTS_LISTED */
	size_t slot_count;
	bool hold;
	bool upgrade_from_1x;
	const struct desired_version_assertion *version_assertions;
	size_t version_assertion_count;
	const char *dotnet_version; /* "10.0" */
	enum update_channel update_channel;
	const char *update_channel_url; /* CHANNEL_URL */
	struct desired_app_registration scepman_api, certificate_master_app;
	bool shared_app_registrations;
	const char *clone_of; /* name of the instance of this tenant whose CA it serves, too; NULL: its own */
	const char *const *shared_settings; /* prefixes of the settings that a clone takes over from it */
	size_t shared_setting_count;
	struct desired_certificate_master certificate_master;
	struct {
		const char *name; /* NULL: from the settings */
		bool create;
	} storage_account;
	struct {
		bool manage;
		bool prestage_rbac;
	} key_vault;
	struct {
		bool manage;
		const char *workspace; /* ARM id, or NULL: from the settings, or the only one in the resource group */
		bool migrate_table;
		bool remove_shared_key;
	} logging;
	const struct desired_role_assignment *api_clients;
	size_t api_client_count;
	struct source_position position;
};

/* How carefully web apps are written one after the other (domain.md 2.18, 4.11). */
struct desired_rollout {
	bool probe;              /* ask GET /probe before and after the settings of a site are written */
	int64_t settle_s;        /* from the write to the first look after it */
	int64_t timeout_s;       /* how long a site that was healthy may need to become so again */
	int64_t restart_space_s; /* between a restart of an installation and that of a clone of it */
};

struct desired_tenant {
	const char *name;
	const char *tenant_id;
	struct desired_cloud cloud;
	struct desired_credential credential;
	enum tenant_mode mode;
	enum authority_policy entra_grants;
	enum authority_policy azure_roles;
	const char *const *subscriptions;
	size_t subscription_count;
	const struct desired_instance *instances;
	size_t instance_count;
	const struct desired_rollout *rollout; /* daemon.rollout; NULL only in tests of parts: no probes */
	struct source_position position;
};

struct desired_daemon {
	int64_t interval_s;
	double jitter; /* 0.1 for 10% */
	const char *listen;
	bool listen_public;
	const char *state_directory;
	enum log_level log_level;
	enum log_format log_format;
	unsigned concurrency;
	unsigned max_writes_per_pass;
	int64_t request_timeout_s;
	struct desired_rollout rollout;
};

struct desired {
	struct arena arena;
	const char *file;
	char generation[17]; /* first 16 hexadecimal digits of the SHA-256 of the file's bytes */
	struct desired_daemon daemon;
	const struct desired_tenant *tenants;
	size_t tenant_count;
};

/* The name of the installation that INSTANCE is a clone of, or its own. */
static inline const char *desired_primary_name(const struct desired_instance *instance)
{
	return instance->clone_of ? instance->clone_of : instance->name;
}

/* All that is wrong with a file, in the order of the file. */
struct desired_problem {
	struct source_position position; /* line 0: the file as a whole */
	const char *message;             /* a sentence that says what to write instead */
};

struct desired_problems {
	struct arena arena;
	struct desired_problem *items;
	size_t count, allocated;
};

/*
 * Reads and validates the configuration. 0 and *RET (to be freed with desired_free), or -EINVAL with every problem in
 * PROBLEMS, or another negative errno when the file cannot be read (one problem says so). PROBLEMS must be all zero
 * before the call. ENVIRONMENT looks a name up for ${NAME} in keys that end in _file (getenv in the program, a table in
 * tests).
 */
int desired_load_file(const char *file, const char *(*environment)(const char *name), struct desired **ret,
		      struct desired_problems *problems) _must_check_;
/* The same from LENGTH bytes of YAML; FILE is for messages. */
int desired_load_text(const char *file, const char *yaml, size_t length, const char *(*environment)(const char *name),
		      struct desired **ret, struct desired_problems *problems) _must_check_;
void desired_free(struct desired *desired);
void desired_problems_done(struct desired_problems *problems);
