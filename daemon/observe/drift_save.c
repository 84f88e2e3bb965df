#include "observe/drift_save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/durable.h"
#include "base/memory.h"

static char *drift_path(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		memory_exhausted();
	return path;
}

/* ---- the text ---- */

const char *drift_text_skip(const char *text, size_t count)
{
	for (; count && *text; count--) {
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return text;
}

size_t drift_text_count(const char *text)
{
	size_t count = 0;

	for (; *text; text = drift_text_skip(text, 1))
		count++;
	return count;
}

int drift_text_read(const char *folder, const char *name, char **ret)
{
	char *path = drift_path(folder, name);
	size_t length;
	int r;

	r = durable_read(path, DRIFT_FILE_SIZE_MAX, ret, &length);
	free(path);
	if (r < 0)
		return r;
	/* A power failure may leave zero bytes in the place of lines; what follows them is none the worse for it. */
	for (size_t i = 0; i < length; i++)
		if (!(*ret)[i])
			(*ret)[i] = '\n';
	return 0;
}

/* Could LINE be an event? Those who read the file look closely; here it is only that no rubbish takes an event's place.
 */
static bool is_like_an_event(const char *line, size_t length)
{
	return length >= 2 && length <= DRIFT_LINE_SIZE_MAX && line[0] == '{' && line[length - 1] == '}';
}

/* ---- the whole file ---- */

/* How much of the beginning of ADDED the file, which is OLD, has already: a save that failed at its very end, when the
 * folder was to be synced, has brought all of it there. */
static size_t already_there(const struct buffer *old, const char *added)
{
	size_t length = strlen(added);

	for (; length; length--) {
		size_t before = old->length - length;

		if (added[length - 1] == '\n' && length <= old->length &&
		    memcmp(old->data + before, added, length) == 0 && (!before || old->data[before - 1] == '\n'))
			break;
	}
	return length;
}

/* What the file, whose text is OLD, and what is new are together. */
static void merge(const char *old, const char *added, struct buffer *ret)
{
	for (const char *line = old; *line; line = drift_text_skip(line, 1)) {
		size_t length = strcspn(line, "\n");

		if (!is_like_an_event(line, length))
			continue;
		buffer_append(ret, line, length);
		buffer_append_char(ret, '\n');
	}
	buffer_append_text(ret, added + already_there(ret, added));
}

static int drift_rewrite(struct drift_save *save)
{
	struct buffer all;
	const char *kept;
	size_t count;
	char *old;
	int r;

	r = durable_make_folders(save->folder);
	if (r < 0)
		return r;
	r = drift_text_read(save->folder, save->name, &old);
	/* One that is too large is none of ours. But one that cannot be read now may be some other time. */
	if (r < 0 && r != -ENOENT && r != -EFBIG)
		return r;
	buffer_init(&all, 2 * DRIFT_FILE_SIZE_MAX);
	if (r == 0) {
		merge(old, save->added, &all);
		free(old);
	} else {
		buffer_append_text(&all, save->text);
	}
	count = drift_text_count(all.data);
	kept = drift_text_skip(all.data, count > DRIFT_EVENTS_MAX ? count - DRIFT_EVENTS_MAX : 0);
	r = durable_replace(save->folder, save->name, kept, strlen(kept));
	buffer_done(&all);
	if (r == 0)
		save->lines_in_file = count < DRIFT_EVENTS_MAX ? count : DRIFT_EVENTS_MAX;
	return r;
}

/* ---- a few lines more ---- */

/* What is written is there or not: a part of it is taken away again. */
static int append(int fd, const char *text)
{
	size_t length = strlen(text);
	struct stat before;
	ssize_t written;
	int r;

	if (fstat(fd, &before) < 0)
		return -errno;
	written = write(fd, text, length);
	if (written >= 0 && (size_t)written == length)
		return 0;
	r = written < 0 ? -errno : -ENOSPC;
	/* If that fails, too, the file is written anew next time, and has no such part then. */
	if (written > 0 && ftruncate(fd, before.st_size) < 0)
		r = -errno;
	return r;
}

/* Not synced: it is not worth the disk's time. */
static int drift_append(struct drift_save *save)
{
	char *path = drift_path(save->folder, save->name);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW), r;

	r = fd < 0 ? -errno : append(fd, save->added);
	if (fd >= 0)
		close(fd);
	free(path);
	if (r == 0)
		save->lines_in_file += save->count;
	return r;
}

void drift_save_write(struct drift_save *save)
{
	save->result = save->is_whole ? -ENOENT : drift_append(save);
	/* Somebody may have taken it away, and its folder. */
	if (save->result == -ENOENT)
		save->result = drift_rewrite(save);
}
