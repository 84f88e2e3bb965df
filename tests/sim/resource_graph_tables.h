/* The tables of Resource Graph, made from the tenant for one query: Resources, ResourceContainers,
 * AuthorizationResources, ResourceChanges. Rows that the caller may not read are not in them. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "call.h"
#include "kql.h"

struct resource_graph {
	struct call *call;
	const char *tenant_id;
	const cJSON *subscriptions;    /* an array of ids to look into; NULL: all */
	const struct kql_hints *hints; /* of the table that is being made */
	cJSON *made;                   /* an array that owns what rows point into and the state does not */
};

/* An open() for struct kql_source, with a struct resource_graph. */
bool resource_graph_open(void *graph, const char *name, const struct kql_hints *hints, struct arena *arena,
			 struct kql_table *ret);
