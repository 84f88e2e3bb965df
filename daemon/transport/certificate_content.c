#include "transport/certificate_content.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* What OpenSSL is told when it comes across something encrypted. */
struct passphrase {
	const char *text;
	bool was_asked;
};

static int give_passphrase(char *ret, int size, int is_writing _unused_, void *arg)
{
	struct passphrase *passphrase = arg;
	size_t length = passphrase->text ? strlen(passphrase->text) : 0;

	passphrase->was_asked = true;
	if (!length || length > (size_t)size)
		return -1;
	memcpy(ret, passphrase->text, length);
	return (int)length;
}

/* Did what is in OpenSSL's queue of errors fail for a cipher that only its legacy provider has? Empties the queue. */
static bool was_legacy(void)
{
	bool is_legacy = false;
	unsigned long error;

	while ((error = ERR_get_error()))
		is_legacy |= ERR_GET_LIB(error) == ERR_LIB_EVP && ERR_GET_REASON(error) == ERR_R_UNSUPPORTED;
	return is_legacy;
}

static const char *explain_passphrase(const struct certificate_file *file, struct arena *arena)
{
	if (file->passphrase)
		return arena_printf(arena, "the passphrase of %s is wrong: what %s holds does not open it", file->path,
				    file->passphrase_key);
	return arena_printf(arena, "the private key in %s is encrypted; name its passphrase by %s", file->path,
			    file->passphrase_key);
}

static BIO *open_bytes(const void *bytes, size_t length)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)length);

	if (!bio)
		memory_exhausted();
	return bio;
}

static const char *read_pem_key(const struct certificate_file *file, const void *bytes, size_t length,
				struct arena *arena, struct certificate_content *content)
{
	struct passphrase passphrase = {.text = file->passphrase};
	BIO *bio = open_bytes(bytes, length);

	content->key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase);
	BIO_free(bio);
	if (content->key)
		return NULL;
	if (!memmem(bytes, length, "PRIVATE KEY-----", strlen("PRIVATE KEY-----")))
		return arena_printf(arena,
				    "%s holds no private key; it and the certificate must both stand there. Add it "
				    "with: cat KEY.pem >> '%s'",
				    file->path, file->path);
	if (was_legacy())
		return arena_printf(arena,
				    "the private key in %s is encrypted in a way that OpenSSL 3 does not read any "
				    "more; encrypt it anew with: openssl pkey -provider legacy -provider default -in "
				    "'%s' -aes256 -out key.pem",
				    file->path, file->path);
	if (passphrase.was_asked)
		return explain_passphrase(file, arena);
	return arena_printf(arena,
			    "the private key in %s is damaged; put the file there again, and check it with: "
			    "openssl pkey -in '%s' -noout",
			    file->path, file->path);
}

static const char *read_pem(const struct certificate_file *file, const void *bytes, size_t length, struct arena *arena,
			    struct certificate_content *content)
{
	BIO *bio = open_bytes(bytes, length);
	X509 *certificate;
	unsigned long error;

	while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		if (!sk_X509_push(content->certificates, certificate))
			memory_exhausted();
	error = ERR_peek_last_error();
	BIO_free(bio);
	/* The end of the file is an error to OpenSSL as well. */
	if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
		return arena_printf(arena,
				    "the PEM in %s is damaged, after %d certificates that are good; put the file there "
				    "again, and check it with: openssl storeutl -noout '%s'",
				    file->path, sk_X509_num(content->certificates), file->path);
	ERR_clear_error();
	return read_pem_key(file, bytes, length, arena, content);
}

/* PKCS12_parse() gives the key's own certificate and the others apart. */
static void take_pkcs12(struct certificate_content *content, X509 *own, STACK_OF(X509) * others)
{
	X509 *certificate;

	if (own && !sk_X509_push(content->certificates, own))
		memory_exhausted();
	while ((certificate = sk_X509_shift(others)))
		if (!sk_X509_push(content->certificates, certificate))
			memory_exhausted();
	sk_X509_free(others);
}

static const char *read_pkcs12(const struct certificate_file *file, PKCS12 *pkcs12, struct arena *arena,
			       struct certificate_content *content)
{
	STACK_OF(X509) *others = NULL;
	X509 *own = NULL;

	if (PKCS12_mac_present(pkcs12) && PKCS12_verify_mac(pkcs12, file->passphrase, -1) != 1 &&
	    (file->passphrase || PKCS12_verify_mac(pkcs12, "", 0) != 1))
		return explain_passphrase(file, arena);
	ERR_clear_error();
	if (PKCS12_parse(pkcs12, file->passphrase, &content->key, &own, &others) != 1) {
		if (was_legacy())
			return arena_printf(arena,
					    "%s is encrypted in an old way (RC2 or 3DES) that OpenSSL 3 does not read "
					    "any more; convert it with: openssl pkcs12 -legacy -in '%s' -out "
					    "certificate.pem, and name that file by %s",
					    file->path, file->path, file->key);
		return arena_printf(arena,
				    "%s is damaged, or not all of it is protected by the same passphrase; check it "
				    "with: openssl pkcs12 -in '%s' -noout",
				    file->path, file->path);
	}
	take_pkcs12(content, own, others);
	if (content->key)
		return NULL;
	return arena_printf(arena,
			    "%s holds no private key; export it again, together with its key (openssl pkcs12 -export "
			    "-inkey KEY.pem -in CERTIFICATE.pem -out '%s')",
			    file->path, file->path);
}

static const char *read_der(const struct certificate_file *file, const unsigned char *bytes, size_t length,
			    struct arena *arena, struct certificate_content *content)
{
	const unsigned char *start = bytes;
	PKCS12 *pkcs12 = d2i_PKCS12(NULL, &start, (long)length);
	const char *problem;
	X509 *certificate;

	if (pkcs12) {
		problem = read_pkcs12(file, pkcs12, arena, content);
		PKCS12_free(pkcs12);
		return problem;
	}
	start = bytes;
	certificate = d2i_X509(NULL, &start, (long)length);
	X509_free(certificate);
	if (certificate)
		return arena_printf(arena,
				    "%s holds a certificate without its private key; bring both together with: openssl "
				    "pkcs12 -export -inkey KEY.pem -in '%s' -out certificate.pfx",
				    file->path, file->path);
	return arena_printf(arena,
			    "%s holds neither PEM (\"-----BEGIN CERTIFICATE-----\") nor PKCS#12; %s must name a file "
			    "with the certificate and its private key",
			    file->path, file->key);
}

const char *certificate_content_parse(const struct certificate_file *file, const void *bytes, size_t length,
				      struct arena *arena, struct certificate_content *ret)
{
	struct certificate_content content = {.certificates = sk_X509_new_null()};
	const char *problem;

	if (!content.certificates)
		memory_exhausted();
	ERR_clear_error();
	if (memmem(bytes, length, "-----BEGIN ", strlen("-----BEGIN ")))
		problem = read_pem(file, bytes, length, arena, &content);
	else
		problem = read_der(file, bytes, length, arena, &content);
	ERR_clear_error();
	if (!problem && sk_X509_num(content.certificates) == 0)
		problem = arena_printf(arena,
				       "%s holds a private key without its certificate; add it with: cat "
				       "CERTIFICATE.pem >> '%s'",
				       file->path, file->path);
	if (problem)
		certificate_content_done(&content);
	else
		*ret = content;
	return problem;
}

void certificate_content_done(struct certificate_content *content)
{
	EVP_PKEY_free(content->key);
	sk_X509_pop_free(content->certificates, X509_free);
	*content = (struct certificate_content){0};
}
