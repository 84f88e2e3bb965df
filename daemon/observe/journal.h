/*
 * systemd's journal, by its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry is one datagram of
 * fields. Our own, since libsystemd waits for a journal that is slow to read, and brings libraries (gcrypt, lz4, xz)
 * that would be a twelfth of our memory. Never waits; an entry that finds no room is the caller's to put elsewhere.
 */
#pragma once

#include "base/attributes.h"
#include "base/buffer.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Appends the field NAME to ENTRY; VALUE may have several lines. NULL: no field. */
void journal_add_field(struct buffer *entry, const char *name, const char *value);
/* Sends ENTRY to the journal that listens at PATH. 0, or negative errno: -EAGAIN: it is not read fast enough,
 * -EMSGSIZE: too large for one datagram, -ENOENT, -ECONNREFUSED: nobody is there. */
int journal_send(const char *path, const struct buffer *entry) _must_check_;
