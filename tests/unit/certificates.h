/* Keys, certificates and the files that hold both, made by OpenSSL for tests of the reading and signing side. */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buffer.h"

/* RSA of 2048 bits, made once for a process; another one with each N. */
EVP_PKEY *certificates_key(unsigned n);
EVP_PKEY *certificates_ec_key(void);
/* SUBJECT's certificate for KEY, from FROM_S to UNTIL_S (seconds from now), signed by ISSUER_KEY as ISSUER (NULL: by
 * itself). To be freed. */
X509 *certificates_make(const char *subject, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long from_s,
			long until_s);
/* Append PEM to FILE. PASSPHRASE: NULL for none. */
void certificates_append_pem(struct buffer *file, X509 *certificate);
void certificates_append_key(struct buffer *file, EVP_PKEY *key, const char *passphrase);
/* Appends PKCS#12 to FILE, KEY or CERTIFICATE being NULL for none; with IS_OLD encrypted by RC2. */
void certificates_append_pkcs12(struct buffer *file, EVP_PKEY *key, X509 *certificate, STACK_OF(X509) * others,
				const char *passphrase, bool is_old);
