/*
 * What is new since the last pass, from two reports of a tenant: drift that was found or healed, conditions that
 * appeared, changed or went, installations that are blocked or no longer. So the log and the drift history say each
 * thing once, and not at every pass. Pure.
 */
#pragma once

#include "base/attributes.h"
#include "reconcile/report.h"

enum news_kind {
	NEWS_DRIFT_FOUND,  /* something is not as desired, and was so, or was not known, before */
	NEWS_DRIFT_HEALED, /* our write took effect (is_ours), or somebody else's */
	NEWS_BLOCKED,      /* a condition that blocks appeared */
	NEWS_UNBLOCKED,
	NEWS_CONDITION_APPEARED, /* one that does not block */
	NEWS_CONDITION_CHANGED,  /* of Ready and InSync: their status; of the others: their message */
	NEWS_CONDITION_GONE,
};

/* Strings live as long as the two reports; members that do not apply are NULL. */
struct news {
	enum news_kind kind;
	const char *instance;
	const char *node, *node_kind, *target, *slot;
	const char *action;          /* "create", … */
	const char *keys;            /* of drift: what differs, "AppConfig:BaseUrl, …", or who lacks a role */
	const char *condition;       /* the type */
	const char *status, *reason; /* of a condition */
	const char *message;
	bool is_ours;           /* DRIFT_HEALED: by our write */
	bool is_status_changed; /* CONDITION_CHANGED: not the message alone */
};

typedef void news_fn(void *arg, const struct news *news);

/* "drift-found", "drift-healed", "blocked", "unblocked", … */
const char *news_kind_name(enum news_kind kind);

/*
 * Tells TELL what differs between the installations of BEFORE (NULL: this is the first pass) and AFTER, and dates in
 * AFTER what was there before: a condition keeps its `since` while its status and reason stay. AFTER's arena gives the
 * memory.
 */
void news_compare(const struct report *before, struct report *after, news_fn *tell, void *arg);
