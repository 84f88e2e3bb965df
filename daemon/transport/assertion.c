#include "transport/assertion.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"

enum { LIFETIME_S = 10 * 60, ASSERTION_MAX = 128 * 1024 };

static void append_base64(struct buffer *buffer, const void *bytes, size_t length)
{
	size_t size = (length + 2) / 3 * 4;
	char *text = memory_new(size + 1);

	EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
	buffer_append(buffer, text, size);
	memory_free_secret(text);
}

/* In the alphabet for URLs, without padding (RFC 7515 section 2). */
static void append_base64url(struct buffer *buffer, const void *bytes, size_t length)
{
	size_t start = buffer->length;

	append_base64(buffer, bytes, length);
	while (buffer->length > start && buffer->data[buffer->length - 1] == '=')
		buffer->data[--buffer->length] = 0;
	for (size_t i = start; i < buffer->length; i++) {
		if (buffer->data[i] == '+')
			buffer->data[i] = '-';
		else if (buffer->data[i] == '/')
			buffer->data[i] = '_';
	}
}

static void append_chain(struct buffer *json, STACK_OF(X509) * chain)
{
	buffer_append_text(json, ",\"x5c\":[");
	for (int i = 0; i < sk_X509_num(chain); i++) {
		unsigned char *der = NULL;
		int length = i2d_X509(sk_X509_value(chain, i), &der);

		if (length < 0)
			memory_exhausted();
		buffer_append_text(json, i ? ",\"" : "\"");
		append_base64(json, der, (size_t)length);
		buffer_append_char(json, '"');
		OPENSSL_free(der);
	}
	buffer_append_char(json, ']');
}

static void append_header(struct buffer *json, const struct assertion *assertion, const struct client_certificate *pair)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length;

	if (X509_digest(sk_X509_value(pair->chain, 0), EVP_sha256(), digest, &length) != 1)
		memory_exhausted();
	buffer_append_text(json, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"");
	append_base64url(json, digest, length);
	buffer_append_char(json, '"');
	if (assertion->has_chain)
		append_chain(json, pair->chain);
	buffer_append_char(json, '}');
}

static void append_member(struct buffer *json, const char *name, const char *text)
{
	buffer_printf(json, "\"%s\":\"", name);
	buffer_append_json_escaped(json, text);
	buffer_append_text(json, "\",");
}

static void append_claims(struct buffer *json, const struct assertion *assertion)
{
	buffer_append_char(json, '{');
	append_member(json, "aud", assertion->audience);
	append_member(json, "iss", assertion->client_id);
	append_member(json, "sub", assertion->client_id);
	append_member(json, "jti", assertion->id);
	buffer_printf(json, "\"nbf\":%lld,\"exp\":%lld}", (long long)assertion->now_s,
		      (long long)assertion->now_s + LIFETIME_S);
}

/* Appends the signature of what TOKEN holds so far. */
static bool append_signature(struct buffer *token, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = (size_t)EVP_PKEY_get_size(key);
	unsigned char *signature = memory_new(length);
	EVP_PKEY_CTX *parameters;
	bool is_good;

	if (!context)
		memory_exhausted();
	is_good = EVP_DigestSignInit(context, &parameters, EVP_sha256(), NULL, key) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1 &&
		  EVP_DigestSign(context, signature, &length, (const unsigned char *)token->data, token->length) == 1;
	if (is_good) {
		buffer_append_char(token, '.');
		append_base64url(token, signature, length);
	}
	ERR_clear_error();
	free(signature);
	EVP_MD_CTX_free(context);
	return is_good;
}

const char *assertion_sign(const struct assertion *assertion, const struct client_certificate *pair,
			   struct arena *arena)
{
	struct buffer json, token;
	const char *ret = NULL;

	buffer_init(&json, ASSERTION_MAX);
	buffer_init(&token, ASSERTION_MAX);
	append_header(&json, assertion, pair);
	append_base64url(&token, json.data, json.length);
	buffer_reset(&json);
	append_claims(&json, assertion);
	buffer_append_char(&token, '.');
	append_base64url(&token, json.data, json.length);
	if (!json.overflowed && !token.overflowed && append_signature(&token, pair->key) && !token.overflowed)
		ret = arena_copy_bytes(arena, token.data, token.length);
	buffer_done(&json);
	buffer_done(&token);
	return ret;
}
