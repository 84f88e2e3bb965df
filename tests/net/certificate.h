/* Certificates for the small TLS servers of these tests: good ones, and those that must be refused. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"

struct certificate_wish {
	const char *name; /* the only DNS name that it is for */
	bool is_expired;
};

struct certificate {
	char *chain_pem; /* the leaf */
	char *key_pem;
	char *root_pem; /* who signed it */
};

/* A new root that signs a new leaf. Aborts when OpenSSL will not. */
void certificate_make(const struct certificate_wish *wish, struct certificate *ret);
void certificate_done(struct certificate *certificate);
