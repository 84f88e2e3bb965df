/*
 * What the configuration asks of the identity: a demand for each thing that is done in one place, and what was found of
 * it. demands_of.h says which there are; judging compares them with what the identity has. Plain data in one arena;
 * pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "doctor/allowance.h"
#include "kinds/role_assignment.h"

enum authority { AUTHORITY_GRAPH, AUTHORITY_AZURE };

enum finding {
	FINDING_HAS,
	FINDING_LACKS,
	FINDING_NOT_NEEDED, /* demand->remark says why */
	FINDING_UNKNOWN,    /* demand->remark says why */
};

struct graph_permission;

struct demand {
	enum authority authority;
	const char *instance; /* whose it is; NULL: the tenant's */
	const char *purpose;  /* "look at app-scepman and its settings" */
	const char *remark;   /* a half sentence; or NULL */
	bool is_wanted;       /* false: the remark says why not */

	/* Graph */
	const struct graph_permission *permission; /* the least that will do */

	/* Azure */
	const char *scope;          /* where it is needed: the resource, or the group where it will be; NULL: unknown */
	const char *group;          /* the resource group where it is best given; NULL: unknown */
	const char *const *actions; /* ended by NULL */
	unsigned roles;             /* bits 1 << enum azure_role: it is about handing these out */
	const char *const *missing; /* ended by NULL; with FINDING_LACKS */
	enum finding finding;
	struct demand *next;
};

struct demands {
	struct arena *arena;
	struct demand *first, **tail;
};

void demands_init(struct demands *demands, struct arena *arena);
/* Adds a copy of *DEMAND, whose strings must live as long as the arena. */
struct demand *demands_add(struct demands *demands, const struct demand *demand);
/* Sets what was found of DEMAND: ALLOWANCES are what the identity may at demand->scope, NULL: that is not known. */
void demand_judge_azure(struct demand *demand, const struct allowances *allowances, struct arena *arena);
/* "has", "lacks", "not_needed", "unknown" */
const char *finding_name(enum finding finding);
