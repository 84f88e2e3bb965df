/*
 * Bytes that grow up to a hard maximum. What would go past the maximum is not written, and the buffer remembers that it
 * overflowed: callers append without checking and look once at the end. The bytes are always followed by a zero, so
 * DATA is a valid string (the empty one when nothing was written). Wiped on release.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct buffer {
	char *data; /* never NULL after buffer_init() */
	size_t length;
	size_t allocated; /* 0: data is a constant empty string */
	size_t maximum;
	bool overflowed;
};

/* MAXIMUM: the most bytes it will ever hold. */
void buffer_init(struct buffer *buffer, size_t maximum);
void buffer_done(struct buffer *buffer);
/* Empties and wipes it; keeps the allocation. */
void buffer_reset(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...) _printf_(2, 3);
void buffer_vprintf(struct buffer *buffer, const char *format, va_list ap) _printf_(2, 0);
/* TEXT as the inside of a JSON string (RFC 8259), without the quotation marks. */
void buffer_append_json_escaped(struct buffer *buffer, const char *text);
/* TEXT percent-encoded for a query value or a path segment: all but RFC 3986's unreserved characters. */
void buffer_append_url_encoded(struct buffer *buffer, const char *text);

/* Hands the bytes over, to be released with free(); the buffer is empty afterwards. */
char *buffer_steal(struct buffer *buffer) _must_check_;
