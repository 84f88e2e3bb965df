#include "observe/audit_trail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/memory.h"

void audit_trail_init(struct audit_trail *trail, const char *folder)
{
	*trail = (struct audit_trail){.folder = memory_copy_text(folder), .fd = -1};
	if (asprintf(&trail->path, "%s/audit.jsonl", folder) < 0)
		memory_exhausted();
}

static void audit_trail_close(struct audit_trail *trail)
{
	if (trail->fd >= 0)
		close(trail->fd);
	trail->fd = -1;
	trail->is_locked = false;
}

void audit_trail_done(struct audit_trail *trail)
{
	audit_trail_close(trail);
	free(trail->folder);
	free(trail->path);
}

/* ---- the file ---- */

static int audit_trail_open(struct audit_trail *trail)
{
	int r;

	r = durable_make_folders(trail->folder);
	if (r < 0)
		return r;
	r = durable_open(trail->path, O_RDWR | O_APPEND);
	if (r < 0)
		return r;
	trail->fd = r;
	trail->size = -1;
	return durable_sync_folder(trail->folder);
}

/* Somebody may have moved the file away, to keep it; then a new one begins. */
static bool audit_trail_is_in_place(const struct audit_trail *trail)
{
	struct stat ours, named;

	return fstat(trail->fd, &ours) == 0 && lstat(trail->path, &named) == 0 && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

/* The file, open and locked against other processes until audit_trail_unlock(). */
static int audit_trail_lock(struct audit_trail *trail)
{
	/* Twice: it may be moved away between the opening and the lock. */
	for (int i = 0; i < 2; i++) {
		int r = trail->fd < 0 ? audit_trail_open(trail) : 0;

		if (r < 0)
			return r;
		while (flock(trail->fd, LOCK_EX) < 0)
			if (errno != EINTR)
				return -errno;
		trail->is_locked = audit_trail_is_in_place(trail);
		if (trail->is_locked)
			return 0;
		audit_trail_close(trail);
	}
	return -ESTALE;
}

static void audit_trail_unlock(struct audit_trail *trail)
{
	flock(trail->fd, LOCK_UN);
	trail->is_locked = false;
}

/* ---- the last line ---- */

static int sequence_of(const char *line, size_t length, uint64_t *ret)
{
	cJSON *entry = cJSON_ParseWithLength(line, length);
	const cJSON *sequence = cJSON_GetObjectItemCaseSensitive(entry, "sequence");
	int r = cJSON_IsNumber(sequence) && sequence->valuedouble >= 1 ? 0 : -EBADMSG;

	if (r == 0)
		*ret = (uint64_t)sequence->valuedouble;
	cJSON_Delete(entry);
	return r;
}

/* The start of the line that ends before END. */
static const char *line_start(const char *text, const char *end)
{
	const char *newline = end > text ? memrchr(text, '\n', (size_t)(end - text)) : NULL;

	return newline ? newline + 1 : text;
}

/* A crash or a full disk can tear the last line. It stays, as a line of its own, and counts: nothing is taken out of a
 * trail. */
static int audit_trail_take_tail(struct audit_trail *trail, const char *text, size_t length)
{
	const char *end = text + length, *start;
	bool is_torn = end[-1] != '\n';
	int r;

	if (!is_torn)
		end--;
	start = line_start(text, end);
	digest_sha256_hex(start, (size_t)(end - start), trail->last);
	if (!is_torn)
		return sequence_of(start, (size_t)(end - start), &trail->sequence);
	trail->sequence = 0;
	if (start > text) {
		end = start - 1;
		start = line_start(text, end);
		r = sequence_of(start, (size_t)(end - start), &trail->sequence);
		if (r < 0)
			return r;
	}
	trail->sequence++;
	return durable_write(trail->fd, "\n", 1);
}

static int audit_trail_read_tail(struct audit_trail *trail, off_t size)
{
	size_t length = size > 2 * AUDIT_LINE_SIZE_MAX ? 2 * AUDIT_LINE_SIZE_MAX : (size_t)size;
	char *text = memory_new(length + 1);
	ssize_t n;
	int r;

	n = pread(trail->fd, text, length, size - (off_t)length);
	if (n < 0)
		r = -errno;
	else if ((size_t)n != length)
		r = -EIO;
	else
		r = audit_trail_take_tail(trail, text, length);
	free(text);
	return r;
}

/* What the last line is; read again only when somebody else has written. */
static int audit_trail_learn(struct audit_trail *trail)
{
	struct stat status;
	int r = 0;

	if (fstat(trail->fd, &status) < 0)
		return -errno;
	if (status.st_size == trail->size)
		return 0;
	if (status.st_size == 0) {
		trail->sequence = 0;
		memcpy(trail->last, AUDIT_NO_LINE, sizeof(trail->last));
	} else {
		r = audit_trail_read_tail(trail, status.st_size);
	}
	if (r == 0 && fstat(trail->fd, &status) < 0)
		r = -errno;
	if (r == 0)
		trail->size = status.st_size;
	return r;
}

/* ---- a new line ---- */

static char *audit_trail_line(const struct audit_trail *trail, const cJSON *entry, size_t *ret_length)
{
	char *members = cJSON_PrintUnformatted(entry), *line;
	int length;

	if (!members)
		memory_exhausted();
	length = asprintf(&line, "{\"sequence\":%llu,\"previous\":\"%s\",%s\n", (unsigned long long)trail->sequence + 1,
			  trail->last, members + 1);
	if (length < 0)
		memory_exhausted();
	free(members);
	*ret_length = (size_t)length;
	return line;
}

static int audit_trail_write(struct audit_trail *trail, const char *line, size_t length)
{
	int r;

	if (length > AUDIT_LINE_SIZE_MAX)
		return -EFBIG;
	r = durable_put(trail->fd, line, length);
	if (r < 0) {
		/* Half a line of ours would only look like a crash. If it stays, it is taken for one. */
		if (ftruncate(trail->fd, trail->size) < 0)
			trail->size = -1;
		return r;
	}
	trail->sequence++;
	trail->size += (off_t)length;
	digest_sha256_hex(line, length - 1, trail->last);
	return 0;
}

int audit_trail_put(struct audit_trail *trail, const cJSON *entry)
{
	bool was_locked = trail->is_locked;
	size_t length;
	char *line;
	int r;

	r = was_locked ? 0 : audit_trail_lock(trail);
	if (r < 0)
		return r;
	r = audit_trail_learn(trail);
	/* What is there before the first line is what a failed sync goes back to. */
	if (!was_locked)
		trail->synced_size = r == 0 ? trail->size : -1;
	if (r < 0)
		return r;
	line = audit_trail_line(trail, entry, &length);
	r = audit_trail_write(trail, line, length);
	free(line);
	return r;
}

int audit_trail_commit(struct audit_trail *trail)
{
	if (!trail->is_locked)
		return trail->committed;
	trail->committed = 0;
	if (trail->size != trail->synced_size && fsync(trail->fd) < 0) {
		trail->committed = -errno;
		/* What cannot be taken back stays, as lines of writes that were never sent. */
		if (trail->synced_size >= 0 && ftruncate(trail->fd, trail->synced_size) < 0)
			trail->committed = -EIO;
		trail->size = -1;
	}
	audit_trail_unlock(trail);
	return trail->committed;
}
