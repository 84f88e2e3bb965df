#include "observe/drift_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

/* ---- in memory ---- */

/* One line more. All are in one piece: a hundred small ones would keep a page of the heap each. */
static void drift_hold(struct drift_file *file, const char *line)
{
	size_t length = strlen(line);

	file->text = memory_resize(file->text, file->length + length + 2);
	memcpy(file->text + file->length, line, length);
	file->length += length + 1;
	memcpy(file->text + file->length - 1, "\n", 2);
	file->count++;
}

/* Forgets the oldest, but for those that still have to be saved. */
static void drift_hold_at_most(struct drift_file *file, size_t maximum)
{
	const char *rest;

	if (maximum < file->saving + file->unsaved)
		maximum = file->saving + file->unsaved;
	if (file->count <= maximum)
		return;
	rest = drift_text_skip(file->text, file->count - maximum);
	file->length = strlen(rest);
	file->count = maximum;
	memmove(file->text, rest, file->length + 1);
	file->text = memory_resize(file->text, file->length + 1);
}

static void drift_say_problem(struct drift_file *file, const char *what, int error)
{
	free(file->problem);
	if (asprintf(&file->problem,
		     "the drift history %s/%s cannot be %s: %s; what is new is kept in memory only, and passes go on",
		     file->folder, file->name, what, strerror(-error)) < 0)
		memory_exhausted();
}

/* What an event is about, as a key. */
static char *drift_thing(const char *instance, const char *node)
{
	char *name;

	if (asprintf(&name, "%s %s", instance ? instance : "", node ? node : "") < 0)
		memory_exhausted();
	return name;
}

static const char *event_text(const cJSON *event, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, name));
}

/* What is no event is left out of RET. */
static void drift_read_line(struct drift_file *file, const char *line, struct buffer *ret)
{
	cJSON *json = strlen(line) <= DRIFT_LINE_SIZE_MAX ? cJSON_Parse(line) : NULL;
	bool is_event = cJSON_IsObject(json);
	const char *event = event_text(json, "event");
	char *name;

	if (is_event) {
		buffer_append_text(ret, line);
		buffer_append_char(ret, '\n');
	}
	if (is_event && event) {
		name = drift_thing(event_text(json, "instance"), event_text(json, "node"));
		free(map_remove(&file->newest, name));
		map_put(&file->newest, name, memory_copy_text(event));
		free(name);
	}
	cJSON_Delete(json);
}

static void drift_load(struct drift_file *file)
{
	char *text = NULL, *rest, *line;
	struct buffer events;
	int r;

	r = drift_text_read(file->folder, file->name, &text);
	if (r < 0) {
		if (r != -ENOENT)
			drift_say_problem(file, "read", r);
		return;
	}
	/* A last line without its end must not be continued. */
	file->is_damaged = *text && text[strlen(text) - 1] != '\n';
	buffer_init(&events, DRIFT_FILE_SIZE_MAX);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		file->lines_in_file++;
		drift_read_line(file, line, &events);
	}
	free(text);
	file->count = drift_text_count(events.data);
	file->length = events.length;
	free(file->text);
	file->text = buffer_steal(&events);
	drift_hold_at_most(file, DRIFT_EVENTS_HELD);
}

void drift_file_init(struct drift_file *file, const char *state_directory, const char *tenant)
{
	*file = (struct drift_file){.text = memory_new(1)};
	if (asprintf(&file->folder, "%s/drift", state_directory) < 0 || asprintf(&file->name, "%s.jsonl", tenant) < 0)
		memory_exhausted();
	drift_load(file);
}

void drift_file_forget_said(struct drift_file *file)
{
	for (size_t i = 0; i < file->newest.count; i++)
		free(file->newest.entries[i].value);
	map_done(&file->newest);
}

void drift_file_done(struct drift_file *file)
{
	drift_file_forget_said(file);
	free(file->text);
	free(file->folder);
	free(file->name);
	free(file->problem);
	*file = (struct drift_file){0};
}

/* ---- adding ---- */

void drift_file_add(struct drift_file *file, const cJSON *event)
{
	char *line = cJSON_PrintUnformatted(event);

	if (!line)
		memory_exhausted();
	if (strlen(line) <= DRIFT_LINE_SIZE_MAX) {
		drift_hold(file, line);
		file->unsaved++;
	}
	free(line);
	/* More than the file may hold need not be saved, however long the disk takes nothing. */
	if (file->saving + file->unsaved > DRIFT_EVENTS_MAX) {
		if (file->saving)
			file->saving--;
		else
			file->unsaved--;
	}
	drift_hold_at_most(file, DRIFT_EVENTS_MAX);
}

bool drift_file_is_saved(const struct drift_file *file)
{
	return !file->unsaved;
}

void drift_file_begin_save(struct drift_file *file, struct drift_save *ret)
{
	*ret = (struct drift_save){
		.folder = file->folder,
		.name = file->name,
		/* After a failure the file is not what we know: to write it anew also takes a torn line away. */
		.is_whole = file->problem || file->is_damaged || !file->lines_in_file ||
			    file->lines_in_file + file->unsaved > DRIFT_LINES_IN_FILE_MAX,
		.text = memory_copy_text(file->text),
		.count = file->unsaved,
		.lines_in_file = file->lines_in_file,
	};
	ret->added = drift_text_skip(ret->text, file->count - file->unsaved);
	file->saving = file->unsaved;
	file->unsaved = 0;
}

int drift_file_end_save(struct drift_file *file, struct drift_save *save)
{
	int r = save->result;

	free(save->text);
	save->text = NULL;
	if (r < 0) {
		file->unsaved += file->saving;
		file->saving = 0;
		drift_say_problem(file, "written", r);
		return r;
	}
	file->saving = 0;
	file->lines_in_file = save->lines_in_file;
	file->is_damaged = false;
	free(file->problem);
	file->problem = NULL;
	drift_hold_at_most(file, DRIFT_EVENTS_HELD);
	return 0;
}

cJSON *drift_file_json(const struct drift_file *file, size_t maximum)
{
	cJSON *list = cJSON_CreateArray();
	const char *line = drift_text_skip(file->text, file->count > maximum ? file->count - maximum : 0);

	for (; *line; line = drift_text_skip(line, 1))
		cJSON_AddItemToArray(list, cJSON_ParseWithLength(line, strcspn(line, "\n")));
	return list;
}

bool drift_file_said(const struct drift_file *file, const char *instance, const char *node, const char *event)
{
	char *name = drift_thing(instance, node);
	bool said = text_equal(map_get(&file->newest, name), event);

	free(name);
	return said;
}
