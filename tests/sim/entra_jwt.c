#include "entra_jwt.h"

#include <errno.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *entra_base64url(struct arena *arena, const void *bytes, size_t length)
{
	const unsigned char *in = bytes;
	char *text = arena_alloc(arena, (length + 2) / 3 * 4 + 1), *out = text;

	for (size_t i = 0; i < length; i += 3) {
		size_t rest = length - i;
		unsigned word = (unsigned)in[i] << 16 | (rest > 1 ? (unsigned)in[i + 1] << 8 : 0) |
				(rest > 2 ? (unsigned)in[i + 2] : 0);

		*out++ = url_alphabet[word >> 18];
		*out++ = url_alphabet[word >> 12 & 63];
		if (rest > 1)
			*out++ = url_alphabet[word >> 6 & 63];
		if (rest > 2)
			*out++ = url_alphabet[word & 63];
	}
	return text;
}

static int base64_digit(char c)
{
	const char *found;

	if (c == '+')
		c = '-';
	if (c == '/')
		c = '_';
	found = c ? strchr(url_alphabet, c) : NULL;
	return found ? (int)(found - url_alphabet) : -1;
}

const unsigned char *entra_base64_decode(struct arena *arena, const char *text, size_t text_length, size_t *ret_length)
{
	unsigned char *bytes;
	size_t length = 0;
	unsigned word = 0;

	for (int i = 0; i < 2 && text_length > 0 && text[text_length - 1] == '='; i++)
		text_length--;
	if (text_length % 4 == 1)
		return NULL;
	bytes = arena_alloc(arena, text_length + 1);
	for (size_t i = 0; i < text_length; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			return NULL;
		word = word << 6 | (unsigned)digit;
		if (i % 4 != 0)
			bytes[length++] = (unsigned char)(word >> (6 - 2 * (i % 4)));
	}
	bytes[length] = 0;
	*ret_length = length;
	return bytes;
}

const char *entra_jwt_sign(struct arena *arena, const cJSON *claims)
{
	char *json = cJSON_PrintUnformatted(claims);
	const char *header = arena_printf(arena, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5t\":\"%s\",\"kid\":\"%s\"}",
					  entra_signing_key_id(), entra_signing_key_id());
	const char *text;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[512];
	size_t length = sizeof(signature);

	if (!json || !context)
		memory_exhausted();
	text = arena_printf(arena, "%s.%s", entra_base64url(arena, header, strlen(header)),
			    entra_base64url(arena, json, strlen(json)));
	if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, entra_signing_key()) != 1 ||
	    EVP_DigestSign(context, signature, &length, (const unsigned char *)text, strlen(text)) != 1)
		abort();
	EVP_MD_CTX_free(context);
	cJSON_free(json);
	return arena_printf(arena, "%s.%s", text, entra_base64url(arena, signature, length));
}

/* The JSON object in one part of a token, or NULL. */
static cJSON *decode_part(struct arena *arena, const char *part, size_t length)
{
	size_t bytes_length;
	const unsigned char *bytes = entra_base64_decode(arena, part, length, &bytes_length);
	cJSON *json = bytes ? cJSON_ParseWithLength((const char *)bytes, bytes_length) : NULL;

	if (json && !cJSON_IsObject(json)) {
		cJSON_Delete(json);
		json = NULL;
	}
	return json;
}

int entra_jwt_parse(struct arena *arena, const char *token, struct entra_jwt *ret)
{
	struct entra_jwt jwt = {.signed_part = token};
	const char *first, *second;
	size_t length = strlen(token);

	if (length > ENTRA_TOKEN_MAX || !(first = strchr(token, '.')) || !(second = strchr(first + 1, '.')))
		return -EINVAL;
	jwt.signed_length = (size_t)(second - token);
	jwt.signature = entra_base64_decode(arena, second + 1, strlen(second + 1), &jwt.signature_length);
	jwt.header = decode_part(arena, token, (size_t)(first - token));
	jwt.claims = decode_part(arena, first + 1, (size_t)(second - first - 1));
	if (!jwt.signature || !jwt.header || !jwt.claims) {
		entra_jwt_done(&jwt);
		return -EINVAL;
	}
	*ret = jwt;
	return 0;
}

void entra_jwt_done(struct entra_jwt *jwt)
{
	cJSON_Delete(jwt->header);
	cJSON_Delete(jwt->claims);
	*jwt = (struct entra_jwt){0};
}

bool entra_jwt_is_signed_by(const struct entra_jwt *jwt, EVP_PKEY *key)
{
	const char *algorithm = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(jwt->header, "alg"));
	bool is_pss = text_equal(algorithm, "PS256"), is_good;
	EVP_MD_CTX *context;
	EVP_PKEY_CTX *parameters;

	if (!is_pss && !text_equal(algorithm, "RS256"))
		return false;
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return false;
	context = EVP_MD_CTX_new();
	if (!context)
		memory_exhausted();
	is_good = EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), NULL, key) == 1 &&
		  (!is_pss || EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1) &&
		  EVP_DigestVerify(context, jwt->signature, jwt->signature_length,
				   (const unsigned char *)jwt->signed_part, jwt->signed_length) == 1;
	EVP_MD_CTX_free(context);
	return is_good;
}
