/*
 * The list of what is wrong with a configuration. Whoever finds a problem adds it here and goes on reading, so that an
 * administrator sees all of them at once; nobody prints or stops.
 */
#pragma once

#include "desired/desired.h"

/* Adds one problem at POSITION; the message is one sentence without a full stop at its end. */
void problems_add(struct desired_problems *problems, struct source_position position, const char *format, ...)
	_printf_(3, 4);
void problems_add_v(struct desired_problems *problems, struct source_position position, const char *format, va_list ap)
	_printf_(3, 0);
/* TEXT in quotation marks as it may stand in a message: cut when long, control characters replaced. */
const char *problems_quote(struct desired_problems *problems, const char *text) _must_check_;
/* "a, b CONJUNCTION c" of COUNT words (at least one); a NULL conjunction gives "a, b, c". */
const char *problems_list(struct desired_problems *problems, const char *const *words, size_t count,
			  const char *conjunction) _must_check_;
/*
 * Brings them into the order of the file; what was found twice at one place (a value that is used again through an
 * alias) is said once.
 */
void problems_sort(struct desired_problems *problems);
