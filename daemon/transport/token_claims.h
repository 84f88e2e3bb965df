/*
 * What an access token says of itself and of whom it was issued to (the payload of a JWT, RFC 7519), for sentences, for
 * `doctor`, and to notice a token for another resource. It is decoded and never verified: the services do that. So it
 * is data of limited trust, cut and cleaned for a terminal. The token itself is not kept. Pure.
 * Source: Microsoft's reference of access token claims.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

struct token_words {
	const char *const *words;
	size_t count;
};

/* A text that the token does not have is NULL. */
struct token_claims {
	const char *audience;      /* aud: a URL or an application's id */
	const char *tenant_id;     /* tid: whose directory issued it */
	const char *app_id;        /* appid, or azp in tokens of version 2.0; of a person: the program that asked */
	const char *object_id;     /* oid: of the service principal, or of the person */
	const char *identity_type; /* idtyp: "app" or "user"; optional */
	const char *user_name;     /* upn, preferred_username or unique_name: of a person */
	const char *resource_id;   /* xms_mirid: of a managed identity, or of the machine that has it */
	int64_t expires_s;         /* exp, Unix time; 0: not said */
	struct token_words roles;  /* roles: the application's own permissions */
	struct token_words scopes; /* scp: what the program may do for a person */
	struct token_words wids;   /* wids: templates of the directory roles of a person */
	bool has_wids;             /* the token says which those are, be it none */
};

/* Reads TOKEN into RET, strings in ARENA. 0; -EBADMSG: it is no JWT, or its payload is no JSON object. */
int token_claims_read(const char *token, struct arena *arena, struct token_claims *ret) _must_check_;
/* Is a token for AUDIENCE ("https://graph.microsoft.com") right when it says CLAIMS->audience? Services name themselves
 * by a URL, with or without a slash at its end, or by the id of their application; an id is not judged. */
bool token_claims_are_for(const struct token_claims *claims, const char *audience) _pure_;
