/*
 * What a pass found and did, in the words of product.md section 2: per tenant and installation the changes, the
 * conditions and what is withheld. Everything is copied, so a report outlives the worlds it was made of; secrets are
 * replaced by keyed fingerprints on the way in and never get any further.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

struct report_change {
	enum action action;
	const char *node; /* its name, the same in every pass */
	const char *kind, *target, *slot, *key;
	const char *before,
		*after; /* sensitive ones: "(sensitive 1a2b3c4d5e6f)"; "(known after apply)"; NULL: not there */
	bool is_sensitive;
	bool is_planned;      /* not done: a plan, or the installation is held */
	const char *restarts; /* site, or NULL */
	const char *reason;
	struct report_change *next;
};

struct report_condition {
	const char *type, *status; /* "Ready", "True" */
	const char *reason, *message;
	const char *since, *generation;
	const char *node; /* what it is about, or NULL: the installation */
	bool is_blocking; /* counts as blocked in the summary */
	struct report_condition *next;
};

struct report_withheld {
	const char *kind, *target;
	const char *command; /* az command; NULL: ids that do not exist yet are missing */
	const char *method, *url, *body;
	struct report_withheld *next;
};

struct report_instance {
	const char *name;
	bool in_sync;
	struct report_change *changes, **changes_tail;
	struct report_condition *conditions, **conditions_tail;
	struct report_withheld *withheld, **withheld_tail;
	struct report_instance *next;
};

struct report_tenant {
	const char *name, *tenant_id;
	bool is_unreachable; /* nothing at all could be learned of it */
	struct report_instance *instances, **instances_tail;
	struct report_tenant *next;
};

struct report_summary {
	size_t add, change, remove, blocked, withheld, restarts;
	struct {
		size_t add, change, remove, restarts;
	} planned; /* how many of these were not done */
};

struct report {
	struct arena arena;
	const char *generation;
	unsigned char key[32];  /* of the fingerprints */
	bool is_about_one_slot; /* the rest was not looked at, and nothing can be said of it */
	struct report_tenant *tenants, **tenants_tail;
};

/* GENERATION is the desired state's; KEY makes the fingerprints (product.md section 2). Both are copied. */
void report_init(struct report *report, const char *generation, const unsigned char key[32]);
void report_done(struct report *report);

/*
 * Takes in what WORLD is at the end of a pass. The same tenant again (a later pass of one apply) adds what was applied
 * and replaces what is left. NOW_UNIX_S dates the conditions.
 */
void report_add(struct report *report, struct world *world, int64_t now_unix_s);

/* The same for a pass that could not even begin, for the reason in PROBLEM: every installation of WORLD is blocked. */
void report_add_problem(struct report *report, struct world *world, const char *problem, int64_t now_unix_s);

/* Counts as they stand in the last line of a plan. */
struct report_summary report_summarise(const struct report *report);
/* Is every installation as desired? */
bool report_is_in_sync(const struct report *report);
/* Was nothing to be learned of any tenant (network, credential, everything refused)? */
bool report_is_failure(const struct report *report);
