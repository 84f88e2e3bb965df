#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * The first block is small and each next one twice as large, up to a few pages: there are thousands of arenas that hold
 * a path and a sentence (one per request that is under way), and few that hold a pass.
 */
enum { ARENA_BLOCK_FIRST = 512 - 64, ARENA_BLOCK_SIZE = 16 * 1024 - 64 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	max_align_t data[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_done(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block) {
		struct arena_block *next = block->next;

		memory_wipe(block->data, block->used);
		free(block);
		block = next;
	}
	arena_init(arena);
}

/* How large the next ordinary block is, when SIZE bytes must fit. */
static size_t arena_next_size(const struct arena *arena, size_t size)
{
	size_t next = arena->blocks ? 2 * arena->blocks->size : ARENA_BLOCK_FIRST;

	while (next < size)
		next *= 2;
	return next < ARENA_BLOCK_SIZE ? next : ARENA_BLOCK_SIZE;
}

static struct arena_block *arena_block_new(size_t size)
{
	struct arena_block *block = memory_new(sizeof(*block) + size);

	block->size = size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *p;

	if (size > (size_t)1 << 40)
		memory_exhausted();
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!block || block->size - block->used < size) {
		block = arena_block_new(size > ARENA_BLOCK_SIZE ? size : arena_next_size(arena, size));
		/* A large block is full at once: it goes behind the one that still has room. */
		if (arena->blocks && size > ARENA_BLOCK_SIZE) {
			block->next = arena->blocks->next;
			arena->blocks->next = block;
		} else {
			block->next = arena->blocks;
			arena->blocks = block;
		}
	}
	p = (char *)block->data + block->used;
	block->used += size;
	arena->used += size;
	return p;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		memory_exhausted();
	return arena_alloc(arena, total);
}

char *arena_copy_bytes(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_copy_text(struct arena *arena, const char *text)
{
	return text ? arena_copy_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list ap)
{
	struct arena_block *block = arena->blocks;
	size_t room = block ? block->size - block->used : 0;
	char *text = room ? (char *)block->data + block->used : NULL;
	va_list again;
	int length;

	/* Mostly there is room, and formatting once will do. */
	va_copy(again, ap);
	length = vsnprintf(text, room, format, ap);
	if (length < 0)
		memory_exhausted();
	if ((size_t)length < room) {
		text = arena_alloc(arena, (size_t)length + 1);
	} else {
		/* What is not given out yet is all zero bytes. */
		if (room)
			memory_wipe(text, room);
		text = arena_alloc(arena, (size_t)length + 1);
		vsnprintf(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	return text;
}
