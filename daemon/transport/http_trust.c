#include "transport/http_trust.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* "4a6481c9.0": how OpenSSL finds a certificate by its subject's hash. */
static bool is_hashed_name(const char *name)
{
	for (size_t i = 0; i < 8; i++)
		if (!isxdigit((unsigned char)name[i]))
			return false;
	return name[8] == '.' && isdigit((unsigned char)name[9]);
}

static bool is_hashed_folder(const char *path)
{
	DIR *folder = opendir(path);
	bool is_hashed = false;

	if (!folder)
		return false;
	for (const struct dirent *entry; !is_hashed && (entry = readdir(folder));)
		is_hashed = is_hashed_name(entry->d_name);
	closedir(folder);
	return is_hashed;
}

/*
 * The system's roots: from OpenSSL's hashed folder one by one, as servers present certificates of theirs. Its file has
 * all of them, of which we would hold 140 and use 3 (0.8 MiB); it is read where there is no such folder (an image with
 * the file alone, other distributions). SSL_CERT_FILE and SSL_CERT_DIR are honoured, as administrators expect.
 */
static void add_roots_of_system(X509_STORE *store)
{
	const char *folder = getenv(X509_get_default_cert_dir_env());
	bool has_own_file = getenv(X509_get_default_cert_file_env());

	if (has_own_file || !is_hashed_folder(folder ? folder : X509_get_default_cert_dir()))
		X509_STORE_set_default_paths(store);
	else
		X509_LOOKUP_add_dir(X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()), NULL, X509_FILETYPE_DEFAULT);
	ERR_clear_error();
}

int http_trust_load(const char *ca_file, X509_STORE **ret)
{
	X509_STORE *store = X509_STORE_new();
	int r;

	if (!store)
		memory_exhausted();
	add_roots_of_system(store);
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
