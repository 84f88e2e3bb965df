#include "doctor/allowance.h"

#include <errno.h>

#include "base/text.h"
#include "world/json.h"

/* Does PATTERN stand for ACTION? A star that fits too little takes one more byte, and only the last star ever has to.
 */
static bool action_fits(const char *pattern, const char *action)
{
	const char *star = NULL, *resume = NULL;

	while (*action) {
		if (*pattern == '*') {
			star = pattern++;
			resume = action;
		} else if (text_lower(*pattern) == text_lower(*action)) {
			pattern++;
			action++;
		} else if (star) {
			pattern = star + 1;
			action = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool list_has(const char *const *list, size_t count, const char *action)
{
	for (size_t i = 0; i < count; i++)
		if (action_fits(list[i], action))
			return true;
	return false;
}

bool allowances_give(const struct allowances *allowances, const char *action)
{
	for (size_t i = 0; i < allowances->count; i++) {
		const struct allowance *a = &allowances->items[i];

		if (list_has(a->actions, a->action_count, action) &&
		    !list_has(a->not_actions, a->not_action_count, action))
			return true;
	}
	return false;
}

/* A list that is not there is empty; one that is garbled is no list. */
static bool read_list(const cJSON *json, const char *name, struct arena *arena, const char *const **ret,
		      size_t *ret_count)
{
	int r = json_get_texts(json, name, arena, ret, ret_count);

	return r == 0 || r == -ENOENT;
}

bool allowances_read(const cJSON *body, struct arena *arena, struct allowances *ret)
{
	struct allowance *items;
	const cJSON *array, *item;
	size_t count = 0;

	if (json_get_array(body, "value", &array) < 0)
		return false;
	items = arena_new_array(arena, (size_t)cJSON_GetArraySize(array) + 1, struct allowance);
	cJSON_ArrayForEach (item, array) {
		struct allowance *a = &items[count++];

		if (!read_list(item, "actions", arena, &a->actions, &a->action_count) ||
		    !read_list(item, "notActions", arena, &a->not_actions, &a->not_action_count))
			return false;
	}
	*ret = (struct allowances){.items = items, .count = count};
	return true;
}
