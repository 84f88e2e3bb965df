/*
 * A node: one thing that the desired state names, what we know of it in the cloud, and what has become of it in this
 * pass. Nodes are plain data in the pass' arena; only the planner (reconcile/plan.c) changes their states.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "world/fault.h"

struct kind;
struct world;
struct installation;

/* What we know of it in the cloud. */
enum knowledge { KNOWLEDGE_UNKNOWN, KNOWLEDGE_ABSENT, KNOWLEDGE_PRESENT };

/* Whether a request is under way. */
enum activity { ACTIVITY_IDLE, ACTIVITY_READING, ACTIVITY_WRITING };

/* What has become of it in this pass. All but OPEN are final. */
enum outcome {
	OUTCOME_OPEN,
	OUTCOME_IN_SYNC,  /* what is there is what is wanted, possibly after our write */
	OUTCOME_PLANNED,  /* would be written, but this is a plan or the installation is on hold; `observed` is what it
			     would be */
	OUTCOME_WITHHELD, /* differs, and the configuration leaves the write to an administrator */
	OUTCOME_BLOCKED,  /* cannot be decided or must not be written: see `condition` or `blocked_by` */
	OUTCOME_FAILED,   /* the cloud refused: see `fault` */
};

/* Appendix D of domain.md, and what else can keep an installation from its desired state. One stable name each. */
enum reason {
	REASON_NONE,
	REASON_INSTANCE_NOT_FOUND,
	REASON_INSTANCE_AMBIGUOUS,
	REASON_SUBSCRIPTION_NOT_ACCESSIBLE,
	REASON_IDENTITY_MISSING,
	REASON_SLOT_NOT_FOUND,
	REASON_SLOT_IDENTITY_MISSING,
	REASON_SLOT_VERSION_UNKNOWN,
	REASON_SLOT_IS_V1,
	REASON_SPLIT_TENANCY_SUSPECTED,
	REASON_AMBIGUOUS_APP_REGISTRATION,
	REASON_APP_REGISTRATION_NOT_FOUND,
	REASON_AMBIGUOUS_CERTIFICATE_MASTER,
	REASON_CERTIFICATE_MASTER_MISSING,
	REASON_CANDIDATE_UNREADABLE,
	REASON_STORAGE_NOT_RESOLVABLE,
	REASON_STORAGE_ENDPOINT_CONFLICT,
	REASON_SETTING_SPELLING_CONFLICT,
	REASON_UPGRADE_NEEDS_CONSENT,
	REASON_UPGRADE_PENDING,
	REASON_BACKUP_CONFLICT,
	REASON_BACKUP_MISSING,
	REASON_APPLICATION_ID_NOT_GUID,
	REASON_KEY_VAULT_NOT_RESOLVABLE,
	REASON_WORKSPACE_NOT_FOUND,
	REASON_WORKSPACE_AMBIGUOUS,
	REASON_DCR_NOT_FOUND,
	REASON_DCR_UNSUITABLE,
	REASON_TABLE_MIGRATION_NEEDS_CONSENT,
	REASON_INSUFFICIENT_PRIVILEGES,
	REASON_GRANT_PENDING_ADMIN,
	REASON_ROLE_UNAVAILABLE_IN_CLOUD,
	REASON_INTUNE_NOT_USED,
	REASON_ARTIFACT_URL_DEAD,
	REASON_ARTIFACT_PLATFORM_MISMATCH,
	REASON_UPDATE_CHANNEL_UNKNOWN,
	REASON_UPDATE_CHANNEL_NOT_APPLIED,
	REASON_STACK_UNPARSABLE,
	REASON_PRINCIPAL_NOT_FOUND,
	REASON_PRINCIPAL_AMBIGUOUS,
	REASON_PROBE_UNHEALTHY,
	REASON_READ_INCONSISTENT,
	REASON_WRITE_CONFLICT,
	REASON_WRITE_DEFERRED,
	REASON_WRITE_HELD_BACK,
	REASON_HELD_BY_OPERATOR,
	REASON_CREDENTIAL_REJECTED,
	REASON_CLOUD_UNREACHABLE,
	REASON_CLOUD_REFUSED,
	REASON_REASONS,
};

/* Why a node is blocked, for a person: what, where, and what to do. */
struct condition {
	enum reason reason;
	const char *message;     /* in the pass' arena */
	int64_t retry_after_s;   /* >0: decided by time, worth a pass of its own then */
	bool waits_for_settings; /* it is the settings that it waits for: no reason to hold them back */
};

