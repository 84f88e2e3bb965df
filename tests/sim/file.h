/* Whole files, written so that a reader never sees half of one. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/attributes.h"

/* TEXT becomes the content of PATH, with MODE, in one step. 0 or a negative errno. */
int file_write(const char *path, const char *text, mode_t mode) _must_check_;
/* The same for NAME in DIRECTORY. */
int file_write_in(const char *directory, const char *name, const char *text, mode_t mode) _must_check_;
/* The content of PATH, zero-terminated, to be freed; at most MAXIMUM bytes. 0 or a negative errno (-EFBIG when longer).
 */
int file_read(const char *path, size_t maximum, char **ret, size_t *ret_length) _must_check_;
