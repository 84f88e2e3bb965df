#include "transport/http_trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "base/memory.h"

/* Every certificate of FILE; how many there were, or negative errno. */
static int add_file(X509_STORE *store, const char *file)
{
	FILE *stream = fopen(file, "re");
	X509 *certificate;
	int count = 0;

	if (!stream)
		return -errno;
	while ((certificate = PEM_read_X509(stream, NULL, NULL, NULL))) {
		if (X509_STORE_add_cert(store, certificate))
			count++;
		X509_free(certificate);
	}
	/* The reader ends with "no start line", which would otherwise be found by the next one who looks. */
	ERR_clear_error();
	fclose(stream);
	return count;
}

int http_trust_load(const char *ca_file, X509_STORE **ret)
{
	X509_STORE *store = X509_STORE_new();
	int r;

	if (!store)
		memory_exhausted();
	/* Honours SSL_CERT_FILE and SSL_CERT_DIR, as administrators expect of OpenSSL. */
	X509_STORE_set_default_paths(store);
	ERR_clear_error();
	/* An issuing certificate named in ca_file is enough, it need not be the root above it; curl does the same. */
	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	if (ca_file) {
		r = add_file(store, ca_file);
		if (r <= 0) {
			X509_STORE_free(store);
			return r < 0 ? r : -EBADMSG;
		}
	}
	*ret = store;
	return 0;
}
