/* Lines for a reader who does not read: nobody waits for it, what is lost is counted, and the rest arrives in order. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "observe/line_writer.h"

enum { LINE_SIZE = 1000, LINES = 2000, PATIENCE_MS = 60000 };

static void make_line(unsigned number, char ret[LINE_SIZE])
{
	memset(ret, '.', LINE_SIZE);
	snprintf(ret, LINE_SIZE, "%06u", number);
	ret[6] = ' ';
	ret[LINE_SIZE - 1] = '\n';
}

/* A pipe that has room for nothing more, so that a writer waits at its first byte. RET: both ends; how many bytes are
 * in it. */
static size_t make_full_pipe(int ret[2])
{
	static const char zeros[4096];
	size_t size = 0;
	int r;

	r = pipe2(ret, O_CLOEXEC | O_NONBLOCK);
	ck_assert_int_eq(r, 0);
	for (ssize_t n; (n = write(ret[1], zeros, sizeof(zeros))) > 0;)
		size += (size_t)n;
	r = fcntl(ret[0], F_SETFL, 0);
	ck_assert_int_eq(r, 0);
	r = fcntl(ret[1], F_SETFL, 0);
	ck_assert_int_eq(r, 0);
	return size;
}

/* A writer for FD, which is full, with one line in its thread's hands: from here on its room is what its header says.
 */
static struct line_writer *make_waiting_writer(int fd)
{
	struct line_writer *writer = line_writer_new(fd);
	char line[LINE_SIZE];

	make_line(0, line);
	ck_assert(line_writer_put(writer, line, LINE_SIZE));
	line_writer_await_room(writer, PATIENCE_MS);
	return writer;
}

/* Puts lines 1 to LINES and says how many of them were lost. */
static unsigned put_lines(struct line_writer *writer)
{
	char line[LINE_SIZE];
	unsigned lost = 0;

	for (unsigned i = 1; i <= LINES; i++) {
		make_line(i, line);
		lost += !line_writer_put(writer, line, LINE_SIZE);
	}
	return lost;
}

struct reader {
	int fd;
	unsigned lines;
	bool is_in_order; /* each line is whole, and larger than the one before */
};

/* Reads until the other side is closed. Asserts nothing: a failure is for the thread that runs the tests. */
static void reader_run(void *arg)
{
	struct reader *reader = arg;
	FILE *stream = fdopen(reader->fd, "r");
	char *line = NULL;
	size_t allocated = 0;
	long last = -1;
	ssize_t length;

	reader->is_in_order = true;
	while ((length = getline(&line, &allocated, stream)) > 0) {
		long number = strtol(line, NULL, 10);

		reader->is_in_order = reader->is_in_order && length == LINE_SIZE && number > last;
		last = number;
		reader->lines++;
	}
	free(line);
	fclose(stream);
}

static void skip_bytes(int fd, size_t length)
{
	char bytes[4096];

	while (length) {
		ssize_t n = read(fd, bytes, length < sizeof(bytes) ? length : sizeof(bytes));

		ck_assert_int_gt(n, 0);
		length -= (size_t)n;
	}
}

START_TEST(who_does_not_read_keeps_nobody_waiting)
{
	struct line_writer *writer;
	int ends[2];

	make_full_pipe(ends);
	writer = make_waiting_writer(ends[1]);
	ck_assert_uint_eq(put_lines(writer), LINES - LINE_WRITER_SIZE_MAX / LINE_SIZE);
	/* There is no room to say so. */
	ck_assert_uint_eq(line_writer_take_lost(writer), 0);
	/* It still waits: not for ever. */
	line_writer_free(writer, 10);
	/* The thread was left alone with its descriptor; with the reader gone it ends. */
	close(ends[0]);
}
END_TEST

START_TEST(what_has_room_arrives_in_order)
{
	struct line_writer *writer;
	struct reader reader = {0};
	uv_thread_t thread;
	char line[LINE_SIZE];
	size_t size;
	unsigned lost;
	int ends[2], r;

	size = make_full_pipe(ends);
	writer = make_waiting_writer(ends[1]);
	lost = put_lines(writer);
	skip_bytes(ends[0], size);
	reader.fd = ends[0];
	r = uv_thread_create(&thread, reader_run, &reader);
	ck_assert_int_eq(r, 0);
	/* Somebody reads now, so there will be room to say it. */
	line_writer_await_room(writer, PATIENCE_MS);
	ck_assert_uint_eq(line_writer_take_lost(writer), lost);
	ck_assert_uint_eq(line_writer_take_lost(writer), 0);
	make_line(LINES + 1, line);
	ck_assert(line_writer_put(writer, line, LINE_SIZE));
	line_writer_free(writer, PATIENCE_MS);
	close(ends[1]);
	uv_thread_join(&thread);
	ck_assert(reader.is_in_order);
	ck_assert_uint_eq(reader.lines, LINES + 2 - lost);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("line_writer");
	TCase *tcase = tcase_create("lines");
	SRunner *runner = srunner_create(suite);
	int failed;

	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, who_does_not_read_keeps_nobody_waiting);
	tcase_add_test(tcase, what_has_room_arrives_in_order);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
