/* The only file that asks the machine what time it is. Everything else is given the time. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"

enum {
	CLOCK_RFC3339_SIZE = sizeof("2026-01-02T03:04:05.678Z"),
	CLOCK_HTTP_DATE_SIZE = sizeof("Fri, 02 Jan 2026 03:04:05 GMT"),
};

/* Milliseconds since 1970-01-01 UTC. */
int64_t clock_unix_ms(void);
/* Milliseconds that never run backwards; the origin means nothing. */
int64_t clock_monotonic_ms(void);
/* The same, and it goes on while the machine sleeps: for what ends by the time of others, such as a token. */
int64_t clock_boot_ms(void);
/* UNIX_MS as 2026-01-02T03:04:05.678Z (RFC 3339, UTC). */
void clock_format_rfc3339(int64_t unix_ms, char ret[CLOCK_RFC3339_SIZE]);
/* UNIX_MS as Fri, 02 Jan 2026 03:04:05 GMT (RFC 9110 section 5.6.7). */
void clock_format_http_date(int64_t unix_ms, char ret[CLOCK_HTTP_DATE_SIZE]);
