#include "transport/client_certificate.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "transport/secret_file.h"

enum { FILE_MAX = 256 * 1024 };

/* Takes out of CERTIFICATES the first that is KEY's, or NULL. */
static X509 *take_own(STACK_OF(X509) * certificates, EVP_PKEY *key)
{
	for (int i = 0; i < sk_X509_num(certificates); i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(certificates, i)), key) == 1)
			return sk_X509_delete(certificates, i);
	return NULL;
}

/* The same for the one that issued SUBJECT. */
static X509 *take_issuer(STACK_OF(X509) * certificates, X509 *subject)
{
	for (int i = 0; i < sk_X509_num(certificates); i++)
		if (X509_check_issued(sk_X509_value(certificates, i), subject) == X509_V_OK)
			return sk_X509_delete(certificates, i);
	return NULL;
}

static const char *check_key(const struct certificate_file *file, EVP_PKEY *key, struct arena *arena)
{
	const char *type = EVP_PKEY_get0_type_name(key);

	if (EVP_PKEY_is_a(key, "RSA"))
		return NULL;
	return arena_printf(arena,
			    "the private key in %s is of type %s; Entra accepts only RSA keys from applications. Make "
			    "a certificate with one: az ad app credential reset --id %s --create-cert --append",
			    file->path, type ? type : "unknown", file->client_id);
}

/* Moves what belongs together out of CONTENT. */
static const char *order(const struct certificate_file *file, struct certificate_content *content, struct arena *arena,
			 struct client_certificate *ret)
{
	X509 *certificate = take_own(content->certificates, content->key);
	STACK_OF(X509) * chain;

	if (!certificate)
		return arena_printf(arena,
				    "the private key in %s belongs to no certificate that stands there; key and "
				    "certificate must be of the same pair. What the certificate is: openssl x509 -in "
				    "'%s' -noout -subject -dates",
				    file->path, file->path);
	chain = sk_X509_new_null();
	if (!chain)
		memory_exhausted();
	for (; certificate; certificate = take_issuer(content->certificates, certificate))
		if (!sk_X509_push(chain, certificate))
			memory_exhausted();
	*ret = (struct client_certificate){.key = content->key, .chain = chain};
	content->key = NULL;
	return NULL;
}

const char *client_certificate_parse(const struct certificate_file *file, const void *bytes, size_t length,
				     struct arena *arena, struct client_certificate *ret)
{
	struct certificate_content content;
	const char *problem = certificate_content_parse(file, bytes, length, arena, &content);

	if (problem)
		return problem;
	problem = check_key(file, content.key, arena);
	if (!problem)
		problem = order(file, &content, arena, ret);
	certificate_content_done(&content);
	return problem;
}

const char *client_certificate_read(const struct certificate_file *file, struct arena *arena,
				    struct client_certificate *ret)
{
	const struct secret_file secret = {
		.path = file->path, .what = "certificate and its key", .key = file->key, .is_binary = true};
	struct buffer bytes;
	const char *problem;

	buffer_init(&bytes, FILE_MAX);
	problem = secret_file_read(&secret, arena, &bytes);
	if (!problem)
		problem = client_certificate_parse(file, bytes.data, bytes.length, arena, ret);
	buffer_done(&bytes);
	return problem;
}

void client_certificate_done(struct client_certificate *pair)
{
	EVP_PKEY_free(pair->key);
	sk_X509_pop_free(pair->chain, X509_free);
	*pair = (struct client_certificate){0};
}

static int64_t unix_ms(const ASN1_TIME *time)
{
	struct tm tm = {0};

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) * 1000 : 0;
}

const char *client_certificate_judge(const struct certificate_file *file, const struct client_certificate *pair,
				     int64_t now_ms, struct arena *arena)
{
	const X509 *own = sk_X509_value(pair->chain, 0);
	int64_t begin_ms = unix_ms(X509_get0_notBefore(own)), end_ms = unix_ms(X509_get0_notAfter(own));
	char now[CLOCK_RFC3339_SIZE], then[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(now_ms, now);
	if (now_ms < begin_ms) {
		clock_format_rfc3339(begin_ms, then);
		return arena_printf(arena,
				    "the certificate in %s is not valid before %s, and by this machine's clock it is "
				    "%s; wait until then, or, if the clock is wrong (timedatectl shows it), correct it",
				    file->path, then, now);
	}
	if (now_ms <= end_ms)
		return NULL;
	clock_format_rfc3339(end_ms, then);
	return arena_printf(arena,
			    "the certificate in %s expired at %s (by this machine's clock it is %s); make a new one "
			    "with: az ad app credential reset --id %s --create-cert --append, and put the file that it "
			    "writes in its place",
			    file->path, then, now, file->client_id);
}

void client_certificate_thumbprint(const struct client_certificate *pair, char ret[CLIENT_CERTIFICATE_THUMBPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (X509_digest(sk_X509_value(pair->chain, 0), EVP_sha1(), digest, &length) != 1)
		memory_exhausted();
	for (unsigned i = 0; i < length && i * 2 + 2 < CLIENT_CERTIFICATE_THUMBPRINT_SIZE; i++)
		snprintf(ret + (size_t)i * 2, 3, "%02X", digest[i]);
}
