/*
 * JSON as the golden cases use it: reading a file, filling in names, patching and comparing. Knows nothing of the
 * daemon's kinds; a file that is wrong ends the program with a sentence.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* The JSON of the file at PATH. */
cJSON *golden_read_file(const char *path) _must_check_;
/* "$(name)" in every string and member name of JSON becomes the text NAMES has for it, until none is left. */
void golden_fill_in(cJSON *json, const cJSON *names);

/*
 * RFC 7396 (merge patch), and one thing more: where TARGET is an array and PATCH an object, its member names select
 * items: "[value=Manage.All]" those with that member (a path with '/'), "[0]" the first, "[+]" nothing yet: the array
 * of items there is appended. null removes what is selected. Returns the new value; TARGET is consumed.
 */
cJSON *golden_patch(cJSON *target, const cJSON *patch) _must_check_;

/*
 * Is GOT what WANTED says? Exactly so, members in any order, but: "*" stands for any value, a member "..." permits more
 * members, and the item "..." in an array more items (and any order). Why not is appended to PROBLEM, after PLACE.
 */
bool golden_matches(const cJSON *wanted, const cJSON *got, const char *place, struct buffer *problem);
