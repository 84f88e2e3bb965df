/*
 * One YAML document as a small tree that knows where each value stands. Our dialect is YAML without its surprises: one
 * document, no tags, no merge keys, no duplicate keys, keys are words, and aliases only as far as the expanded tree
 * stays small. Types are decided by the reader of the tree (YAML 1.2 core schema: only true and false are booleans).
 */
#pragma once

#include "desired/desired.h"

enum {
	TREE_BYTES_MAX = 1024 * 1024, /* product.md section 3 */
	TREE_DEPTH_MAX = 32,          /* the deepest configuration has 7 */
	TREE_NODES_MAX = 200 * 1000,  /* after expansion of aliases; 1,000 full instances have 60,000 */
	TREE_ANCHORS_MAX = 1000,
};

#define TREE_TOO_LARGE "larger than 1 MiB: split the configuration"

enum tree_kind { TREE_SCALAR, TREE_SEQUENCE, TREE_MAPPING };
/* What a scalar is by the YAML 1.2 core schema; quoted ones are always text. */
enum tree_scalar { TREE_TEXT, TREE_NULL, TREE_BOOLEAN, TREE_NUMBER };

struct tree_entry {
	const char *key;                 /* NULL in sequences */
	struct source_position position; /* of the key */
	const struct tree_node *value;
};

struct tree_node {
	enum tree_kind kind;
	struct source_position position;
	const char *text; /* scalars: without quotes, never with a zero inside */
	enum tree_scalar scalar;
	const struct tree_entry *entries; /* sequences and mappings, in the order of the file */
	size_t count;
	size_t weight; /* nodes below and including this one, aliases expanded */
};

/*
 * The tree of the LENGTH bytes at YAML, allocated in ARENA, or NULL when there is none (syntax error, a cap was
 * exceeded, nothing there). Everything that is wrong goes to PROBLEMS: a tree may come back together with problems.
 */
const struct tree_node *tree_parse(struct arena *arena, const char *yaml, size_t length,
				   struct desired_problems *problems) _must_check_;
/* What TEXT is; PLAIN: it stands there without quotes. */
enum tree_scalar tree_scalar_type(const char *text, bool plain);
/* The value under KEY (exact spelling) of a mapping, or NULL. */
const struct tree_node *tree_get(const struct tree_node *mapping, const char *key) _pure_;
/* "a list", "a number", "text"...: for messages about a wrong type. */
const char *tree_describe(const struct tree_node *node);
