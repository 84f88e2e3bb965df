/*
 * Reads an audit trail (observe/audit_trail.h): is its chain whole, and what does it say? Changes nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attributes.h"
#include "base/digest.h"

struct audit_findings {
	uint64_t lines, writes, unanswered; /* writes whose result is not recorded: a crash, or a full disk */
	uint64_t torn;                      /* lines that a crash tore */
	uint64_t broken_line;               /* the first line at which the chain breaks, 0: it is whole */
	char problem[256];                  /* what is wrong there, in a sentence */
	char last[DIGEST_SHA256_HEX_SIZE];  /* SHA-256 of the last line: what an auditor notes down */
	bool has_noted;                     /* a line with the hash that was asked for was met */
};

/*
 * Goes through the trail in STREAM. NOTED is the hash of a line that an auditor noted down earlier, or NULL: a trail
 * from which the end was taken away is whole, but no longer has it. 0 with the findings, or -EIO.
 */
int audit_check(FILE *stream, const char *noted, struct audit_findings *ret) _must_check_;

/* Which entries are shown. */
struct audit_selection {
	const char *const *instances; /* "NAME" or "TENANT/NAME"; none: all */
	size_t instance_count;
	bool is_json; /* the entries as they are, in one array */
};

/* Prints the writes of the trail in STREAM, each with its result, to OUT. 0 or -EIO. */
int audit_show(FILE *stream, const struct audit_selection *selection, FILE *out) _must_check_;
