#include "entra_jwt.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"

enum { PRIME_BYTES = 128 };

static EVP_PKEY *signing_key;
static char key_id[28];

/* The first prime at or above a number that is made of digests of LABEL and fits an RSA key with exponent E. */
static BIGNUM *prime_from_label(const char *label, const BIGNUM *e, BN_CTX *context)
{
	unsigned char bytes[PRIME_BYTES];
	BIGNUM *prime, *rest = BN_new();

	for (size_t i = 0; i < PRIME_BYTES / SHA256_DIGEST_LENGTH; i++) {
		char text[64];
		int length = snprintf(text, sizeof(text), "%s %zu", label, i);

		SHA256((const unsigned char *)text, (size_t)length, bytes + i * SHA256_DIGEST_LENGTH);
	}
	bytes[0] |= 0xc0; /* so that the product of two has the full length */
	bytes[PRIME_BYTES - 1] |= 1;
	prime = BN_bin2bn(bytes, PRIME_BYTES, NULL);
	if (!prime || !rest)
		memory_exhausted();
	for (;; BN_add_word(prime, 2)) {
		if (BN_check_prime(prime, context, NULL) != 1)
			continue;
		BN_copy(rest, prime);
		BN_sub_word(rest, 1);
		if (BN_mod_word(rest, BN_get_word(e)) != 0)
			break;
	}
	BN_free(rest);
	return prime;
}

static EVP_PKEY *key_from_numbers(BIGNUM *const numbers[8])
{
	static const char *const names[8] = {
		OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *parameters;
	EVP_PKEY *key = NULL;

	if (!build || !context)
		memory_exhausted();
	for (size_t i = 0; i < 8; i++)
		OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]);
	parameters = OSSL_PARAM_BLD_to_param(build);
	if (!parameters || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
		abort();
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(context);
	return key;
}

static EVP_PKEY *make_key(void)
{
	BN_CTX *context = BN_CTX_new();
	BIGNUM *numbers[8], *p1 = BN_new(), *q1 = BN_new(), *product = BN_new();
	BIGNUM *n = BN_new(), *e = BN_new(), *d = BN_new(), *p, *q;
	EVP_PKEY *key;

	if (!context || !p1 || !q1 || !product || !n || !e || !d)
		memory_exhausted();
	BN_set_word(e, RSA_F4);
	p = prime_from_label("simulated tenant, first prime", e, context);
	q = prime_from_label("simulated tenant, second prime", e, context);
	if (BN_cmp(p, q) < 0)
		BN_swap(p, q);
	BN_mul(n, p, q, context);
	BN_sub(p1, p, BN_value_one());
	BN_sub(q1, q, BN_value_one());
	BN_mul(product, p1, q1, context);
	BN_mod_inverse(d, e, product, context);
	numbers[0] = n;
	numbers[1] = e;
	numbers[2] = d;
	numbers[3] = p;
	numbers[4] = q;
	numbers[5] = BN_new();
	numbers[6] = BN_new();
	numbers[7] = BN_mod_inverse(NULL, q, p, context);
	if (!numbers[5] || !numbers[6] || !numbers[7])
		memory_exhausted();
	BN_mod(numbers[5], d, p1, context);
	BN_mod(numbers[6], d, q1, context);
	key = key_from_numbers(numbers);
	for (size_t i = 0; i < 8; i++)
		BN_clear_free(numbers[i]);
	BN_free(p1);
	BN_free(q1);
	BN_free(product);
	BN_CTX_free(context);
	return key;
}

EVP_PKEY *entra_signing_key(void)
{
	/* One for the whole process: making it costs a tenth of a second, and the torture tests start thousands of
	 * tenants. */
	if (!signing_key)
		signing_key = make_key();
	return signing_key;
}

static const char *number_base64url(struct arena *arena, const char *parameter)
{
	BIGNUM *number = NULL;
	unsigned char bytes[512];
	int length;

	if (EVP_PKEY_get_bn_param(entra_signing_key(), parameter, &number) != 1)
		abort();
	length = BN_bn2bin(number, bytes);
	BN_free(number);
	return entra_base64url(arena, bytes, (size_t)length);
}

const char *entra_signing_key_id(void)
{
	if (!key_id[0]) {
		struct arena arena = {0};
		unsigned char digest[SHA_DIGEST_LENGTH];
		const char *modulus = number_base64url(&arena, OSSL_PKEY_PARAM_RSA_N);

		/* Entra names its keys by the SHA-1 thumbprint of a certificate; ours has none, so the modulus stands
		 * in. */
		SHA1((const unsigned char *)modulus, strlen(modulus), digest);
		snprintf(key_id, sizeof(key_id), "%s", entra_base64url(&arena, digest, sizeof(digest)));
		arena_done(&arena);
	}
	return key_id;
}

cJSON *entra_signing_key_json(void)
{
	struct arena arena = {0};
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "kty", "RSA");
	cJSON_AddStringToObject(json, "use", "sig");
	cJSON_AddStringToObject(json, "kid", entra_signing_key_id());
	cJSON_AddStringToObject(json, "alg", "RS256");
	cJSON_AddStringToObject(json, "n", number_base64url(&arena, OSSL_PKEY_PARAM_RSA_N));
	cJSON_AddStringToObject(json, "e", number_base64url(&arena, OSSL_PKEY_PARAM_RSA_E));
	arena_done(&arena);
	return json;
}
