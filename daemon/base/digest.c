#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void digest_print_hex(const unsigned char *bytes, size_t length, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[2 * length] = 0;
}

void digest_sha256_hex(const void *bytes, size_t length, char ret[DIGEST_SHA256_HEX_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256(bytes, length, hash);
	digest_print_hex(hash, sizeof(hash), ret);
}

static unsigned digest_hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(text_lower(c) - 'a' + 10);
}

void digest_guid_v5(const char *namespace_guid, const char *name, char ret[DIGEST_GUID_SIZE])
{
	unsigned char space[16], hash[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t n = 0;

	if (!text_is_guid(namespace_guid))
		abort();
	for (const char *p = namespace_guid; *p; p++) {
		if (*p == '-')
			continue;
		space[n / 2] = (unsigned char)(n % 2 ? space[n / 2] | digest_hex_value(*p) : digest_hex_value(*p) << 4);
		n++;
	}
	if (!context || !EVP_DigestInit_ex(context, EVP_sha1(), NULL) ||
	    !EVP_DigestUpdate(context, space, sizeof(space)) || !EVP_DigestUpdate(context, name, strlen(name)) ||
	    !EVP_DigestFinal_ex(context, hash, NULL))
		memory_exhausted();
	EVP_MD_CTX_free(context);
	hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x50);
	hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
	snprintf(ret, DIGEST_GUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", hash[0],
		 hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7], hash[8], hash[9], hash[10], hash[11],
		 hash[12], hash[13], hash[14], hash[15]);
}

void digest_fingerprint(const void *key, size_t key_length, const char *text, char ret[DIGEST_FINGERPRINT_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];

	if (!HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, strlen(text), hash, NULL))
		memory_exhausted();
	digest_print_hex(hash, 6, hex);
	memcpy(ret, hex, DIGEST_FINGERPRINT_SIZE);
}
