/* The forms of daemon.listen, for whoever checks it and for whoever listens there. Opens nothing and resolves nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

enum listen_kind { LISTEN_OFF, LISTEN_TCP, LISTEN_UNIX };

struct listen_address {
	enum listen_kind kind;
	char host[64];    /* LISTEN_TCP: an IPv4 or IPv6 address without brackets */
	uint16_t port;    /* LISTEN_TCP: 0 lets the system choose */
	const char *path; /* LISTEN_UNIX: absolute; points into the text */
	bool is_loopback; /* only this machine reaches it; true for LISTEN_UNIX and LISTEN_OFF */
};

/* "127.0.0.1:9464", "[::1]:9464", "localhost:9464", "unix:/path" or "off": true and *RET, or false. localhost is
 * 127.0.0.1; another name would have to be asked for, and the loop waits for nobody. */
bool listen_parse(const char *text, struct listen_address *ret) _must_check_;
/* NULL when listen_parse() understands TEXT, else what it must be. */
const char *listen_check(const char *text);
