#include "odata.h"

#include <string.h>

#include "base/text.h"

/* The variables of the any() and all() around a condition, innermost first. */
struct scope {
	const char *variable;
	const cJSON *item;
	const struct scope *outer;
};

struct matching {
	const cJSON *object;
	odata_call_fn call;
	void *arg;
};

/* What a path leads to; "/$count" behind a collection is a number that exists nowhere in the object. */
struct found {
	const cJSON *value; /* NULL: nothing, which is the same as null */
	bool is_count;
	double count;
};

static struct found resolve(const struct matching *matching, const struct scope *scope, const struct odata_node *node)
{
	struct found found = {.value = matching->object};
	size_t i = 0;

	for (; scope; scope = scope->outer) {
		if (text_equal(scope->variable, node->path[0])) {
			found.value = scope->item;
			i = 1;
			break;
		}
	}
	for (; i < node->path_length; i++) {
		if (text_equal(node->path[i], "$count")) {
			found.is_count = true;
			found.count = cJSON_IsArray(found.value) ? cJSON_GetArraySize(found.value) : 0;
			return found;
		}
		found.value = cJSON_IsObject(found.value) ? cJSON_GetObjectItem(found.value, node->path[i]) : NULL;
	}
	return found;
}

static bool is_nothing(const cJSON *value)
{
	return !value || cJSON_IsNull(value);
}

/* Sets *RET_ORDER to <0, 0, >0; false: the two cannot be compared. */
static bool compare_value(const struct found *found, const struct odata_value *value, int *ret_order)
{
	double number = found->is_count ? found->count : cJSON_IsNumber(found->value) ? found->value->valuedouble : 0;

	switch (value->type) {
	case ODATA_NULL:
		*ret_order = is_nothing(found->value) ? 0 : 1;
		return true;
	case ODATA_BOOLEAN:
		*ret_order = cJSON_IsTrue(found->value) - (int)value->boolean;
		return cJSON_IsBool(found->value);
	case ODATA_NUMBER:
		*ret_order = (number > value->number) - (number < value->number);
		return found->is_count || cJSON_IsNumber(found->value);
	case ODATA_STRING:
	case ODATA_WORD:
		if (!cJSON_IsString(found->value))
			return false;
		*ret_order = text_compare_fold(found->value->valuestring, value->text);
		return true;
	}
	return false;
}

static bool matches_comparison(const struct odata_node *node, const struct found *found)
{
	int order = 0;
	bool comparable = node->value_count > 0 && compare_value(found, &node->values[0], &order);

	switch (node->kind) {
	case ODATA_EQ:
		return comparable && order == 0;
	case ODATA_NE:
		return !comparable || order != 0;
	case ODATA_GT:
		return comparable && order > 0;
	case ODATA_GE:
		return comparable && order >= 0;
	case ODATA_LT:
		return comparable && order < 0;
	case ODATA_LE:
		return comparable && order <= 0;
	case ODATA_IN:
		for (size_t i = 0; i < node->value_count; i++) {
			if (compare_value(found, &node->values[i], &order) && order == 0)
				return true;
		}
		return false;
	case ODATA_STARTSWITH:
	case ODATA_ENDSWITH:
	case ODATA_CONTAINS:
	case ODATA_AND:
	case ODATA_OR:
	case ODATA_NOT:
	case ODATA_ANY:
	case ODATA_ALL:
	case ODATA_PATH:
	case ODATA_CALL:
		break;
	}
	return false;
}

static bool matches_text(const struct odata_node *node, const struct found *found)
{
	const char *text = cJSON_GetStringValue(found->value);
	const char *part = node->values[0].text;

	if (!text || !part)
		return false;
	if (node->kind == ODATA_STARTSWITH)
		return text_has_prefix_fold(text, part);
	if (node->kind == ODATA_ENDSWITH)
		return text_has_suffix_fold(text, part);
	return text_contains_fold(text, part);
}

static bool matches(const struct matching *matching, const struct scope *scope, const struct odata_node *node);

static bool matches_lambda(const struct matching *matching, const struct scope *scope, const struct odata_node *node,
			   const cJSON *collection)
{
	const cJSON *item;

	if (!cJSON_IsArray(collection))
		return node->kind == ODATA_ALL;
	if (!node->left)
		return collection->child;
	cJSON_ArrayForEach (item, collection) {
		struct scope inner = {.variable = node->variable, .item = item, .outer = scope};
		bool matched = matches(matching, &inner, node->left);

		if (matched != (node->kind == ODATA_ALL))
			return matched;
	}
	return node->kind == ODATA_ALL;
}

static bool matches(const struct matching *matching, const struct scope *scope, const struct odata_node *node)
{
	struct found found = {0};

	if (node->path_length > 0)
		found = resolve(matching, scope, node);
	switch (node->kind) {
	case ODATA_AND:
		return matches(matching, scope, node->left) && matches(matching, scope, node->right);
	case ODATA_OR:
		return matches(matching, scope, node->left) || matches(matching, scope, node->right);
	case ODATA_NOT:
		return !matches(matching, scope, node->left);
	case ODATA_EQ:
	case ODATA_NE:
	case ODATA_GT:
	case ODATA_GE:
	case ODATA_LT:
	case ODATA_LE:
	case ODATA_IN:
		return matches_comparison(node, &found);
	case ODATA_STARTSWITH:
	case ODATA_ENDSWITH:
	case ODATA_CONTAINS:
		return matches_text(node, &found);
	case ODATA_ANY:
	case ODATA_ALL:
		return matches_lambda(matching, scope, node, found.value);
	case ODATA_PATH:
		return cJSON_IsTrue(found.value);
	case ODATA_CALL:
		return matching->call &&
		       matching->call(matching->arg, node->name, node->values, node->value_count, matching->object);
	}
	return false;
}

bool odata_matches(const struct odata_node *filter, const cJSON *object, odata_call_fn call, void *arg)
{
	struct matching matching = {.object = object, .call = call, .arg = arg};

	return matches(&matching, NULL, filter);
}

const cJSON *odata_property(const cJSON *object, const char *path)
{
	while (object && *path) {
		size_t length = strcspn(path, "/");
		char name[128];

		if (length >= sizeof(name))
			return NULL;
		memcpy(name, path, length);
		name[length] = 0;
		object = cJSON_IsObject(object) ? cJSON_GetObjectItem(object, name) : NULL;
		path += length + (path[length] == '/');
	}
	return object;
}

int odata_compare(const cJSON *a, const cJSON *b)
{
	if (is_nothing(a) || is_nothing(b))
		return (int)is_nothing(b) - (int)is_nothing(a);
	if (cJSON_IsString(a) && cJSON_IsString(b))
		return text_compare_fold(a->valuestring, b->valuestring);
	if (cJSON_IsNumber(a) && cJSON_IsNumber(b))
		return (a->valuedouble > b->valuedouble) - (a->valuedouble < b->valuedouble);
	return (int)cJSON_IsTrue(a) - (int)cJSON_IsTrue(b);
}
