#include "observe/since_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/memory.h"
#include "base/text.h"
#include "world/json.h"

enum { SINCE_FILE_SIZE_MAX = 4 << 20 };

static void since_file_read(struct since_file *file)
{
	char *path, *text = NULL;
	size_t length;

	if (asprintf(&path, "%s/%s", file->folder, file->name) < 0)
		memory_exhausted();
	if (durable_read(path, SINCE_FILE_SIZE_MAX, &text, &length) == 0) {
		file->known = json_parse(text, length);
		digest_sha256_hex(text, length, file->saved);
		free(text);
	}
	free(path);
}

void since_file_init(struct since_file *file, const char *state_directory, const char *tenant)
{
	*file = (struct since_file){0};
	if (asprintf(&file->folder, "%s/since", state_directory) < 0 || asprintf(&file->name, "%s.json", tenant) < 0)
		memory_exhausted();
	since_file_read(file);
}

void since_file_done(struct since_file *file)
{
	cJSON_Delete(file->known);
	free(file->folder);
	free(file->name);
	*file = (struct since_file){0};
}

/* ---- dates ---- */

static bool says(const cJSON *item, const char *name, const char *value)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, name));

	return text_equal(text ? text : "", value ? value : "");
}

static const char *since_file_find(const struct since_file *file, const struct report_instance *instance,
				   const struct report_condition *condition)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(file->known, "conditions")) {
		if (says(item, "instance", instance->name) && says(item, "type", condition->type) &&
		    says(item, "node", condition->node) && says(item, "status", condition->status) &&
		    says(item, "reason", condition->reason))
			return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "since"));
	}
	return NULL;
}

void since_file_date(const struct since_file *file, struct report *report)
{
	for (const struct report_tenant *t = report->tenants; t; t = t->next) {
		for (const struct report_instance *i = t->instances; i; i = i->next) {
			for (struct report_condition *c = i->conditions; c; c = c->next) {
				const char *since = since_file_find(file, i, c);

				/* Not what a clock that was wrong has called the future, and nothing but a time. */
				if (since && strlen(since) == CLOCK_RFC3339_SIZE - 1 && strcmp(since, c->since) < 0)
					c->since = arena_copy_text(&report->arena, since);
			}
		}
	}
}

/* ---- saving ---- */

static void add_condition(cJSON *list, const struct report_instance *instance, const struct report_condition *condition)
{
	cJSON *item = cJSON_CreateObject();

	json_add_text(item, "instance", instance->name);
	json_add_text(item, "type", condition->type);
	if (condition->node)
		json_add_text(item, "node", condition->node);
	json_add_text(item, "status", condition->status);
	json_add_text(item, "reason", condition->reason);
	json_add_text(item, "since", condition->since);
	cJSON_AddItemToArray(list, item);
}

char *since_file_begin_save(struct since_file *file, const struct report *report)
{
	cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "conditions");
	char digest[DIGEST_SHA256_HEX_SIZE], *text;

	/* From here on REPORT has the dates. */
	cJSON_Delete(file->known);
	file->known = NULL;
	for (const struct report_tenant *t = report->tenants; t; t = t->next)
		for (const struct report_instance *i = t->instances; i; i = i->next)
			for (const struct report_condition *c = i->conditions; c; c = c->next)
				add_condition(list, i, c);
	text = cJSON_PrintUnformatted(json);
	if (!text)
		memory_exhausted();
	cJSON_Delete(json);
	digest_sha256_hex(text, strlen(text), digest);
	if (text_equal(digest, file->saved)) {
		free(text);
		return NULL;
	}
	memcpy(file->saved, digest, sizeof(digest));
	return text;
}

int since_file_write(const struct since_file *file, const char *text)
{
	int r = durable_make_folders(file->folder);

	return r < 0 ? r : durable_replace(file->folder, file->name, text, strlen(text));
}

void since_file_end_save(struct since_file *file, int result)
{
	if (result < 0)
		*file->saved = 0;
}
