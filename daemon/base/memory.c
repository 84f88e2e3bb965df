#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

	memory_wipe(dead, sizeof(dead));
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
