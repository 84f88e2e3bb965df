#include "base/crypto_memory.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/memory.h"

static void *allocate(size_t size, const char *file _unused_, int line _unused_)
{
	return size ? malloc(size) : NULL;
}

static void free_wiped(void *p, const char *file _unused_, int line _unused_)
{
	if (p)
		memory_wipe(p, malloc_usable_size(p));
	free(p);
}

/* Never by realloc(), which may leave a copy behind. */
static void *resize_wiped(void *p, size_t size, const char *file, int line)
{
	size_t old = p ? malloc_usable_size(p) : 0;
	void *q;

	if (p && size && size <= old)
		return p;
	q = allocate(size, file, line);
	if (!q && size)
		return NULL;
	if (p && q)
		memcpy(q, p, old < size ? old : size);
	free_wiped(p, file, line);
	return q;
}

bool crypto_memory_install(void)
{
	return CRYPTO_set_mem_functions(allocate, resize_wiped, free_wiped) == 1;
}
