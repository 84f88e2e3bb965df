/*
 * Readers of single values. Types are strict: 10.0 without quotes is a number and no text, "true" with quotes is no
 * boolean. Messages never repeat a value that could be a secret in the wrong place.
 */
#pragma once

#include "desired/reader.h"

/* The text of VALUE, not copied, or NULL with a problem: empty, control characters, ${...}, or another type. */
const char *scalar_get_text(struct reader *reader, const char *name, const struct tree_node *value) _must_check_;

/* Field readers; the comment is the type of what TARGET points to. */
typedef void scalar_reader(struct reader *, const struct field *, const struct tree_node *value, void *target);
scalar_reader scalar_read_text;     /* const char *, judged by field->complain */
scalar_reader scalar_read_file;     /* const char *: a path; ${NAME} is replaced, relative ones made absolute */
scalar_reader scalar_read_boolean;  /* bool */
scalar_reader scalar_read_unsigned; /* unsigned, field->minimum to field->maximum */
scalar_reader scalar_read_duration; /* int64_t seconds, field->minimum to field->maximum */
scalar_reader scalar_read_percent;  /* double, 0.1 for 10% */
scalar_reader scalar_read_word;     /* an enum: the index in field->words */

/* "a, b or c" of NULL-terminated words, for messages. */
const char *scalar_list_words(struct reader *reader, const char *const *words) _must_check_;
