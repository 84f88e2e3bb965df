#include "kinds/collection.h"

#include "world/json.h"

enum absorbed collection_absorb(struct world *world, struct node *node, const cJSON *body, collection_parse_fn *parse)
{
	struct collection *collection = arena_new(&world->arena, struct collection);
	const cJSON *array, *item;
	const void **items;

	if (json_get_array(body, "value", &array) < 0)
		return ABSORBED_GARBLED;
	items = arena_new_array(&world->arena, (size_t)cJSON_GetArraySize(array) + 1, const void *);
	cJSON_ArrayForEach (item, array) {
		items[collection->count] = parse(&world->arena, item);
		if (!items[collection->count++])
			return ABSORBED_GARBLED;
	}
	collection->items = items;
	node->observed = collection;
	return ABSORBED_PRESENT;
}
