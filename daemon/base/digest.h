/* Digests from OpenSSL in the forms that we use: names derived from content, chains, and fingerprints of secrets. */
#pragma once

#include <stddef.h>

#include "base/attributes.h"
#include "base/text.h"

enum { DIGEST_SHA256_HEX_SIZE = 65, DIGEST_GUID_SIZE = TEXT_GUID_LENGTH + 1, DIGEST_FINGERPRINT_SIZE = 13 };

/* SHA-256 of LENGTH bytes, lower-case hexadecimal. */
void digest_sha256_hex(const void *bytes, size_t length, char ret[DIGEST_SHA256_HEX_SIZE]);
/* RFC 4122 version 5: a GUID that follows from NAMESPACE_GUID (its text form; must be valid) and NAME. */
void digest_guid_v5(const char *namespace_guid, const char *name, char ret[DIGEST_GUID_SIZE]);
/* The first 12 hexadecimal digits of HMAC-SHA-256(KEY, TEXT): shows that a secret changed, says nothing else of it. */
void digest_fingerprint(const void *key, size_t key_length, const char *text, char ret[DIGEST_FINGERPRINT_SIZE]);
