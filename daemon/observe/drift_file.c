#include "observe/drift_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/durable.h"
#include "base/memory.h"
#include "base/text.h"

enum {
	DRIFT_LINE_SIZE_MAX = 4096,
	/* It may hold as many again before it is written anew. */
	DRIFT_LINES_IN_FILE_MAX = 2 * DRIFT_EVENTS_MAX,
	DRIFT_FILE_SIZE_MAX = DRIFT_LINES_IN_FILE_MAX * (DRIFT_LINE_SIZE_MAX + 1),
};

static void drift_push(struct drift_file *file, char *line)
{
	size_t at = (file->first + file->count) % DRIFT_EVENTS_MAX;

	if (file->count == DRIFT_EVENTS_MAX) {
		free(file->lines[file->first]);
		file->first = (file->first + 1) % DRIFT_EVENTS_MAX;
	} else {
		file->count++;
	}
	file->lines[at] = line;
}

static void drift_say_problem(struct drift_file *file, const char *what, int error)
{
	free(file->problem);
	if (asprintf(&file->problem,
		     "the drift history %s/%s cannot be %s: %s; it is kept in memory only, and passes go on",
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

/* What is no event is left out. */
static void drift_read_line(struct drift_file *file, const char *line)
{
	cJSON *json = strlen(line) <= DRIFT_LINE_SIZE_MAX ? cJSON_Parse(line) : NULL;
	bool is_event = cJSON_IsObject(json);
	const char *event = event_text(json, "event");
	char *name;

	if (is_event)
		drift_push(file, memory_copy_text(line));
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
	char *path, *text = NULL, *rest, *line;
	size_t length;
	int r;

	if (asprintf(&path, "%s/%s", file->folder, file->name) < 0)
		memory_exhausted();
	r = durable_read(path, DRIFT_FILE_SIZE_MAX, &text, &length);
	free(path);
	if (r < 0) {
		if (r != -ENOENT)
			drift_say_problem(file, "read", r);
		/* One that is too large is none of ours: the next event begins it anew. */
		file->lines_in_file = r == -ENOENT ? 0 : DRIFT_LINES_IN_FILE_MAX;
		return;
	}
	for (rest = text; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		file->lines_in_file++;
		drift_read_line(file, line);
	}
	/* A last line without its end must not be continued. */
	if (length && text[length - 1] != '\n')
		file->lines_in_file = DRIFT_LINES_IN_FILE_MAX;
	free(text);
}

void drift_file_init(struct drift_file *file, const char *state_directory, const char *tenant)
{
	*file = (struct drift_file){0};
	if (asprintf(&file->folder, "%s/drift", state_directory) < 0 || asprintf(&file->name, "%s.jsonl", tenant) < 0)
		memory_exhausted();
	drift_load(file);
}

void drift_file_done(struct drift_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free(file->lines[(file->first + i) % DRIFT_EVENTS_MAX]);
	for (size_t i = 0; i < file->newest.count; i++)
		free(file->newest.entries[i].value);
	map_done(&file->newest);
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
	if (strlen(line) > DRIFT_LINE_SIZE_MAX) {
		free(line);
		return;
	}
	drift_push(file, line);
	if (file->unsaved < DRIFT_EVENTS_MAX)
		file->unsaved++;
}

bool drift_file_is_saved(const struct drift_file *file)
{
	return !file->unsaved;
}

void drift_file_begin_save(struct drift_file *file, struct drift_save *ret)
{
	/* After a failure the file is not what we know: all of it is written, which also takes a torn line away. */
	bool is_whole =
		file->problem || !file->lines_in_file || file->lines_in_file + file->unsaved > DRIFT_LINES_IN_FILE_MAX;
	size_t count = is_whole ? file->count : file->unsaved;
	struct buffer buffer;

	buffer_init(&buffer, DRIFT_FILE_SIZE_MAX);
	for (size_t i = file->count - count; i < file->count; i++) {
		buffer_append_text(&buffer, file->lines[(file->first + i) % DRIFT_EVENTS_MAX]);
		buffer_append_char(&buffer, '\n');
	}
	*ret = (struct drift_save){
		.folder = file->folder,
		.name = file->name,
		.is_whole = is_whole,
		.text = memory_copy_text(buffer.data),
		.count = count,
	};
	buffer_done(&buffer);
	file->unsaved = 0;
}

/* Not synced: it is not worth the disk's time. One write, so that the lines are there or not. */
static int drift_append(const struct drift_save *save)
{
	size_t length = strlen(save->text);
	ssize_t written;
	char *path;
	int fd, r = 0;

	if (asprintf(&path, "%s/%s", save->folder, save->name) < 0)
		memory_exhausted();
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return -errno;
	written = write(fd, save->text, length);
	if (written < 0)
		r = -errno;
	else if ((size_t)written < length)
		r = -ENOSPC;
	close(fd);
	return r;
}

void drift_save_write(struct drift_save *save)
{
	if (!save->is_whole) {
		save->result = drift_append(save);
		return;
	}
	save->result = durable_make_folders(save->folder);
	if (save->result == 0)
		save->result = durable_replace(save->folder, save->name, save->text, strlen(save->text));
}

int drift_file_end_save(struct drift_file *file, struct drift_save *save)
{
	int r = save->result;

	free(save->text);
	save->text = NULL;
	if (r < 0) {
		drift_say_problem(file, "written", r);
		return r;
	}
	file->lines_in_file = save->is_whole ? save->count : file->lines_in_file + save->count;
	free(file->problem);
	file->problem = NULL;
	return 0;
}

cJSON *drift_file_json(const struct drift_file *file, size_t maximum)
{
	cJSON *list = cJSON_CreateArray();
	size_t skipped = file->count > maximum ? file->count - maximum : 0;

	for (size_t i = skipped; i < file->count; i++)
		cJSON_AddItemToArray(list, cJSON_Parse(file->lines[(file->first + i) % DRIFT_EVENTS_MAX]));
	return list;
}

bool drift_file_said(const struct drift_file *file, const char *instance, const char *node, const char *event)
{
	char *name = drift_thing(instance, node);
	bool said = text_equal(map_get(&file->newest, name), event);

	free(name);
	return said;
}
