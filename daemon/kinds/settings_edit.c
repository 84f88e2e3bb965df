#include "kinds/settings_edit.h"

#include <string.h>

#include "base/text.h"
#include "world/setting_name.h"

const char *setting_name_spell(struct arena *arena, const char *name, bool is_linux)
{
	char *spelled, *p;

	if (!is_linux)
		return name;
	spelled = p = arena_alloc(arena, 2 * strlen(name) + 1);
	for (; *name; name++) {
		if (*name == ':') {
			*p++ = '_';
			*p++ = '_';
		} else {
			*p++ = *name;
		}
	}
	return spelled;
}

void settings_edit_begin(struct settings_edit *edit, struct arena *arena, const struct settings *before, bool is_linux)
{
	size_t count = before ? before->count : 0;

	*edit = (struct settings_edit){.arena = arena, .is_linux = is_linux, .count = count, .allocated = count + 32};
	edit->items = arena_new_array(arena, edit->allocated, struct setting_edit);
	for (size_t i = 0; i < count; i++)
		edit->items[i] = (struct setting_edit){.name = before->items[i].name,
						       .before = before->items[i].value,
						       .after = before->items[i].value};
}

static void settings_edit_add(struct settings_edit *edit, const struct setting_edit *item)
{
	if (edit->count == edit->allocated) {
		struct setting_edit *items = arena_new_array(edit->arena, 2 * edit->allocated, struct setting_edit);

		memcpy(items, edit->items, edit->count * sizeof(*items));
		edit->items = items;
		edit->allocated *= 2;
	}
	edit->items[edit->count++] = *item;
}

/* The next item from *POSITION on that is setting NAME, or NULL. */
static struct setting_edit *settings_edit_next(const struct settings_edit *edit, const char *name, size_t *position)
{
	while (*position < edit->count) {
		struct setting_edit *item = &edit->items[(*position)++];

		if (setting_name_is_same(item->name, name))
			return item;
	}
	return NULL;
}

const char *settings_edit_before(struct settings_edit *edit, const char *name)
{
	const struct setting_edit *item;
	const char *before = NULL;
	size_t position = 0;

	while ((item = settings_edit_next(edit, name, &position))) {
		if (before && item->before && !text_equal(before, item->before) && !edit->conflict)
			edit->conflict = name;
		if (!before)
			before = item->before;
	}
	return before;
}

/* A name with ':' never reaches a process on Linux. */
static bool settings_edit_is_read(const struct settings_edit *edit, const struct setting_edit *item)
{
	return !edit->is_linux || !strchr(item->name, ':');
}

static void settings_edit_put(struct settings_edit *edit, const char *name, const char *value, bool is_later,
			      const char *reason)
{
	struct setting_edit *item;
	bool is_read = false;
	size_t position = 0;

	(void)settings_edit_before(edit, name);
	while ((item = settings_edit_next(edit, name, &position))) {
		is_read = is_read || settings_edit_is_read(edit, item);
		item->after = value;
		item->is_known_after_apply = is_later;
		item->reason = reason;
	}
	if (!is_read)
		settings_edit_add(edit, &(struct setting_edit){
						.name = setting_name_spell(edit->arena, name, edit->is_linux),
						.after = value,
						.is_known_after_apply = is_later,
						.reason = reason,
					});
}

void settings_edit_set(struct settings_edit *edit, const char *name, const char *value, const char *reason)
{
	settings_edit_put(edit, name, value, false, reason);
}

void settings_edit_set_later(struct settings_edit *edit, const char *name, const char *reason)
{
	settings_edit_put(edit, name, NULL, true, reason);
}

void settings_edit_remove(struct settings_edit *edit, const char *name, const char *reason)
{
	struct setting_edit *item;
	size_t position = 0;

	while ((item = settings_edit_next(edit, name, &position))) {
		item->after = NULL;
		item->is_known_after_apply = false;
		item->reason = reason;
	}
}

bool setting_edit_is_change(const struct setting_edit *item)
{
	return item->is_known_after_apply || !text_equal(item->before, item->after);
}

bool settings_edit_has_changes(const struct settings_edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		if (setting_edit_is_change(&edit->items[i]))
			return true;
	return false;
}

struct settings *settings_edit_result(const struct settings_edit *edit)
{
	struct settings *result = arena_new(edit->arena, struct settings);
	struct setting *items = arena_new_array(edit->arena, edit->count + 1, struct setting);

	for (size_t i = 0; i < edit->count; i++) {
		const struct setting_edit *item = &edit->items[i];
		const char *value = item->is_known_after_apply ? item->before : item->after;

		if (value)
			items[result->count++] = (struct setting){.name = item->name, .value = value};
	}
	result->items = items;
	return result;
}
