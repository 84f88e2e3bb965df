/*
 * What the files of Azure Resource Manager have in common: ids, errors in Azure's words, who may do what, api-versions,
 * lists. Errors and messages are those of the public service as its clients and issue trackers quote them.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"
#include "path.h"
#include "state.h"

/* A resource's place, from the path of a call:
 * "/subscriptions/S/resourceGroups/G/providers/Microsoft.Web/sites/a/slots/b". */
struct arm_id {
	const char *text;         /* as the caller spelled it */
	const char *subscription; /* GUID; NULL: none */
	const char *group;        /* NULL: none */
	const char *group_id;     /* "/subscriptions/S/resourceGroups/G"; NULL: none */
	const char *type;         /* "Microsoft.Web/sites/slots", in the canonical spelling where we know it */
	const char *name;         /* "a/b": the names joined, as Azure shows them for children */
	const char *last_name;    /* "b" */
	const char *parent;       /* id of what contains it: the group, or "…/sites/a" */
	bool is_child;            /* its type has more than one part */
};

/* Reads TEXT, an id that ends with a name. */
struct arm_id arm_id_parse(struct arena *arena, const char *text);
/* The call's own path without COUNT segments at the end. */
const char *arm_path_without(struct call *call, size_t count);

/* The common beginning of every call (core.c): api-version, permission, subscription and group exist. False: answered.
 */
bool arm_admit(struct call *call) _must_check_;
/* May the caller do ACTION ("Microsoft.Web/sites/read") at SCOPE, by its role assignments there and above? */
bool arm_may(const struct call *call, const char *action, const char *scope) _must_check_;
/* Does no lock at the call's scope or above refuse it? False: answered with 409 ScopeLocked. */
bool arm_lock_admits(struct call *call) _must_check_;
/* May the caller also do ACTION on what it refers to, LINKED? False: answered with LinkedAuthorizationFailed. */
bool arm_may_link(struct call *call, const char *action, const char *linked) _must_check_;
/* Does PRINCIPAL hold the data plane right ACTION at SCOPE? For probe.c. */
bool arm_principal_may_data(const struct sim_state *state, const char *principal, const char *action,
			    const char *scope) _must_check_;
/* Does PRINCIPAL have the built-in role ROLE_GUID at SCOPE or above (itself or through a group)? */
bool arm_principal_has_role(const struct sim_state *state, const char *principal, const char *role_guid,
			    const char *scope) _must_check_;

/* The resource ID, or NULL after answering 404 in Azure's words. */
cJSON *arm_find(struct call *call, const char *id);
/* 404 for the resource ID: ResourceNotFound, or ParentResourceNotFound when even what contains it is missing. */
void arm_answer_not_found(struct call *call, const char *id);
/* The body if it is an object without members that Azure does not know at the top of a resource; NULL: answered. */
cJSON *arm_body(struct call *call);
/* Is NAME of MINIMUM to MAXIMUM letters, digits and characters of OTHERS? False: answered with 400 InvalidResourceName.
 */
bool arm_check_name(struct call *call, const char *name, size_t minimum, size_t maximum,
		    const char *others) _must_check_;
/* The location of a resource to be made: the body's; NULL: answered with LocationRequired. */
const char *arm_body_location(struct call *call);
/* "westeurope" of "West Europe": how Azure compares locations, and how most providers show them. */
const char *arm_location(struct arena *arena, const char *location);
/* A new resource with id, name, type and location, to be filled and put. Its id has the spelling that Azure would give
 * it: what exists already keeps its own, types have theirs, only new names are the caller's. */
cJSON *arm_resource_new(struct call *call, const struct arm_id *id, const char *location);
/* Copies tags, sku, kind from the BODY of a PUT or PATCH to RESOURCE where the body has them. */
void arm_resource_take(cJSON *resource, const cJSON *body, const char *members);
/* Lays the members of PATCH over TARGET, objects member by member; null removes. */
void arm_merge(cJSON *target, const cJSON *patch);

typedef cJSON *(*arm_show)(struct call *call, const cJSON *resource);
/* Answers {"value":[...]} with the resources of LIST that the caller may read and KEEP (NULL: all) wants, each as SHOW
 * (NULL: a copy) makes it, in pages with nextLink. */
void arm_answer_list(struct call *call, const struct state_list *list, bool (*keep)(struct call *, const cJSON *),
		     arm_show show);
/* 200 with SHOW of RESOURCE. */
void arm_answer_resource(struct call *call, int status, const cJSON *resource, arm_show show);
/* Azure's "2026-01-02T03:04:05.6780000Z" for the time of the call. */
const char *arm_now(struct call *call);
/* Notes the write in the activity log. */
void arm_note_activity(struct call *call);
