#include "world/memory_of_passes.h"

#include <stdlib.h>

#include "base/memory.h"

struct claim {
	int64_t since_s;    /* when it was first seen, by the cloud's clock */
	int64_t first_pass; /* the pass that saw it first */
	int64_t last_pass;  /* the pass that repeated it last */
};

static void written_site_free(struct written_site *site)
{
	if (!site)
		return;
	free((char *)site->id);
	free((char *)site->name);
	free((char *)site->host);
	free((char *)site->installation);
	free(site);
}

void memory_of_passes_init(struct memory_of_passes *memory)
{
	*memory = (struct memory_of_passes){0};
}

void memory_of_passes_done(struct memory_of_passes *memory)
{
	for (size_t i = 0; i < memory->claims.count; i++)
		free(memory->claims.entries[i].value);
	for (size_t i = 0; i < memory->written.count; i++)
		written_site_free(memory->written.entries[i].value);
	map_done(&memory->claims);
	map_done(&memory->written);
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

void memory_of_passes_note_write(struct memory_of_passes *memory, const struct written_site *site)
{
	struct written_site *copy = memory_new(sizeof(*copy));

	*copy = *site;
	copy->id = memory_copy_text(site->id);
	copy->name = memory_copy_text(site->name);
	copy->host = memory_copy_text(site->host);
	copy->installation = memory_copy_text(site->installation);
	written_site_free(map_get(&memory->written, copy->id));
	map_put(&memory->written, copy->id, copy);
	memory->changes++;
}

const struct written_site *memory_of_passes_written(const struct memory_of_passes *memory, const char *id)
{
	return map_get(&memory->written, id);
}

void memory_of_passes_trust(struct memory_of_passes *memory, const char *id)
{
	struct written_site *site = map_get(&memory->written, id);

	if (!site || !site->is_suspect)
		return;
	site->is_suspect = false;
	memory->changes++;
}
