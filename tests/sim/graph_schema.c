#include "graph_schema.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct graph_type *find_in(const struct graph_type *types, const char *name, size_t length)
{
	for (; types->name; types++) {
		if (strlen(types->name) == length && memcmp(types->name, name, length) == 0)
			return types;
	}
	return NULL;
}

const struct graph_type *graph_find_type(const char *name)
{
	const struct graph_type *type;
	size_t length;

	if (text_has_prefix(name, "Edm.") || text_has_prefix(name, "Collection(Edm."))
		return NULL;
	if (text_has_prefix(name, "Collection("))
		name += strlen("Collection(");
	if (text_has_prefix(name, "graph."))
		name += strlen("graph.");
	length = strcspn(name, ")");
	type = find_in(graph_entity_types, name, length);
	return type ? type : find_in(graph_complex_types, name, length);
}

const struct graph_property *graph_find_property(const struct graph_type *type, const char *name)
{
	for (const struct graph_property *property = type->properties; property->name; property++) {
		if (property->name[0] == name[0] && text_equal(property->name, name))
			return property;
	}
	return NULL;
}

const struct graph_property *graph_find_property_fold(const struct graph_type *type, const char *name)
{
	for (const struct graph_property *property = type->properties; property->name; property++) {
		if (text_equal_fold(property->name, name))
			return property;
	}
	return NULL;
}

bool graph_is_collection(const struct graph_property *property)
{
	return text_has_prefix(property->type, "Collection(");
}

cJSON *graph_fallback(const struct graph_property *property)
{
	cJSON *value;

	if (property->fallback)
		value = cJSON_Parse(property->fallback);
	else
		value = graph_is_collection(property) ? cJSON_CreateArray() : cJSON_CreateNull();
	if (!value)
		memory_exhausted();
	return value;
}
