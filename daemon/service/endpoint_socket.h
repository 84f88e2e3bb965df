/* The socket that daemon.listen names: bound and listening, ready to be accepted from. Accepts nothing itself. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "desired/listen.h"

/*
 * A listening, non-blocking descriptor for ADDRESS, which is not "off". 0, or negative errno with *RET_PROBLEM (to be
 * freed): a sentence that says what to do. *RET_PORT is the port for TCP, the chosen one when it was 0, and 0 for a
 * unix socket. A unix socket that a crash left behind is replaced, one that somebody listens on is not. Names are
 * resolved here and now, so this is for the start of a daemon only.
 */
int endpoint_socket_open(const struct listen_address *address, int *ret_fd, uint16_t *ret_port,
			 char **ret_problem) _must_check_;
