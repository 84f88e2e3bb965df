/*
 * The certificate by which an application signs in, and its private key: read for one login from the file, looked at,
 * and given up again, so that replacing the file needs no restart and the key is not in memory in between.
 * Source: auth.md section 3.
 */
#pragma once

#include <stdint.h>

#include "transport/certificate_content.h"

enum { CLIENT_CERTIFICATE_THUMBPRINT_SIZE = 41 };

struct client_certificate {
	EVP_PKEY *key;          /* RSA */
	STACK_OF(X509) * chain; /* the key's own certificate, then its issuers as far as the file has them */
};

/* Reads FILE, which nobody else may: NULL, and RET is to be released; or a sentence in ARENA. */
const char *client_certificate_read(const struct certificate_file *file, struct arena *arena,
				    struct client_certificate *ret) _must_check_;
/* The same from LENGTH bytes; pure. */
const char *client_certificate_parse(const struct certificate_file *file, const void *bytes, size_t length,
				     struct arena *arena, struct client_certificate *ret) _must_check_;
void client_certificate_done(struct client_certificate *pair);
/* NULL, or a sentence in ARENA when the certificate is not valid at NOW_MS (Unix time). */
const char *client_certificate_judge(const struct certificate_file *file, const struct client_certificate *pair,
				     int64_t now_ms, struct arena *arena);
/* SHA-1 in upper-case hexadecimal: how Entra and its portal name a certificate. */
void client_certificate_thumbprint(const struct client_certificate *pair, char ret[CLIENT_CERTIFICATE_THUMBPRINT_SIZE]);
