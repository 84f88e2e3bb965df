/*
 * Preloaded into the daemon by tests/system/scepmand/slow_disk.py: a disk that takes its time, or is full. As long as
 * the file $SLOW_DISK/gate is there, fsync() waits (and makes $SLOW_DISK/waiting), or fails when the gate says "full".
 * Each fsync() of a file that has succeeded is a line in $SLOW_DISK/synced: when, how large the file was, which one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { POLL_US = 2000 };

int fsync(int fd);

static int open_in_folder(const char *name, int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("SLOW_DISK"), name);
	return open(path, flags | O_CLOEXEC, 0600);
}

/* Is the gate open? *RET_IS_FULL: it is not, and nobody shall wait. */
static bool is_open(bool *ret_is_full)
{
	char word[8] = "";
	int fd = open_in_folder("gate", O_RDONLY);
	ssize_t n;

	*ret_is_full = false;
	if (fd < 0)
		return true;
	n = read(fd, word, sizeof(word) - 1);
	close(fd);
	*ret_is_full = n > 0 && strncmp(word, "full", 4) == 0;
	return false;
}

static void note_waiting(void)
{
	int fd = open_in_folder("waiting", O_WRONLY | O_CREAT);

	if (fd >= 0)
		close(fd);
}

static void note_synced(int fd)
{
	char link[64], name[4096], line[5000];
	struct timespec now;
	struct stat status;
	ssize_t length;
	int out, size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name) - 1);
	if (length < 0 || fstat(fd, &status) < 0)
		return;
	name[length] = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	size = snprintf(line, sizeof(line), "%lld %lld %s\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			(long long)status.st_size, name);
	out = open_in_folder("synced", O_WRONLY | O_CREAT | O_APPEND);
	if (out < 0 || write(out, line, (size_t)size) != size)
		abort();
	close(out);
}

int fsync(int fd)
{
	bool is_full;
	int r;

	while (!is_open(&is_full)) {
		if (is_full) {
			errno = ENOSPC;
			return -1;
		}
		note_waiting();
		usleep(POLL_US);
	}
	r = (int)syscall(SYS_fsync, fd);
	if (r == 0)
		note_synced(fd);
	return r;
}
