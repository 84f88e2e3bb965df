#include "transport/http_memory.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void free_wiped(void *p)
{
	if (p)
		memory_wipe(p, malloc_usable_size(p));
	free(p);
}

/* Never in place and never by realloc(), which may leave a copy behind. */
static void *resize_wiped(void *p, size_t size)
{
	size_t old = p ? malloc_usable_size(p) : 0;
	void *q = malloc(size);

	if (!q)
		return NULL;
	if (p)
		memcpy(q, p, old < size ? old : size);
	free_wiped(p);
	return q;
}

void http_memory_install(void)
{
	cJSON_Hooks hooks = {.malloc_fn = malloc, .free_fn = free_wiped};

	cJSON_InitHooks(&hooks);
	if (curl_global_init_mem(CURL_GLOBAL_ALL, malloc, free_wiped, resize_wiped, strdup, calloc) != CURLE_OK)
		memory_exhausted();
}
