/*
 * Takes secrets out of texts that others wrote: what the cloud, a proxy or a child process says when it refuses, before
 * it goes to a log, a report or a page. Pure. It is the second line of defence and never the reason to print something.
 */
#pragma once

#include "base/arena.h"

/* Ends a text that was cut: a secret may go on behind it. */
#define REDACT_CUT "\xe2\x80\xa6"

/* TEXT with SECRET (NULL: none) replaced, as it is, percent-encoded or escaped as in JSON, or cut short by REDACT_CUT.
 * Control characters of SECRET may be blanks in TEXT. Secrets of less than 8 bytes are words, and stay. TEXT itself, or
 * a new one in ARENA. */
const char *redact_secret(struct arena *arena, const char *text, const char *secret);
/* TEXT without what looks like a secret wherever it comes from: access tokens (JWT), the value behind Bearer, Basic and
 * names such as AccountKey=, sig= or "client_secret":, and the password in a URL. TEXT itself, or a new one in ARENA.
 */
const char *redact_forms(struct arena *arena, const char *text);
