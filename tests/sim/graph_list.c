#include "graph_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "entra_jwt.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 999, OR_CLAUSES_MAX = 15 };

void graph_list_add(struct call *call, struct graph_list *list, const cJSON *item)
{
	if (list->count == list->allocated) {
		size_t allocated = list->allocated ? 2 * list->allocated : 64;
		const cJSON **items = arena_alloc_array(call->arena, allocated, sizeof(*items));

		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->allocated = allocated;
	}
	list->items[list->count++] = item;
}

struct graph_list graph_list_set(struct call *call, enum directory_set set, const char *name, const char *value)
{
	const struct state_list *known = name ? state_list_objects(call->state, set, name, value) : NULL;
	const struct map *map = &call->state->directory[set];
	struct graph_list list = {0};

	for (size_t i = 0; known && i < known->count; i++)
		graph_list_add(call, &list, known->items[i]);
	for (size_t i = 0; !known && i < map->count; i++) {
		const cJSON *object = map->entries[i].value;

		if (object && (!name || text_equal_fold(directory_text(object, name), value)))
			graph_list_add(call, &list, object);
	}
	return list;
}

/* A condition "property eq 'text'" of FILTER that must hold for all that match, by which the state keeps a list. */
static const struct odata_node *find_condition(const struct call *call, enum directory_set set,
					       const struct odata_node *filter)
{
	const struct odata_node *found;

	if (filter->kind == ODATA_AND) {
		found = find_condition(call, set, filter->left);
		return found ? found : find_condition(call, set, filter->right);
	}
	if (filter->kind == ODATA_EQ && filter->path_length == 1 && filter->values[0].text &&
	    state_list_objects(call->state, set, filter->path[0], ""))
		return filter;
	return NULL;
}

struct graph_list graph_list_all(struct call *call, enum directory_set set)
{
	const char *text = call_query(call, "$filter"), *error;
	const struct odata_node *condition = NULL;
	struct odata_node *filter;

	/* Half of the requests ask for one application by its appId; in a tenant of thousands that must not cost a
	 * walk. */
	if (text && odata_parse_filter(call->arena, text, &filter, &error) == 0)
		condition = find_condition(call, set, filter);
	if (condition)
		return graph_list_set(call, set, condition->path[0], condition->values[0].text);
	return graph_list_set(call, set, NULL, NULL);
}

/* What the directory only does for ConsistencyLevel: eventual and $count=true: the operator's name in its error, or
 * NULL. */
static const char *advanced_operator(const struct odata_node *filter)
{
	const char *found = NULL;

	if (filter->kind == ODATA_NE)
		return "NotEqualsMatch";
	if (filter->kind == ODATA_NOT)
		return "Not";
	if (filter->kind == ODATA_ENDSWITH)
		return "EndsWithMatch";
	if (filter->path_length > 0 && text_equal(filter->path[filter->path_length - 1], "$count"))
		return "Count";
	if (filter->left)
		found = advanced_operator(filter->left);
	return found || !filter->right ? found : advanced_operator(filter->right);
}

static bool has_contains(const struct odata_node *filter)
{
	return filter->kind == ODATA_CONTAINS || (filter->left && has_contains(filter->left)) ||
	       (filter->right && has_contains(filter->right));
}

static size_t count_or_clauses(const struct odata_node *filter)
{
	if (filter->kind == ODATA_OR)
		return count_or_clauses(filter->left) + count_or_clauses(filter->right);
	return filter->kind == ODATA_IN ? filter->value_count : 1;
}

static bool is_advanced(const struct call *call)
{
	return text_equal_fold(call_header(call, "ConsistencyLevel"), "eventual") &&
	       (text_equal_fold(call_query(call, "$count"), "true") || text_has_suffix_fold(call->path, "/$count"));
}

static bool fail_unsupported(struct call *call, const char *message)
{
	call_answer_error(call, 400, "Request_UnsupportedQuery", "%s", message);
	return false;
}

/* The audit log is another service than the directory, and has no such limits. */
static bool is_log(const struct graph_type *type)
{
	return text_equal(type->name, "directoryAudit");
}

static bool check_support(struct call *call, const struct odata_node *filter)
{
	const char *name = filter ? advanced_operator(filter) : NULL;

	if (call_query(call, "$skip"))
		return fail_unsupported(call, "'$skip' is not supported by the service.");
	if (filter && has_contains(filter))
		return fail_unsupported(call, "Unsupported Query.");
	if (filter && count_or_clauses(filter) > OR_CLAUSES_MAX)
		return fail_unsupported(call, arena_printf(call->arena,
							   "Too many child clauses specified in search filter "
							   "expression containing 'OR' operators: "
							   "%zu. Max allowed: %d.",
							   count_or_clauses(filter), OR_CLAUSES_MAX));
	if (is_advanced(call))
		return true;
	if (name)
		return fail_unsupported(
			call, arena_printf(call->arena, "Unsupported property filter clause operator '%s'.", name));
	if (filter && call_query(call, "$orderby"))
		return fail_unsupported(call, "Sorting not supported for current query.");
	return true;
}

