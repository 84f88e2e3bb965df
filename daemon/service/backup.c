#include "service/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "kinds/app_settings.h"

enum { BACKUP_SIZE_MAX = 32 << 20 };

/* Makes PATH and the folders above it, private to us. */
static int backup_make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			int r = -errno;

			*slash = '/';
			return r;
		}
		*slash = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int backup_write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		length -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The new name counts only when the folder is on the disk, too. */
static int backup_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int backup_write_file(const char *folder, const char *file, const struct buffer *content)
{
	int fd, r;

	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = backup_write_all(fd, content->data, content->length);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r < 0 ? r : backup_sync_folder(folder);
}

/* The body of the PUT that would bring it back. */
static void backup_print(const struct settings *settings, struct buffer *ret)
{
	buffer_append_text(ret, "{\"properties\":{");
	for (size_t i = 0; i < settings->count; i++) {
		buffer_append_text(ret, i ? ",\n\"" : "\n\"");
		buffer_append_json_escaped(ret, settings->items[i].name);
		buffer_append_text(ret, "\":\"");
		buffer_append_json_escaped(ret, settings->items[i].value);
		buffer_append_text(ret, "\"");
	}
	buffer_append_text(ret, "\n}}\n");
}

/* A name as part of a path: a slash in it must not lead elsewhere. */
static const char *backup_part(struct arena *arena, const char *name)
{
	char *part = arena_copy_text(arena, name);

	for (char *p = part; *p; p++)
		if (*p == '/' || (p == part && *p == '.'))
			*p = '_';
	return part;
}

int backup_settings(const char *directory, struct world *world, const struct node *node, int64_t now_unix_ms,
		    const char **ret_message)
{
	struct arena *arena = &world->arena;
	char time[CLOCK_RFC3339_SIZE], *folder;
	struct buffer content;
	const char *file;
	int r;

	if (node->kind != &app_settings_kind || !node->observed)
		return 0;
	clock_format_rfc3339(now_unix_ms, time);
	folder = arena_printf(arena, "%s/backups/%s/%s", directory, backup_part(arena, world->tenant->name),
			      backup_part(arena, node->installation->desired->name));
	file = arena_printf(arena, "%s/%s-%s.json", folder, backup_part(arena, node->label), time);
	buffer_init(&content, BACKUP_SIZE_MAX);
	backup_print(node->observed, &content);
	r = content.overflowed ? -EFBIG : backup_make_folders(folder);
	if (r == 0)
		r = backup_write_file(folder, file, &content);
	buffer_done(&content);
	if (r < 0)
		*ret_message = arena_printf(
			arena,
			"the settings as they are now could not be saved in %s (%s), so nothing was written; "
			"name a folder that this user may write in daemon.state_directory",
			folder, strerror(-r));
	return r;
}
