/* Looks for a secret in the memory of this process. */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

/* What is looked for, disguised. */
struct memory_pattern {
	unsigned char bytes[256];
	size_t length;
};

void memory_pattern_from_text(const char *text, struct memory_pattern *ret);
/* The first line of FILE, which passes through this process in the attempt only byte by byte. */
void memory_pattern_from_file(const char *file, struct memory_pattern *ret);
/* In how many places of writable memory it stands. */
unsigned memory_count(const struct memory_pattern *pattern);
