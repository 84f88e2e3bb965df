/*
 * JSON web tokens (RFC 7515, 7519) in the compact form, and the RSA key that signs ours. Knows how to make and to check
 * a signature; what the claims mean is for others.
 */
#pragma once

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"

enum { ENTRA_TOKEN_MAX = 32768 };

/* A token taken apart, not yet believed. */
struct entra_jwt {
	cJSON *header, *claims;
	const char *signed_part; /* "HEADER.CLAIMS"; not terminated */
	size_t signed_length;
	const unsigned char *signature;
	size_t signature_length;
};

/* The key pair that this process signs with. 2048 bits, the same in every run; made once, never freed. */
EVP_PKEY *entra_signing_key(void) _must_check_;
/* The key's name in the header of a token and in the list of keys; in static storage. */
const char *entra_signing_key_id(void) _must_check_;
/* The public half as a JSON web key, to be freed. */
cJSON *entra_signing_key_json(void) _must_check_;

/* CLAIMS as a token that is signed with RS256; in ARENA. */
const char *entra_jwt_sign(struct arena *arena, const cJSON *claims) _must_check_;

/* Takes TOKEN apart: 0, and RET is to be released with entra_jwt_done(). -EINVAL: it is not a token. */
int entra_jwt_parse(struct arena *arena, const char *token, struct entra_jwt *ret) _must_check_;
void entra_jwt_done(struct entra_jwt *jwt);
/* Is the signature KEY's, by the algorithm that the header names (RS256, PS256)? */
bool entra_jwt_is_signed_by(const struct entra_jwt *jwt, EVP_PKEY *key) _must_check_;

/* Base64 in the alphabet for URLs, without padding; in ARENA. */
const char *entra_base64url(struct arena *arena, const void *bytes, size_t length) _must_check_;
/* Decodes either alphabet, with or without padding. NULL: TEXT is neither. The bytes are in ARENA, a zero behind them.
 */
const unsigned char *entra_base64_decode(struct arena *arena, const char *text, size_t text_length,
					 size_t *ret_length) _must_check_;
