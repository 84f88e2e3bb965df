/*
 * Private keys and secrets pass through memory that OpenSSL allocates: it overwrites what it knows to be secret, but
 * not what it reads a file's text and its decoded form into. With this it overwrites everything that it frees.
 */
#pragma once

#include <stdbool.h>

/* Before OpenSSL's first allocation, so at the beginning of main(). False: it was too late, and nothing has changed. */
bool crypto_memory_install(void);
