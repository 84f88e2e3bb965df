#include "golden_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "world/json.h"

enum { GOLDEN_FILE_MAX = 4 << 20, GOLDEN_NESTING_MAX = 16 };

_noreturn_ static void golden_give_up(const char *what, const char *name)
{
	fprintf(stderr, "%s: %s\n", name, what);
	exit(EXIT_FAILURE);
}

/* ---- reading ---- */

cJSON *golden_read_file(const char *path)
{
	struct buffer text;
	char chunk[4096];
	FILE *file = fopen(path, "re");
	cJSON *json;
	size_t n;

	if (!file)
		golden_give_up("cannot be opened", path);
	buffer_init(&text, GOLDEN_FILE_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(&text, chunk, n);
	fclose(file);
	json = json_parse(text.data, text.length);
	if (!json)
		golden_give_up("is not JSON", path);
	buffer_done(&text);
	return json;
}

/* ---- names ---- */

/* TEXT with its names filled in, or NULL when there are none in it. */
static char *golden_fill_in_text(const char *text, const cJSON *names)
{
	const char *begin = strstr(text, "$("), *end;
	struct buffer filled;
	struct arena arena = {0};
	const cJSON *name;

	if (!begin)
		return NULL;
	end = strchr(begin, ')');
	name = end ? json_get(names, arena_copy_bytes(&arena, begin + 2, (size_t)(end - begin - 2))) : NULL;
	if (!cJSON_IsString(name))
		golden_give_up("has a name in it that is not known", text);
	arena_done(&arena);
	buffer_init(&filled, GOLDEN_FILE_MAX);
	buffer_append(&filled, text, (size_t)(begin - text));
	buffer_append_text(&filled, name->valuestring);
	buffer_append_text(&filled, end + 1);
	return buffer_steal(&filled);
}

static void golden_replace_text(char **text, const cJSON *names)
{
	char *filled;

	for (unsigned i = 0; *text && (filled = golden_fill_in_text(*text, names)); i++) {
		if (i == GOLDEN_NESTING_MAX)
			golden_give_up("never ends", *text);
		free(*text);
		*text = filled;
	}
}

void golden_fill_in(cJSON *json, const cJSON *names)
{
	golden_replace_text(&json->string, names);
	if (cJSON_IsString(json))
		golden_replace_text(&json->valuestring, names);
	for (cJSON *item = json->child; item; item = item->next)
		golden_fill_in(item, names);
}

/* ---- patching ---- */

/* "[member/member=value]" or "[0]" */
static bool golden_is_selected(const char *selector, const cJSON *item, int index)
{
	struct arena arena = {0};
	const char *equals = strchr(selector, '='), *value, *path;
	size_t length = strlen(selector);
	const cJSON *member;
	bool is_selected;

	if (length < 3 || selector[0] != '[' || selector[length - 1] != ']')
		golden_give_up("selects no item of an array", selector);
	if (!equals)
		return atol(selector + 1) == index;
	path = arena_copy_bytes(&arena, selector + 1, (size_t)(equals - selector - 1));
	value = arena_copy_bytes(&arena, equals + 1, length - (size_t)(equals - selector) - 2);
	member = json_get(item, path);
	is_selected = cJSON_IsString(member) && text_equal(member->valuestring, value);
	arena_done(&arena);
	return is_selected;
}

static void golden_patch_selected(cJSON *array, const cJSON *patch)
{
	bool was_selected = false;
	int index = 0;

	for (cJSON *item = array->child, *next; item; item = next, index++) {
		next = item->next;
		if (!golden_is_selected(patch->string, item, index))
			continue;
		was_selected = true;
		(void)cJSON_DetachItemViaPointer(array, item);
		if (cJSON_IsNull(patch)) {
			cJSON_Delete(item);
			index--;
			continue;
		}
		item = golden_patch(item, patch);
		if (index == cJSON_GetArraySize(array))
			cJSON_AddItemToArray(array, item);
		else
			cJSON_InsertItemInArray(array, index, item);
	}
	if (!was_selected)
		golden_give_up("selects nothing", patch->string);
}

static cJSON *golden_patch_array(cJSON *array, const cJSON *patch)
{
	const cJSON *item;

	for (patch = patch->child; patch; patch = patch->next) {
		if (strcmp(patch->string, "[+]") != 0) {
			golden_patch_selected(array, patch);
			continue;
		}
		cJSON_ArrayForEach (item, patch)
			cJSON_AddItemToArray(array, cJSON_Duplicate(item, true));
	}
	return array;
}

static cJSON *golden_patch_object(cJSON *object, const cJSON *patch)
{
	cJSON *before;

	for (patch = patch->child; patch; patch = patch->next) {
		if (cJSON_IsNull(patch)) {
			cJSON_DeleteItemFromObjectCaseSensitive(object, patch->string);
			continue;
		}
		before = cJSON_GetObjectItemCaseSensitive(object, patch->string);
		if (!before) {
			cJSON_AddItemToObject(object, patch->string, golden_patch(NULL, patch));
			continue;
		}
		cJSON_ReplaceItemInObjectCaseSensitive(object, patch->string,
						       golden_patch(cJSON_Duplicate(before, true), patch));
	}
	return object;
}

cJSON *golden_patch(cJSON *target, const cJSON *patch)
{
	if (cJSON_IsObject(patch) && cJSON_IsArray(target))
		return golden_patch_array(target, patch);
	if (cJSON_IsObject(patch) && cJSON_IsObject(target))
		return golden_patch_object(target, patch);
	cJSON_Delete(target);
	return cJSON_IsObject(patch) ? golden_patch_object(cJSON_CreateObject(), patch) : cJSON_Duplicate(patch, true);
}

/* ---- comparing ---- */

static bool golden_is_word(const cJSON *json, const char *word)
{
	return cJSON_IsString(json) && strcmp(json->valuestring, word) == 0;
}

static bool golden_differs_at(const cJSON *wanted, const cJSON *got, const char *place, struct buffer *problem)
{
	char *a = wanted ? cJSON_PrintUnformatted(wanted) : NULL, *b = got ? cJSON_PrintUnformatted(got) : NULL;

	buffer_printf(problem, "    %s: wanted %s, got %s\n", *place ? place : "(all)", a ? a : "nothing",
		      b ? b : "nothing");
	free(a);
	free(b);
	return false;
}

static bool golden_matches_object(const cJSON *wanted, const cJSON *got, const char *place, struct buffer *problem)
{
	bool permits_more = cJSON_GetObjectItemCaseSensitive(wanted, "...") != NULL, is_match = true;
	struct arena arena = {0};
	const cJSON *item;

	cJSON_ArrayForEach (item, wanted)
		if (strcmp(item->string, "...") != 0)
			is_match &= golden_matches(item, cJSON_GetObjectItemCaseSensitive(got, item->string),
						   arena_printf(&arena, "%s/%s", place, item->string), problem);
	cJSON_ArrayForEach (item, got)
		if (!permits_more && !cJSON_GetObjectItemCaseSensitive(wanted, item->string))
			is_match = golden_differs_at(NULL, item, arena_printf(&arena, "%s/%s", place, item->string),
						     problem);
	arena_done(&arena);
	return is_match;
}

static bool golden_has_match(const cJSON *wanted, const cJSON *got)
{
	struct buffer ignored;
	const cJSON *item;
	bool is_match = false;

	buffer_init(&ignored, GOLDEN_FILE_MAX);
	cJSON_ArrayForEach (item, got)
		is_match = is_match || golden_matches(wanted, item, "", &ignored);
	buffer_done(&ignored);
	return is_match;
}

static bool golden_matches_array(const cJSON *wanted, const cJSON *got, const char *place, struct buffer *problem)
{
	const cJSON *a = wanted->child, *b = got->child;
	bool permits_more = false, is_match = true;
	struct arena arena = {0};

	for (const cJSON *item = a; item; item = item->next)
		permits_more = permits_more || golden_is_word(item, "...");
	for (; permits_more && a; a = a->next)
		if (!golden_is_word(a, "...") && !golden_has_match(a, got))
			is_match = golden_differs_at(a, got, place, problem);
	for (int i = 0; !permits_more && (a || b); i++, a = a ? a->next : NULL, b = b ? b->next : NULL)
		is_match &= golden_matches(a, b, arena_printf(&arena, "%s/%d", place, i), problem);
	arena_done(&arena);
	return is_match;
}

bool golden_matches(const cJSON *wanted, const cJSON *got, const char *place, struct buffer *problem)
{
	if (wanted && got && golden_is_word(wanted, "*"))
		return true;
	if (cJSON_IsObject(wanted) && cJSON_IsObject(got))
		return golden_matches_object(wanted, got, place, problem);
	if (cJSON_IsArray(wanted) && cJSON_IsArray(got))
		return golden_matches_array(wanted, got, place, problem);
	return (wanted && got && cJSON_Compare(wanted, got, true)) || golden_differs_at(wanted, got, place, problem);
}
