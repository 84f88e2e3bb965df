#include "transport/token.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/jitter.h"
#include "world/json.h"

void token_done(struct token *token)
{
	memory_free_secret(token->value);
	free(token->claims);
	arena_done(&token->fault_arena);
	*token = (struct token){0};
}

static bool is_usable(const struct token *token, int64_t now_ms)
{
	return token->value && now_ms < token->usable_until_ms;
}

enum token_state token_ask(const struct token *token, int64_t now_ms)
{
	if (is_usable(token, now_ms))
		return TOKEN_READY;
	return now_ms < token->failed_until_ms && !token->is_fetching ? TOKEN_FAILED : TOKEN_AWAITED;
}

bool token_begin_fetch(struct token *token, int64_t now_ms)
{
	if (token->is_fetching || now_ms < token->failed_until_ms)
		return false;
	if (is_usable(token, now_ms) && now_ms < token->refresh_ms)
		return false;
	token->is_fetching = true;
	token->is_outdated = false;
	return true;
}

void token_absorb(struct token *token, const char *value, int64_t lifetime_s, int64_t refresh_in_s, int64_t now_ms)
{
	int64_t lifetime_ms = lifetime_s * 1000, margin_ms = TOKEN_MARGIN_MS, refresh_in_ms, last_ms;

	token->is_fetching = false;
	if (token->is_outdated)
		return;
	/* A token so short-lived that the margin would eat it is still used for most of its life. */
	if (margin_ms > lifetime_ms / 4)
		margin_ms = lifetime_ms / 4;
	last_ms = TOKEN_LAST_MS < margin_ms ? TOKEN_LAST_MS : margin_ms;
	memory_free_secret(token->value);
	token->value = memory_copy_text(value);
	token->generation++;
	token->usable_until_ms = now_ms + lifetime_ms - margin_ms;
	token->last_use_ms = now_ms + lifetime_ms - last_ms;
	refresh_in_ms = lifetime_ms - 2 * margin_ms;
	if (refresh_in_s > 0 && refresh_in_s * 1000 < refresh_in_ms)
		refresh_in_ms = refresh_in_s * 1000;
	/* The tokens of all tenants, and of daemons that were started together, would end together. */
	token->refresh_ms = now_ms + refresh_in_ms - jitter_draw(&token->random, refresh_in_ms / TOKEN_JITTER);
	token->failed_until_ms = 0;
	free(token->claims);
	token->claims = NULL;
}

void token_absorb_fault(struct token *token, const struct fault *fault, int64_t now_ms)
{
	int64_t wait_ms = fault->retry_after_s * 1000;

	token->is_fetching = false;
	arena_done(&token->fault_arena);
	token->fault = fault_copy(&token->fault_arena, fault);
	/* There is no better one, so it is used to its end. */
	token->usable_until_ms = token->last_use_ms;
	/* Somebody who has a usable token does not notice; the others hear of it without asking the cloud again at
	 * once. */
	if (is_usable(token, now_ms))
		wait_ms = wait_ms > TOKEN_RETRY_MS ? wait_ms : TOKEN_RETRY_MS;
	else
		wait_ms = wait_ms > TOKEN_FAILURE_MS ? wait_ms : TOKEN_FAILURE_MS;
	token->failed_until_ms = now_ms + wait_ms;
}

void token_refuse(struct token *token, uint64_t generation, const char *claims)
{
	if (generation != token->generation || (token->value && token->is_replacement))
		return;
	memory_free_secret(token->value);
	token->value = NULL;
	token->is_replacement = true;
	/* Many hear the same refusal; only a new demand makes what is being fetched useless. */
	if (claims && !text_equal(claims, token->claims)) {
		free(token->claims);
		token->claims = memory_copy_text(claims);
		token->is_outdated = token->is_fetching;
	}
	/* A renewal that failed ahead of time must not stand in the way of one that is needed. */
	token->failed_until_ms = 0;
}

void token_end_pass(struct token *token)
{
	token->is_replacement = false;
}

const char *token_claims_parameter(const char *challenge, struct arena *arena)
{
	cJSON *claims = challenge ? json_parse(challenge, strlen(challenge)) : NULL, *access, *capability, *values;
	const char *text;

	if (!cJSON_IsObject(claims)) {
		cJSON_Delete(claims);
		claims = cJSON_CreateObject();
	}
	access = cJSON_GetObjectItemCaseSensitive(claims, "access_token");
	if (!cJSON_IsObject(access)) {
		cJSON_DeleteItemFromObjectCaseSensitive(claims, "access_token");
		access = cJSON_AddObjectToObject(claims, "access_token");
	}
	cJSON_DeleteItemFromObjectCaseSensitive(access, "xms_cc");
	capability = cJSON_AddObjectToObject(access, "xms_cc");
	values = cJSON_AddArrayToObject(capability, "values");
	cJSON_AddItemToArray(values, cJSON_CreateString("cp1"));
	text = json_print(claims, arena);
	cJSON_Delete(claims);
	return text;
}
