/*
 * Small questions about strings. ARM ids, app setting names, GUIDs and host names are compared without regard to ASCII
 * case everywhere in this project; "fold" in a name says so. No locale is ever consulted. NULL equals only NULL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

enum { TEXT_GUID_LENGTH = 36 };

bool text_equal(const char *a, const char *b) _pure_;
bool text_equal_fold(const char *a, const char *b) _pure_;
/* <0, 0, >0 like strcmp(), on ASCII lower case. */
int text_compare_fold(const char *a, const char *b) _pure_;
bool text_is_empty(const char *text) _pure_; /* NULL or "" */
bool text_has_prefix(const char *text, const char *prefix) _pure_;
bool text_has_prefix_fold(const char *text, const char *prefix) _pure_;
bool text_has_suffix_fold(const char *text, const char *suffix) _pure_;
bool text_contains_fold(const char *text, const char *part) _pure_;
/* Is ITEM, case-insensitively, one of the parts of LIST between the characters SEPARATOR? */
bool text_list_contains_fold(const char *list, char separator, const char *item) _pure_;
/* The 8-4-4-4-12 hexadecimal form, nothing before or after it. */
bool text_is_guid(const char *text) _pure_;
/* Case-insensitive hash for tables (over ASCII lower case; differs between byte orders, so it is
 * never stored). */
uint64_t text_hash_fold(const char *text) _pure_;
char text_lower(char c) _pure_;
/* A whole decimal integer without sign, blank or overflow: true, and *RET is set. */
bool text_parse_uint64(const char *text, uint64_t *ret) _must_check_;
/* Optimal string alignment distance for "did you mean"; strings over 63 bytes count as far (SIZE_MAX). */
size_t text_distance(const char *a, const char *b);