static void filter_list(struct graph_list *list, const struct odata_node *filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (odata_matches(filter, list->items[i], NULL, NULL))
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

struct order {
	const char *path;
	int direction;
};

static int compare_items(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;
	const cJSON *left = *(const cJSON *const *)a, *right = *(const cJSON *const *)b;
	int result = odata_compare(odata_property(left, order->path), odata_property(right, order->path));

	/* Equal ones by id, so that pages do not depend on the sorting algorithm. */
	if (result == 0)
		return text_compare_fold(directory_text(left, "id"), directory_text(right, "id"));
	return result * order->direction;
}

static void sort_list(struct call *call, struct graph_list *list)
{
	const char *text = call_query(call, "$orderby");
	struct order order = {.direction = 1};

	if (!text || list->count == 0)
		return;
	order.path = arena_copy_bytes(call->arena, text, strcspn(text, " ,"));
	if (strstr(text, " desc"))
		order.direction = -1;
	qsort_r(list->items, list->count, sizeof(*list->items), compare_items, &order);
}

static bool apply_query(struct call *call, const struct graph_type *type, struct graph_list *list)
{
	const char *text = call_query(call, "$filter"), *error;
	struct odata_node *filter = NULL;

	if (text && odata_parse_filter(call->arena, text, &filter, &error) < 0)
		return fail_unsupported(call, error);
	if (!is_log(type) && !check_support(call, filter))
		return false;
	if (filter)
		filter_list(list, filter);
	sort_list(call, list);
	return true;
}

/* $skiptoken: opaque to clients; here the number of objects that they have seen. */
static bool read_page(struct call *call, size_t *ret_start, size_t *ret_size)
{
	const char *top = call_query(call, "$top"), *token = call_query(call, "$skiptoken");
	const unsigned char *bytes;
	uint64_t start = 0, size = PAGE_DEFAULT;
	size_t length;

	if (top && (!text_parse_uint64(top, &size) || size < 1 || size > PAGE_MAX))
		return fail_unsupported(call,
					arena_printf(call->arena,
						     "Invalid page size specified: '%.20s'. Must be between 1 and %d "
						     "inclusive.",
						     top, PAGE_MAX));
	if (token) {
		bytes = entra_base64_decode(call->arena, token, strlen(token), &length);
		if (!bytes || !text_has_prefix((const char *)bytes, "page:") ||
		    !text_parse_uint64((const char *)bytes + strlen("page:"), &start)) {
			call_answer_error(
				call, 400, "Directory_ExpiredPageToken",
				"The specified page token value has expired and can no longer be included in your "
				"request.");
			return false;
		}
	}
	*ret_start = (size_t)start;
	*ret_size = (size_t)size;
	return true;
}

static const char *next_link(struct call *call, size_t start)
{
	const char *token = arena_printf(call->arena, "page:%zu", start), *link;
	struct buffer buffer;

	buffer_init(&buffer, 65536);
	buffer_printf(&buffer, "%s%s?", call_base_url(call), call->path);
	for (size_t i = 0; i < call->query_count; i++) {
		if (text_equal_fold(call->query[i].name, "$skiptoken"))
			continue;
		buffer_printf(&buffer, "%s=", call->query[i].name);
		buffer_append_url_encoded(&buffer, call->query[i].value);
		buffer_append_char(&buffer, '&');
	}
	buffer_printf(&buffer, "$skiptoken=%s", entra_base64url(call->arena, token, strlen(token)));
	link = arena_copy_text(call->arena, buffer.data);
	buffer_done(&buffer);
	return link;
}

static const char *list_context(struct call *call, const char *collection)
{
	const char *select = call_query(call, "$select");

	return arena_printf(call->arena, "%s/v1.0/$metadata#%s%s%s%s", call_base_url(call), collection,
			    select ? "(" : "", select ? select : "", select ? ")" : "");
}

void graph_answer_list(struct call *call, const struct graph_type *type, const char *collection,
		       struct graph_list *list)
{
	size_t start = 0, size = 0;
	cJSON *body, *value;

	if (!graph_check_query(call, type) || !read_page(call, &start, &size) || !apply_query(call, type, list))
		return;
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "@odata.context", list_context(call, collection));
	if (is_advanced(call))
		cJSON_AddNumberToObject(body, "@odata.count", (double)list->count);
	if (start < list->count && list->count - start > size)
		cJSON_AddStringToObject(body, "@odata.nextLink", next_link(call, start + size));
	value = cJSON_AddArrayToObject(body, "value");
	for (size_t i = start; i < list->count && i - start < size; i++)
		cJSON_AddItemToArray(value, graph_view(call, type, list->items[i], true));
	call_answer(call, 200, body);
}

void graph_answer_count(struct call *call, const struct graph_type *type, struct graph_list *list)
{
	char text[24];

	if (!text_equal_fold(call_header(call, "ConsistencyLevel"), "eventual")) {
		fail_unsupported(call, "$count is not currently supported.");
		return;
	}
	if (!graph_check_query(call, type) || !apply_query(call, type, list))
		return;
	snprintf(text, sizeof(text), "%zu", list->count);
	call_answer_raw(call, 200, "text/plain", text);
}

void graph_answer_entity(struct call *call, int status, const struct graph_type *type, const char *collection,
			 const cJSON *object)
{
	const char *select = call_query(call, "$select");
	cJSON *body, *view;

	if (!graph_check_query(call, type))
		return;
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "@odata.context",
				arena_printf(call->arena, "%s/v1.0/$metadata#%s%s%s%s/$entity", call_base_url(call),
					     collection, select ? "(" : "", select ? select : "", select ? ")" : ""));
	view = graph_view(call, type, object, true);
	while (view->child)
		cJSON_AddItemToArray(body, cJSON_DetachItemViaPointer(view, view->child));
	cJSON_Delete(view);
	call_answer(call, status, body);
}
