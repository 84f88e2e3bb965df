#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "json.h"

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

int file_write(const char *path, const char *text, mode_t mode)
{
	char *temporary = json_complaint("%s.%ld", path, (long)getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode), r;

	if (fd < 0) {
		r = -errno;
		free(temporary);
		return r;
	}
	r = write_all(fd, text);
	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	free(temporary);
	return r;
}

int file_write_in(const char *directory, const char *name, const char *text, mode_t mode)
{
	char *path = json_complaint("%s/%s", directory, name);
	int r = file_write(path, text, mode);

	free(path);
	return r;
}

int file_read(const char *path, size_t maximum, char **ret, size_t *ret_length)
{
	FILE *file = fopen(path, "re");
	size_t allocated = 64 * 1024, length = 0, n;
	char *data;
	int r = 0;

	if (!file)
		return -errno;
	data = memory_new(allocated);
	while ((n = fread(data + length, 1, allocated - length - 1, file)) > 0) {
		length += n;
		if (length > maximum) {
			r = -EFBIG;
			break;
		}
		if (allocated - length == 1)
			data = memory_resize(data, allocated *= 2);
	}
	if (ferror(file))
		r = -EIO;
	fclose(file);
	if (r < 0) {
		free(data);
		return r;
	}
	data[length] = '\0';
	*ret = data;
	*ret_length = length;
	return 0;
}
