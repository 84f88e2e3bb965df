/*
 * Kind "table": SCEPman_CL in the workspace (domain.md 1.7). Columns are only added; an update sends what is there
 * together with what is missing. A classic table is migrated only with consent, because that cannot be undone and
 * renames columns.
 */
#pragma once

#include "base/attributes.h"
#include "world/world.h"

/* observed: struct table */
extern const struct kind table_kind;

/* States the table in installation->workspace, which must be known, and sets installation->table. */
struct node *table_state(struct world *world, struct installation *installation);
