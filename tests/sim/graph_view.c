#include "graph_internal.h"

#include <string.h>

#include "base/text.h"

static cJSON *view_object(const struct graph_type *type, const cJSON *object);

/* What the object says at PROPERTY, or what the service says in its stead. Complex values are completed, because a
 * client that sent half of one gets all of it back. */
static cJSON *view_value(const struct graph_property *property, const cJSON *value)
{
	const struct graph_type *complex = graph_find_type(property->type);
	const cJSON *item;
	cJSON *array;

	if (!value)
		return graph_fallback(property);
	if (complex && cJSON_IsObject(value))
		return view_object(complex, value);
	if (!complex || !cJSON_IsArray(value))
		return cJSON_Duplicate(value, true);
	array = cJSON_CreateArray();
	cJSON_ArrayForEach (item, value)
		cJSON_AddItemToArray(array, view_object(complex, item));
	return array;
}

static void view_property(cJSON *view, const struct graph_property *property, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, property->name);

	cJSON_AddItemToObject(view, property->name, view_value(property, value));
}

static cJSON *view_object(const struct graph_type *type, const cJSON *object)
{
	cJSON *view = cJSON_CreateObject();

	for (const struct graph_property *property = type->properties; property->name; property++) {
		if (property->flags & GRAPH_SHOWN)
			view_property(view, property, object);
	}
	return view;
}

/* The next name of a comma-separated LIST, which is moved on; NULL at its end. */
static const char *next_name(struct call *call, const char **list)
{
	const char *start, *name;
	size_t length;

	if (!*list)
		return NULL;
	start = *list + strspn(*list, " ");
	length = strcspn(start, ",(");
	name = arena_copy_bytes(call->arena, start, length);
	if (start[length] == '(') /* $expand=owners($select=id): what stands in the parentheses is not looked at */
		length += strcspn(start + length, ")") + (strchr(start + length, ')') ? 1 : 0);
	length += strcspn(start + length, ",");
	*list = start[length] ? start + length + 1 : NULL;
	return name;
}

static bool check_names(struct call *call, const struct graph_type *type, const char *list)
{
	const char *name;

	while ((name = next_name(call, &list))) {
		const char *first = arena_copy_bytes(call->arena, name, strcspn(name, "/ "));

		if (text_equal(first, "*") || graph_is_directory_object(type) || graph_find_property_fold(type, first))
			continue;
		call_answer_error(
			call, 400, "BadRequest",
			"Parsing OData Select and Expand failed: Could not find a property named '%s' on type "
			"'microsoft.graph.%s'.",
			first, type->name);
		return false;
	}
	return true;
}

static bool check_expand(struct call *call, const struct graph_type *type)
{
	const char *list = call_query(call, "$expand"), *name;
	const struct graph_type *relation;

	for (size_t i = 0; (name = next_name(call, &list)); i++) {
		graph_follow(call, type, NULL, name, &relation);
		if (!relation) {
			call_answer_error(
				call, 400, "BadRequest",
				"Parsing OData Select and Expand failed: Could not find a property named '%s' on type "
				"'microsoft.graph.%s'.",
				name, type->name);
			return false;
		}
		if (i > 0) { /* the directory expands one relation at a time */
			call_answer_error(call, 400, "Request_UnsupportedQuery",
					  "Request with $expand on more than one property is not supported.");
			return false;
		}
	}
	return true;
}

/* Every property that FILTER speaks of must exist; inside any() the variable stands for an item of a collection. */
static bool check_filter(struct call *call, const struct graph_type *type, const struct odata_node *filter,
			 const char *variable, const struct graph_type *variable_type)
{
	const struct graph_type *current = type, *item_type = NULL;
	size_t first = 0;

	if (filter->kind == ODATA_CALL) {
		call_answer_error(
			call, 400, "BadRequest",
			"Invalid filter clause: An unknown function with name '%s' was found. This may also be a "
			"function import or a key lookup on a navigation property, which is not allowed.",
			filter->name);
		return false;
	}
	if (filter->path_length > 0 && variable && text_equal(filter->path[0], variable)) {
		current = variable_type;
		first = 1;
	}
	for (size_t i = first; i < filter->path_length && !text_equal(filter->path[i], "$count"); i++) {
		const struct graph_property *property =
			current ? graph_find_property_fold(current, filter->path[i]) : NULL;

		if (!property) {
			call_answer_error(call, 400, "BadRequest",
					  "Invalid filter clause: Could not find a property named '%s' on type "
					  "'microsoft.graph.%s'.",
					  filter->path[i], current ? current->name : "primitive");
			return false;
		}
		current = item_type = graph_find_type(property->type);
	}
	if (filter->variable) {
		variable = filter->variable;
		variable_type = item_type;
	}
	return (!filter->left || check_filter(call, type, filter->left, variable, variable_type)) &&
	       (!filter->right || check_filter(call, type, filter->right, variable, variable_type));
}

static bool check_filter_text(struct call *call, const struct graph_type *type)
{
	const char *text = call_query(call, "$filter"), *error;
	struct odata_node *filter;

	if (!text || graph_is_directory_object(type))
		return true;
	if (odata_parse_filter(call->arena, text, &filter, &error) < 0) {
		call_answer_error(call, 400, "BadRequest", "Invalid filter clause: %s", error);
		return false;
	}
	return check_filter(call, type, filter, NULL, NULL);
}

bool graph_check_query(struct call *call, const struct graph_type *type)
{
	return check_names(call, type, call_query(call, "$select")) && check_expand(call, type) &&
	       check_filter_text(call, type) && check_names(call, type, call_query(call, "$orderby"));
}

static bool is_selected(struct call *call, const char *select, const char *property)
{
	const char *name;

	while ((name = next_name(call, &select))) {
		size_t length = strcspn(name, "/ ");

		if (strlen(property) == length && strncasecmp(property, name, length) == 0)
			return true;
	}
	return false;
}

static void expand(struct call *call, const struct graph_type *type, const cJSON *object, cJSON *view)
{
	const char *list = call_query(call, "$expand"), *name;

	while ((name = next_name(call, &list))) {
		const struct graph_type *relation;
		struct graph_list found = graph_follow(call, type, object, name, &relation);
		cJSON *array = cJSON_CreateArray();

		for (size_t i = 0; relation && i < found.count; i++)
			cJSON_AddItemToArray(array, graph_view(call, relation, found.items[i], false));
		cJSON_AddItemToObject(view, name, array);
	}
}

cJSON *graph_view(struct call *call, const struct graph_type *type, const cJSON *object, bool is_queried)
{
	const char *select = is_queried ? call_query(call, "$select") : NULL;
	bool is_mixed = graph_is_directory_object(type);
	cJSON *view;

	if (is_mixed)
		type = graph_type_of_object(call->state, object);
	if (!select || is_selected(call, select, "*")) {
		view = view_object(type, object);
	} else {
		view = cJSON_CreateObject();
		for (const struct graph_property *property = type->properties; property->name; property++) {
			if (is_selected(call, select, property->name))
				view_property(view, property, object);
		}
	}
	if (is_mixed) {
		cJSON *kind = cJSON_CreateString(arena_printf(call->arena, "#microsoft.graph.%s", type->name));

		cJSON_AddItemToObject(view, "@odata.type", kind);
	}
	if (is_queried)
		expand(call, type, object, view);
	return view;
}
