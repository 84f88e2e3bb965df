/*
 * What whoever answers in the place of a managed identity's service may say: a challenge that names a file, and a token
 * or a refusal. The first byte says which, and which service. No file outside of the agent's own folder is ever named,
 * no token is taken whose answer says that it is for somebody else, and nothing of it moves a terminal's cursor.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "transport/arc_challenge.h"
#include "transport/identity_reply.h"
#include "world/json.h"

#define AUDIENCE "https://management.azure.com"
#define CLIENT   "22222222-2222-2222-2222-222222222222"

enum { CHALLENGE = 3, NAMED = 4 };

static void look_at(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

static void challenge(const char *text, struct arena *arena)
{
	const char *name = NULL, *problem = arc_challenge_parse(text, ARC_CHALLENGE_DIRECTORY, arena, &name);

	look_at(problem);
	if (problem)
		return;
	if (strchr(name, '/') || name[0] == '.' || !text_has_suffix_fold(name, ".key"))
		abort();
}

/* What was refused is not there to be used; what is used is not what the answer gives to another. */
static void judge(const struct identity_question *question, const struct reply *reply,
		  const struct credential_answer *answer)
{
	cJSON *json = json_parse(reply->body, reply->body_length);
	const cJSON *whose = json_get(json, "client_id");

	look_at(answer->fault.message);
	if (!answer->token == !answer->fault.message)
		abort();
	if (answer->token && (reply->status != 200 || answer->lifetime_s <= 0))
		abort();
	if (answer->token && question->desired->client_id && cJSON_IsString(whose) &&
	    !text_equal_fold(whose->valuestring, CLIENT))
		abort();
	cJSON_Delete(json);
}

static void answer(const char *text, size_t size, uint8_t how, struct arena *arena)
{
	static const int statuses[] = {200, 400, 401, 403, 404, 410, 429, 500};
	const struct desired_credential desired = {.type = CREDENTIAL_MANAGED_IDENTITY,
						   .client_id = how & NAMED ? CLIENT : NULL};
	const struct identity_source source = {
		.service = (enum identity_service)(how & 3), .name = "the service (host)", .host = "host"};
	const struct identity_question question = {
		.source = &source,
		.desired = &desired,
		.audience = AUDIENCE,
		.tenant_id = "11111111-1111-1111-1111-111111111101",
		.is_probe = how & 8,
	};
	const struct reply reply = {
		.type = REPLY_ANSWER, .status = statuses[how >> 4 & 7], .body = text, .body_length = size};
	struct credential_answer given;

	identity_reply_read(&question, &reply, INT64_C(1767225600), arena, &given);
	judge(&question, &reply, &given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	const char *text;

	if (!size)
		return 0;
	text = arena_copy_bytes(&arena, (const char *)data + 1, size - 1);
	if ((data[0] & 3) == CHALLENGE)
		challenge(text, &arena);
	else
		answer(text, size - 1, data[0], &arena);
	arena_done(&arena);
	return 0;
}
