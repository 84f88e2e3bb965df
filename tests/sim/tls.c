#include "tls.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "clouds.h"
#include "file.h"

/* The services by their public names, for clients that come through the proxy, and by the names of this machine. */
static const char other_names[] = "DNS:localhost,IP:127.0.0.1,IP:::1,"
				  "DNS:*.azurewebsites.net,DNS:*.vault.azure.net,"
				  "DNS:*.blob.core.windows.net,DNS:*.table.core.windows.net,DNS:*.localhost";

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX context;
	int ok;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	ok = extension && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return ok;
}

static int set_serial(X509 *certificate)
{
	unsigned char bytes[16];
	BIGNUM *number;
	int ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return 0;
	bytes[0] &= 0x7f;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return ok;
}

/* A certificate for KEY with the common name NAME, without extensions and not signed yet. */
static X509 *new_certificate(EVP_PKEY *key, const char *name)
{
	X509 *certificate = X509_new();
	X509_NAME *subject;

	if (!certificate)
		return NULL;
	subject = X509_get_subject_name(certificate);
	if (X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
	    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400L) &&
	    X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * 86400L) &&
	    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"tenant-sim", -1, -1, 0) &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) &&
	    X509_set_pubkey(certificate, key))
		return certificate;
	X509_free(certificate);
	return NULL;
}

static X509 *new_root(EVP_PKEY *key)
{
	X509 *root = new_certificate(key, "simulated tenant root");

	if (root && X509_set_issuer_name(root, X509_get_subject_name(root)) &&
	    add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	    add_extension(root, root, NID_subject_key_identifier, "hash") && X509_sign(root, key, EVP_sha256()))
		return root;
	X509_free(root);
	return NULL;
}

static void append_names(struct buffer *names, const char *const *hosts)
{
	for (; *hosts; hosts++)
		buffer_printf(names, ",DNS:%s", *hosts);
}

static bool add_alternative_names(X509 *leaf, X509 *root)
{
	struct buffer names;
	bool ok;

	buffer_init(&names, 4096);
	buffer_printf(&names, "%s", other_names);
	for (size_t i = 0; i < CLOUDS; i++) {
		append_names(&names, clouds[i].logins);
		append_names(&names, clouds[i].arms);
		append_names(&names, clouds[i].graphs);
	}
	ok = !names.overflowed && add_extension(leaf, root, NID_subject_alt_name, names.data);
	buffer_done(&names);
	return ok;
}

static X509 *new_leaf(EVP_PKEY *key, X509 *root, EVP_PKEY *root_key)
{
	X509 *leaf = new_certificate(key, "localhost");

	if (leaf && X509_set_issuer_name(leaf, X509_get_subject_name(root)) &&
	    add_extension(leaf, root, NID_basic_constraints, "critical,CA:FALSE") &&
	    add_extension(leaf, root, NID_key_usage, "critical,digitalSignature") &&
	    add_extension(leaf, root, NID_ext_key_usage, "serverAuth") &&
	    add_extension(leaf, root, NID_subject_key_identifier, "hash") &&
	    add_extension(leaf, root, NID_authority_key_identifier, "keyid:always") &&
	    add_alternative_names(leaf, root) && X509_sign(leaf, root_key, EVP_sha256()))
		return leaf;
	X509_free(leaf);
	return NULL;
}

/* What has been written to BIO, as text to be freed. */
static char *bio_text(BIO *bio)
{
	char *data, *text;
	long length = BIO_get_mem_data(bio, &data);

	text = memory_new((size_t)length + 1);
	memcpy(text, data, (size_t)length);
	return text;
}

static char *certificates_text(X509 *first, X509 *second)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (bio && PEM_write_bio_X509(bio, first) && (!second || PEM_write_bio_X509(bio, second)))
		text = bio_text(bio);
	BIO_free(bio);
	return text;
}

static char *key_text(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		text = bio_text(bio);
	BIO_free(bio);
	return text;
}

int tls_identity_new(struct tls_identity *ret)
{
	EVP_PKEY *root_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *root = root_key ? new_root(root_key) : NULL, *leaf = root && key ? new_leaf(key, root, root_key) : NULL;
	struct tls_identity identity = {0};

	if (leaf) {
		identity.certificate_pem = certificates_text(leaf, root);
		identity.root_pem = certificates_text(root, NULL);
		identity.key_pem = key_text(key);
	}
	X509_free(leaf);
	X509_free(root);
	EVP_PKEY_free(key);
	EVP_PKEY_free(root_key);
	if (!identity.certificate_pem || !identity.root_pem || !identity.key_pem) {
		tls_identity_done(&identity);
		return -EIO;
	}
	*ret = identity;
	return 0;
}

void tls_identity_done(struct tls_identity *identity)
{
	free(identity->certificate_pem);
	free(identity->root_pem);
	memory_free_secret(identity->key_pem);
	*identity = (struct tls_identity){0};
}

int tls_identity_write(const struct tls_identity *identity, const char *directory)
{
	int r = file_write_in(directory, "ca.pem", identity->root_pem, 0644);

	if (r == 0)
		r = file_write_in(directory, "server.pem", identity->certificate_pem, 0644);
	if (r == 0)
		r = file_write_in(directory, "server.key", identity->key_pem, 0600);
	return r;
}
