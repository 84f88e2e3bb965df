/*
 * Files that must be there after a crash: created, appended to or replaced so that either the old content or the whole
 * new one is on the disk, private to us, and never through a symbolic link. What root makes belongs to the owner of the
 * folder around it. Knows nothing of what is in them; never removes a file.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/attributes.h"

/* Makes the folder PATH and those above it, mode 0700. 0 (also when it is there) or negative errno. */
int durable_make_folders(const char *path) _must_check_;
/* Opens PATH with FLAGS of open(2); made with mode 0600 when it is not there. A descriptor or negative errno. */
int durable_open(const char *path, int flags) _must_check_;
/* Writes all LENGTH bytes to FD; they are on the disk after an fsync() that returned 0. 0 or negative errno; then some
 * bytes may be written. */
int durable_put(int fd, const void *bytes, size_t length) _must_check_;
/* Writes all LENGTH bytes to FD and has them on the disk. 0 or negative errno; then some bytes may be written. */
int durable_write(int fd, const void *bytes, size_t length) _must_check_;
/* Has the names in FOLDER on the disk: to be called after a file was made in it. 0 or negative errno. */
int durable_sync_folder(const char *folder) _must_check_;
/* A new file FOLDER/NAME of mode 0600. 0, -EEXIST when there is one, or another negative errno. */
int durable_create(const char *folder, const char *name, const void *bytes, size_t length) _must_check_;
/* FOLDER/NAME with these bytes instead of what it held; made with mode 0600 when it is not there. Whoever reads it sees
 * the old content or the new one. 0 or negative errno. */
int durable_replace(const char *folder, const char *name, const void *bytes, size_t length) _must_check_;
/* All of PATH, zero-terminated, to be wiped and freed by the caller. 0, -EFBIG when it has more than MAXIMUM bytes,
 * -ENOENT, or another negative errno. */
int durable_read(const char *path, size_t maximum, char **ret, size_t *ret_length) _must_check_;
