#include "base/memory.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What curl and OpenSSL need below our callbacks, twice over. */
enum { STACK_WIPED_SIZE = 128 * 1024 };

void memory_exhausted(void)
{
	fputs("scepmand: out of memory; stopping here, the next start observes everything again\n", stderr);
	abort();
}

void *memory_new(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		memory_exhausted();
	return p;
}

void *memory_resize(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		memory_exhausted();
	return q;
}

char *memory_copy_text(const char *text)
{
	char *copy;

	if (!text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		memory_exhausted();
	return copy;
}

void memory_wipe(void *p, size_t size)
{
	if (p && size)
		explicit_bzero(p, size);
}

void memory_wipe_stack(void)
{
	char dead[STACK_WIPED_SIZE];
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)dead + page - 1) / page * page,
		  end = ((uintptr_t)dead + sizeof(dead)) / page * page;

	memory_wipe(dead, sizeof(dead));
	/* As much is seldom needed. The pages that have nothing but it on them: */
	madvise((void *)first, end - first, MADV_DONTNEED);
}

void memory_free_secret(char *secret)
{
	if (!secret)
		return;
	memory_wipe(secret, strlen(secret));
	free(secret);
}

void memory_free_secretp(char **p)
{
	memory_free_secret(*p);
	*p = NULL;
}

void memory_freep(void *p)
{
	free(*(void **)p);
}

/* ---- a small process ---- */

enum {
	LARGE_SIZE = 128 * 1024,
	/* Of what glibc keeps for each thread: up to so many freed pieces of each of its sizes. */
	KEPT_PIECES = 7,
	KEPT_SIZE_MIN = 24,
	KEPT_SIZE_MAX = 1032,
	KEPT_SIZE_STEP = 16,
	KEPT_SIZES = (KEPT_SIZE_MAX - KEPT_SIZE_MIN) / KEPT_SIZE_STEP + 1,
	KEPT_MAX = KEPT_PIECES * KEPT_SIZES,
};

void memory_keep_small(void)
{
	/* curl resolves names on threads, and each would get a heap of its own. */
	mallopt(M_ARENA_MAX, 1);
	/* Said once it stays: left alone, glibc takes the size of the largest piece that was freed for the new limit,
	 * and the next list of a hundred sites lies in the heap, among things that stay. */
	mallopt(M_MMAP_THRESHOLD, LARGE_SIZE);
}

static void *free_all(void *arg)
{
	void **pieces = arg;

	for (size_t i = 0; i < KEPT_MAX; i++)
		free(pieces[i]);
	return NULL;
}

void memory_give_up_kept(void)
{
	void **pieces = memory_new(KEPT_MAX * sizeof(void *));
	pthread_t thread;
	size_t count = 0;

	/*
	 * The pieces that glibc keeps for a thread lie all over the heap, and each keeps a page there: a third of a
	 * megabyte. It gives them up when their thread ends, so one that ends at once frees them.
	 */
	for (size_t size = KEPT_SIZE_MIN; size <= KEPT_SIZE_MAX; size += KEPT_SIZE_STEP)
		for (size_t i = 0; i < KEPT_PIECES; i++)
			pieces[count++] = malloc(size);
	if (pthread_create(&thread, NULL, free_all, pieces) == 0)
		pthread_join(thread, NULL);
	else
		free_all(pieces);
	free(pieces);
}

void memory_give_back(void)
{
	memory_give_up_kept();
	malloc_trim(0);
}