/* How one thing depends on another. */
enum need {
	NEED_KNOWN,    /* we use what was observed of it: it must be there (or be planned) */
	NEED_READ,     /* it must have been asked for, whatever came of it */
	NEED_DONE,     /* it must be as desired (or be planned) */
	NEED_TRIED,    /* it must be settled, in whatever way */
	NEED_HARMLESS, /* it must be settled, and no write of ours may have done harm to it */
};

/* For which step the need holds. What is needed for reading is needed for writing, too. */
enum step { STEP_READ, STEP_WRITE };

struct edge {
	struct node *node;
	enum need need;
	enum step step;
};

enum action { ACTION_CREATE, ACTION_UPDATE, ACTION_REMOVE, ACTION_ASSIGN };

/* One line of a plan. */
struct change {
	enum action action;
	const char *target;        /* what is changed, for a person: "app-scepman", "SCEPman-api", "Storage Table Data
				      Contributor on stg1" */
	const char *slot;          /* a deployment slot's name, or NULL */
	const char *key;           /* the property or setting, or NULL for the thing as a whole */
	const char *before;        /* NULL: was not there */
	const char *after;         /* NULL: will not be there, or see is_known_after_apply */
	bool is_known_after_apply; /* the value is the cloud's to assign */
	bool is_sensitive;         /* BEFORE and AFTER are shown as keyed fingerprints only */
	bool is_of_create;         /* belongs to the creation before it: goes on record, and is no change of its own */
	const char *restarts;      /* the site that restarts, or NULL */
	const char *reason;        /* why, in half a sentence; or NULL */
	struct change *next;
};

struct node {
	const struct kind *kind;
	const char *name;                  /* unique in the world: "role-assignment/<scope>/<role>/<principal>" */
	const char *label;                 /* for people: "Storage Table Data Contributor for app-scepman on stg1" */
	struct installation *installation; /* whose policies apply; NULL: the tenant's */
	const struct web_app *web_app;     /* the site or slot that a write would change, whose hold applies; or NULL */
	void *want;                        /* the kind's own parameters */
	void *observed; /* what the last answer said, in the kind's own structure; NULL until known */

	enum knowledge knowledge;
	enum activity activity;
	enum outcome outcome;
	struct fault fault;
	struct condition condition;
	struct node *blocked_by; /* BLOCKED: the node that it waits for in vain */

	struct edge *needs;
	size_t need_count, need_allocated;
	struct node **dependents;
	size_t dependent_count, dependent_allocated;

	struct change *changes, **changes_tail; /* what differs by the last look */
	struct change *applied, **applied_tail; /* what our writes of this pass have brought about */

	/* Of this pass. */
	unsigned reads, writes;      /* requests sent */
	unsigned writes_done;        /* those that took effect */
	unsigned round;              /* for kinds that read in several steps: which one is next */
	bool is_assumed;             /* nothing was read: it follows from something that does not exist yet */
	bool was_created;            /* our write brought it into being: it has no children that we did not make */
	bool was_written;            /* our write took effect */
	bool may_have_harmed;        /* it took effect, or may have, and what came of it is bad or not known; or it
					was held back for that of another one */
	bool is_rereading;           /* the read under way is the one just before the write */
	bool has_reread;             /* that read was made and found nothing changed */
	bool is_reading_back;        /* the write was accepted; what is there is read before it is believed */
	const char *version;         /* identifies the observation; set by kinds that are read again around a write */
	const char *written_version; /* the version that the read after the write must find */
	bool is_disregarded;         /* nothing depends on it after all: its failure is no trouble */
	bool is_queued;
	struct node *next_in_world;
	struct node *next_of_installation; /* after world_group_nodes() */
};

/* Final, one way or the other. */
static inline bool node_is_settled(const struct node *node)
{
	return node->outcome != OUTCOME_OPEN;
}

/* As desired, or it would be after an apply. */
static inline bool node_is_good(const struct node *node)
{
	return node->outcome == OUTCOME_IN_SYNC || node->outcome == OUTCOME_PLANNED;
}

static inline bool node_is_present(const struct node *node)
{
	return node && node->knowledge == KNOWLEDGE_PRESENT;
}

/* "InstanceNotFound" … */
const char *reason_name(enum reason reason);
/* "create", "update", "remove", "assign" */
const char *action_name(enum action action);
