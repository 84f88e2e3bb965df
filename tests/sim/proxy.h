/*
 * A CONNECT proxy (RFC 9110, 9.3.6) in front of the simulated tenant, so that clients with the settings of the public
 * cloud reach it: a tunnel to any host that the tenant simulates ends at its own TLS listener. It does not look into a
 * tunnel. 403 for other hosts: nothing leaves this machine.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct proxy;

/* Serves on LISTENER (taken over); tunnels end where the listening socket TARGET is bound, at TARGET_PORT. */
struct proxy *proxy_new(int listener, int target, uint16_t target_port) _must_check_;
void proxy_free(struct proxy *proxy);

/* Does a request line "CONNECT host:port HTTP/1.1" ask for a host that the tenant simulates? */
enum proxy_verdict { PROXY_TUNNEL, PROXY_BAD_REQUEST, PROXY_NOT_CONNECT, PROXY_FORBIDDEN };
enum proxy_verdict proxy_judge(const char *request_line, uint16_t target_port) _pure_;
