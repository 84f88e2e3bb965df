/*
 * A pool that is filled piece by piece and freed whole. There are three lifetimes in the program: the process, the
 * desired state (replaced on reload) and the pass; the last two are an arena each, so nothing inside them is ever freed
 * or counted. The blocks are wiped on release, because a pass holds app settings and those are secrets.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/attributes.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used; /* bytes handed out, for statistics */
};

/* An arena of all zero bytes is valid and empty. */
void arena_init(struct arena *arena);
/* Wipes and frees everything that was allocated from it; it can be used again. */
void arena_done(struct arena *arena);

/* SIZE zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) _must_check_;
/* COUNT zeroed elements of SIZE bytes; aborts on overflow. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size) _must_check_;
/* A copy of TEXT; NULL gives NULL. */
char *arena_copy_text(struct arena *arena, const char *text) _must_check_;
/* A zero-terminated copy of the LENGTH bytes at TEXT. */
char *arena_copy_bytes(struct arena *arena, const char *text, size_t length) _must_check_;
/* Formatted text, as long as it takes. */
char *arena_printf(struct arena *arena, const char *format, ...) _printf_(2, 3) _must_check_;
char *arena_vprintf(struct arena *arena, const char *format, va_list ap) _printf_(2, 0) _must_check_;

#define arena_new(arena, type)              ((type *)arena_alloc((arena), sizeof(type)))
#define arena_new_array(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))
