/*
 * The $filter language of OData v4, as far as Microsoft Graph and Azure Resource Manager speak it: comparisons, in,
 * and, or, not, startswith, endswith, contains, any and all over collections, and functions that only the caller can
 * answer (atScope()). A text becomes a tree, and a tree is asked whether it matches a JSON object.
 *
 * Knows no schema and never answers a request: which properties exist, and which operators a service refuses, is for
 * the caller, who may walk the tree. Every input is bounded (length, nesting, number of nodes), because it is fuzzed.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"

enum { ODATA_TEXT_MAX = 16384, ODATA_DEPTH_MAX = 32, ODATA_NODES_MAX = 2048, ODATA_PATH_MAX = 8 };

enum odata_kind {
	ODATA_AND, /* left, right */
	ODATA_OR,  /* left, right */
	ODATA_NOT, /* left */
	ODATA_EQ,  /* path, one value; so all six comparisons */
	ODATA_NE,
	ODATA_GT,
	ODATA_GE,
	ODATA_LT,
	ODATA_LE,
	ODATA_IN,         /* path, values */
	ODATA_STARTSWITH, /* path, one value; so the next two */
	ODATA_ENDSWITH,
	ODATA_CONTAINS,
	ODATA_ANY,  /* path of a collection, variable, left: the condition (NULL: is not empty) */
	ODATA_ALL,  /* path of a collection, variable, left */
	ODATA_PATH, /* a boolean property by itself */
	ODATA_CALL, /* name, values: a function of the service */
};

enum odata_type { ODATA_NULL, ODATA_BOOLEAN, ODATA_NUMBER, ODATA_STRING, ODATA_WORD /* an unquoted GUID or date */ };

struct odata_value {
	enum odata_type type;
	const char *text; /* STRING, WORD */
	double number;
	bool boolean;
};

struct odata_node {
	enum odata_kind kind;
	const char
		*path[ODATA_PATH_MAX]; /* "web", "redirectUris"; the first may name the variable of an enclosing any */
	size_t path_length;
	const char *name;     /* CALL */
	const char *variable; /* ANY, ALL */
	struct odata_value *values;
	size_t value_count;
	struct odata_node *left, *right;
};

/* Answers a function of the service (NAME, case-insensitively, with VALUES) for OBJECT. */
typedef bool (*odata_call_fn)(void *arg, const char *name, const struct odata_value *values, size_t count,
			      const cJSON *object);

/* TEXT as a tree in ARENA. 0, or -EINVAL with *RET_ERROR set to a sentence in ARENA, worded as Graph words it. */
int odata_parse_filter(struct arena *arena, const char *text, struct odata_node **ret,
		       const char **ret_error) _must_check_;

/* Does OBJECT satisfy FILTER? Names of properties and strings are compared without regard to case, as the directory
 * does. CALL may be NULL: then every function of the service is false. */
bool odata_matches(const struct odata_node *filter, const cJSON *object, odata_call_fn call, void *arg);

/* The value at PATH ("web/redirectUris", segments separated by slashes) in OBJECT, or NULL. */
const cJSON *odata_property(const cJSON *object, const char *path);
/* <0, 0, >0: the order of two property values for $orderby; NULL and null come first. */
int odata_compare(const cJSON *a, const cJSON *b);
