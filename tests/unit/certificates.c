#include "certificates.h"

#include <check.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>
#include <string.h>

EVP_PKEY *certificates_key(unsigned n)
{
	static EVP_PKEY *keys[4];

	ck_assert_uint_lt(n, ARRAY_SIZE(keys));
	if (!keys[n])
		keys[n] = EVP_RSA_gen(2048);
	ck_assert_ptr_nonnull(keys[n]);
	return keys[n];
}

EVP_PKEY *certificates_ec_key(void)
{
	static EVP_PKEY *key;

	if (!key)
		key = EVP_EC_gen("P-256");
	ck_assert_ptr_nonnull(key);
	return key;
}

static void name_it(X509_NAME *name, const char *text)
{
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0),
			 1);
}

X509 *certificates_make(const char *subject, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long from_s,
			long until_s)
{
	static long serial;
	X509 *ret = X509_new();

	ck_assert_ptr_nonnull(ret);
	X509_set_version(ret, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(ret), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(ret), from_s);
	X509_gmtime_adj(X509_getm_notAfter(ret), until_s);
	X509_set_pubkey(ret, key);
	name_it(X509_get_subject_name(ret), subject);
	X509_set_issuer_name(ret, X509_get_subject_name(issuer ? issuer : ret));
	ck_assert_int_gt(X509_sign(ret, issuer_key ? issuer_key : key, EVP_sha256()), 0);
	return ret;
}

static void append_bio(struct buffer *file, BIO *bio)
{
	char *bytes;
	long length = BIO_get_mem_data(bio, &bytes);

	buffer_append(file, bytes, (size_t)length);
	BIO_free(bio);
}

void certificates_append_pem(struct buffer *file, X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_X509(bio, certificate), 1);
	append_bio(file, bio);
}

void certificates_append_key(struct buffer *file, EVP_PKEY *key, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(bio, key, passphrase ? EVP_aes_256_cbc() : NULL, passphrase,
						       passphrase ? (int)strlen(passphrase) : 0, NULL, NULL),
			 1);
	append_bio(file, bio);
}

/* The old ciphers, where the code under test does not see them. */
static OSSL_LIB_CTX *old_library(void)
{
	static OSSL_LIB_CTX *library;

	if (!library) {
		library = OSSL_LIB_CTX_new();
		ck_assert_ptr_nonnull(OSSL_PROVIDER_load(library, "default"));
		ck_assert_ptr_nonnull(OSSL_PROVIDER_load(library, "legacy"));
	}
	return library;
}

void certificates_append_pkcs12(struct buffer *file, EVP_PKEY *key, X509 *certificate, STACK_OF(X509) * others,
				const char *passphrase, bool is_old)
{
	int cipher = is_old ? NID_pbe_WithSHA1And40BitRC2_CBC : NID_aes_256_cbc;
	PKCS12 *pkcs12 = PKCS12_create_ex(passphrase, NULL, key, certificate, others, cipher, cipher, 2048, 0, 0,
					  is_old ? old_library() : NULL, NULL);
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_ptr_nonnull(pkcs12);
	ck_assert_int_eq(i2d_PKCS12_bio(bio, pkcs12), 1);
	PKCS12_free(pkcs12);
	append_bio(file, bio);
}
