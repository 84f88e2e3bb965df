/*
 * Which properties Microsoft Graph v1.0 objects have, of which type, who may set them and which are shown without being
 * asked for. Data only; source: the published metadata of Graph v1.0 (types, nullability), the reference pages (what is
 * read-only, what is returned by default) and the vendor's sample of an application (its defaults, August 2026).
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum {
	GRAPH_SHOWN = 1 << 0,     /* returned without $select */
	GRAPH_READ_ONLY = 1 << 1, /* the service sets it */
	GRAPH_CREATE = 1 << 2,    /* may be set when the object is made, not later */
	GRAPH_NOT_NULL = 1 << 3,
	GRAPH_REQUIRED = 1 << 4, /* must be in the body of a create */
	GRAPH_NEVER = 1 << 5,    /* never in an answer: secretText, except in the one of addPassword */
};

struct graph_property {
	const char *name;
	const char *type; /* as in the metadata: "Edm.String", "Collection(graph.appRole)"; NULL ends a table */
	unsigned flags;
	const char
		*fallback; /* JSON that is shown when the object does not say; NULL: [] for a collection, else null */
};

struct graph_type {
	const char *name; /* "application", "appRole": without the namespace */
	const struct graph_property *properties;
};

/* Every type, entities first; ends with a type without a name. */
extern const struct graph_type graph_entity_types[];
extern const struct graph_type graph_complex_types[];

/* The type called NAME ("appRole", "graph.appRole", "Collection(graph.appRole)"), or NULL: Edm's and the enumerations.
 */
const struct graph_type *graph_find_type(const char *name);
const struct graph_property *graph_find_property(const struct graph_type *type, const char *name);
/* The same without regard to case, as $filter, $select and $orderby are read. */
const struct graph_property *graph_find_property_fold(const struct graph_type *type, const char *name);
bool graph_is_collection(const struct graph_property *property);
/* A value as it is shown when the object does not say; to be freed. */
cJSON *graph_fallback(const struct graph_property *property) _must_check_;
