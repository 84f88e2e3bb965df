/* Reading the lines of an audit trail: what the check and the display have in common. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { AUDIT_NUMBER_SIZE = sizeof("18446744073709551615") };

/* The next line of STREAM without its end, in *LINE, which grows as for getline(). False: there is none. */
bool audit_entry_read_line(FILE *stream, char **line, size_t *allocated, size_t *ret_length);
/* The member NAME of ENTRY (may be NULL): a text, "" when there is none; a whole number, 0 when there is none. */
const char *audit_entry_text(const cJSON *entry, const char *name);
uint64_t audit_entry_number(const cJSON *entry, const char *name);
/* NUMBER as the key of a map. */
void audit_entry_name(uint64_t number, char ret[AUDIT_NUMBER_SIZE]);
