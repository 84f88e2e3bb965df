/*
 * From a tree to typed structures, driven by tables: a struct of desired.h has one table, a row per key. The tables are
 * the only place where keys are named; the test that compares them with config/scepmand.schema.json walks them too.
 * Reading never stops at a problem: the target keeps its default and the next key is read.
 */
#pragma once

#include "desired/problems.h"
#include "desired/tree.h"

struct reader {
	struct arena *arena; /* of the desired state */
	struct desired_problems *problems;
	const char *(*environment)(const char *name);
	const char *directory; /* where relative paths of *_file keys begin: the folder of the configuration */
};

struct table;

struct field {
	const char *name;
	/* Reads VALUE (never null) into TARGET, which is the struct's base plus the offset. */
	void (*read)(struct reader *, const struct field *, const struct tree_node *value, void *target);
	size_t offset;
	bool is_required;
	const struct table *table; /* the mapping that the value is or may be, or NULL */
	const struct field *item; /* lists: how an item is read, into ITEM_SIZE bytes each; its name is "each of ..." */
	size_t item_size;
	size_t count_offset;      /* lists: where the number of items goes, a size_t beside the array's pointer */
	const char *const *words; /* NULL-terminated, in the order of the enum */
	int64_t minimum, maximum;
	/* What is wrong with a text, to be put behind its name ("must be ..."), or NULL. */
	const char *(*complain)(const char *text);
};

struct table {
	const char *what; /* "an instance": for messages */
	const struct field *fields;
	size_t count;
	const void *defaults; /* of SIZE bytes, or NULL when the enclosing defaults hold them */
	size_t size;
	/* What only shows when all keys are read, or NULL. NODE is a mapping. */
	void (*check)(struct reader *, const struct tree_node *node, void *target);
};

#define TABLE_FIELDS(array) .fields = (array), .count = ARRAY_SIZE(array)

/* Adds a problem at the position of NODE. */
void reader_problem(struct reader *reader, const struct tree_node *node, const char *format, ...) _printf_(3, 4);
/* Fills TARGET from NODE; a node that is no mapping is a problem and leaves TARGET at its defaults. */
void reader_read_table(struct reader *reader, const struct table *table, const struct tree_node *node, void *target);

/* Field readers for nested mappings, and for lists: *TARGET becomes an array of what field->item reads. */
void reader_read_mapping(struct reader *reader, const struct field *field, const struct tree_node *value, void *target);
void reader_read_list(struct reader *reader, const struct field *field, const struct tree_node *value, void *target);

/* Adds a problem for each of the texts that were read from LIST and stood there before, in any case. NULLs are skipped.
 */
void reader_check_unique(struct reader *reader, const char *name, const struct tree_node *list,
			 const char *const *texts);
