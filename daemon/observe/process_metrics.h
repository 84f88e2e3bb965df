/* The metrics that Prometheus' client libraries have of every process: time, memory, open files. Read from /proc/self.
 */
#pragma once

#include <stdint.h>

#include "base/buffer.h"

/* Appends process_* in Prometheus' text format; what the system does not say is left out. */
void process_print(int64_t started_unix_ms, struct buffer *ret);
/* Resident memory in bytes and open descriptors, -1: not known. */
int64_t process_resident_bytes(void);
int64_t process_open_descriptors(void);
