/* A listening TCP socket. Addresses only, no names. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"

/* Listens on ADDRESS, "127.0.0.1:0" or "[::1]:8443"; port 0 takes a free one. The socket, and *RET_PORT is set; or a
 * negative errno. */
int listener_open(const char *address, uint16_t *ret_port) _must_check_;
