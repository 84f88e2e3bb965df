/*
 * What stands in a file that holds a certificate and its private key: PEM (in any order, other certificates too, the
 * key encrypted or not) or PKCS#12, told apart by what is in it and not by its name. Knows nothing of who may use them.
 */
#pragma once

#include <openssl/types.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/attributes.h"

/* Where a certificate comes from, and whose it is: for sentences and the commands in them. */
struct certificate_file {
	const char *path;
	const char *key;            /* what names it: "credential.certificate_file", "AZURE_CLIENT_CERTIFICATE_PATH" */
	const char *passphrase;     /* or NULL */
	const char *passphrase_key; /* what would give the passphrase, in the words of a sentence */
	const char *client_id;
};

struct certificate_content {
	EVP_PKEY *key;
	STACK_OF(X509) * certificates; /* at least one, in the order of the file */
};

/* Takes the LENGTH bytes of FILE apart: NULL, and RET is to be released; or a sentence in ARENA that says what is wrong
 * with them, with the command that mends it. */
const char *certificate_content_parse(const struct certificate_file *file, const void *bytes, size_t length,
				      struct arena *arena, struct certificate_content *ret) _must_check_;
/* OpenSSL overwrites the key. */
void certificate_content_done(struct certificate_content *content);
