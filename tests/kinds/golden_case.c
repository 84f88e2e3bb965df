#include "golden_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "golden_json.h"
#include "world/json.h"

_noreturn_ static void golden_case_is_wrong(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(EXIT_FAILURE);
}

/* ---- what it is based on ---- */

/* ANSWER as it stands, or the base's answer patched. BEFORE is the base's, or NULL. */
static cJSON *golden_answer(const char *key, const cJSON *answer, const cJSON *before)
{
	const cJSON *patch = cJSON_GetObjectItemCaseSensitive(answer, "patch"), *item;
	cJSON *patched, *list;

	if (cJSON_IsArray(answer)) {
		list = cJSON_CreateArray();
		cJSON_ArrayForEach (item, answer)
			cJSON_AddItemToArray(list, golden_answer(key, item, before));
		return list;
	}
	if (!patch)
		return cJSON_Duplicate(answer, true);
	if (!cJSON_HasObjectItem(before, "body"))
		golden_case_is_wrong(key, "is patched, but its base has no such answer with a body");
	patched = cJSON_Duplicate(before, true);
	cJSON_ReplaceItemInObjectCaseSensitive(
		patched, "body",
		golden_patch(cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(patched, "body"), true), patch));
	return patched;
}

static void golden_add_answers(cJSON *answers, const cJSON *more)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, more) {
		cJSON *answer =
			golden_answer(item->string, item, cJSON_GetObjectItemCaseSensitive(answers, item->string));

		cJSON_DeleteItemFromObjectCaseSensitive(answers, item->string);
		cJSON_AddItemToObject(answers, item->string, answer);
	}
}

static cJSON *golden_merge(cJSON *base, cJSON *json, const char *name)
{
	cJSON *part = cJSON_DetachItemFromObjectCaseSensitive(base, name);
	const cJSON *patch = cJSON_GetObjectItemCaseSensitive(json, name);

	part = part ? part : cJSON_CreateObject();
	return patch ? golden_patch(part, patch) : part;
}

static void golden_put(cJSON *json, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(json, name);
	cJSON_AddItemToObject(json, name, value);
}

/* Names are filled in before answers are merged, so that the keys of both are spelled out. */
static cJSON *golden_load(const char *path, const char *bases)
{
	cJSON *json = golden_read_file(path), *names, *answers, *base = NULL, *own;
	const cJSON *base_name = cJSON_GetObjectItemCaseSensitive(json, "base");
	struct arena arena = {0};

	if (cJSON_IsString(base_name))
		base = golden_load(arena_printf(&arena, "%s/%s.json", bases, base_name->valuestring), bases);
	arena_done(&arena);
	base = base ? base : cJSON_CreateObject();
	names = golden_merge(base, json, "names");
	golden_fill_in(json, names);
	golden_fill_in(names, names);
	golden_put(json, "names", names);
	golden_put(json, "config", golden_merge(base, json, "config"));
	answers = cJSON_DetachItemFromObjectCaseSensitive(base, "answers");
	answers = answers ? answers : cJSON_CreateObject();
	own = cJSON_DetachItemFromObjectCaseSensitive(json, "answers");
	golden_add_answers(answers, own);
	golden_put(json, "answers", answers);
	if (!cJSON_HasObjectItem(json, "now") && cJSON_HasObjectItem(base, "now"))
		golden_put(json, "now", cJSON_DetachItemFromObjectCaseSensitive(base, "now"));
	cJSON_Delete(own);
	cJSON_Delete(base);
	return json;
}

/* {"same_as": "GET ..."}: whatever that is after all patches. */
static void golden_copy_same(cJSON *answers)
{
	cJSON *answer;

	cJSON_ArrayForEach (answer, answers) {
		const char *other = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "same_as"));
		cJSON *copy = other ? cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(answers, other), true) : NULL;

		if (!other)
			continue;
		if (!copy)
			golden_case_is_wrong(answer->string, "is the same as what is not there");
		free(copy->string);
		copy->string = memory_copy_text(answer->string);
		cJSON_ReplaceItemViaPointer(answers, answer, copy);
		answer = copy;
	}
}

/* ---- a case ---- */

/* A misspelled member would be a case that checks less than it says. */
static void golden_check_members(const char *path, const cJSON *json, const char *const *known)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, json) {
		const char *const *name = known;

		while (*name && strcmp(*name, item->string) != 0)
			name++;
		if (!*name)
			golden_case_is_wrong(path, item->string);
	}
}

void golden_case_load_base(struct golden_case *golden, const char *path, const char *bases)
{
	*golden = (struct golden_case){.path = path, .json = golden_load(path, bases)};
	golden->answers = cJSON_GetObjectItemCaseSensitive(golden->json, "answers");
	golden_copy_same(golden->answers);
}

void golden_case_load(struct golden_case *golden, const char *path, const char *bases)
{
	static const char *const members[] = {"about",  "base",       "names", "config",  "answers", "now", "mode",
					      "passes", "interval_s", "holds", "restore", "expect",  NULL};
	static const char *const expectations[] = {"writes", "conditions", "changes",   "withheld", "says", "says_not",
						   "exit",   "asked",      "not_asked", "order",    NULL};

	golden_case_load_base(golden, path, bases);
	golden_check_members(path, golden->json, members);
	golden->expect = cJSON_GetObjectItemCaseSensitive(golden->json, "expect");
	golden_check_members(path, golden->expect, expectations);
	if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(golden->json, "about")))
		golden_case_is_wrong(path, "does not say what it is about");
	if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(golden->expect, "writes")) ||
	    !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(golden->expect, "conditions")))
		golden_case_is_wrong(path, "expects no writes or conditions; [] is the way to say none");
}

void golden_case_done(struct golden_case *golden)
{
	cJSON_Delete(golden->json);
	*golden = (struct golden_case){0};
}

/* {"tenant": {...}, "instances": [{...}]}, or with "instance" when there is one. */
char *golden_case_configuration(const struct golden_case *golden)
{
	const cJSON *config = json_get(golden->json, "config"), *instances = json_get(config, "instances");
	cJSON *document = cJSON_CreateObject(), *tenants = cJSON_AddArrayToObject(document, "tenants"), *list;
	cJSON *tenant = cJSON_Duplicate(json_get(config, "tenant"), true);
	char *text;

	if (json_get(config, "daemon"))
		cJSON_AddItemToObject(document, "daemon", cJSON_Duplicate(json_get(config, "daemon"), true));
	list = instances ? cJSON_Duplicate(instances, true) : cJSON_CreateArray();
	if (!instances)
		cJSON_AddItemToArray(list, cJSON_Duplicate(json_get(config, "instance"), true));
	cJSON_AddItemToObject(tenant, "instances", list);
	cJSON_AddItemToArray(tenants, tenant);
	text = cJSON_Print(document);
	cJSON_Delete(document);
	return text;
}

double golden_case_number(const struct golden_case *golden, const char *name, double value)
{
	const cJSON *number = cJSON_GetObjectItemCaseSensitive(golden->json, name);

	return cJSON_IsNumber(number) ? number->valuedouble : value;
}
