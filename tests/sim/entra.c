#include "entra.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "core.h"
#include "directory.h"
#include "entra_internal.h"

enum { METADATA_REQUESTS_PER_S = 20, VERIFIED_MAX = 16, KEPT_MAX = 32 };

struct entra {
	int64_t second; /* the one in which the metadata requests are counted */
	unsigned requests;
	void (*write_challenge)(void *userdata, const char *path, const char *content);
	void *userdata;
	char challenge[37]; /* the key of the current challenge; "" when none is open */
	struct verified {
		char *token;
		cJSON *claims;
	} verified[VERIFIED_MAX]; /* the latest tokens whose signature was found good */
	size_t next_verified;
	struct kept {
		char *whose; /* object id and resource */
		char *token;
		int64_t expires_s;
	} kept[KEPT_MAX]; /* what the platform handed out for managed identities */
	size_t next_kept;
};

struct entra *entra_new(void)
{
	return memory_new(sizeof(struct entra));
}

static void verified_done(struct verified *verified)
{
	memory_free_secret(verified->token);
	cJSON_Delete(verified->claims);
}

static void kept_done(struct kept *kept)
{
	free(kept->whose);
	memory_free_secret(kept->token);
}

void entra_free(struct entra *entra)
{
	for (size_t i = 0; entra && i < VERIFIED_MAX; i++)
		verified_done(&entra->verified[i]);
	for (size_t i = 0; entra && i < KEPT_MAX; i++)
		kept_done(&entra->kept[i]);
	free(entra);
}

const cJSON *entra_verified_claims(const struct call *call, const char *token)
{
	const struct entra *entra = call->sim->entra;

	for (size_t i = 0; i < VERIFIED_MAX; i++)
		if (entra->verified[i].token && text_equal(entra->verified[i].token, token))
			return entra->verified[i].claims;
	return NULL;
}

void entra_remember_verified(struct call *call, const char *token, cJSON *claims)
{
	struct entra *entra = call->sim->entra;
	struct verified *place = &entra->verified[entra->next_verified++ % VERIFIED_MAX];

	verified_done(place);
	*place = (struct verified){.token = memory_copy_text(token), .claims = claims};
}

void entra_set_challenge_sink(struct entra *entra, void (*write)(void *userdata, const char *path, const char *content),
			      void *userdata)
{
	entra->write_challenge = write;
	entra->userdata = userdata;
}

const char *entra_public_url(const struct call *call)
{
	return call->sim->options.base_url;
}

bool entra_take_metadata_request(struct call *call)
{
	struct entra *entra = call->sim->entra;
	int64_t second = call->now_ms / 1000;

	if (entra->second != second) {
		entra->second = second;
		entra->requests = 0;
	}
	return ++entra->requests <= METADATA_REQUESTS_PER_S || !call->sim->options.realistic_throttle;
}

const char *entra_issue_kept(struct call *call, const struct entra_request *request, int64_t *ret_lifetime_s)
{
	const char *whose =
		arena_printf(call->arena, "%s %s", directory_text(request->principal, "id"), request->resource);
	struct entra *entra = call->sim->entra;
	struct kept *kept = NULL;
	int64_t now_s = call->now_ms / 1000;

	for (size_t i = 0; i < KEPT_MAX && !kept; i++)
		if (text_equal_fold(entra->kept[i].whose, whose))
			kept = &entra->kept[i];
	if (!kept || kept->expires_s - now_s < ENTRA_LIFETIME_CP1_S / 2) {
		if (!kept)
			kept = &entra->kept[entra->next_kept++ % KEPT_MAX];
		kept_done(kept);
		*kept = (struct kept){.whose = memory_copy_text(whose),
				      .token = memory_copy_text(entra_issue(call, request)),
				      .expires_s = now_s + entra_lifetime_s(request)};
	}
	*ret_lifetime_s = kept->expires_s - now_s;
	return arena_copy_text(call->arena, kept->token);
}

const char *entra_challenge_key(struct call *call)
{
	struct entra *entra = call->sim->entra;

	if (!entra->challenge[0])
		state_guid_from(&call->sim->request_random, entra->challenge);
	return entra->challenge;
}

const char *entra_challenge_path(struct call *call)
{
	struct entra *entra = call->sim->entra;
	const char *directory = directory_text(call->state->credentials->child, "arcDirectory");
	const char *path = arena_printf(call->arena, "%s/%s.key", directory ? directory : "/var/opt/azcmagent/tokens",
					entra_challenge_key(call));

	if (entra->write_challenge)
		entra->write_challenge(entra->userdata, path, entra_challenge_key(call));
	return path;
}
