#include "writers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "edit.h"
#include "json.h"

void writers_init(struct writers *writers)
{
	*writers = (struct writers){0};
}

void writers_clear(struct writers *writers)
{
	for (size_t i = 0; i < writers->count; i++)
		cJSON_Delete(writers->writers[i].json);
	writers->count = 0;
}

void writers_done(struct writers *writers)
{
	writers_clear(writers);
	free(writers->writers);
}

static char *check_writer(const cJSON *json, const char *path)
{
	static const struct json_member members[] = {{"name", JSON_TEXT},
						     {"after_ms", JSON_INTEGER},
						     {"every_ms", JSON_INTEGER},
						     {"times", JSON_INTEGER},
						     {"edit", JSON_ANY}};
	char *complaint = json_check_members(json, path, members, ARRAY_SIZE(members)), *place;

	if (complaint)
		return complaint;
	if (cJSON_HasObjectItem(json, "every_ms") && json_integer(json, "every_ms", 0) < 1)
		return json_complaint("%s.every_ms: must be 1 or more", path);
	if (!cJSON_HasObjectItem(json, "edit"))
		return json_complaint("%s.edit: missing", path);
	place = json_complaint("%s.edit", path);
	complaint = edit_check(cJSON_GetObjectItemCaseSensitive(json, "edit"), place);
	free(place);
	return complaint;
}

static void add_one(struct writers *writers, const cJSON *json, int64_t now_ms)
{
	int64_t every_ms = json_integer(json, "every_ms", 0);

	if (writers->count == writers->allocated) {
		writers->allocated = writers->allocated ? writers->allocated * 2 : 4;
		writers->writers = memory_resize(writers->writers, writers->allocated * sizeof(*writers->writers));
	}
	writers->writers[writers->count++] = (struct writer){
		.json = cJSON_Duplicate(json, true),
		.every_ms = every_ms,
		.next_ms = now_ms + json_integer(json, "after_ms", every_ms),
		.left = (uint64_t)json_integer(json, "times", every_ms ? INT64_MAX : 1),
	};
}

char *writers_add(struct writers *writers, const cJSON *json, int64_t now_ms)
{
	const cJSON *writer;
	size_t i = 0;
	char *complaint;

	if (!cJSON_IsArray(json)) {
		complaint = check_writer(json, "writer");
		if (!complaint)
			add_one(writers, json, now_ms);
		return complaint;
	}
	cJSON_ArrayForEach (writer, json) {
		char *path = json_complaint("writers[%zu]", i++);

		complaint = check_writer(writer, path);
		free(path);
		if (complaint)
			return complaint;
	}
	cJSON_ArrayForEach (writer, json)
		add_one(writers, writer, now_ms);
	return NULL;
}

cJSON *writers_list(const struct writers *writers)
{
	cJSON *list = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(list, "value");

	for (size_t i = 0; i < writers->count; i++) {
		cJSON *writer = cJSON_Duplicate(writers->writers[i].json, true);

		cJSON_AddNumberToObject(writer, "done", (double)writers->writers[i].done);
		cJSON_AddItemToArray(value, writer);
	}
	return list;
}

int64_t writers_next_ms(const struct writers *writers)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < writers->count; i++)
		if (writers->writers[i].left && writers->writers[i].next_ms < next_ms)
			next_ms = writers->writers[i].next_ms;
	return next_ms;
}

void writers_run(struct writers *writers, struct sim_state *state, int64_t now_ms)
{
	for (size_t i = 0; i < writers->count; i++) {
		struct writer *writer = &writers->writers[i];

		/* After a long pause one change stands for those that were missed: they would have been the same. */
		if (!writer->left || writer->next_ms > now_ms)
			continue;
		edit_apply(cJSON_GetObjectItemCaseSensitive(writer->json, "edit"), state);
		writer->done++;
		writer->left = writer->every_ms ? writer->left - 1 : 0;
		while (writer->every_ms && writer->next_ms <= now_ms)
			writer->next_ms += ((now_ms - writer->next_ms) / writer->every_ms + 1) * writer->every_ms;
	}
}
