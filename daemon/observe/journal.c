#include "observe/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void journal_add_field(struct buffer *entry, const char *name, const char *value)
{
	size_t length = value ? strlen(value) : 0;
	uint64_t size = htole64(length);

	if (!value)
		return;
	buffer_append_text(entry, name);
	if (strchr(value, '\n')) {
		/* What has lines of its own is told by its size. */
		buffer_append_char(entry, '\n');
		buffer_append(entry, &size, sizeof(size));
	} else {
		buffer_append_char(entry, '=');
	}
	buffer_append(entry, value, length);
	buffer_append_char(entry, '\n');
}

int journal_send(const char *path, const struct buffer *entry)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r = 0;

	if ((size_t)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	/* A socket for each entry: a journal that was started anew is found again. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, entry->data, entry->length, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address)) < 0)
		r = -errno;
	close(fd);
	return r;
}
