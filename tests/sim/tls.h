/*
 * Certificates made at start: a root and a leaf for all names under which the simulated tenant is reached. The root's
 * key is forgotten at once, so nothing else can ever be issued by it.
 */
#pragma once

#include "base/attributes.h"

struct tls_identity {
	char *certificate_pem; /* leaf, then root */
	char *key_pem;
	char *root_pem;
};

/* New keys and certificates. 0 or -EIO when OpenSSL will not. */
int tls_identity_new(struct tls_identity *ret) _must_check_;
void tls_identity_done(struct tls_identity *identity);

/* Writes ca.pem, server.pem and server.key (0600) into DIRECTORY, which is there. 0 or a negative errno. */
int tls_identity_write(const struct tls_identity *identity, const char *directory) _must_check_;
