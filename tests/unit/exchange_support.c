#include "exchange_support.h"

#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "world/json.h"

const char script_base_url[] = "https://cloud.example";

enum { START_MS = 1800000000, SENDS_MAX = 2000 };

struct player {
	const struct script *script;
	struct exchange exchange;
	struct buffer sent;
	unsigned sends, renewals;
	int64_t now_ms, slept_ms;
};

static struct reply next_reply(struct player *player)
{
	const struct script_reply *line;
	struct reply reply = {.type = REPLY_ANSWER};

	ck_assert_msg(player->sends < SCRIPT_MAX, "%s: sends more than the script has replies", player->script->name);
	line = &player->script->replies[player->sends++];
	if (!line->status)
		return (struct reply){.type = REPLY_LOST,
				      .message = "lost",
				      .was_sent = line->was_sent,
				      .is_permanent = line->is_permanent};
	reply.status = line->status;
	reply.body = line->body;
	reply.body_length = line->body ? strlen(line->body) : 0;
	reply.headers[REPLY_RETRY_AFTER] = line->retry_after;
	reply.headers[REPLY_LOCATION] = line->location;
	reply.headers[REPLY_ASYNC_OPERATION] = line->async_operation;
	reply.headers[REPLY_CHALLENGE] = line->challenge;
	reply.headers[REPLY_DATE] = line->date;
	return reply;
}

static struct exchange_move play(struct player *player, const struct exchange_move *move)
{
	struct reply reply = {.type = REPLY_READY};

	if (move->type == MOVE_TOKEN) {
		player->renewals += move->renew;
	} else if (move->type == MOVE_SLEEP) {
		ck_assert_int_gt(move->delay_ms, 0);
		player->slept_ms += move->delay_ms;
		player->now_ms += move->delay_ms;
	} else {
		ck_assert_msg(text_has_prefix(move->url, "https://cloud.example/"), "%s: sends to %s",
			      player->script->name, move->url);
		buffer_printf(&player->sent, "%s%s %s", player->sends ? "|" : "", method_name(move->method),
			      move->url + strlen(script_base_url));
		reply = next_reply(player);
	}
	return exchange_absorb(&player->exchange, &reply, player->now_ms);
}

static void check_end(struct player *player)
{
	const struct script *script = player->script;
	const struct response *response = exchange_response(&player->exchange);
	const struct fault *fault = &response->fault;

	ck_assert_msg(fault->class == script->fault, "%s: %s instead of %s (%s)", script->name,
		      fault_class_name(fault->class), fault_class_name(script->fault),
		      fault->message ? fault->message : "");
	ck_assert_msg(text_equal(player->sent.data, script->sent), "%s: sent %s", script->name, player->sent.data);
	ck_assert_msg(fault->is_ambiguous == script->is_ambiguous, "%s: ambiguous %d", script->name,
		      fault->is_ambiguous);
	ck_assert_msg(response->status == script->status, "%s: status %d", script->name, response->status);
	ck_assert_msg(player->renewals == script->renewals, "%s: %u renewals", script->name, player->renewals);
	ck_assert_msg(player->slept_ms >= script->slept_min_ms, "%s: slept %lld", script->name,
		      (long long)player->slept_ms);
	if (script->slept_max_ms)
		ck_assert_msg(player->slept_ms <= script->slept_max_ms, "%s: slept %lld", script->name,
			      (long long)player->slept_ms);
	if (script->retry_after_s)
		ck_assert_msg(fault->retry_after_s == script->retry_after_s, "%s: retry after %lld", script->name,
			      (long long)fault->retry_after_s);
	if (script->message)
		ck_assert_msg(text_contains_fold(fault->message, script->message), "%s: says %s", script->name,
			      fault->message);
	/* Whatever goes wrong is said in a sentence, by a named host. */
	if (fault->class != FAULT_NONE) {
		ck_assert_ptr_nonnull(fault->message);
		ck_assert_str_eq(fault->host, "cloud.example");
		ck_assert_ptr_null(response->body);
	}
	if (script->body) {
		struct arena arena = {0};

		ck_assert_msg(response->body != NULL, "%s: no body", script->name);
		ck_assert_str_eq(json_print(response->body, &arena), script->body);
		arena_done(&arena);
	}
}

void script_check(const struct script *script)
{
	struct player player = {.script = script, .now_ms = START_MS};
	struct exchange_request request = script->request;
	struct exchange_move move;

	if (!request.base_url)
		request.base_url = script_base_url;
	buffer_init(&player.sent, 256 * 1024);
	exchange_init(&player.exchange, &request, 7);
	for (move = exchange_begin(&player.exchange); move.type != MOVE_DONE;)
		move = play(&player, &move);
	check_end(&player);
	exchange_done(&player.exchange);
	buffer_done(&player.sent);
}

void script_check_all(const struct script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		script_check(&scripts[i]);
}
