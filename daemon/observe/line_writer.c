#include "observe/line_writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/buffer.h"
#include "base/memory.h"

enum {
	/* Room for the line that says how many were lost, and a few more. */
	LINE_WRITER_ROOM_AGAIN = 64 * 1024,
	LINE_WRITER_KEPT_MAX = 4 * 1024,
};

struct line_writer {
	int fd;
	uv_thread_t thread;
	uv_mutex_t lock; /* of what follows */
	uv_cond_t changed;
	struct buffer waiting;
	unsigned lost;
	bool is_ending, has_ended;
	bool is_abandoned; /* nobody waits for the end: the thread frees it */
};

/* Line by line: others may write to the same pipe, and only what is short stays in one piece. */
static void line_writer_write(int fd, const struct buffer *lines)
{
	const char *next = lines->data, *end = next + lines->length;

	while (next < end) {
		const char *newline = memchr(next, '\n', (size_t)(end - next));
		ssize_t n = write(fd, next, newline ? (size_t)(newline + 1 - next) : (size_t)(end - next));

		/* Nobody is there (EPIPE), or nothing can be written: there is nobody to tell. */
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0)
			next += n;
	}
}

static void line_writer_destroy(struct line_writer *writer)
{
	uv_cond_destroy(&writer->changed);
	uv_mutex_destroy(&writer->lock);
	buffer_done(&writer->waiting);
	free(writer);
}

static void line_writer_run(void *arg)
{
	struct line_writer *writer = arg;
	struct buffer written, lines;
	bool is_abandoned;

	buffer_init(&written, LINE_WRITER_SIZE_MAX);
	uv_mutex_lock(&writer->lock);
	while (!writer->is_ending || writer->waiting.length) {
		lines = writer->waiting;
		if (!lines.length) {
			uv_cond_wait(&writer->changed, &writer->lock);
			continue;
		}
		writer->waiting = written;
		uv_cond_broadcast(&writer->changed);
		uv_mutex_unlock(&writer->lock);
		line_writer_write(writer->fd, &lines);
		/* Used again while it is small: pieces that this thread frees are kept for it, on a page each. */
		if (lines.allocated <= LINE_WRITER_KEPT_MAX)
			buffer_reset(&lines);
		else
			buffer_done(&lines);
		written = lines;
		uv_mutex_lock(&writer->lock);
	}
	buffer_done(&written);
	writer->has_ended = true;
	is_abandoned = writer->is_abandoned;
	uv_cond_signal(&writer->changed);
	uv_mutex_unlock(&writer->lock);
	if (is_abandoned)
		line_writer_destroy(writer);
}

struct line_writer *line_writer_new(int fd)
{
	const uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = 128 * 1024};
	struct line_writer *writer = memory_new(sizeof(*writer));

	writer->fd = fd;
	buffer_init(&writer->waiting, LINE_WRITER_SIZE_MAX);
	if (uv_mutex_init(&writer->lock) < 0 || uv_cond_init(&writer->changed) < 0 ||
	    uv_thread_create_ex(&writer->thread, &options, line_writer_run, writer) < 0)
		memory_exhausted();
	return writer;
}

bool line_writer_put(struct line_writer *writer, const char *line, size_t length)
{
	bool has_room, was_empty;

	uv_mutex_lock(&writer->lock);
	was_empty = !writer->waiting.length;
	has_room = writer->waiting.length + length <= LINE_WRITER_SIZE_MAX;
	if (has_room)
		buffer_append(&writer->waiting, line, length);
	else
		writer->lost++;
	uv_mutex_unlock(&writer->lock);
	/* The thread sleeps only when there is nothing to write. Woken with the lock in our hands it would wait for
	 * that, and we for it, once for each line. */
	if (was_empty)
		uv_cond_signal(&writer->changed);
	return has_room;
}

unsigned line_writer_take_lost(struct line_writer *writer)
{
	unsigned lost = 0;

	uv_mutex_lock(&writer->lock);
	if (writer->waiting.length + LINE_WRITER_ROOM_AGAIN <= LINE_WRITER_SIZE_MAX) {
		lost = writer->lost;
		writer->lost = 0;
	}
	uv_mutex_unlock(&writer->lock);
	return lost;
}

void line_writer_await_room(struct line_writer *writer, unsigned timeout_ms)
{
	const uint64_t end_ns = uv_hrtime() + (uint64_t)timeout_ms * 1000000;

	uv_mutex_lock(&writer->lock);
	for (uint64_t now_ns; writer->waiting.length && (now_ns = uv_hrtime()) < end_ns;)
		uv_cond_timedwait(&writer->changed, &writer->lock, end_ns - now_ns);
	uv_mutex_unlock(&writer->lock);
}

void line_writer_free(struct line_writer *writer, unsigned timeout_ms)
{
	const uint64_t end_ns = uv_hrtime() + (uint64_t)timeout_ms * 1000000;
	uv_thread_t thread;
	bool has_ended;

	if (!writer)
		return;
	thread = writer->thread;
	uv_mutex_lock(&writer->lock);
	writer->is_ending = true;
	uv_cond_signal(&writer->changed);
	for (uint64_t now_ns; !writer->has_ended && (now_ns = uv_hrtime()) < end_ns;)
		uv_cond_timedwait(&writer->changed, &writer->lock, end_ns - now_ns);
	has_ended = writer->has_ended;
	/* It still waits for the reader, and the process will not. */
	if (!has_ended) {
		writer->is_abandoned = true;
		pthread_detach(thread);
	}
	uv_mutex_unlock(&writer->lock);
	if (!has_ended)
		return;
	uv_thread_join(&thread);
	line_writer_destroy(writer);
}
