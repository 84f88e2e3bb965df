/*
 * The second, independent lock on plan mode: what actually leaves for the wire is judged here once more, by method,
 * path and body, without asking request.c. Reading is whatever is on this list; everything else is refused (product.md
 * promise 3).
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "transport/http.h"

/* AUTHORITY_URL: of the token endpoint. */
bool http_guard_is_harmless(const struct http_request *request, const char *authority_url);
