/*
 * The shape of a data collection rule as JSON: what SCEPman's log lines need on their way through it (domain.md 1.7),
 * what of it is missing, and the same rule with that put right. Knows nothing of nodes. What is not SCEPman's stays as
 * it was read.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/observed.h"

/* Which parts are not as they must be. */
struct rule_drift {
	bool destination;      /* LOG_DESTINATION is missing */
	const char *workspace; /* or it leads to this workspace instead */
	const char *columns;   /* these columns are missing in the stream, for a person */
	bool flow;             /* no flow from the stream to the destination and into the table */
};

static inline bool rule_has_drifted(const struct rule_drift *drift)
{
	return drift->destination || drift->workspace || drift->columns || drift->flow;
}

/* A rule resource as ARM shows it -> struct data_collection_rule in ARENA. NULL: it lacks what every rule has. */
struct data_collection_rule *rule_parse(struct arena *arena, const cJSON *resource) _must_check_;
/* How RESOURCE, our own rule, differs from one that leads to WORKSPACE_ID. */
struct rule_drift rule_compare(struct arena *arena, const cJSON *resource, const char *workspace_id);
/* What makes RESOURCE, somebody else's rule, useless for SCEPman's logs, for a person; NULL: nothing. */
const char *rule_find_fault(const cJSON *resource);
/* The body of a PUT in ARENA: the rule BODY (JSON text, NULL: a new one in LOCATION) with all parts in order. */
const char *rule_write(struct arena *arena, const char *body, const char *location,
		       const char *workspace_id) _must_check_;
