#include "world/memory_of_passes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct claim {
	int64_t since_s;    /* when it was first seen, by the cloud's clock */
	int64_t first_pass; /* the pass that saw it first */
	int64_t last_pass;  /* the pass that repeated it last */
};

/* TEXT, if there is one, where *END is, which moves behind it. */
static const char *place_text(char **end, const char *text)
{
	char *placed = *end;

	if (!text)
		return NULL;
	*end = stpcpy(placed, text) + 1;
	return placed;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

/* In one piece: it stays for months, and each piece would keep a page of the heap. */
static struct written_site *written_site_copy(const struct written_site *site)
{
	struct written_site *copy = memory_new(sizeof(*copy) + text_size(site->id) + text_size(site->name) +
					       text_size(site->host) + text_size(site->installation));
	char *end = (char *)(copy + 1);

	*copy = *site;
	copy->id = place_text(&end, site->id);
	copy->name = place_text(&end, site->name);
	copy->host = place_text(&end, site->host);
	copy->installation = place_text(&end, site->installation);
	return copy;
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
		free(memory->written.entries[i].value);
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
	struct written_site *copy = written_site_copy(site);

	free(map_get(&memory->written, copy->id));
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
