/* The assertion that a certificate signs, taken apart and verified by OpenSSL. */
#include <check.h>
#include <cjson/cJSON.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "certificates.h"
#include "transport/assertion.h"

static struct arena arena;
static struct client_certificate pair;

static void set_up(void)
{
	X509 *root = certificates_make("Root", certificates_key(0), NULL, NULL, 0, 3600);

	pair = (struct client_certificate){.key = certificates_key(1), .chain = sk_X509_new_null()};
	sk_X509_push(pair.chain, certificates_make("Own", certificates_key(1), root, certificates_key(0), 0, 3600));
	sk_X509_push(pair.chain, root);
}

static void tear_down(void)
{
	sk_X509_pop_free(pair.chain, X509_free);
	arena_done(&arena);
}

/* The LENGTH characters of base64url without padding at TEXT; the bytes are in ARENA. */
static unsigned char *decode(const char *text, size_t length, size_t *ret_length)
{
	size_t padded = (length + 3) / 4 * 4;
	unsigned char *copy = arena_alloc(&arena, padded + 1), *ret = arena_alloc(&arena, padded + 1);
	int decoded;

	for (size_t i = 0; i < length; i++) {
		ck_assert_msg(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", text[i]),
			      "\"%c\" is not base64url", text[i]);
		copy[i] = (unsigned char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
	}
	memset(copy + length, '=', padded - length);
	decoded = EVP_DecodeBlock(ret, copy, (int)padded);
	ck_assert_int_ge(decoded, (int)(padded - length));
	*ret_length = (size_t)decoded - (padded - length);
	ret[*ret_length] = 0;
	return ret;
}

static cJSON *decode_json(const char *text, size_t length)
{
	size_t bytes;
	cJSON *json = cJSON_Parse((const char *)decode(text, length, &bytes));

	ck_assert_ptr_nonnull(json);
	return json;
}

static const char *text_of(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));

	ck_assert_msg(text != NULL, "%s is missing", name);
	return text;
}

static const char *sign(bool has_chain)
{
	const struct assertion assertion = {.client_id = "22222222-2222-2222-2222-222222222222",
					    .audience = "https://login.example/\"t\"/oauth2/v2.0/token",
					    .id = "5f0c5b9e-0000-4000-8000-000000000000",
					    .now_s = 1767225600,
					    .has_chain = has_chain};
	const char *token = assertion_sign(&assertion, &pair, &arena);

	ck_assert_ptr_nonnull(token);
	return token;
}

static bool is_signed(const char *token, EVP_PKEY *key)
{
	const char *end = strrchr(token, '.');
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters;
	size_t length;
	unsigned char *signature = decode(end + 1, strlen(end + 1), &length);
	bool is_good;

	ck_assert_int_eq(EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), NULL, key), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
	/* RFC 7518 section 3.5: the salt is as long as the digest. */
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST), 1);
	is_good =
		EVP_DigestVerify(context, signature, length, (const unsigned char *)token, (size_t)(end - token)) == 1;
	EVP_MD_CTX_free(context);
	return is_good;
}

START_TEST(it_says_what_the_specification_wants)
{
	const char *token = sign(false), *dot = strchr(token, '.');
	cJSON *header = decode_json(token, (size_t)(dot - token));
	cJSON *claims = decode_json(dot + 1, strcspn(dot + 1, "."));
	unsigned char digest[EVP_MAX_MD_SIZE], *thumbprint;
	unsigned length;
	size_t named;

	ck_assert_str_eq(text_of(header, "alg"), "PS256");
	ck_assert_str_eq(text_of(header, "typ"), "JWT");
	ck_assert_int_eq(cJSON_GetArraySize(header), 3);
	thumbprint = decode(text_of(header, "x5t#S256"), strlen(text_of(header, "x5t#S256")), &named);
	X509_digest(sk_X509_value(pair.chain, 0), EVP_sha256(), digest, &length);
	ck_assert_uint_eq(named, length);
	ck_assert_mem_eq(thumbprint, digest, length);

	ck_assert_str_eq(text_of(claims, "aud"), "https://login.example/\"t\"/oauth2/v2.0/token");
	ck_assert_str_eq(text_of(claims, "iss"), "22222222-2222-2222-2222-222222222222");
	ck_assert_str_eq(text_of(claims, "sub"), "22222222-2222-2222-2222-222222222222");
	ck_assert_str_eq(text_of(claims, "jti"), "5f0c5b9e-0000-4000-8000-000000000000");
	ck_assert(cJSON_GetObjectItem(claims, "nbf")->valuedouble == 1767225600);
	ck_assert(cJSON_GetObjectItem(claims, "exp")->valuedouble == 1767225600 + 600);
	ck_assert_int_eq(cJSON_GetArraySize(claims), 6);
	cJSON_Delete(header);
	cJSON_Delete(claims);
}
END_TEST

START_TEST(its_signature_is_the_keys)
{
	char *token = arena_copy_text(&arena, sign(false));

	ck_assert(is_signed(token, certificates_key(1)));
	ck_assert(!is_signed(token, certificates_key(0)));
	token[strcspn(token, ".") + 5] ^= 1;
	ck_assert(!is_signed(token, certificates_key(1)));
}
END_TEST

START_TEST(the_chain_is_sent_where_asked)
{
	const char *token = sign(true);
	cJSON *header = decode_json(token, strcspn(token, ".")), *item;
	int count = 0;

	ck_assert(is_signed(token, certificates_key(1)));
	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(header, "x5c")) {
		size_t length = strlen(item->valuestring);
		unsigned char *der = arena_alloc(&arena, length);
		const unsigned char *p = der;
		X509 *certificate;

		/* Here plain base64 with padding (RFC 7515 section 4.1.6). */
		ck_assert_uint_eq(length % 4, 0);
		ck_assert_int_gt(EVP_DecodeBlock(der, (const unsigned char *)item->valuestring, (int)length), 0);
		certificate = d2i_X509(NULL, &p, (long)length);
		ck_assert_ptr_nonnull(certificate);
		ck_assert_int_eq(X509_cmp(certificate, sk_X509_value(pair.chain, count++)), 0);
		X509_free(certificate);
	}
	ck_assert_int_eq(count, 2);
	cJSON_Delete(header);
}
END_TEST

START_TEST(a_short_key_does_not_sign)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512);
	const struct assertion assertion = {.client_id = "c", .audience = "a", .id = "i"};
	struct client_certificate weak = {.key = key, .chain = pair.chain};

	ck_assert_ptr_nonnull(key);
	ck_assert_ptr_null(assertion_sign(&assertion, &weak, &arena));
	EVP_PKEY_free(key);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client assertions");
	TCase *tcase = tcase_create("signing");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, it_says_what_the_specification_wants);
	tcase_add_test(tcase, its_signature_is_the_keys);
	tcase_add_test(tcase, the_chain_is_sent_where_asked);
	tcase_add_test(tcase, a_short_key_does_not_sign);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
