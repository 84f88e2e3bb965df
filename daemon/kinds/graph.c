#include "kinds/graph.h"

#include <errno.h>

#include "base/buffer.h"
#include "base/text.h"
#include "world/json.h"

enum { GRAPH_PATH_MAX = 8192 };

/* VALUE as an OData literal: in quotation marks, those inside it doubled. */
static void graph_append_literal(struct buffer *filter, const char *value)
{
	buffer_append_char(filter, '\'');
	for (const char *c = value; *c; c++) {
		if (*c == '\'')
			buffer_append_char(filter, '\'');
		buffer_append_char(filter, *c);
	}
	buffer_append_char(filter, '\'');
}

struct request graph_find(struct arena *arena, const char *collection, const char *property, const char *value,
			  const char *select)
{
	_cleanup_(buffer_done) struct buffer filter, path;
	struct request request = {.service = SERVICE_GRAPH, .method = METHOD_GET, .is_collection = true};

	buffer_init(&filter, GRAPH_PATH_MAX);
	buffer_init(&path, GRAPH_PATH_MAX);
	buffer_printf(&filter, "%s eq ", property);
	graph_append_literal(&filter, value);
	buffer_printf(&path, "/v1.0/%s?$filter=", collection);
	buffer_append_url_encoded(&path, filter.data);
	buffer_append_text(&path, "&$select=");
	buffer_append_text(&path, select);
	request.path = arena_copy_text(arena, path.data);
	return request;
}

bool graph_items(const cJSON *body, const cJSON **ret_first, size_t *ret_count)
{
	const cJSON *items = json_get(body, "value");

	if (!cJSON_IsObject(body))
		return false;
	if (!items) {
		*ret_first = body;
		*ret_count = 1;
		return json_get(body, "id") != NULL;
	}
	if (!cJSON_IsArray(items))
		return false;
	*ret_first = items->child;
	*ret_count = (size_t)cJSON_GetArraySize(items);
	return true;
}

static bool graph_absorb_role(struct arena *arena, const cJSON *item, struct app_role *role)
{
	const char *const *types;
	size_t type_count;

	if (json_get_text(item, "id", arena, &role->id) < 0 ||
	    json_get_bool(item, "isEnabled", &role->is_enabled) < 0 ||
	    json_get_texts(item, "allowedMemberTypes", arena, &types, &type_count) < 0)
		return false;
	/* Graph itself has roles without a value. */
	if (json_get_text(item, "value", arena, &role->value) == -EBADMSG)
		return false;
	for (size_t i = 0; i < type_count; i++) {
		role->allows_users |= text_equal_fold(types[i], "User");
		role->allows_applications |= text_equal_fold(types[i], "Application");
	}
	return true;
}

bool graph_absorb_roles(struct arena *arena, const cJSON *object, const struct app_role **ret, size_t *ret_count)
{
	const cJSON *array, *item;
	struct app_role *roles;
	size_t count = 0;

	if (json_get_array(object, "appRoles", &array) < 0)
		return false;
	roles = arena_new_array(arena, (size_t)cJSON_GetArraySize(array), struct app_role);
	cJSON_ArrayForEach (item, array) {
		if (!graph_absorb_role(arena, item, &roles[count++]))
			return false;
	}
	*ret = roles;
	*ret_count = count;
	return true;
}

const struct app_role *graph_find_role(const struct app_role *roles, size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(roles[i].value, value))
			return &roles[i];
	return NULL;
}
