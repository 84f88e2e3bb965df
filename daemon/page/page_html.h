/*
 * Writing HTML that is XML, too. Whatever is not a literal of the page's own goes through here: names, messages and
 * keys come from the configuration and the cloud, and must be nothing but text to a browser. Never trusts its input to
 * be UTF-8.
 */
#pragma once

#include "base/attributes.h"
#include "base/buffer.h"

/* TEXT for between tags and inside quoted attributes. What XML cannot carry, and what turns the direction of writing
 * around (so that a name could look like another), becomes U+FFFD. */
void html_text(struct buffer *ret, const char *text);
/* A sentence: `this` becomes code, an end of line a break. */
void html_prose(struct buffer *ret, const char *text);
/* FORMAT is markup, in which each %s is an argument written by html_text(); there is no other conversion. */
void html_format(struct buffer *ret, const char *format, ...) _printf_(2, 3);

/* RFC 3339 -> "2026-01-02 03:04:05" as a time element; "never" for what is none. */
void html_time(struct buffer *ret, const char *time);
/* "4 minutes ago", "in 4 minutes", as seen at NOW; nothing for what is no time. */
void html_ago(struct buffer *ret, const char *time, const char *now);
/* "4 minutes": from TIME to NOW. */
void html_age(struct buffer *ret, const char *time, const char *now);
/* "950 ms", "1.5 s", "2 min 3 s" */
void html_duration(struct buffer *ret, long long duration_ms);
