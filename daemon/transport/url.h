/*
 * Where a request may go. Tokens are sent to the configured hosts only, so a URL that an answer names (nextLink,
 * Location, Azure-AsyncOperation) is taken apart by a strict reader, and only its path is ever used again: what is sent
 * is always our own origin followed by a path. A disagreement with curl about what the host of a crafted URL is cannot
 * arise. Source: product.md section 5, architecture.md section 5.6.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"

struct url {
	const char *origin; /* "https://management.azure.com", with the port when one was given */
	const char *host;   /* "management.azure.com" or "localhost:1234", for messages and metrics */
	const char *path;   /* "" or "/…", with the query, without a fragment */
};

/* Takes TEXT apart; strings in ARENA. 0, or -EINVAL: not absolute http(s), user information, blanks in the host … */
int url_parse(const char *text, struct arena *arena, struct url *ret) _must_check_;
/*
 * The path and query of LINK when it leads to ORIGIN (as url_parse gives it; default ports and letter case do not
 * matter), or when it is itself a path. NULL: it leads elsewhere or is no URL, and must not be followed. Blanks and
 * bytes past ASCII, which some resource providers forget to encode, are percent-encoded.
 */
const char *url_path_on_origin(const char *link, const char *origin, struct arena *arena) _must_check_;
