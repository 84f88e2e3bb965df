/* Lines for a reader who does not read: nobody waits for it, what is lost is counted, and the rest arrives in order. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "observe/line_writer.h"

enum { LINE_SIZE = 1000, LINES = 2000, PATIENCE_MS = 60000 };

static void make_line(unsigned number, char ret[LINE_SIZE])
{
	memset(ret, '.', LINE_SIZE);
	snprintf(ret, LINE_SIZE, "%06u", number);
	ret[6] = ' ';
	ret[LINE_SIZE - 1] = '\n';
}

/* Reads what is there until the other side is closed: how many lines, each larger than the one before. */
static unsigned count_lines(int fd)
{
	FILE *stream = fdopen(fd, "r");
	char *line = NULL;
	size_t allocated = 0;
	unsigned count = 0;
	long last = -1;

	while (getline(&line, &allocated, stream) > 0) {
		long number = strtol(line, NULL, 10);

		ck_assert_uint_eq(strlen(line), LINE_SIZE);
		ck_assert_int_gt(number, last);
		last = number;
		count++;
	}
	free(line);
	fclose(stream);
	return count;
}

START_TEST(who_does_not_read_keeps_nobody_waiting)
{
	struct line_writer *writer;
	char line[LINE_SIZE];
	unsigned lost = 0;
	int ends[2], r;

	r = pipe2(ends, O_CLOEXEC);
	ck_assert_int_eq(r, 0);
	writer = line_writer_new(ends[1]);
	for (unsigned i = 0; i < LINES; i++) {
		make_line(i, line);
		lost += !line_writer_put(writer, line, LINE_SIZE);
	}
	ck_assert_uint_gt(lost, LINES / 2);
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
	static struct line_writer *writer; /* reachable in the child, too, which ends without freeing it */
	char line[LINE_SIZE];
	unsigned lost = 0;
	int ends[2], r;
	pid_t reader;

	r = pipe2(ends, O_CLOEXEC);
	ck_assert_int_eq(r, 0);
	writer = line_writer_new(ends[1]);
	for (unsigned i = 0; i < LINES; i++) {
		make_line(i, line);
		lost += !line_writer_put(writer, line, LINE_SIZE);
	}
	reader = fork();
	if (reader == 0) {
		close(ends[1]);
		_exit(count_lines(ends[0]) == LINES + 1 - lost ? 0 : 1);
	}
	/* Somebody reads now, so there will be room to say it. */
	line_writer_await_room(writer, PATIENCE_MS);
	ck_assert_uint_eq(line_writer_take_lost(writer), lost);
	ck_assert_uint_eq(line_writer_take_lost(writer), 0);
	make_line(LINES, line);
	ck_assert(line_writer_put(writer, line, LINE_SIZE));
	line_writer_free(writer, PATIENCE_MS);
	close(ends[1]);
	close(ends[0]);
	ck_assert_int_eq(waitpid(reader, &r, 0), reader);
	ck_assert_int_eq(r, 0);
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
