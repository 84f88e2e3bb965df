/*
 * Typed getters over cJSON for the absorbers. Each takes a path of member names separated by '/'
 * ("properties/identity/type") and says whether the member is there with the right type; a member of another type
 * counts as garbled, never as absent. Member names are matched exactly first and then without regard to case, as ARM
 * does.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"

/* The most levels of nesting that we accept (product.md section 5). */
enum { JSON_DEPTH_MAX = 64 };

/* Parses LENGTH bytes that must be one JSON value. NULL: not JSON, deeper than JSON_DEPTH_MAX, or with bytes behind it.
 */
cJSON *json_parse(const char *text, size_t length) _must_check_;

/* The member at PATH, or NULL (also when it is null). */
const cJSON *json_get(const cJSON *json, const char *path);
/* The text at PATH, copied into ARENA, in *RET. 0; -ENOENT: absent or null (then *RET is untouched); -EBADMSG: not a
 * string. */
int json_get_text(const cJSON *json, const char *path, struct arena *arena, const char **ret) _must_check_;
/* The same for a resource id of Azure's, which goes into URLs as it is: -EBADMSG also when it is no absolute path, or
 * has in it what would end the path or lead out of it. */
int json_get_arm_id(const cJSON *json, const char *path, struct arena *arena, const char **ret) _must_check_;
/* The same for a boolean. */
int json_get_bool(const cJSON *json, const char *path, bool *ret) _must_check_;
/* The array at PATH. 0, -ENOENT or -EBADMSG. */
int json_get_array(const cJSON *json, const char *path, const cJSON **ret) _must_check_;
/* The array of strings at PATH, copied. 0 with *RET and *RET_COUNT; -ENOENT; -EBADMSG when any item is not a string. */
int json_get_texts(const cJSON *json, const char *path, struct arena *arena, const char *const **ret,
		   size_t *ret_count) _must_check_;
/* JSON as compact text in ARENA. */
const char *json_print(const cJSON *json, struct arena *arena) _must_check_;
/* Adds VALUE as member NAME of OBJECT; null for NULL, so that readers find every member. */
void json_add_text(cJSON *object, const char *name, const char *value);
