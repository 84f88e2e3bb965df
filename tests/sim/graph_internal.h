/*
 * What the files of the simulated Graph share: the checks before a handler changes anything, and the forms of its
 * answers. Each handler of a route begins with graph_permit(), and a handler that takes a body goes on with
 * graph_check_body().
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "call.h"
#include "directory.h"
#include "graph.h"
#include "graph_schema.h"
#include "odata.h"
#include "state.h"

/* Application permissions, as lists for graph_permit(). What is granted counts at the time of the request; the real
 * service goes by the roles in the token, up to a day behind. Source: the reference pages' tables of permissions. */
#define GRAPH_READ_APPLICATIONS                                                                                        \
	"Application.Read.All|Application.ReadWrite.All|Application.ReadWrite.OwnedBy|Directory.Read.All|"             \
	"Directory.ReadWrite.All"
#define GRAPH_WRITE_APPLICATIONS "Application.ReadWrite.All|Directory.ReadWrite.All"
#define GRAPH_READ_ASSIGNMENTS   GRAPH_READ_APPLICATIONS "|AppRoleAssignment.ReadWrite.All"
#define GRAPH_WRITE_ASSIGNMENTS  "AppRoleAssignment.ReadWrite.All"
#define GRAPH_READ_GRANTS                                                                                              \
	"DelegatedPermissionGrant.Read.All|DelegatedPermissionGrant.ReadWrite.All|Directory.Read.All|Directory."       \
	"ReadWrite.All"
#define GRAPH_WRITE_GRANTS "DelegatedPermissionGrant.ReadWrite.All|Directory.ReadWrite.All"
#define GRAPH_READ_GROUPS                                                                                              \
	"Group.Read.All|Group.ReadWrite.All|GroupMember.Read.All|Directory.Read.All|Directory.ReadWrite.All"
#define GRAPH_READ_USERS                                                                                               \
	"User.Read.All|User.ReadBasic.All|User.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All"
#define GRAPH_READ_ORGANIZATION                                                                                        \
	"Organization.Read.All|Organization.ReadWrite.All|Directory.Read.All|Directory.ReadWrite.All"

/* Does the caller have one of the permissions in ROLES, separated by bars? False: answered with 403. */
bool graph_permit(struct call *call, const char *roles) _must_check_;
/* The same for changing OBJECT, or making one (NULL): Application.ReadWrite.OwnedBy is enough for what the caller owns.
 */
bool graph_permit_write(struct call *call, const cJSON *object) _must_check_;

/* Is there a JSON object as the body, with none but the properties that TYPE lets clients set, each of the right type?
 * IS_CREATE: those that must be there are, and those that can be set only now may be. False: answered with 400. */
bool graph_check_body(struct call *call, const struct graph_type *type, bool is_create) _must_check_;
/* Puts the properties of BODY into OBJECT as PATCH means it: collections and values are replaced, complex values
 * merged. */
void graph_merge(const struct graph_type *type, cJSON *object, const cJSON *body);

/* Well-known errors. */
void graph_answer_not_found(struct call *call, const char *id);
void graph_answer_bad_request(struct call *call, const char *message, ...) _printf_(2, 3);

/* The object of SET that KEY names: an object id, or "(appId='…')", "(uniqueName='…')". NULL: answered with 404 or 400.
 */
cJSON *graph_find(struct call *call, enum directory_set set, const char *key) _must_check_;
/* Taking KEY apart: is it "(NAME='VALUE')"? Then *RET_VALUE is in the call's arena. */
bool graph_is_alternate_key(struct call *call, const char *key, const char *name, const char **ret_value) _must_check_;

/* OBJECT as a client sees it, by $select and $expand of the call (IS_QUERIED) or by default; to be freed. */
cJSON *graph_view(struct call *call, const struct graph_type *type, const cJSON *object, bool is_queried) _must_check_;
/* Are $select, $expand, $filter and $orderby of the call about properties that TYPE has? False: answered with 400. */
bool graph_check_query(struct call *call, const struct graph_type *type) _must_check_;
/* One object; COLLECTION as it stands in @odata.context ("applications"). */
void graph_answer_entity(struct call *call, int status, const struct graph_type *type, const char *collection,
			 const cJSON *object);

/* Objects from which an answer with $filter, $orderby, $top, $skiptoken and $count is to be made. */
struct graph_list {
	const cJSON **items;
	size_t count, allocated;
};
void graph_list_add(struct call *call, struct graph_list *list, const cJSON *item);
/* All objects of SET; where NAME is not NULL, those whose property NAME is VALUE. */
struct graph_list graph_list_set(struct call *call, enum directory_set set, const char *name, const char *value);
/* All objects of SET, or already fewer when the $filter of the call lets the others be passed over. */
struct graph_list graph_list_all(struct call *call, enum directory_set set);
void graph_answer_list(struct call *call, const struct graph_type *type, const char *collection,
		       struct graph_list *list);
/* "12": how many of LIST fit the $filter; for …/$count. */
void graph_answer_count(struct call *call, const struct graph_type *type, struct graph_list *list);

/* What a relation of OBJECT ("owners", "appRoleAssignments") leads to. NULL type: there is no such relation. */
struct graph_list graph_follow(struct call *call, const struct graph_type *type, const cJSON *object,
			       const char *relation, const struct graph_type **ret_type);

/* The type of the objects in SET; of OBJECT, wherever it is kept (deleted items carry their type). */
const struct graph_type *graph_type_of_set(enum directory_set set);
const struct graph_type *graph_type_of_object(const struct sim_state *state, const cJSON *object);
/* The type that stands for any object of the directory: its members are shown as what they are. */
bool graph_is_directory_object(const struct graph_type *type);

/* Time as Graph writes it: 2026-01-02T03:04:05Z; in the arena. */
const char *graph_time(struct call *call, int64_t unix_ms);
/* Sets the text at NAME, replacing what was there; NULL: null. */
void graph_set_text(cJSON *object, const char *name, const char *value);
/* Does the caller want an object made where a PATCH finds none (Prefer: create-if-missing)? */
bool graph_is_upsert(const struct call *call);

/* graph_rules.c: may the application become CANDIDATE? OLD is what it is now, NULL for a new one. False: answered. */
bool graph_check_application(struct call *call, const cJSON *old, const cJSON *candidate) _must_check_;

/* graph_relations.c */
/* Brings the service principal of APPLICATION, if the tenant has it, in line: it shows the application's roles, names
 * and addresses as its own. */
void graph_follow_application(struct call *call, const cJSON *application);
/* The same for PRINCIPAL, which is about to be put into the directory. */
void graph_copy_application(struct call *call, const cJSON *application, cJSON *principal);
/* Removes the assignments and grants in which the object ID takes part. */
void graph_remove_relations(struct call *call, const char *id);
/* Moves an object to /directory/deletedItems, and its relations away. */
void graph_soft_delete(struct call *call, enum directory_set set, const char *id);

/* graph_audit.c: notes that the caller did ACTIVITY ("Add application"; OPERATION "Add", "Update", "Delete", "Assign")
 * to OBJECT, which was BEFORE (NULL: nothing); the body of the call says what changed. */
void graph_audit(struct call *call, const char *activity, const char *operation, const cJSON *object,
		 const cJSON *before);
