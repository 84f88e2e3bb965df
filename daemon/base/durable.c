#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static char *durable_path(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		memory_exhausted();
	return path;
}

/*
 * What root makes at PATH belongs to whom the folder around it belongs: an administrator's commands work in the folder
 * of a daemon that runs as somebody else, and must leave nothing there that it cannot read. Where root may not give
 * away, it stays root's.
 */
static void durable_give(int fd, const char *path)
{
	struct stat ours, around;
	char *folder = memory_copy_text(path), *slash = strrchr(folder, '/');

	if (slash)
		slash[slash == folder] = 0;
	if (geteuid() == 0 && fstat(fd, &ours) == 0 && stat(slash ? folder : ".", &around) == 0 && ours.st_uid == 0 &&
	    around.st_uid != 0 && (S_ISDIR(ours.st_mode) || ours.st_nlink == 1) &&
	    fchown(fd, around.st_uid, around.st_gid) < 0)
		errno = 0;
	free(folder);
}

static int durable_make_folder(const char *path)
{
	int fd;

	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	durable_give(fd, path);
	close(fd);
	return 0;
}

int durable_make_folders(const char *path)
{
	char *copy = memory_copy_text(path);
	int r = 0;

	for (char *slash = *copy ? strchr(copy + 1, '/') : NULL; slash && r == 0; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		r = durable_make_folder(copy);
		*slash = '/';
	}
	if (r == 0)
		r = durable_make_folder(copy);
	free(copy);
	return r;
}

int durable_put(int fd, const void *bytes, size_t length)
{
	const char *next = bytes;

	while (length) {
		ssize_t n = write(fd, next, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		next += n;
		length -= (size_t)n;
	}
	return 0;
}

int durable_write(int fd, const void *bytes, size_t length)
{
	int r = durable_put(fd, bytes, length);

	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int durable_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

int durable_open(const char *path, int flags)
{
	int fd = open(path, O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);

	if (fd < 0)
		return -errno;
	durable_give(fd, path);
	return fd;
}

static int durable_fill(const char *path, int flags, const void *bytes, size_t length)
{
	int fd = durable_open(path, O_WRONLY | flags), r;

	if (fd < 0)
		return fd;
	r = durable_write(fd, bytes, length);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

int durable_create(const char *folder, const char *name, const void *bytes, size_t length)
{
	char *path = durable_path(folder, name);
	int r;

	r = durable_fill(path, O_EXCL, bytes, length);
	if (r == 0)
		r = durable_sync_folder(folder);
	free(path);
	return r;
}

/* One writer at a time is assumed: the name of the new content is fixed, so what a crash left behind is used again. */
int durable_replace(const char *folder, const char *name, const void *bytes, size_t length)
{
	char *path = durable_path(folder, name), *next;
	int r;

	if (asprintf(&next, "%s.new", path) < 0)
		memory_exhausted();
	r = durable_fill(next, O_TRUNC, bytes, length);
	if (r == 0 && rename(next, path) < 0)
		r = -errno;
	if (r == 0)
		r = durable_sync_folder(folder);
	free(next);
	free(path);
	return r;
}

static int durable_read_all(int fd, size_t maximum, char **ret, size_t *ret_length)
{
	struct stat status;
	size_t length = 0;
	char *bytes;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (status.st_size < 0 || (uint64_t)status.st_size > maximum)
		return -EFBIG;
	bytes = memory_new((size_t)status.st_size + 1);
	while (length < (size_t)status.st_size) {
		ssize_t n = read(fd, bytes + length, (size_t)status.st_size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int r = -errno;

			free(bytes);
			return r;
		}
		if (n == 0)
			break;
		length += (size_t)n;
	}
	bytes[length] = 0;
	*ret = bytes;
	*ret_length = length;
	return 0;
}

int durable_read(const char *path, size_t maximum, char **ret, size_t *ret_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), r;

	if (fd < 0)
		return -errno;
	r = durable_read_all(fd, maximum, ret, ret_length);
	close(fd);
	return r;
}
