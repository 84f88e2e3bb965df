/* The command line of tenant-sim (see usage in options.c). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct options {
	const char *listen, *metadata_listen;
	const char *proxy;         /* NULL: none */
	const char *scenario;      /* a name, or a file that ends in .json */
	const char *ready_file;    /* NULL: none */
	const char *tls_directory; /* NULL: a temporary one */
	const char *journal;       /* NULL: none */
	int64_t latency_ms;
	int64_t clock_skew_s; /* how far the tenant's clock is ahead of this machine's; may be negative */
	uint64_t seed;
	bool realistic_throttle, realistic_lag;
};

/* -1: *RET is set. Otherwise the exit status with which to end: 0 after --help or --version, 64 after a complaint on
 * standard error. */
int options_parse(int argc, char **argv, struct options *ret) _must_check_;
