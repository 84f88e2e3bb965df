/*
 * The permissions of Microsoft Graph that we can need: what else is as good, and which directory role stands for each
 * where a person signs in. A table, pure. Sources: domain.md 4.13; the "Permissions" tables of Graph's reference pages;
 * Entra built-in roles reference (2026).
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "doctor/claims.h"
#include "doctor/demand.h"

enum graph_right {
	GRAPH_READ_APPLICATIONS,
	GRAPH_READ_CONSENTS,
	GRAPH_READ_GROUPS,
	GRAPH_READ_USERS,
	GRAPH_WRITE_APPLICATIONS,
	GRAPH_ASSIGN_ROLES,
	GRAPH_WRITE_CONSENTS,
	GRAPH_RIGHTS,
};

struct graph_permission {
	const char *name, *id;      /* the app role of Microsoft Graph, the same in every tenant and cloud */
	const char *satisfied_by;   /* its own name and those that are more, between bars */
	const char *owner_suffices; /* this one is enough for who owns what is written; or NULL */
	const char *person_roles;   /* templates of directory roles that let a person do it, between bars */
	const char *person_role;    /* the least of these: its name … */
	const char *person_role_id; /* … and template */
};

const struct graph_permission *graph_permission(enum graph_right right);
/* OWNS_ALL: the identity owns all app registrations and service principals that would be written. */
void demand_judge_graph(struct demand *demand, const struct claims *claims, bool owns_all, struct arena *arena);
/* Does CLAIMS have the permission NAME by itself? */
bool claims_have_permission(const struct claims *claims, const char *name);
/* The permissions of an application that none of DEMANDS asks for; as a list ended by NULL. */
const char *const *graph_permissions_to_spare(const struct demands *demands, const struct claims *claims,
					      struct arena *arena) _must_check_;
