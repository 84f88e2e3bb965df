/* The roots that we trust: the system's, and those of ca_file. One store for each transport, handed to every connection
 * that curl makes. */
#pragma once

#include <openssl/ssl.h>

#include "base/attributes.h"

/* CA_FILE: PEM, or NULL. 0 with *RET (to be released with X509_STORE_free), negative errno, -EBADMSG: no certificate in
 * CA_FILE. */
int http_trust_load(const char *ca_file, X509_STORE **ret) _must_check_;
