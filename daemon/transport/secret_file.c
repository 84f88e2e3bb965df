#include "transport/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

static const char from_the_store[] =
	". systemd copies it from /etc/credstore when the service starts, and keeps it, for "
	"the service and for root, while that runs";

int secret_file_read_open(int fd, struct buffer *ret)
{
	char chunk[1024];
	ssize_t n;

	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buffer_append(ret, chunk, (size_t)n);
	} while ((n > 0 && !ret->overflowed) || (n < 0 && errno == EINTR));
	memory_wipe(chunk, sizeof(chunk));
	return n < 0 ? -errno : 0;
}

/* An administrator who edits such a file leaves a line end behind, and some editors a blank. */
static void trim(struct buffer *secret)
{
	while (secret->length && strchr(" \t\r\n", secret->data[secret->length - 1]))
		secret->data[--secret->length] = 0;
}

static const char *judge_content(const struct secret_file *file, struct arena *arena, struct buffer *ret)
{
	if (ret->overflowed)
		return arena_printf(arena, "%s is too large for a %s; %s must name the file that holds it", file->path,
				    file->what, file->key);
	if (!file->is_binary)
		trim(ret);
	if (!ret->length)
		return arena_printf(arena, "%s is empty; it must hold the %s", file->path, file->what);
	if (!file->is_binary && strlen(ret->data) != ret->length)
		return arena_printf(arena, "%s is not text, so it holds no %s; %s must name the file that does",
				    file->path, file->what, file->key);
	return NULL;
}

const char *secret_file_read(const struct secret_file *file, struct arena *arena, struct buffer *ret)
{
	/* Not to hang on a pipe that nobody writes to. */
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;
	struct stat status;

	if (fd < 0)
		return arena_printf(arena,
				    "the %s cannot be read from %s: %s; %s must name a file that this user may read%s",
				    file->what, file->path, strerror(errno), file->key,
				    text_has_prefix(file->path, "/run/credentials/") ? from_the_store : "");
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return arena_printf(arena, "%s is not a file; %s must name the file that holds the %s", file->path,
				    file->key, file->what);
	}
	if ((status.st_mode & S_IROTH) && !file->is_for_everybody) {
		close(fd);
		return arena_printf(arena,
				    "every user of this machine may read the %s in %s, so it is not used; mend it "
				    "with: chmod o= '%s'",
				    file->what, file->path, file->path);
	}
	r = secret_file_read_open(fd, ret);
	close(fd);
	if (r < 0)
		return arena_printf(arena, "the %s cannot be read from %s: %s", file->what, file->path, strerror(-r));
	return judge_content(file, arena, ret);
}
