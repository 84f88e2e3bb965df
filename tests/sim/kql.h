/*
 * The part of the Kusto Query Language that clients use on Azure Resource Graph: a lexer, a parser and an evaluator
 * over tables in memory. Pure; everything lives in the arena it is given.
 *
 *   Table | where EXPR | project [NAME =] EXPR, ... | project-away NAME, ... | project-rename NEW = OLD | extend NAME =
 * EXPR, ... | order by EXPR [asc|desc] | sort by | top N by EXPR | take N | limit N | count | distinct NAME, ... |
 * summarize [NAME =] AGGREGATE, ... by [NAME =] EXPR, ... | mv-expand [NAME =] EXPR | join
 * kind=leftouter|inner|innerunique|leftanti (QUERY) on NAME or $left.A == $right.B EXPR: and, or, not(), == != =~ !~ <
 * > <= >= + - * / %, in in~ !in !in~, contains has startswith endswith with ! and _cs, a.b['c'][0], functions of
 * kql_functions.c
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

enum kql_type { KQL_NULL, KQL_BOOLEAN, KQL_NUMBER, KQL_TEXT, KQL_TIME, KQL_SPAN, KQL_JSON };

struct kql_value {
	enum kql_type type;
	union {
		bool boolean;
		double number;
		const char *text;
		int64_t ms;        /* TIME: Unix; SPAN: how long */
		const cJSON *json; /* an array or an object */
	};
};

/* A row is as many values as there are columns. */
struct kql_table {
	const char **columns;
	size_t column_count;
	struct kql_value **rows;
	size_t row_count, row_room;
	cJSON *made; /* of a result: what its values point into besides the source; to be deleted after use */
};

/* What the first "where" of a query asks of a column, so that a source need not make rows that will be dropped at once.
 * A row whose COLUMN is another text, without regard to case, is not wanted. */
struct kql_hint {
	const char *column, *text;
};

enum { KQL_HINTS_MAX = 8 };

struct kql_hints {
	struct kql_hint hints[KQL_HINTS_MAX];
	size_t count;
};

/* Where tables come from. */
struct kql_source {
	/* Fills RET with table NAME, with or without the rows that HINTS excludes; false: there is no such table. */
	bool (*open)(void *userdata, const char *name, const struct kql_hints *hints, struct arena *arena,
		     struct kql_table *ret);
	void *userdata;
	int64_t now_ms; /* for now() and ago() */
};

/* What is wrong with a query, and where: 1 is the first line and column. */
struct kql_error {
	const char *code;    /* "ParserFailure", "InvalidQuery", "UnknownTable", "UnknownColumn" */
	const char *message; /* in the arena */
	size_t line, column;
	const char *token;
};

/* Runs QUERY. True: *RET is the result, whose MADE is to be deleted when it is done with; false: *RET_ERROR says why
 * not. */
bool kql_run(const char *query, const struct kql_source *source, struct arena *arena, struct kql_table *ret,
	     struct kql_error *ret_error) _must_check_;

/* A value from JSON that outlives it, and back (to be freed; NULL gives null). */
struct kql_value kql_from_json(const cJSON *json);
cJSON *kql_to_json(const struct kql_value *value, struct arena *arena) _must_check_;

/* An empty table of COLUMNS (not copied), and a new row of nulls in it. */
void kql_table_init(struct kql_table *table, const char **columns, size_t column_count);
struct kql_value *kql_table_add(struct kql_table *table, struct arena *arena);
/* Index of column NAME (exact case), or -1. */
int kql_table_find(const struct kql_table *table, const char *name) _pure_;
