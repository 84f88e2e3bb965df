/* A table from names (ASCII case does not matter, as in ARM) to pointers. Keeps the order of insertion for iteration.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

struct map_entry {
	char *name;  /* as it was first spelled; owned by the map */
	void *value; /* NULL: removed */
	uint64_t hash;
};

struct map {
	struct map_entry *entries; /* [0, count), in the order of insertion; skip those whose value is NULL */
	size_t count, allocated, live;
	uint32_t *slots;
	size_t slot_count;
	struct arena *arena; /* that it lives in; NULL: the heap */
};

/* A map of all zero bytes is valid and empty. */
void map_init(struct map *map);
/* Its names and tables come from ARENA, and what it no longer needs is freed with that. */
void map_init_in(struct map *map, struct arena *arena);
/* Frees the table, not the values. */
void map_done(struct map *map);

/* The value under NAME, or NULL. */
void *map_get(const struct map *map, const char *name) _pure_;
/* Puts VALUE (not NULL) under NAME, replacing what was there. */
void map_put(struct map *map, const char *name, void *value);
/* Takes the value under NAME out and returns it, or NULL. */
void *map_remove(struct map *map, const char *name);
