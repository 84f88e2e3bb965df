/*
 * One exchange with a cloud that answers anything. Whatever comes back, the exchange ends, asks no other host, sends a
 * write again only after an answer that excludes it was processed, and concludes something only from an answer that
 * says it.
 *
 * The input is text: the first byte chooses the request, then answers are divided by lines of "==="; each is a status
 * (0: lost before sending, 1: lost after it), header lines, an empty line, and the body.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOVES_MAX = 100000, PART_MAX = 64 * 1024 };

static const struct exchange_request requests[] = {
	{.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .path = "/a?v=1"},
	{.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_PUT, .path = "/a?v=1", .body = "{}", .is_write = true},
	{.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_POST, .path = "/a/restart", .is_write = true},
	{.service = SERVICE_RESOURCE_MANAGER, .method = METHOD_GET, .path = "/l", .is_collection = true},
	{.service = SERVICE_RESOURCE_MANAGER,
	 .method = METHOD_POST,
	 .path = "/q",
	 .body = "{\"query\":\"x\"}",
	 .is_collection = true},
	{.service = SERVICE_GRAPH, .method = METHOD_PATCH, .path = "/v1.0/a", .body = "{}", .is_write = true},
	{.service = SERVICE_SITE, .method = METHOD_GET, .path = "/probe", .is_anonymous = true, .accepts_text = true},
};

struct play {
	struct exchange_request request;
	struct exchange exchange;
	char *text;      /* the input, cut into pieces */
	char *next;      /* NULL: no answers are left */
	bool may_repeat; /* the last answer says that the write was not processed */
	unsigned writes, moves;
};

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static bool is_clean(const char *text, bool allow_blanks)
{
	for (; *text; text++)
		if ((unsigned char)*text < (allow_blanks ? 0x20 : 0x21) || *text == 0x7f)
			return false;
	return true;
}

/* Cuts one line off *TEXT. */
static char *take_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	return line;
}

static char *take_answer(struct play *play)
{
	char *answer = play->next, *end = strstr(answer, "\n===\n");

	play->next = end ? end + strlen("\n===\n") : NULL;
	if (end)
		*end = 0;
	return answer;
}

static struct reply read_answer(char *text)
{
	struct reply reply = {.type = REPLY_ANSWER, .message = "lost"};
	uint64_t status;
	char *line = take_line(&text);

	if (!text_parse_uint64(line, &status) || status < 100 || status > 599) {
		reply.type = REPLY_LOST;
		reply.was_sent = line[0] == '1';
		reply.is_permanent = line[0] && line[1] == 'p';
		reply.is_garbled = line[0] && line[1] == 'g';
		return reply;
	}
	reply.status = (int)status;
	while (*(line = take_line(&text))) {
		char *colon = strstr(line, ": ");
		enum reply_header header = colon ? reply_header_find(line, (size_t)(colon - line)) : REPLY_HEADERS;

		if (header != REPLY_HEADERS)
			reply.headers[header] = colon + 2;
	}
	reply.body = text;
	reply.body_length = strlen(text);
	return reply;
}

static struct exchange_move answer_sending(struct play *play, const struct exchange_move *move)
{
	struct reply reply = {.type = REPLY_LOST, .was_sent = true, .is_permanent = true, .message = "nothing is left"};

	require(text_has_prefix(move->url, "https://cloud.example/"), "only the configured host is asked");
	require(is_clean(move->url, false), "a URL has no blanks");
	if (play->request.is_write && move->method != METHOD_GET) {
		require(!play->writes || play->may_repeat, "a write is repeated only when it was not processed");
		play->writes++;
	}
	if (play->next)
		reply = read_answer(take_answer(play));
	play->may_repeat = (reply.type == REPLY_LOST && !reply.was_sent) ||
			   (reply.type == REPLY_ANSWER && (reply.status == 429 || reply.status == 401));
	return exchange_absorb(&play->exchange, &reply, 1800000000000 + play->moves);
}

static void check_end(const struct play *play)
{
	const struct response *response = exchange_response(&play->exchange);

	if (response->fault.class != FAULT_NONE) {
		require(response->fault.message && is_clean(response->fault.message, true),
			"a fault is said in one line");
		require(response->fault.host != NULL, "a fault names the host");
		require(!response->body, "a fault concludes nothing");
		require(play->request.is_write || !response->fault.is_ambiguous, "a read is never ambiguous");
		return;
	}
	require(response->status >= 200 && response->status < 300, "success is a 2xx");
	if (play->request.is_collection)
		require(cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(response->body, "value")),
			"a collection is a list");
	if (!play->request.is_write && !play->request.accepts_text)
		require(response->body && response->status == 200, "a read is there");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play play = {0};
	struct exchange_move move;

	if (size < 2 || size > PART_MAX)
		return 0;
	play.request = requests[data[0] % ARRAY_SIZE(requests)];
	play.request.base_url = "https://cloud.example";
	play.text = memory_new(size);
	memcpy(play.text, data + 1, size - 1);
	/* What is read of it ends at a zero; the answers' bodies may hold anything else. */
	play.next = play.text[0] == '\n' ? play.text + 1 : play.text;
	exchange_init(&play.exchange, &play.request, 1);
	for (move = exchange_begin(&play.exchange); move.type != MOVE_DONE;) {
		require(++play.moves < MOVES_MAX, "an exchange ends");
		require(move.type != MOVE_SLEEP ||
				(move.delay_ms > 0 && move.delay_ms <= 2 * EXCHANGE_RETRY_AFTER_MAX_MS),
			"a sleep has an end");
		if (move.type == MOVE_SEND)
			move = answer_sending(&play, &move);
		else
			move = exchange_absorb(&play.exchange, &(struct reply){.type = REPLY_READY},
					       1800000000000 + play.moves);
	}
	check_end(&play);
	exchange_done(&play.exchange);
	free(play.text);
	return 0;
}
