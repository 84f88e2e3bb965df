/*
 * What a kind of resource is to the planner: a table of pure functions. No function of a kind does I/O, asks a clock,
 * logs or keeps state of its own. One file per kind, with the same chapters in the same order:
 *
 *     want      the parameters, and xxx_add(), which states one
 *     read      the request that observes it
 *     absorb    answer -> observed, reduced to what we compare
 *     differs   observed against desired: only what we own
 *     write     the request that brings it about
 *
 * Kinds that only follow from other nodes (decisions) have `derive` in the place of read and absorb.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/node.h"
#include "world/request.h"

/* What an absorber makes of an answer. */
enum absorbed {
	ABSORBED_PRESENT, /* it is there; node->observed is set */
	ABSORBED_ABSENT,  /* it is certainly not there */
	ABSORBED_MORE,    /* not known yet: read again with node->round raised by one */
	ABSORBED_GARBLED, /* the answer lacks what it must have; a reason to stop, never to write */
	ABSORBED_BLOCKED, /* node->condition says why this cannot be decided */
};

enum verdict {
	VERDICT_IN_SYNC,
	VERDICT_DIFFERS, /* changes were added with node_add_change() */
	VERDICT_BLOCKED, /* node->condition says why nothing may be written */
};

struct kind {
	const char *name; /* "app-settings": in plans, metrics and conditions */

	unsigned writes_max;      /* the most writes of one node in a pass; 0 means 1 */
	bool reread_before_write; /* read again immediately before the write; refused when the version changed meanwhile
				   */
	bool rereads_absence;  /* likewise before a create that would overwrite what somebody else created meanwhile */
	bool read_after_write; /* the write's answer is not proof (empty, or an echo): read again */

	/* TEXT, which the cloud answered to a request that failed, without what is known to be secret in the body that
	 * was sent or read. A kind that has this has bodies that are never shown, not even to an administrator. NULL:
	 * nothing is secret. */
	const char *(*hide_secrets)(const struct node *node, struct arena *arena, const char *text);

	/* Part of what an installation's settings are made of, or of the rights without which they would be of no use:
	 * the settings wait until it was tried (kinds/entitlements.c). world_state() ties the knot. */
	bool is_entitlement;

	/* It is there whenever what it hangs on is there (a site's settings, a collection): 404 is then no answer but a
	 * fault, and never a reason to make one. */
	bool must_exist;

	/* Read it even when what it hangs on (a STEP_READ need) was created in this pass. Otherwise it is ABSENT then
	 * without asking: what is new has no children, and asking a replica that has not heard of it would only answer
	 * 404. */
	bool reads_what_is_new;

	/* What else the world must know now that this is known: adds nodes. Called each time node->knowledge changes,
	 * before dependents see it; so it states things, and stating twice is stating once. May be NULL. */
	void (*grow)(struct world *world, struct node *node);

	/* The request that observes it. Its STEP_READ needs are satisfied. */
	void (*read)(const struct world *world, const struct node *node, struct arena *arena, struct request *ret);
	/* A successful answer to read(), or the answer of a write that carries the object. An answer 404 that the
	 * service itself gave (with its error code) is ABSENT without asking the kind. */
	enum absorbed (*absorb)(struct world *world, struct node *node, const cJSON *body);
	/* Graph says of a key that nothing has it in the words with which a replica says that it has not heard of a new
	 * object. Does FAULT, the answer to the read, mean the first? NULL: 404 with an error code does. */
	bool (*is_absence)(const struct node *node, const struct fault *fault);
	/* Takes a read that failed as an answer, as good as any: true with *RET. NULL, or false: it is a failure. */
	bool (*absorb_fault)(struct world *world, struct node *node, const struct fault *fault, enum absorbed *ret);
	/* Instead of read and absorb: follows from the nodes that it needs. */
	enum absorbed (*derive)(struct world *world, struct node *node);

	/* Is it as desired? Its STEP_WRITE needs are satisfied. NULL: always in sync once known. */
	enum verdict (*differs)(struct world *world, struct node *node);
	/* The request that brings it about; never called when differs() did not ask for it in this very turn. */
	void (*write)(const struct world *world, const struct node *node, struct arena *arena, struct request *ret);
	/* Sets node->observed to what it would be after the write, ids that the cloud assigns being NULL. Used in
	 * plans, for what exists already (FAULT_EXISTS), and after writes whose answer is empty when read_after_write
	 * is not set. */
	void (*assume)(struct world *world, struct node *node);
	/* Called each time that NODE is about to be written, before a last read and again after it. DIFFERS: go ahead,
	 * once what was stated here with world_need(…, STEP_WRITE) is there. BLOCKED: node->condition says why not now.
	 * Never called where nothing is written. NULL: go ahead. */
	enum verdict (*before_write)(struct world *world, struct node *node);
	/* A write took effect, or may have: states what must come of it (world_need(…, NEED_DONE, STEP_WRITE)) before
	 * NODE is settled. What comes of it and is not good is harm (NEED_HARMLESS). NULL: nothing. */
	void (*after_write)(struct world *world, struct node *node);
	/* Does the configuration leave this write to an administrator (entra_grants, azure_roles: report)? NULL: never.
	 */
	bool (*is_withheld)(const struct world *world, const struct node *node);
	/* A last look at a refusal of the write: true when the kind has dealt with it (set a condition, or taken it as
	 * an answer by setting knowledge and observed). NULL: never. */
	bool (*absorb_refusal)(struct world *world, struct node *node, const struct fault *fault);
};
