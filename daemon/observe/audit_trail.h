/*
 * The file of the audit trail: state_directory/audit.jsonl (product.md section 4). One line of JSON per entry, each
 * with a number and the SHA-256 of the line before it, so that what was changed, taken out or put in afterwards shows.
 * Only ever appended to, with a lock (the daemon and a one-shot command may run side by side) and synced. Knows nothing
 * of what the entries say.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/digest.h"

/* Of the longest line. Longer entries are refused: they could not be read back. */
enum { AUDIT_LINE_SIZE_MAX = 1 << 20 };

/* What the first line names as the one before it. */
#define AUDIT_NO_LINE "0000000000000000000000000000000000000000000000000000000000000000"

struct audit_trail {
	char *folder, *path;
	int fd;
	bool is_locked;    /* lines were put that are not committed */
	int committed;     /* what the last commit came to */
	off_t synced_size; /* before those lines */
	off_t size;        /* when LAST and SEQUENCE were learned */
	uint64_t sequence; /* of the last line, 0: none */
	char last[DIGEST_SHA256_HEX_SIZE];
};

/* FOLDER is the state directory; nothing is opened yet. */
void audit_trail_init(struct audit_trail *trail, const char *folder);
void audit_trail_done(struct audit_trail *trail);

/*
 * Appends ENTRY, an object with at least one member, with "sequence" and "previous" put before its members. 0 with
 * trail->sequence its number, or negative errno with the file as it was: -EBADMSG when its last line is none of ours,
 * -EFBIG, or what the disk says. Either way the file may be locked until the commit, which must follow.
 */
int audit_trail_put(struct audit_trail *trail, const cJSON *entry) _must_check_;
/* Has the lines that were put since the last commit on the disk, all at once. 0, or negative errno, and none of them
 * counts. When nothing was put since: what the last one came to. */
int audit_trail_commit(struct audit_trail *trail) _must_check_;
