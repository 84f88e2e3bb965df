/*
 * The answer to a $batch from a Graph that answers anything: each part gets an answer with a real status, or is
 * garbled, and no part is absent because something else was. The first byte is the number of parts, the second the
 * status of the whole.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "transport/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 200, 200, 200, 204, 302, 400, 401, 404, 429, 503};
	struct reply replies[BATCH_MAX], reply = {.type = REPLY_ANSWER};
	struct arena arena = {0};
	size_t count;
	cJSON *json;
	char *body;

	if (size < 2)
		return 0;
	count = 1 + data[0] % BATCH_MAX;
	reply.status = statuses[data[1] % ARRAY_SIZE(statuses)];
	body = arena_copy_bytes(&arena, (const char *)data + 2, size - 2);
	reply.body = body;
	reply.body_length = size - 2;
	batch_read(&reply, count, &arena, replies, &json);
	for (size_t i = 0; i < count; i++) {
		require(replies[i].type == REPLY_ANSWER || replies[i].type == REPLY_LOST, "each part has its reply");
		require(replies[i].type != REPLY_LOST || (replies[i].message && replies[i].was_sent),
			"a part that is lost says so");
		require(replies[i].type != REPLY_ANSWER || (replies[i].status >= 200 && replies[i].status <= 599),
			"a status is one");
		require(reply.status == 200 || replies[i].type != REPLY_ANSWER || replies[i].status != 404,
			"no part is absent by contagion");
	}
	cJSON_Delete(json);
	arena_done(&arena);
	return 0;
}
