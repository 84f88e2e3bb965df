#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Open addressing with linear probing; a slot holds the index of an entry plus one, 0 is free. A removed entry keeps
 * its slot until the table is rebuilt, so probing never breaks. */

void map_init(struct map *map)
{
	*map = (struct map){0};
}

void map_init_in(struct map *map, struct arena *arena)
{
	*map = (struct map){.arena = arena};
}

static void *map_new(const struct map *map, size_t size)
{
	return map->arena ? arena_alloc(map->arena, size) : memory_new(size);
}

static void map_free(const struct map *map, void *p)
{
	if (!map->arena)
		free(p);
}

void map_done(struct map *map)
{
	for (size_t i = 0; i < map->count; i++)
		map_free(map, map->entries[i].name);
	map_free(map, map->entries);
	map_free(map, map->slots);
	map_init(map);
}

static void map_index(struct map *map, size_t entry)
{
	size_t slot = map->entries[entry].hash & (map->slot_count - 1);

	while (map->slots[slot])
		slot = (slot + 1) & (map->slot_count - 1);
	map->slots[slot] = (uint32_t)entry + 1;
}

/* Drops removed entries and doubles the tables when they are still half full. */
static void map_rebuild(struct map *map)
{
	struct map_entry *old = map->entries;
	size_t live = 0;

	for (size_t i = 0; i < map->count; i++) {
		if (!map->entries[i].value)
			map_free(map, map->entries[i].name);
		else
			map->entries[live++] = map->entries[i];
	}
	map->count = live;
	if (!map->allocated || live > map->allocated / 2) {
		map->allocated = map->allocated ? 2 * map->allocated : 16;
		map->entries = map_new(map, map->allocated * sizeof(*map->entries));
		if (live)
			memcpy(map->entries, old, live * sizeof(*old));
		map_free(map, old);
	}
	map_free(map, map->slots);
	map->slot_count = 2 * map->allocated;
	map->slots = map_new(map, map->slot_count * sizeof(*map->slots));
	for (size_t i = 0; i < map->count; i++)
		map_index(map, i);
}

static struct map_entry *map_find(const struct map *map, const char *name, uint64_t hash)
{
	if (!map->slot_count)
		return NULL;
	for (size_t slot = hash & (map->slot_count - 1); map->slots[slot]; slot = (slot + 1) & (map->slot_count - 1)) {
		struct map_entry *entry = &map->entries[map->slots[slot] - 1];

		if (entry->value && entry->hash == hash && text_equal_fold(entry->name, name))
			return entry;
	}
	return NULL;
}

void *map_get(const struct map *map, const char *name)
{
	struct map_entry *entry = map_find(map, name, text_hash_fold(name));

	return entry ? entry->value : NULL;
}

void map_put(struct map *map, const char *name, void *value)
{
	uint64_t hash = text_hash_fold(name);
	struct map_entry *entry = map_find(map, name, hash);

	if (!value)
		abort();
	if (entry) {
		entry->value = value;
		return;
	}
	if (map->count == map->allocated)
		map_rebuild(map);
	map->entries[map->count] = (struct map_entry){
		.name = map->arena ? arena_copy_text(map->arena, name) : memory_copy_text(name),
		.value = value,
		.hash = hash,
	};
	map_index(map, map->count++);
	map->live++;
}

void *map_remove(struct map *map, const char *name)
{
	struct map_entry *entry = map_find(map, name, text_hash_fold(name));
	void *value;

	if (!entry)
		return NULL;
	value = entry->value;
	entry->value = NULL;
	map->live--;
	return value;
}
