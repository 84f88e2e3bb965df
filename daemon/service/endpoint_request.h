/*
 * The head of a request, as far as the endpoint answers requests (RFC 9112): method, path, and the host that was asked
 * for. What HTTP is, libhttp-parser says; whatever it does not take for HTTP/1.x is refused. Pure; a body is never read
 * as anything.
 */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

enum endpoint_method { ENDPOINT_GET, ENDPOINT_HEAD, ENDPOINT_OTHER };

struct endpoint_request {
	enum endpoint_method method;
	const char *path; /* decoded, without its query; "*" when the whole server is meant */
	const char *host; /* without brackets and port; NULL: HTTP/1.0 may leave it out */
};

/*
 * BYTES: what has come so far, LENGTH of them, followed by a zero. -EAGAIN: the head is not complete; then they are
 * unchanged. 0 with *RET, which points into BYTES. -EBADMSG: this is no request; -EPROTONOSUPPORT: of another HTTP.
 */
int endpoint_request_parse(char *bytes, size_t length, struct endpoint_request *ret) _must_check_;
