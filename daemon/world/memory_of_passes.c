#include "world/memory_of_passes.h"

#include <stdlib.h>

#include "base/memory.h"

struct claim {
	int64_t since_s;    /* when it was first seen, by the cloud's clock */
	int64_t first_pass; /* the pass that saw it first */
	int64_t last_pass;  /* the pass that repeated it last */
};

void memory_of_passes_init(struct memory_of_passes *memory)
{
	*memory = (struct memory_of_passes){0};
}

void memory_of_passes_done(struct memory_of_passes *memory)
{
	for (size_t i = 0; i < memory->claims.count; i++)
		free(memory->claims.entries[i].value);
	map_done(&memory->claims);
	memory_of_passes_init(memory);
}

void memory_of_passes_begin(struct memory_of_passes *memory)
{
	for (size_t i = 0; i < memory->claims.count; i++) {
		struct claim *claim = memory->claims.entries[i].value;

		if (claim && claim->last_pass < memory->pass)
			free(map_remove(&memory->claims, memory->claims.entries[i].name));
	}
	memory->pass++;
}

bool memory_of_passes_confirms(struct memory_of_passes *memory, const char *what, int64_t now_s, int64_t at_least_s,
			       int64_t *ret_wait_s)
{
	struct claim *claim = map_get(&memory->claims, what);

	if (!claim) {
		claim = memory_new(sizeof(*claim));
		claim->since_s = now_s;
		claim->first_pass = memory->pass;
		map_put(&memory->claims, what, claim);
	}
	claim->last_pass = memory->pass;
	if (claim->first_pass < memory->pass && now_s - claim->since_s >= at_least_s)
		return true;
	*ret_wait_s = claim->since_s + at_least_s > now_s ? claim->since_s + at_least_s - now_s : 1;
	return false;
}
