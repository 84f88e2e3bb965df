/*
 * The proof that Azure Arc's agent wants: the content of a file that only members of the group himds may read. The
 * agent names the file, and whoever listens in its place could name any; so it must be a *.key directly in the agent's
 * own folder, a regular file and small, or nothing is read and nothing sent. Source: auth.md section 3.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"

#define ARC_CHALLENGE_DIRECTORY "/var/opt/azcmagent/tokens"

enum { ARC_CHALLENGE_KEY_MAX = 4096 };

/* The name (without folder) of the file in DIRECTORY that CHALLENGE ("Basic realm=/…/x.key", a WWW-Authenticate header;
 * NULL: there is none) asks for, in *RET. NULL, or a sentence in ARENA on why that is not done. Pure. */
const char *arc_challenge_parse(const char *challenge, const char *directory, struct arena *arena,
				const char **ret) _must_check_;
/* Appends what the file holds, as it goes into a header, to RET (initialised). NULL, or a sentence in ARENA. */
const char *arc_challenge_read(const char *directory, const char *name, struct arena *arena,
			       struct buffer *ret) _must_check_;
