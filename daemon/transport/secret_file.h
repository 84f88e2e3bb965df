/*
 * The files that prove who we are: client secrets, certificates, their passphrases, federated tokens. Read again for
 * each token, so replacing one needs no restart, and in between it is not in memory. A file that every user of the
 * machine may read is refused: whoever reads it is us.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"

struct secret_file {
	const char *path;
	const char *what; /* "client secret", for sentences */
	const char *key;  /* what names the file: "credential.client_secret_file", "AZURE_CLIENT_CERTIFICATE_PATH" */
	/* The platform that projects the file decides who may read it (a service account's token in Kubernetes). */
	bool is_for_everybody;
	bool is_binary; /* not trimmed, zero bytes are allowed */
};

/* Reads all of FILE into RET (initialised; its maximum is the limit), text without blanks and line ends at its end.
 * NULL, or a sentence in ARENA on what is wrong with it and what to do; RET is then to be wiped, too. */
const char *secret_file_read(const struct secret_file *file, struct arena *arena, struct buffer *ret) _must_check_;
/* Appends all of FD to RET, whose maximum is the limit, and leaves no other copy. 0 or negative errno. */
int secret_file_read_open(int fd, struct buffer *ret) _must_check_;
