#include "certificate.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { DAY_S = 24 * 60 * 60 };

static void must(bool worked)
{
	if (!worked)
		abort();
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1));
	X509_EXTENSION_free(extension);
}

static X509 *new_certificate(const char *common_name, EVP_PKEY *key, long from_s, long to_s)
{
	static long serial;
	X509 *certificate = X509_new();
	X509_NAME *name;

	must(certificate && X509_set_version(certificate, X509_VERSION_3));
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
	must(X509_gmtime_adj(X509_getm_notBefore(certificate), from_s) &&
	     X509_gmtime_adj(X509_getm_notAfter(certificate), to_s));
	name = X509_get_subject_name(certificate);
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1, 0));
	must(X509_set_pubkey(certificate, key));
	return certificate;
}

static char *steal_text(BIO *bio)
{
	char *bytes, *text;
	long length = BIO_get_mem_data(bio, &bytes);

	text = memory_new((size_t)length + 1);
	for (long i = 0; i < length; i++)
		text[i] = bytes[i];
	BIO_free(bio);
	return text;
}

static char *certificate_pem(X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());

	must(bio && PEM_write_bio_X509(bio, certificate));
	return steal_text(bio);
}

static char *key_pem(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	must(bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	return steal_text(bio);
}

void certificate_make(const struct certificate_wish *wish, struct certificate *ret)
{
	EVP_PKEY *root_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *root, *leaf;
	char names[300];

	must(root_key && key);
	root = new_certificate("Root of a test", root_key, -2 * DAY_S, 30 * DAY_S);
	must(X509_set_issuer_name(root, X509_get_subject_name(root)));
	add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(root, root, NID_key_usage, "critical,keyCertSign");
	must(X509_sign(root, root_key, EVP_sha256()) > 0);

	leaf = new_certificate(wish->name, key, -2 * DAY_S, wish->is_expired ? -DAY_S : DAY_S);
	must(X509_set_issuer_name(leaf, X509_get_subject_name(root)));
	snprintf(names, sizeof(names), "DNS:%s", wish->name);
	add_extension(leaf, root, NID_subject_alt_name, names);
	add_extension(leaf, root, NID_ext_key_usage, "serverAuth");
	must(X509_sign(leaf, root_key, EVP_sha256()) > 0);

	ret->chain_pem = certificate_pem(leaf);
	ret->key_pem = key_pem(key);
	ret->root_pem = certificate_pem(root);
	X509_free(leaf);
	X509_free(root);
	EVP_PKEY_free(key);
	EVP_PKEY_free(root_key);
}

void certificate_done(struct certificate *certificate)
{
	free(certificate->chain_pem);
	memory_free_secret(certificate->key_pem);
	free(certificate->root_pem);
}
