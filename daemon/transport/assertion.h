/*
 * A client assertion: the JSON web token (RFC 7515, 7519, 7523) by which the holder of a certificate's key proves to
 * Entra that he is the application. Pure but for the random number in a signature (RSA-PSS). Format: auth.md section 3.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "transport/client_certificate.h"

struct assertion {
	const char *client_id;
	const char *audience; /* the token endpoint */
	const char *id;       /* jti: a new GUID for each */
	int64_t now_s;        /* Unix time: valid from then, for ten minutes */
	bool has_chain;       /* sends the certificates as well (x5c), for trust by subject name and issuer */
};

/* ASSERTION signed (PS256) by PAIR, in ARENA. NULL: the key cannot sign, being too short. */
const char *assertion_sign(const struct assertion *assertion, const struct client_certificate *pair,
			   struct arena *arena);
